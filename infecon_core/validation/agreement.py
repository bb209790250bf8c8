"""How far measurements of one setup by different software lie apart: a model that ignores software is no closer."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.measured.rows import measured_seconds

Array = npt.NDArray[np.float64]

# Measurements that agree in these are of one setup; requests are those that the clients keep open.
SETUP = (
    "model_id",
    "accelerator_id",
    "weight_precision",
    "kv_format",
    "gpus_per_instance",
    "ep_in_instance",
    "attention_dp",
    "disagg",
    "batch_kind",
    "isl",
    "osl",
    "concurrency",
)


def from_other_software_s(points: pd.DataFrame, measured_s: Array | None = None) -> Array:
    """Each measurement predicted by the median of those of the same setup with other software or another version. [s]

    Args:
        points (DataFrame): Measurements with `tpot_ms`, `serving_software` and `concurrency`; those of
            `measurements.shipped_points` have them. Without the columns of a setup nothing can be compared.
        measured_s (array or None): What was measured, NaN where it was not; time per output token where None. [s]

    Returns:
        array: NaN where nobody else measured the setup. [s]
    """
    measured = measured_seconds(points) if measured_s is None else measured_s
    predicted = np.full(len(points), np.nan)
    if not {*SETUP, "serving_software"} <= set(points.columns):
        return predicted
    software = points["serving_software"].astype(str).to_numpy()
    for found in points.reset_index(drop=True).groupby(list(SETUP)).indices.values():
        rows = np.asarray(found)
        for i in rows if rows.size > 1 else []:
            others = measured[rows][(software[rows] != software[i]) & np.isfinite(measured[rows])]
            if others.size:
                predicted[i] = np.median(others)
    return predicted
