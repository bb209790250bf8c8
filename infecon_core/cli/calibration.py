"""What `calibrate` prints: constants, errors on points not fitted, collectives and drafts as tables."""

import textwrap
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from infecon_core.catalog.constants import FITTED, FITTED_TTFT, records
from infecon_core.catalog.measurements import software
from infecon_core.cli.printing import TABLE_COLUMNS, number, table
from infecon_core.schema.words import counted
from infecon_core.validation import collective_tables, frontier_scores
from infecon_core.validation.price_error import SLOWER
from infecon_core.validation.report import PUBLISHED, ROOFLINE, CalibrationReport
from infecon_core.validation.scores import ALL, Errors

MOST_TOLD = 5  # rows that a sentence names


def calibration_text(report: CalibrationReport) -> str:
    """The report of a calibration as tables of at most 100 columns."""
    sections = [
        *_fitted(report, FITTED, f"{len(FITTED)} fitted constants"),
        *_scores(report),
        *_parts("Model", report.by_model),
        *_parts("Accelerator", report.by_accelerator),
        *_neighbours(report.neighbours),
        *_collectives(report.collectives),
        *_drafts(report.drafts),
        *_prices(report.prices),
        *_frontiers(report.frontiers, report.frontiers_by_speed),
        *_first_tokens(report),
    ]
    return "\n".join(sections) + "\n"


def _words(sentence: str) -> list[str]:
    return ["", *textwrap.wrap(sentence, TABLE_COLUMNS), ""]


def _fitted(report: CalibrationReport, names: tuple[str, ...], head: str) -> list[str]:
    values = [(getattr(report.constants, name), getattr(report.start, name)) for name in names]
    columns = {
        head: list(names),
        "value": [number(value) for value, _ in values],
        "unit": [records()[name]["unit"] for name in names],
        "prior": [number(prior) for _, prior in values],
        "change": [f"{value / prior - 1:+.1%}" if prior else "-" for value, prior in values],
    }
    return table(columns, right={"value", "prior", "change"})


def _scores(report: CalibrationReport) -> list[str]:
    about = (
        "Errors: median of |predicted / measured - 1|, geometric bias, factor within which 90% lie, share within 25%, "
        f"Spearman's rank correlation.{_not_used(report)} The last lines predict each "
        "measurement by the median of those of the same setup with other software or another version."
    )
    return [*_words(about), *_score_table(report.scores)]


def _score_table(scores: Mapping[tuple[str, str], Errors]) -> list[str]:
    rows = [(name, kind, found) for (name, kind), found in scores.items()]
    columns = {
        "predictions": [name if kind == ALL else "" for name, kind, _ in rows],
        "models": [kind for _, kind, _ in rows],
        **_columns([found for _, _, found in rows]),
    }
    return table(columns, right=set(columns) - {"predictions", "models"})


def _not_used(report: CalibrationReport) -> str:
    """Which rows could not be used, and why; the first of many, and nothing where all were."""
    found = report.unusable
    if not found:
        return ""
    told = [f"row {row}: {reason}" for row, reason in list(found.items())[:MOST_TOLD]]
    more = ["more in --format json"] if len(found) > MOST_TOLD else []
    return f" {counted(len(found), 'row')} could not be used ({'; '.join([*told, *more])})."


def _columns(found: list[Errors]) -> dict[str, list[str]]:
    return {
        "n": [f"{e.n:,}" for e in found],
        "median": [_percent(e.median) for e in found],
        "bias": [_ratio(e.bias) for e in found],
        "90% within": [_ratio(e.factor_90, "×") for e in found],
        "within 25%": [_percent(e.within_25, 0) for e in found],
        "rank": [_ratio(e.rank_correlation) for e in found],
    }


def _parts(kind: str, parts: pd.DataFrame) -> list[str]:
    show: dict[str, Callable[[float], str]] = {
        "left_out": _percent,
        "bias": _ratio,
        "factor_90": lambda value: _ratio(value, "×"),
        "rank_correlation": _ratio,
        "published": _percent,
        "roofline": _percent,
    }
    heads = ("left out", "bias", "90% within", "rank", PUBLISHED, ROOFLINE)
    columns = {kind: list(parts["label"]), "n": [f"{n:,}" for n in parts["n"]]}
    for head, (name, draw) in zip(heads, show.items(), strict=True):
        columns[head] = [draw(value) for value in parts[name]]
    about = (
        f"By {kind.lower()}, each predicted without it; median error of the published model and of the bare roofline "
        "on the same points."
    )
    return [*_words(about), *table(columns, right=set(columns) - {kind})]


def _neighbours(found: pd.DataFrame) -> list[str]:
    columns = {
        "corrected by": list(found["correction"]),
        "n": [f"{n:,}" for n in found["n"]],
        "before": [_percent(value) for value in found["median_before"]],
        "median": [_percent(value) for value in found["median"]],
        "90% before": [_ratio(value, "×") for value in found["factor_90_before"]],
        "90% within": [_ratio(value, "×") for value in found["factor_90"]],
        "all rows": [_percent(value) for value in found["median_all"]],
        "90% of all": [_ratio(value, "×") for value in found["factor_90_all"]],
    }
    about = (
        "Corrected by measurements of the same model and accelerator, on top of constants that never saw the model; no "
        "build of serving software helps to correct its own rows, but where points of one's own are said. Rows without "
        "a version are of one build with those of their software up to two weeks apart. The first line is how "
        "scenarios are corrected; the plain medians are for comparison. n rows can be corrected; the last columns hold "
        "all, the others as they were."
    )
    return [*_words(about), *table(columns, right=set(columns) - {"corrected by"})]


def _collectives(found: pd.DataFrame) -> list[str]:
    columns = {
        "collective": list(found["collective"]),
        "accelerator": list(found["accelerator_id"]),
        "n": [f"{n:,}" for n in found["n"]],
        "median": [_percent(value) for value in found["median"]],
        "bias": [_ratio(value) for value in found["bias"]],
        "90% within": [_ratio(value, "×") for value in found["factor_90"]],
    }
    about = (
        "Collectives alone, outside of any step: engines' kernels in CUDA graphs and NCCL at "
        f"{collective_tables.ALL_REDUCE_EFFICIENCY:g} of the link, dispatch and combine at "
        f"{collective_tables.ALL_TO_ALL_EFFICIENCY:g}. The smaller shares fitted above contain skew and hot ranks."
    )
    return [*_words(about), *table(columns, right=set(columns) - {"collective", "accelerator"})]


def _drafts(found: pd.DataFrame) -> list[str]:
    columns = {
        "drafts": [str(n) for n in found["draft_tokens"]],
        "curves": [str(n) for n in found["curves"]],
        "measured tokens": [f"{value:.2f}" for value in found["measured"]],
        "from first draft": [_percent(value) for value in found["first_median"]],
        "bias": [_ratio(value) for value in found["first_bias"]],
        "from constant rate": [_percent(value) for value in found["constant_median"]],
        "its bias": [_ratio(value) for value in found["constant_bias"]],
    }
    about = (
        "Leviathan's expected tokens a round beside measured ones: with the acceptance of a single draft, and with "
        "the nearest constant rate. Measured curves saturate."
    )
    return [*_words(about), *table(columns, right=set(columns))]


def _prices(found: pd.DataFrame) -> list[str]:
    columns = {
        "tokens/s per user": [number(value) for value in found["tokens_per_s_user"]],
        "pairs": [str(n) for n in found["n"]],
        **{head: [_percent(value, 0) for value in found[head]] for head in ("low", "middle", "high")},
    }
    about = (
        "What an error in time is in price: how much dearer a fixed speed is where every step takes "
        f"{SLOWER:.0%} longer than predicted, over every model on every accelerator that it was measured on; the "
        "median, and the 10th and 90th percentile."
    )
    return [*_words(about), *table(columns, right=set(columns))]


def _first_tokens(report: CalibrationReport) -> list[str]:
    found = report.ttft
    factors = ", ".join(
        f"{software()[name].name} {value:.3g} (shipped {software()[name].ttft_factor:.3g})"
        for name, value in found.found.factors.items()
    )
    about = (
        "Time to first token, prompts on the GPUs that decode, fitted after the rest: t0 + 1.5 TPOT + b (t_p + W). "
        f"Factor of the software where it is known: {factors}."
    )
    parts = found.parts
    columns = {
        "of": ["" if same else of for of, same in zip(parts["of"], parts["of"].eq(parts["of"].shift()), strict=True)],
        "left out": list(parts["label"]),
        "n": [f"{n:,}" for n in parts["n"]],
        "median": [_percent(value) for value in parts["median"]],
        "bias": [_ratio(value) for value in parts["bias"]],
        "90% within": [_ratio(value, "×") for value in parts["factor_90"]],
        "software known": [_percent(value) for value in parts["known_median"]],
        "its bias": [_ratio(value) for value in parts["known_bias"]],
    }
    return [
        *_words(about),
        *_fitted(report, FITTED_TTFT, "of the first token"),
        "",
        *_score_table(found.scores),
        *_words("By part, each model predicted without it; the software not known, and known."),
        *table(columns, right=set(columns) - {"of", "left out"}),
    ]


def _frontiers(by_model: pd.DataFrame, by_speed: pd.DataFrame) -> list[str]:
    if by_model.empty:
        return []
    axis = {
        "speed at equal throughput": list(by_model["label"]),
        "sets": [str(n) for n in by_model["sets"]],
        "median": [_ratio(value) for value in by_model["middle"]],
        "10%": [_ratio(value) for value in by_model["low"]],
        "90%": [_ratio(value) for value in by_model["high"]],
        "error": [_percent(value) for value in by_model["error"]],
        **{f"at {speed:g}": [_ratio(value) for value in by_model[f"at_{speed:g}"]] for speed in frontier_scores.SPEEDS},
    }
    speeds = {
        "tokens/s per user": [number(value) for value in by_speed["tokens_per_s_user"]],
        "sets": [str(n) for n in by_speed["sets"]],
        "median": [_ratio(value) for value in by_speed["middle"]],
        "10%": [_ratio(value) for value in by_speed["low"]],
        "90%": [_ratio(value) for value in by_speed["high"]],
        "points": [str(n) for n in by_speed["points"]],
        "at points": [_ratio(value) for value in by_speed["at_points"]],
    }
    about = (
        "Our frontiers over measured ones, by constants fitted without the model: speed at equal throughput over sets "
        "of one model, accelerator, format and length; the last columns are throughput at equal speed."
    )
    below = "Throughput of a GPU at equal speed, over sets that were measured there and over their points near it."
    return [
        *_words(about),
        *table(axis, right=set(axis) - {"speed at equal throughput"}),
        *_words(below),
        *table(speeds, right=set(speeds)),
    ]


def _percent(value: float, digits: int = 1) -> str:
    return "-" if np.isnan(value) else f"{value:.{digits}%}"


def _ratio(value: float, sign: str = "") -> str:
    return "-" if np.isnan(value) else f"{sign}{value:.3f}"
