"""How wrong the times to first token are on models left out, and how far servers lie apart in theirs."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.catalog.constants import FITTED_TTFT, records
from infecon_core.catalog.measurements import software
from infecon_core.measured.first_token import software_names
from infecon_core.schema import ServingConstants
from infecon_core.validation import agreement
from infecon_core.validation.fit import Fitter
from infecon_core.validation.scores import ALL, DENSE, MIXTURE, OTHER_SOFTWARE, Errors, errors_by, groups_of
from infecon_core.validation.ttft_fit import TtftFit, TtftFitter

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

UNKNOWN, KNOWN = "whole models left out", "left out, software known"
FITTED_KNOWN = "fitted, software known"
ALONE = "the prompt's work alone"

# Lower ends of the classes in which errors are told; choices.
PROMPTS, USERS, COPIES = (0, 500, 3000), (0, 8, 64), (1, 2, 8)


class TtftReport(NamedTuple):
    """A fit of times to first token.

    Attributes:
        found (TtftFit): Fitted to all points.
        start (ServingConstants): The priors.
        scores (mapping): Errors by what made the predictions and by kind of model.
        parts (DataFrame): Where it is how wrong on models left out: `of`, `label`, `n`; `median`, `bias` and
            `factor_90` with the software not known, `known_median` and `known_bias` with it known. [1]
    """

    found: TtftFit
    start: ServingConstants
    scores: Mapping[tuple[str, str], Errors]
    parts: pd.DataFrame


def ttft_report(fitter: Fitter, constants: ServingConstants, mixture: Mask) -> TtftReport:
    """Fit the constants of the first token and score what was fitted without each model.

    Args:
        fitter (Fitter): The points.
        constants (ServingConstants): Those of the decoding step, fitted to all points.
        mixture (array): Which points are of mixtures of experts.

    Returns:
        TtftReport: Without scores where no point has a time to first token.
    """
    first = TtftFitter(fitter)
    terms = first.terms(constants)
    found = first.fit(constants, terms)
    unknown, known = first.without_model_s()
    points = fitter.points
    predictions = {
        UNKNOWN: unknown,
        KNOWN: known,
        FITTED_KNOWN: terms.ttft_s(found.constants) * first.factors(found),
        OTHER_SOFTWARE: agreement.from_other_software_s(points, first.measured_s),
        ALONE: terms.prompt_pass_s,
    }
    usable = first.usable
    kinds = {ALL: usable, DENSE: usable & ~mixture, MIXTURE: usable & mixture}
    scores = errors_by(kinds, predictions, np.where(usable, first.measured_s, np.nan))
    return TtftReport(found, fitter.prior, scores, _parts(points, first, unknown, known))


def _parts(points: pd.DataFrame, first: TtftFitter, unknown: Array, known: Array) -> pd.DataFrame:
    names = software_names(points)
    labels = {"model": points["model_id"], "accelerator": points["accelerator_id"], "software": names}
    classed = (
        ("prompt, tokens", "isl", PROMPTS),
        ("users", "concurrency", USERS),
        ("attention DP", "attention_dp", COPIES),
    )
    for of, column, edges in classed:
        if column in points.columns:
            labels[of] = _classes(pd.to_numeric(points[column], errors="coerce"), edges)
    rows = []
    for of, label in labels.items():
        groups = groups_of(label.astype(str), first.usable)
        found = errors_by(groups, {UNKNOWN: unknown, KNOWN: known}, first.measured_s)
        for name, mask in groups.items():
            score, informed = found[UNKNOWN, name], found[KNOWN, name]
            rows.append(
                {
                    **{"of": of, "label": name, "n": int(mask.sum())},
                    **{"median": score.median, "bias": score.bias, "factor_90": score.factor_90},
                    **{"known_median": informed.median, "known_bias": informed.bias},
                }
            )
    columns = ["of", "label", "n", "median", "bias", "factor_90", "known_median", "known_bias"]
    return pd.DataFrame(rows, columns=columns)


def _classes(values: pd.Series, edges: tuple[int, ...]) -> pd.Series:
    """Classes of whole numbers in words: "1", "2 to 7", "8 and more"."""
    closed = [f"{low:,} to {high - 1:,}" if high - low > 1 else f"{low:,}" for low, high in pairwise(edges)]
    names = [*closed, f"{edges[-1]:,} and more"]
    return pd.Series(np.array(names)[np.digitize(values.fillna(0), edges[1:])])


def ttft_record(report: TtftReport) -> dict[str, Any]:
    """The report as plain data, for JSON."""
    return {
        "constants": [
            {
                "name": name,
                "value": getattr(report.found.constants, name),
                "unit": records()[name]["unit"],
                "prior": getattr(report.start, name),
            }
            for name in FITTED_TTFT
        ],
        "factors": [
            {"software": software()[name].name, "value": value, "shipped": software()[name].ttft_factor}
            for name, value in report.found.factors.items()
        ],
        "errors": [
            {"predictions": name, "models": kind, **found._asdict()} for (name, kind), found in report.scores.items()
        ],
        "parts": report.parts.to_dict(orient="records"),
    }
