"""What `calibrate` reports: constants, errors on points not fitted, and what others make of the same points."""

import textwrap
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.calibration import acceptance, agreement, baselines, exchange_tables
from infecon_core.calibration.constants import FITTED, records
from infecon_core.calibration.fit import Errors, Fitter, errors, is_mixture
from infecon_core.calibration.left_out import predictions_of
from infecon_core.printing import TABLE_COLUMNS, number, table
from infecon_core.spec import ServingConstants

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LEFT_OUT = {
    "whole models left out": "without_model_ms",
    "whole accelerators left out": "without_accelerator_ms",
    "random fifths left out": "without_fifth_ms",
}
ROOFLINE, PUBLISHED, FLOOR = "bare roofline", "published model", "other software, same setup"
KINDS = ("all", "dense", "mixture of experts")


class Report(NamedTuple):
    """A calibration.

    Attributes
    ----------
    constants : ServingConstants
        Fitted to all points.
    start : ServingConstants
        The priors.
    scores : mapping
        Errors by what made the predictions and by kind of model.
    by_model, by_accelerator : DataFrame
        One row each: `label`, `n`, `left_out`, `bias`, `factor_90`, `published`, `roofline`; medians of errors. [1]
    collectives, drafts : DataFrame
        The engine's collectives beside measured ones, and Leviathan's formula beside measured lengths.
    left_aside : int
        Rows that could not be used. [1]
    """

    constants: ServingConstants
    start: ServingConstants
    scores: Mapping[tuple[str, str], Errors]
    by_model: pd.DataFrame
    by_accelerator: pd.DataFrame
    collectives: pd.DataFrame
    drafts: pd.DataFrame
    left_aside: int


def calibrate(points: pd.DataFrame, start: ServingConstants | None = None) -> Report:
    """Fit the constants to measurements and score what was fitted without each of them.

    Parameters
    ----------
    points : DataFrame
        Measurements with `tpot_ms`, columns as in `measurements.COLUMNS`.
    start : ServingConstants or None
        The priors; those of the repository where None.

    Returns
    -------
    Report
        Everything that `python -m infecon_core calibrate` prints.

    Raises
    ------
    ValueError
        Where a column is missing, or no row can be used.
    """
    fitter = Fitter(points, start)
    constants = fitter.fit()
    mixture = is_mixture(fitter.points, fitter.groups)
    kinds = {"all": fitter.usable, "dense": fitter.usable & ~mixture, "mixture of experts": fitter.usable & mixture}
    held = predictions_of(fitter)
    made: dict[str, Array] = {"fitted to all points": fitter.predicted_s(constants)}
    made |= {name: held[column].to_numpy() * 1e-3 for name, column in LEFT_OUT.items()}
    made[PUBLISHED] = baselines.published_s(fitter.points)
    made[ROOFLINE] = baselines.roofline_s(fitter.points)
    made[FLOOR] = agreement.from_other_software_s(fitter.points)
    scores = {
        (name, kind): errors(predicted[mask], fitter.measured_s[mask])
        for name, predicted in made.items()
        for kind, mask in kinds.items()
    }

    def by(label: str, column: str) -> pd.DataFrame:
        return _by(fitter, fitter.points[label], held[column].to_numpy() * 1e-3, made)

    return Report(
        constants,
        fitter.prior,
        scores,
        by("model_id", "without_model_ms"),
        by("accelerator_id", "without_accelerator_ms"),
        collective_errors(),
        draft_errors(),
        int((~fitter.usable).sum()),
    )


def _by(fitter: Fitter, label: pd.Series, held_s: Array, made: Mapping[str, Array]) -> pd.DataFrame:
    rows = []
    for value in label[fitter.usable].value_counts().index:
        mask = fitter.usable & (label == value).to_numpy()
        measured = fitter.measured_s[mask]
        own = errors(held_s[mask], measured)
        rows.append(
            {
                "label": str(value),
                "n": int(mask.sum()),
                "left_out": own.median,
                "bias": own.bias,
                "factor_90": own.factor_90,
                "rank_correlation": own.rank_correlation,
                "published": errors(made[PUBLISHED][mask], measured).median,
                "roofline": errors(made[ROOFLINE][mask], measured).median,
            }
        )
    return pd.DataFrame(rows)


def collective_errors() -> pd.DataFrame:
    """The engine's collectives beside the measured ones: errors by what was sent and by accelerator."""
    reduces, exchanges = exchange_tables.all_reduces_compared(), exchange_tables.expert_exchanges_compared()
    nccl = reduces["implementation"] == "nccl"
    small = reduces["bytes"] <= exchange_tables.SMALL_BYTES
    parts = {
        "all-reduce, to 64 KiB": reduces[~nccl & small],
        "all-reduce, above": reduces[~nccl & ~small],
        "all-reduce, NCCL above 1 MiB": reduces[nccl],
        "dispatch and combine": exchanges,
    }
    rows = []
    for name, part in parts.items():
        for accelerator_id, own in [("all", part), *part.groupby("accelerator_id")]:
            found = errors(own["predicted_us"], own["latency_us"])
            rows.append({"collective": name, "accelerator_id": str(accelerator_id), **found._asdict()})
    return pd.DataFrame(rows)


def draft_errors() -> pd.DataFrame:
    """Leviathan's expected tokens beside measured ones: median error and bias by draft length."""
    compared = acceptance.against_formula()
    rows = []
    for drafts in sorted(compared["draft_tokens"].unique()):
        part = compared[compared["draft_tokens"] == drafts]
        first = errors(part["from_first"], part["measured"])
        constant = errors(part["from_constant"], part["measured"])
        rows.append(
            {
                "draft_tokens": int(drafts),
                "curves": len(part),
                "measured": float(part["measured"].median()),
                "first_median": first.median,
                "first_bias": first.bias,
                "constant_median": constant.median,
                "constant_bias": constant.bias,
            }
        )
    return pd.DataFrame(rows)


def record(report: Report) -> dict[str, Any]:
    """The report as plain data, for JSON."""
    return {
        "constants": [
            {
                "name": name,
                "value": getattr(report.constants, name),
                "unit": records()[name]["unit"],
                "prior": getattr(report.start, name),
            }
            for name in FITTED
        ],
        "errors": [
            {"predictions": name, "models": kind, **found._asdict()} for (name, kind), found in report.scores.items()
        ],
        "by_model": report.by_model.to_dict(orient="records"),
        "by_accelerator": report.by_accelerator.to_dict(orient="records"),
        "collectives": report.collectives.to_dict(orient="records"),
        "drafts": report.drafts.to_dict(orient="records"),
        "rows_left_aside": report.left_aside,
    }


def text(report: Report) -> str:
    """The report as tables of at most 100 columns."""
    sections = [
        *_constants(report),
        *_scores(report),
        *_parts("Model", report.by_model),
        *_parts("Accelerator", report.by_accelerator),
        *_collectives(report.collectives),
        *_drafts(report.drafts),
    ]
    return "\n".join(sections) + "\n"


def _words(sentence: str) -> list[str]:
    return ["", *textwrap.wrap(sentence, TABLE_COLUMNS), ""]


def _constants(report: Report) -> list[str]:
    values = [(getattr(report.constants, name), getattr(report.start, name)) for name in FITTED]
    columns = {
        f"{len(FITTED)} fitted constants": list(FITTED),
        "value": [number(value) for value, _ in values],
        "unit": [records()[name]["unit"] for name in FITTED],
        "prior": [number(prior) for _, prior in values],
        "change": [f"{value / prior - 1:+.1%}" if prior else "-" for value, prior in values],
    }
    return table(columns, right={"value", "prior", "change"})


def _scores(report: Report) -> list[str]:
    rows = [(name, kind, found) for (name, kind), found in report.scores.items()]
    columns = {
        "predictions": [name if kind == "all" else "" for name, kind, _ in rows],
        "models": [kind for _, kind, _ in rows],
        **_columns([found for _, _, found in rows]),
    }
    about = (
        "Errors: median of |predicted / measured - 1|, geometric bias, factor within which 90% lie, share within 25%, "
        f"Spearman's rank correlation. {report.left_aside} rows could not be used. The last lines predict each "
        "measurement by the median of those of the same setup with another engine or version."
    )
    return [*_words(about), *table(columns, right=set(columns) - {"predictions", "models"})]


def _columns(found: list[Errors]) -> dict[str, list[str]]:
    return {
        "n": [f"{e.n:,}" for e in found],
        "median": [_percent(e.median) for e in found],
        "bias": [_ratio(e.bias) for e in found],
        "90% within": [_ratio(e.factor_90, "×") for e in found],
        "within 25%": [_percent(e.within_25, 0) for e in found],
        "rank": [_ratio(e.rank_correlation) for e in found],
    }


def _parts(noun: str, parts: pd.DataFrame) -> list[str]:
    show: dict[str, Callable[[float], str]] = {
        "left_out": _percent,
        "bias": _ratio,
        "factor_90": lambda value: _ratio(value, "×"),
        "rank_correlation": _ratio,
        "published": _percent,
        "roofline": _percent,
    }
    heads = ("left out", "bias", "90% within", "rank", PUBLISHED, ROOFLINE)
    columns = {noun: list(parts["label"]), "n": [f"{n:,}" for n in parts["n"]]}
    for head, (name, draw) in zip(heads, show.items(), strict=True):
        columns[head] = [draw(value) for value in parts[name]]
    about = (
        f"By {noun.lower()}, each predicted without it; median error of the published model and of the bare roofline "
        "on the same points."
    )
    return [*_words(about), *table(columns, right=set(columns) - {noun})]


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
        f"{exchange_tables.ALL_REDUCE_SHARE:g} of the link, dispatch and combine at "
        f"{exchange_tables.EXCHANGE_SHARE:g}. The smaller shares fitted above contain skew and hot ranks."
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


def _percent(value: float, digits: int = 1) -> str:
    return "-" if np.isnan(value) else f"{value:.{digits}%}"


def _ratio(value: float, sign: str = "") -> str:
    return "-" if np.isnan(value) else f"{sign}{value:.3f}"
