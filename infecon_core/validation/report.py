"""Calibration: the fitted constants, errors on points not fitted, and what others make of the same points."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.catalog.constants import FITTED, records
from infecon_core.physics.formats import has_experts
from infecon_core.schema import ServingConstants
from infecon_core.validation import acceptance, agreement, baselines, collective_tables, frontier_scores
from infecon_core.validation.cross_validation import (
    WITHOUT_ACCELERATOR,
    WITHOUT_FIFTH,
    WITHOUT_MODEL,
    left_out_column,
    predictions_of,
)
from infecon_core.validation.fit import Fitter
from infecon_core.validation.neighbour_scores import neighbour_errors
from infecon_core.validation.price_error import price_errors
from infecon_core.validation.scores import ALL, DENSE, MIXTURE, OTHER_SOFTWARE, Errors, errors, errors_by, groups_of
from infecon_core.validation.ttft_scores import TtftReport, ttft_record, ttft_report

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FITTED_TO_ALL = "fitted to all points"
LEFT_OUT: Mapping[str, str] = {
    "whole models left out": WITHOUT_MODEL,
    "whole accelerators left out": WITHOUT_ACCELERATOR,
    "random fifths left out": WITHOUT_FIFTH,
}
PUBLISHED, ROOFLINE = "published model", "bare roofline"


class CalibrationReport(NamedTuple):
    """A calibration.

    Attributes:
        constants (ServingConstants): Fitted to all points.
        start (ServingConstants): The priors.
        scores (mapping): Errors by what made the predictions and by kind of model.
        by_model, by_accelerator (DataFrame): One row each: `label`, `n`; `left_out` (median error), `bias`, `factor_90`
            and `rank_correlation` of predictions without it; median errors `published` and `roofline`. [1]
        collectives, drafts (DataFrame): The engine's collectives beside measured ones, and Leviathan's formula beside
            measured lengths.
        prices (DataFrame): What an error in time is in price, as `price_errors` returns it.
        ttft (TtftReport): The fit of the times to first token; its constants are among `constants`.
        frontiers, frontiers_by_speed (DataFrame): Our frontiers over measured ones, as `frontier_scores` returns them.
        neighbours (DataFrame): Errors before and after corrections by neighbours, as `neighbour_errors` returns them.
        unusable (mapping): Why rows without a measured or a predicted time could not be used, by the table's index.
    """

    constants: ServingConstants
    start: ServingConstants
    scores: Mapping[tuple[str, str], Errors]
    by_model: pd.DataFrame
    by_accelerator: pd.DataFrame
    collectives: pd.DataFrame
    drafts: pd.DataFrame
    prices: pd.DataFrame
    ttft: TtftReport
    frontiers: pd.DataFrame
    frontiers_by_speed: pd.DataFrame
    neighbours: pd.DataFrame
    unusable: Mapping[int, str]


def calibrate(points: pd.DataFrame, start: ServingConstants | None = None, *, keep: bool = False) -> CalibrationReport:
    """Fit the constants to measurements and score what was fitted without each of them.

    Args:
        points (DataFrame): Measurements with `tpot_ms`, columns as in `schema.measurement`.
        start (ServingConstants or None): The priors; those of the repository where None.
        keep (bool): Whether rows are fitted too whose weights and cache their GPUs cannot hold.

    Returns:
        CalibrationReport: Everything that `python -m infecon_core calibrate` prints.

    Raises:
        ValueError: Where a column is missing, or no row can be used.
    """
    fitter = Fitter(points, start, keep=keep)
    constants = fitter.fit()
    held = predictions_of(fitter)
    predictions: dict[str, Array] = {FITTED_TO_ALL: fitter.predicted_s(constants)}
    predictions |= {name: held[column].to_numpy() * 1e-3 for name, column in LEFT_OUT.items()}
    predictions[PUBLISHED] = baselines.published_s(fitter.points)
    predictions[ROOFLINE] = baselines.roofline_s(fitter.points)
    predictions[OTHER_SOFTWARE] = agreement.from_other_software_s(fitter.points)
    mixture = _is_mixture(fitter)
    ttft = ttft_report(fitter, constants, mixture)
    frontiers = frontier_scores.scored_sets(fitter)
    kinds = {ALL: fitter.usable, DENSE: fitter.usable & ~mixture, MIXTURE: fitter.usable & mixture}
    return CalibrationReport(
        ttft.found.constants,
        fitter.prior,
        errors_by(kinds, predictions, fitter.measured_s),
        _by(fitter, "model_id", held, predictions),
        _by(fitter, "accelerator_id", held, predictions),
        collective_errors(),
        draft_errors(),
        price_errors(fitter.points, constants),
        ttft,
        frontier_scores.by_model(frontiers),
        frontier_scores.by_speed(frontiers),
        neighbour_errors(fitter.points, held[WITHOUT_MODEL]),
        _unusable(points, fitter),
    )


def _unusable(points: pd.DataFrame, fitter: Fitter) -> dict[int, str]:
    """Why rows could not be used, by the table's index."""
    found = {}
    for i in map(int, np.flatnonzero(~fitter.usable)):
        unmeasured = np.isnan(fitter.measured_s[i])
        reason = "tpot_ms is empty or no time" if unmeasured else "the GPUs of this row are not linked to each other"
        found[int(points.index[i])] = fitter.faults[i] or reason
    return found


def _is_mixture(fitter: Fitter) -> Mask:
    """Which points are of mixtures of experts."""
    mixture = np.zeros(len(fitter.points), dtype=np.bool_)
    for group in fitter.groups:
        mixture[group.index] = has_experts(group.deployment.architecture)
    return mixture


def _by(fitter: Fitter, column: str, held: pd.DataFrame, predictions: Mapping[str, Array]) -> pd.DataFrame:
    groups = groups_of(fitter.points[column], fitter.usable)
    shown = {
        "left_out": held[left_out_column(column)].to_numpy() * 1e-3,
        PUBLISHED: predictions[PUBLISHED],
        ROOFLINE: predictions[ROOFLINE],
    }
    found = errors_by(groups, shown, fitter.measured_s)
    return pd.DataFrame(
        {
            "label": label,
            "n": int(mask.sum()),
            "left_out": found["left_out", label].median,
            "bias": found["left_out", label].bias,
            "factor_90": found["left_out", label].factor_90,
            "rank_correlation": found["left_out", label].rank_correlation,
            "published": found[PUBLISHED, label].median,
            "roofline": found[ROOFLINE, label].median,
        }
        for label, mask in groups.items()
    )


def collective_errors() -> pd.DataFrame:
    """The engine's collectives beside the measured ones: errors by what was sent and by accelerator."""
    reduces, exchanges = collective_tables.all_reduces_compared(), collective_tables.expert_exchanges_compared()
    nccl = reduces["implementation"] == "nccl"
    small = reduces["bytes"] <= collective_tables.SMALL_BYTES
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
    """Leviathan's expected tokens of a round beside measured ones: median error and bias by draft length."""
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


def record(report: CalibrationReport) -> dict[str, Any]:
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
        "prices": report.prices.to_dict(orient="records"),
        "neighbours": report.neighbours.to_dict(orient="records"),
        "ttft": ttft_record(report.ttft),
        "frontiers": report.frontiers.to_dict(orient="records"),
        "frontiers_by_speed": report.frontiers_by_speed.to_dict(orient="records"),
        "rows_not_used": [{"row": row, "reason": reason} for row, reason in report.unusable.items()],
    }
