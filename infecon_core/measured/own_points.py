"""Correction by measurements of one's own: what other points of the same servers say beside the shipped ones."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.measured.builds import SETUP, rows_by_label, setups_of
from infecon_core.measured.neighbours import row_corrections, shipped_builds_alike
from infecon_core.measured.rows import measured_seconds, read_numbers
from infecon_core.schema.measurement import MEASUREMENT_COLUMNS

Array = npt.NDArray[np.float64]


def corrected(points: pd.DataFrame) -> pd.DataFrame:
    """Correct each predicted row by the other rows of its table, and by the shipped measurements.

    ln(measured / predicted) of the shipped builds that the row cannot be of gives c (`measured.neighbours`), 0 where
    there are none; as for scenarios, they may be of the same model under another name. That of the n other rows of the
    same model and accelerator has the median d beside their own c. A row's time is multiplied by exp(c + d·n/(n+1)): it
    never corrects itself.

    Args:
        points (DataFrame): What `predict` returned; rows with `tpot_ms` correct others.

    Returns:
        DataFrame: The same rows with `corrected_tpot_ms` [ms], `correction` (the factor, 1 where nothing corrects) and
            `correction_points` (n, the other rows behind it) and `correction_measurements` (the shipped ones behind
            c); NaN for rows without a prediction. [1] Where there is a column `error`, it names times that are none
            and so correct nothing.
    """
    base, rest, measurements = _parts(points)
    logs, counts = base.copy(), np.zeros(len(points))
    for rows in rows_by_label(setups_of(points)).values():
        known = rows[np.isfinite(rest[rows])]
        for i in rows:
            others = known[known != i]
            if others.size:
                logs[i] += np.median(rest[others]) * others.size / (others.size + 1)
                counts[i] = others.size
    predicted = points["predicted_tpot_ms"].to_numpy(dtype=np.float64)
    known_rows = np.isfinite(predicted)
    return points.assign(
        corrected_tpot_ms=predicted * np.exp(logs),
        correction=np.where(known_rows, np.exp(logs), np.nan),
        correction_points=np.where(known_rows, counts, np.nan),
        correction_measurements=np.where(known_rows, measurements, np.nan),
        **({"error": _with_faulty_times(points)} if "error" in points.columns else {}),
    )


def _with_faulty_times(points: pd.DataFrame) -> list[str]:
    """The column `error` with what is wrong with measured times, where nothing else is."""
    column = MEASUREMENT_COLUMNS["tpot_ms"]
    cells = points[column.name] if column.name in points.columns else None
    _, faults = read_numbers(column, cells, len(points))
    return [error or faults.get(i, "") for i, error in enumerate(points["error"])]


def own_factors(points: pd.DataFrame) -> pd.DataFrame:
    """The factor of each model on each accelerator that a table was measured on, from all of its rows.

    As in `corrected`, with the median c of its rows.

    Args:
        points (DataFrame): What `predict` returned, with `tpot_ms`.

    Returns:
        DataFrame: One row a pair with measurements, the one with the most first: `model_id`, `accelerator_id`,
            `weight_precision` (the most frequent), `factor` [1], `n_points` [1].
    """
    base, rest, _ = _parts(points)
    found = []
    for key, rows in rows_by_label(setups_of(points)).items():
        known = rows[np.isfinite(rest[rows])]
        if known.size:
            log = np.median(base[known]) + np.median(rest[known]) * known.size / (known.size + 1)
            weights = points["weight_precision"].iloc[known].astype(str).mode().iloc[0]
            found.append((*key, weights, float(np.exp(log)), int(known.size)))
    table = pd.DataFrame(found, columns=[*SETUP, "weight_precision", "factor", "n_points"])
    return table.sort_values("n_points", ascending=False, kind="stable").reset_index(drop=True)


def _parts(points: pd.DataFrame) -> tuple[Array, Array, Array]:
    """c of each row, its ln(measured / predicted) beyond that, NaN where not measured, and the points behind c. [1]"""
    shipped = row_corrections(points, shipped_builds_alike(setups_of(points)))
    base = np.nan_to_num(shipped.log)
    if "tpot_ms" not in points.columns:
        return base, np.full(len(points), np.nan), shipped.n_points
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = measured_seconds(points) * 1e3 / points["predicted_tpot_ms"].to_numpy(dtype=np.float64)
        return base, np.log(ratio) - base, shipped.n_points
