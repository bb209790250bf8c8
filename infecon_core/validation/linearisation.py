"""Predicted times as a function of the engine's constants: linear in the right coordinates, so that a fit costs little.

Efficiencies enter as 1/efficiency, those of memory with a factor under ROCm, and overheads as they are. A collective
takes the fastest of its ways, each linear in 1/efficiency of the links.
"""

import numpy as np
import numpy.typing as npt

from infecon_core.measured.rows import MeasurementGroup
from infecon_core.schema import ServingConstants

Array = npt.NDArray[np.float64]

# The constants by how they enter.
MEMORY_SHARES = ("weight_read_efficiency", "cache_read_efficiency", "expert_read_efficiency")
LINK_SHARE = "link_efficiency"
OTHER_SHARES = ("prompt_arithmetic_efficiency", LINK_SHARE)
OTHERS = (
    "layer_overhead_s",
    "expert_layer_overhead_s",
    "expert_rank_overhead_s",
    "block_scale_overhead_s",
    "latent_attention_overhead_s",
    "sequence_layer_overhead_s",
    "expert_padding_rows",
)
LINEAR = (*MEMORY_SHARES, *OTHER_SHARES, *OTHERS)


def coordinates(constants: ServingConstants, *, rocm: bool) -> Array:
    """What predicted times are linear in, in the order of `LINEAR`: 1/efficiency [1], overheads [s], padding [rows].

    Args:
        constants (ServingConstants): Those of the engine.
        rocm (bool): Whether the factor of ROCm on efficiencies of memory applies.
    """
    memory = constants.rocm_memory_factor if rocm else 1.0
    return np.array(
        [
            *(1 / (getattr(constants, name) * memory) for name in MEMORY_SHARES),
            *(1 / getattr(constants, name) for name in OTHER_SHARES),
            *(getattr(constants, name) for name in OTHERS),
        ]
    )


def _moved(origin: ServingConstants, name: str) -> ServingConstants:
    """The constants with one of them moved: half a share, twice a time and a little, so that zero moves too."""
    value = getattr(origin, name)
    shares = MEMORY_SHARES + OTHER_SHARES
    return origin.model_copy(update={name: value / 2 if name in shares else 2 * value + 1e-6})


class LinearisedPredictor:
    """Predicted times of measurements as a function of the constants.

    T(c) = R(c₀) + (u(c) - u(c₀))·Φ + Σ_x min_w (a_xw + b_xw/e), with u the coordinates
    below, Φ the slopes of everything but collectives [s/unit of u], x the collectives of a step, w the ways to do each,
    a, b their lines [s] and e the efficiency of the links. Exact for the constants of `LINEAR` and the factor of ROCm,
    as T has no products of two of them, while no more is overlapped than there is to overlap.
    Φ and the lines come from moving one constant of the engine at a time.

    Args:
        groups (list of MeasurementGroup): Measurements.
        count (int): Rows of the table that the groups index. [1]
        origin (ServingConstants): c₀; what is not fitted stays as it is there.
    """

    def __init__(self, groups: list[MeasurementGroup], count: int, origin: ServingConstants) -> None:
        self._groups, self._count = groups, count
        self._rocm = np.zeros(count, dtype=np.bool_)
        for group in groups:
            self._rocm[group.index] = group.deployment.rocm
        self._origin = {rocm: coordinates(origin, rocm=rocm) for rocm in (False, True)}
        total, ways = self._times(origin)
        self._rest = total - ways.min(axis=1).sum(axis=0)
        slopes = []
        for j, name in enumerate(LINEAR):
            probe = _moved(origin, name)
            change = {rocm: coordinates(probe, rocm=rocm)[j] - self._origin[rocm][j] for rocm in (False, True)}
            moved_total, moved_ways = self._times(probe)
            rest = moved_total - moved_ways.min(axis=1).sum(axis=0)
            slopes.append((rest - self._rest) / np.where(self._rocm, change[True], change[False]))
            if name == LINK_SHARE:
                self._lines = (moved_ways - ways) / change[False]
        self._fixed = ways - self._lines / getattr(origin, LINK_SHARE)
        self._slopes = np.array(slopes)

    def _times(self, constants: ServingConstants) -> tuple[Array, Array]:
        """Total of each measurement, and each way of its exchanges, shape (exchanges, ways, measurements). [s]"""
        total = np.full(self._count, np.nan)
        found = [(group, group.pass_with(constants)) for group in self._groups]
        most = max((len(costs.collectives) for _, costs in found), default=0)
        most_ways = max((len(e.latency_s) for _, costs in found for e in costs.collectives), default=1)
        ways = np.zeros((max(most, 1), most_ways, self._count))
        for group, costs in found:
            times = costs.five_times(group.batch, 1.0, group.prompts_per_step).total_s
            # A layout that no link joins takes forever whatever the constants.
            linked = np.isfinite(times)
            index = group.index[linked]
            total[index] = times[linked]
            tokens = (group.batch / costs.stages)[linked]
            exposed = np.broadcast_to(1 - np.asarray(costs.overlap), linked.shape)[linked]
            for i, exchange in enumerate(costs.collectives):
                lines = list(zip(exchange.latency_s, exchange.s_per_token, strict=True))
                for w in range(most_ways):
                    latency, slope = (np.broadcast_to(x, linked.shape)[linked] for x in lines[min(w, len(lines) - 1)])
                    count = np.broadcast_to(exchange.count, linked.shape)[linked]
                    ways[i, w, index] = exposed * count * (latency + slope * tokens)
        return total, ways

    def predicted_s(self, constants: ServingConstants) -> Array:
        """Predicted time per output token of all measurements; NaN where there is none. [s]"""
        moved = [(coordinates(constants, rocm=rocm) - self._origin[rocm]) @ self._slopes for rocm in (False, True)]
        ways = self._fixed + self._lines / getattr(constants, LINK_SHARE)
        return np.asarray(self._rest + np.where(self._rocm, moved[1], moved[0]) + ways.min(axis=1).sum(axis=0))
