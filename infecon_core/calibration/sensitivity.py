"""How predicted times depend on the engine's constants: nearly linearly, so that a fit costs little.

Shares of a rate enter as 1/share and times as they are; under ROCm both come with a factor. An exchange takes the
fastest of its ways, each a line in 1/share of the links.
"""

import numpy as np
import numpy.typing as npt

from infecon_core.calibration.predict import Rows
from infecon_core.spec import ServingConstants

Array = npt.NDArray[np.float64]

MEMORY_SHARES = ("weight_read_share", "cache_read_share", "expert_read_share")
LAYER_TIMES = ("layer_s", "expert_layer_s", "block_scale_layer_s", "latent_layer_s")
LINK_SHARES = ("link_share", "exchange_share")
OTHER_SHARES = ("prompt_arithmetic_share", *LINK_SHARES)
OTHERS = ("expert_padding_rows", "sequence_s")
LINEAR = (*MEMORY_SHARES, *LAYER_TIMES, *OTHER_SHARES, *OTHERS)


def coordinates(constants: ServingConstants, *, rocm: bool) -> Array:
    """What predicted times are linear in, in the order of `LINEAR`."""
    memory = constants.rocm_memory_factor if rocm else 1.0
    overhead = constants.rocm_overhead_factor if rocm else 1.0
    return np.array(
        [
            *(1 / (getattr(constants, name) * memory) for name in MEMORY_SHARES),
            *(getattr(constants, name) * overhead for name in LAYER_TIMES),
            *(1 / getattr(constants, name) for name in OTHER_SHARES),
            *(getattr(constants, name) for name in OTHERS),
        ]
    )


def _moved(origin: ServingConstants, name: str) -> ServingConstants:
    """The constants with one of them moved: half a share, twice a time and a little, so that zero moves too."""
    value = getattr(origin, name)
    shares = MEMORY_SHARES + OTHER_SHARES
    return origin.model_copy(update={name: value / 2 if name in shares else 2 * value + 1e-6})


class Sensitivity:
    """Predicted times of measurements as a function of the constants.

    T(c) = R(c₀) + (u(c) - u(c₀))·Φ + Σ min over ways (a + b/link share + c/exchange share), exact for constants of
    `LINEAR` and the factors of ROCm. Φ and the lines are found by moving one constant of the engine at a time.

    Parameters
    ----------
    groups : list of Rows
        Measurements.
    count : int
        Rows of the table that the groups index.
    origin : ServingConstants
        c₀; what is not fitted stays as it is there.
    """

    def __init__(self, groups: list[Rows], count: int, origin: ServingConstants) -> None:
        self._groups, self._count = groups, count
        self._rocm = np.zeros(count, dtype=np.bool_)
        for rows in groups:
            self._rocm[rows.index] = rows.deployment.rocm
        self._origin = {rocm: coordinates(origin, rocm=rocm) for rocm in (False, True)}
        total, ways = self._work_out(origin)
        self._rest = total - ways.min(axis=1).sum(axis=0)
        self._fixed, self._lines = ways, {}
        slopes = []
        for j, name in enumerate(LINEAR):
            probe = _moved(origin, name)
            change = {rocm: coordinates(probe, rocm=rocm)[j] - self._origin[rocm][j] for rocm in (False, True)}
            moved_total, moved_ways = self._work_out(probe)
            rest = moved_total - moved_ways.min(axis=1).sum(axis=0)
            slopes.append((rest - self._rest) / np.where(self._rocm, change[True], change[False]))
            if name in LINK_SHARES:
                self._lines[name] = (moved_ways - ways) / change[False]
                self._fixed = self._fixed - self._lines[name] / getattr(origin, name)
        self._slopes = np.array(slopes)

    def _work_out(self, constants: ServingConstants) -> tuple[Array, Array]:
        """Total of each measurement, and each way of its exchanges, shape (exchanges, ways, measurements). [s]"""
        total = np.full(self._count, np.nan)
        found = [(rows, rows.work_out(constants)) for rows in self._groups]
        most = max((len(worked.exchanges) for _, worked in found), default=0)
        most_ways = max((len(e.latency_s) for _, worked in found for e in worked.exchanges), default=1)
        ways = np.zeros((max(most, 1), most_ways, self._count))
        for rows, worked in found:
            times = worked.five_times(rows.batch, 1.0, rows.prompts_per_step).total_s
            # A layout that no link joins takes forever whatever the constants.
            linked = np.isfinite(times)
            index = rows.index[linked]
            total[index] = times[linked]
            tokens = (rows.batch / worked.stages)[linked]
            for i, exchange in enumerate(worked.exchanges):
                lines = list(zip(exchange.latency_s, exchange.s_per_token, strict=True))
                for w in range(most_ways):
                    latency, slope = (np.broadcast_to(x, linked.shape)[linked] for x in lines[min(w, len(lines) - 1)])
                    count = np.broadcast_to(exchange.count, linked.shape)[linked]
                    ways[i, w, index] = count * (latency + slope * tokens)
        return total, ways

    def predicted_s(self, constants: ServingConstants) -> Array:
        """Predicted time per output token of all measurements; NaN where there is none. [s]"""
        moved = [(coordinates(constants, rocm=rocm) - self._origin[rocm]) @ self._slopes for rocm in (False, True)]
        ways = self._fixed
        for name in LINK_SHARES:
            ways = ways + self._lines[name] / getattr(constants, name)
        return np.asarray(self._rest + np.where(self._rocm, moved[1], moved[0]) + ways.min(axis=1).sum(axis=0))
