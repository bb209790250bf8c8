"""The roofline: what an accelerator can compute at most, given how many FLOP there are for each byte that is read.

Attainable rate = min(peak, intensity·bandwidth), with the dense peak of a format [FLOP/s], the intensity [FLOP/B] and
the HBM bandwidth [B/s]; the two meet at the ridge, peak/bandwidth [FLOP/B].

Source: Williams, Waterman and Patterson 2009, "Roofline: an insightful visual performance model for multicore
architectures", Communications of the ACM 52(4). The operators of a step, their bytes and FLOP are those of the serving
engine (`physics.operators`).
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.catalog.constants import shipped
from infecon_core.physics.costs import LinearTime
from infecon_core.physics.decode import forward_pass
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.physics.roofline import arithmetic_rate
from infecon_core.scenario import Scenario
from infecon_core.schema import FORMAT_BITS, Accelerator, Format, Layout, Peaks

Array = npt.NDArray[np.float64]

# The operator whose intensity no batch changes: each sequence reads a cache of its own.
OVER_CACHE = "Attention over KV cache"


class Roof(NamedTuple):
    """What bounds one accelerator at one format.

    Attributes:
        flop_per_s (float): Dense arithmetic peak. [FLOP/s]
        bytes_per_s (float): HBM bandwidth. [B/s]
    """

    flop_per_s: float
    bytes_per_s: float

    @property
    def ridge(self) -> float:
        """The intensity from which arithmetic is the bound: peak/bandwidth. [FLOP/B]"""
        return self.flop_per_s / self.bytes_per_s

    def attainable(self, flop_per_byte: npt.ArrayLike) -> Array:
        """The most that can be computed: min(peak, intensity·bandwidth). [FLOP/s]

        Args:
            flop_per_byte (array_like): Arithmetic intensity. [FLOP/B]

        Examples:
            >>> Roof(1000e12, 4e12).attainable([100, 250, 1000]) / 1e12
            array([ 400., 1000., 1000.])
        """
        return np.minimum(self.flop_per_s, np.asarray(flop_per_byte, np.float64) * self.bytes_per_s)


class OperatorWork(NamedTuple):
    """What one operator of a step computes and reads on one GPU.

    Attributes:
        name (str): What it is.
        flop, read_bytes (float): Of one pass of a microbatch. [FLOP], [B]
        flop_per_s (float): Dense peak of the format in which it computes. [FLOP/s]
        seconds (float): What the serving engine takes for it, efficiencies and small kernels included. [s]
    """

    name: str
    flop: float
    read_bytes: float
    flop_per_s: float
    seconds: float

    @property
    def intensity(self) -> float:
        """FLOP for each byte. [FLOP/B]"""
        return self.flop / self.read_bytes

    @property
    def achieved(self) -> float:
        """Rate at which it computes. [FLOP/s]"""
        return self.flop / self.seconds


def roof(accelerator: Accelerator, name: Format) -> Roof:
    """The roof over products with weights of one format, at the rate at which the accelerator computes them.

    Raises:
        ValueError: Where no listed rate is wide enough.

    Examples:
        FP8 on H100: 1979 TFLOP/s over 3.35 TB/s.

        >>> from infecon_core import catalog
        >>> round(roof(catalog.accelerator("h100-sxm").accelerator, "fp8").ridge)
        591
    """
    return Roof(arithmetic_rate(accelerator, name), accelerator.hbm_bytes_per_s)


def roofs(accelerator: Accelerator) -> Mapping[Format, Roof]:
    """The roofs of an accelerator by format, of those that it has a path for."""
    found = {name: accelerator.peaks.of(name) for name in FORMAT_BITS}
    return {name: Roof(peak, accelerator.hbm_bytes_per_s) for name, peak in found.items() if peak is not None}


def operators_of(
    scenario: Scenario, layout: Layout, batch: float, positions: float = 1.0
) -> tuple[tuple[OperatorWork, ...], OperatorWork]:
    """The operators of one pass of decoding on one GPU, equal ones of several layer groups together, and all of it.

    Bytes and FLOP are the coefficients of the serving engine at a bandwidth and a peak of one, without efficiencies and
    padding; seconds are those of the engine itself. Prompts, which share the GPUs, are left out.

    Args:
        scenario (Scenario): What is served on what.
        layout (Layout): How it is spread over GPUs.
        batch (float): Sequences of the instance. [1]
        positions (float): New tokens of each sequence in the pass: 1, or drafted ones + 1. [tokens]

    Returns:
        operators (tuple of OperatorWork): Those that compute and read anything, in the order of the model.
        whole (OperatorWork): Together, with the network's time in its seconds; the peak is that of the weights.
    """
    one = [np.array([float(x)]) for x in (layout.pp, layout.tp * layout.dp_attn, layout.dp_attn, layout.tp)]
    shards, context = Shards(*one), scenario.context_tokens
    constants = scenario.serving.constants or shipped()
    options = scenario.serving
    real = Deployment(
        scenario.architecture, scenario.accelerator, scenario.precision, constants, options.context_parallel
    )
    counted = forward_pass(_counting(real), shards, context, scenario.prompt_tokens)
    ideal = forward_pass(_ideal(real), shards, context, scenario.prompt_tokens)
    timed = forward_pass(real, shards, context, scenario.prompt_tokens, overlap=options.overlap)
    m = float(batch / layout.pp)
    t = m * positions
    touched = [float(routing.touched_share(t)) for routing in timed.routings] or [0.0]

    def at(form: LinearTime, routing: int) -> float:
        return float(np.ravel(form.at(np.array([m]), np.array([t]), np.array([touched[routing]])))[0])

    found: dict[str, OperatorWork] = {}
    for work, pure, time in zip(counted.operators, ideal.operators, timed.operators, strict=True):
        flop, read = at(work.arithmetic, work.routing), at(work.memory, work.routing)
        if flop <= 0 or read <= 0:
            continue
        seconds = sum(at(form, time.routing) for form in (time.arithmetic, time.memory, time.overhead))
        before = found.get(work.name)
        peak = flop / at(pure.arithmetic, pure.routing)
        found[work.name] = (
            OperatorWork(work.name, flop, read, peak, seconds)
            if before is None
            else before._replace(
                flop=before.flop + flop, read_bytes=before.read_bytes + read, seconds=before.seconds + seconds
            )
        )
    operators = tuple(found.values())
    whole = float(np.ravel(timed.five_times(np.array([float(batch)]), positions).total_s)[0])
    peak = arithmetic_rate(scenario.accelerator, scenario.precision.weights)
    everything = OperatorWork(
        "Whole step",
        math.fsum(one.flop for one in operators),
        math.fsum(one.read_bytes for one in operators),
        peak,
        whole,
    )
    return operators, everything


def _ideal(deployment: Deployment) -> Deployment:
    """The same without efficiencies and padding: at the peaks of the datasheet."""
    constants = deployment.constants.model_copy(
        update={
            "weight_read_efficiency": 1.0,
            "cache_read_efficiency": 1.0,
            "expert_read_efficiency": 1.0,
            "attention_arithmetic_efficiency": 1.0,
            "rocm_memory_factor": 1.0,
            "expert_padding_rows": 0.0,
        }
    )
    return replace(deployment, constants=constants)


def _counting(deployment: Deployment) -> Deployment:
    """The same at one byte and one FLOP per second: its seconds are bytes and FLOP."""
    ideal = _ideal(deployment)
    ones = Peaks.model_construct(None, **dict.fromkeys(FORMAT_BITS, 1.0))
    chip = ideal.accelerator.model_copy(update={"peaks": ones, "hbm_bytes_per_s": 1.0})
    return replace(ideal, accelerator=chip)
