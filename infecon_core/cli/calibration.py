"""What `calibrate` prints: constants, errors on points not fitted, collectives and drafts as tables."""

import textwrap
from collections.abc import Callable

import numpy as np
import pandas as pd

from infecon_core.catalog.constants import FITTED, records
from infecon_core.cli.printing import TABLE_COLUMNS, number, table
from infecon_core.validation import collective_tables
from infecon_core.validation.price_error import SLOWER
from infecon_core.validation.report import ALL, PUBLISHED, ROOFLINE, CalibrationReport
from infecon_core.validation.scores import Errors


def calibration_text(report: CalibrationReport) -> str:
    """The report of a calibration as tables of at most 100 columns."""
    sections = [
        *_constants(report),
        *_scores(report),
        *_parts("Model", report.by_model),
        *_parts("Accelerator", report.by_accelerator),
        *_collectives(report.collectives),
        *_drafts(report.drafts),
        *_prices(report.prices),
    ]
    return "\n".join(sections) + "\n"


def _words(sentence: str) -> list[str]:
    return ["", *textwrap.wrap(sentence, TABLE_COLUMNS), ""]


def _constants(report: CalibrationReport) -> list[str]:
    values = [(getattr(report.constants, name), getattr(report.start, name)) for name in FITTED]
    columns = {
        f"{len(FITTED)} fitted constants": list(FITTED),
        "value": [number(value) for value, _ in values],
        "unit": [records()[name]["unit"] for name in FITTED],
        "prior": [number(prior) for _, prior in values],
        "change": [f"{value / prior - 1:+.1%}" if prior else "-" for value, prior in values],
    }
    return table(columns, right={"value", "prior", "change"})


def _scores(report: CalibrationReport) -> list[str]:
    rows = [(name, kind, found) for (name, kind), found in report.scores.items()]
    columns = {
        "predictions": [name if kind == ALL else "" for name, kind, _ in rows],
        "models": [kind for _, kind, _ in rows],
        **_columns([found for _, _, found in rows]),
    }
    about = (
        "Errors: median of |predicted / measured - 1|, geometric bias, factor within which 90% lie, share within 25%, "
        f"Spearman's rank correlation. {report.n_unusable} rows could not be used. The last lines predict each "
        "measurement by the median of those of the same setup with other software or another version."
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


def _percent(value: float, digits: int = 1) -> str:
    return "-" if np.isnan(value) else f"{value:.{digits}%}"


def _ratio(value: float, sign: str = "") -> str:
    return "-" if np.isnan(value) else f"{sign}{value:.3f}"
