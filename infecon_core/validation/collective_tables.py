"""The engine's collectives beside measured ones, where nothing but the collective runs."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import all_reduces, expert_exchanges
from infecon_core.physics.collectives import all_reduce, expert_exchange
from infecon_core.physics.formats import ACTIVATION_BYTES
from infecon_core.schema import Accelerator

Array = npt.NDArray[np.float64]

# Shares of the link that collectives reach alone, near the medians of these tables; inside a step skew and hot ranks
# lower both, which is why the fit gives less.
ALL_REDUCE_EFFICIENCY = 0.7
ALL_TO_ALL_EFFICIENCY = 0.5
# Up to here a message is what decoding sends; beyond, what prompts send.
SMALL_BYTES = 65536


def all_reduces_compared() -> pd.DataFrame:
    """Measured all-reduces with the engine's time at an efficiency of the link of 0.7.

    Returns:
        DataFrame: The table of `measurements.all_reduces` with `predicted_us`. [us]
    """
    constants = shipped().model_copy(update={"link_efficiency": ALL_REDUCE_EFFICIENCY})

    def seconds(accelerator: Accelerator, part: pd.DataFrame) -> Array:
        lines = all_reduce(accelerator, constants, part["n_gpu"].to_numpy(dtype=np.float64))
        n_bytes = part["bytes"].to_numpy(dtype=np.float64)
        ways = [a + b * n_bytes for a, b in zip(lines.latency_s, lines.s_per_byte, strict=True)]
        return np.asarray(np.min(ways, axis=0))

    return _compared(all_reduces(), seconds)


def expert_exchanges_compared() -> pd.DataFrame:
    """Measured dispatch and combine with the engine's time at half of the link.

    Returns:
        DataFrame: The table of `measurements.expert_exchanges` with `predicted_us`. [us]
    """
    constants = shipped().model_copy(update={"link_efficiency": ALL_TO_ALL_EFFICIENCY})

    def seconds(accelerator: Accelerator, part: pd.DataFrame) -> Array:
        gpus = part["n_gpu"].to_numpy(dtype=np.float64)
        destinations = np.minimum(part["active_experts"].to_numpy(dtype=np.float64), gpus)
        latency, slope = expert_exchange(accelerator, constants, gpus, destinations)
        sent = part["width"].to_numpy(dtype=np.float64) * ACTIVATION_BYTES * part["tokens_per_gpu"].to_numpy()
        return np.asarray(latency + slope * sent)

    return _compared(expert_exchanges(), seconds)


def _compared(table: pd.DataFrame, seconds: Callable[[Accelerator, pd.DataFrame], Array]) -> pd.DataFrame:
    """A table of measured collectives with the predicted time of every row, accelerator by accelerator."""
    predicted = np.full(len(table), np.nan)
    for accelerator_id, rows in table.groupby("accelerator_id").indices.items():
        accelerator = catalog.accelerator(str(accelerator_id)).accelerator
        predicted[rows] = seconds(accelerator, table.iloc[rows]) * 1e6
    return table.assign(predicted_us=predicted)
