"""What the page says in words: how far off the engine is, where and why, and what a refit changes."""

import pandas as pd

from infecon_core.catalog.measurements import deviations
from infecon_core.validation.cross_validation import WITHOUT_MODEL
from infecon_core.validation.scores import errors
from infecon_ui.measured.points import MEASURED, OTHER_SOFTWARE, PREDICTORS, PUBLISHED, ROOFLINE, SERVING, error
from infecon_ui.measured.refit import Refit
from infecon_ui.measured.tables import FEW
from infecon_ui.measured.upload import UploadReport
from infecon_ui.text.formats import percent

WORSE = 1.4  # times the median error of all: a group that deserves a word
UNKNOWN = "no reason is known"


def headline(frame: pd.DataFrame, n_all: int) -> str:
    """How far off the engine is, in Markdown, and what to hold that against; on unseen models where it is known.

    Args:
        frame (DataFrame): The points that are shown.
        n_all (int): How many points there are. [1]
    """
    off = {predictor: percent(error(frame, predictor.column)) for predictor in PREDICTORS}
    if WITHOUT_MODEL not in frame:
        unseen = "; leaving a whole model out of the fit, by (computing)"
    elif (known := frame[frame[WITHOUT_MODEL].notna()]).empty:
        unseen = ""
    else:
        unseen = f"; leaving a whole model out of the fit, by {percent(error(known, WITHOUT_MODEL))}"
    models, accelerators = _counted(frame, "model"), _counted(frame, "accelerator")
    points = f"all {n_all:,}" if len(frame) == n_all else f"{len(frame):,} of {n_all:,}"
    others = frame[frame[OTHER_SOFTWARE].notna()]
    differ = (
        " Two kinds of serving software, or two versions of one, differ by "
        f"{percent(error(others, OTHER_SOFTWARE))} on the same setup."
        if len(others)
        else ""
    )
    return (
        f"**On {points} measured points, of {models} on {accelerators}, the serving engine is off by {off[SERVING]} in "
        f"the middle case{unseen}.** The published model is off by {off[PUBLISHED]} and the bare roofline by "
        f"{off[ROOFLINE]} on the same points.{differ}"
    )


def drawing_note(n_drawn: int, n_chosen: int, n_points: int) -> str:
    """What the chart shows and how it is read."""
    chosen = f"{n_chosen:,} of {n_points:,} points pass the filters" if n_chosen < n_points else f"{n_points:,} points"
    thin = f", of which {n_drawn:,} are drawn, evenly chosen" if n_drawn < n_chosen else ""
    return f"{chosen}{thin}. On the solid line the prediction is right; the dotted lines are a quarter to both sides."


def worst(frame: pd.DataFrame) -> list[str]:
    """Sentences on the models and accelerators that are predicted worst, with the reason where one is known."""
    reasons = {
        (column, key): known.reason
        for known in deviations().values()
        for column, keys in (("model", known.models), ("accelerator", known.accelerators))
        for key in keys
    }
    most = WORSE * error(frame, SERVING.column)
    found: dict[str, list[tuple[float, str]]] = {}
    for column in ("model", "accelerator"):
        for (key, name), part in frame.groupby([f"{column}_id", column]):
            score = errors(part[SERVING.column], part[MEASURED])
            if score.n >= FEW and score.median > most:
                text = (
                    f"**{name}** ({score.n} points, off by {percent(score.median)}, "
                    f"{percent(abs(score.bias - 1))} {_side(score.bias)} on average)"
                )
                found.setdefault(reasons.get((column, str(key)), UNKNOWN), []).append((score.median, text))
    # Groups with one reason share a sentence.
    sentences = [(max(group), [text for _, text in sorted(group, reverse=True)], why) for why, group in found.items()]
    return [f"{', '.join(texts)}: {why}." for _, texts, why in sorted(sentences, reverse=True)]


def upload_summary(report: UploadReport) -> str:
    """Say how far off the engine is on a reader's points."""
    n, score = len(report.points), report.score
    faults = len(report.faults)
    rest = f" {faults:,} {'row' if faults == 1 else 'rows'} cannot be predicted." if faults else ""
    if not n:
        return f"No row of the file can be predicted.{rest}"
    return (
        f"On {n:,} of your points the engine is off by {percent(score.median)} in the middle case and "
        f"{percent(abs(score.bias - 1))} {_side(score.bias)} on average.{rest}"
    )


def refit_summary(found: Refit) -> str:
    """Say what a refit changes."""
    unseen = (
        f" and {percent(found.unseen.median)} on fifths of them that the fit did not see"
        if found.unseen is not None
        else "; there are too few points to test it on some that it did not see"
    )
    return (
        f"With constants fitted to {found.n_fitted:,} of your points the error goes from "
        f"{percent(found.before.median)} to {percent(found.after.median)} on the same points{unseen}."
    )


def _counted(frame: pd.DataFrame, what: str) -> str:
    n = frame[what].nunique()
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _side(bias: float) -> str:
    return "too fast" if bias < 1 else "too slow"
