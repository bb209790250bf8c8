"""How many layers fit, how long a step of them takes, and what that makes for the whole model."""

import math
import os
import statistics
import time
from typing import NamedTuple

import torch

from infecon_core.schema import Architecture, LayerGroup, LinearAttention, MixtureOfExperts
from tools.measure_decode.layers import STATE_BYTES, Maker, Stack, linear_sides

# Share of the free memory that weights and caches may take; the rest is for activations and the allocator.
FILLED = 0.8
CPU_BYTES_UNKNOWN = 4e9
WARM_UP_STEPS = 3
ROUNDS = 5


class Plan(NamedTuple):
    """Layers of the stacks that are timed.

    Attributes:
        short (tuple of int): Layers of each group in the shortest stack; all of them where the model fits whole. [1]
        added (tuple of int): Layers that are added to each group in turn, one stack each; 0 where there is nothing to
            learn. [1]
    """

    short: tuple[int, ...]
    added: tuple[int, ...]

    @property
    def most_layers(self) -> int:
        """Layers of the largest stack. [1]"""
        return sum(self.short) + max(self.added)


def layer_bytes(group: LayerGroup, width: float, batch: int, context: int, *, fp8: bool) -> float:
    """Weights that a batch reads in one layer, and its cache and state. [B]"""
    stored = 1 if fp8 else 2
    attention, layer = group.attention, group.feed_forward
    total = 0.0
    if isinstance(attention, LinearAttention):
        _, out, rows = linear_sides(attention, int(width))
        total += attention.params(width) * stored + batch * out * rows * STATE_BYTES
    elif attention is not None:
        seen = min(context, attention.sliding_window or context)
        total += attention.params(width) * stored + batch * seen * attention.kv_elements_per_token * 2
    if layer is not None:
        held = layer.params(width)
        if isinstance(layer, MixtureOfExperts):
            one = (held - layer.active_params(width)) / max(layer.num_experts - layer.num_experts_per_tok, 1)
            held -= one * max(layer.num_experts - batch * layer.num_experts_per_tok, 0)
        total += held * stored
    return total


def plan(
    architecture: Architecture, batch: int, context: int, usable_bytes: float, most_layers: int, fp8: bool
) -> Plan:
    """The whole model where it fits, else one layer a group and as many more of each group in turn as fit.

    Raises:
        ValueError: Where memory does not hold even that.
    """
    counts = tuple(group.num_layers for group in architecture.layer_groups)
    sizes = [
        layer_bytes(group, architecture.hidden_size, batch, context, fp8=fp8) for group in architecture.layer_groups
    ]
    free = usable_bytes - architecture.embedding_params * 2
    whole = sum(n * size for n, size in zip(counts, sizes, strict=True))
    if whole <= free and sum(counts) <= most_layers:
        return Plan(counts, (0,) * len(counts))
    left = free - sum(sizes)
    spare = most_layers - len(counts)
    added = tuple(min(n - 1, spare, math.floor(left / size)) for n, size in zip(counts, sizes, strict=True))
    if left < 0 or any(n > 1 and more < 1 for n, more in zip(counts, added, strict=True)):
        needed = usable_bytes - left + max(sizes)
        raise ValueError(
            f"Batch {batch} at a context of {context} needs {needed / 1e9:.1f} GB for the shortest stack, and "
            f"{usable_bytes / 1e9:.1f} GB may be used; give a smaller batch or context."
        )
    return Plan((1,) * len(counts), added)


def device_bytes(device: torch.device) -> float:
    """Memory that a stack may take. [B]"""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        return FILLED * torch.cuda.mem_get_info(device)[0]
    if not hasattr(os, "sysconf"):
        return CPU_BYTES_UNKNOWN
    return FILLED * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2


def fp8_works(device: torch.device) -> bool:
    """Whether this PyTorch multiplies FP8 matrices on this device."""
    try:
        rows = torch.ones(16, 16, device=device).to(torch.float8_e4m3fn)
        one = torch.tensor(1.0, device=device)
        torch._scaled_mm(rows, rows.t(), scale_a=one, scale_b=one, out_dtype=torch.bfloat16)
    except (AttributeError, NotImplementedError, RuntimeError, ValueError):
        return False
    return True


def step_s(stack: Stack, device: torch.device, steps: int) -> float:
    """Median time of one step of a stack. [s]

    With CUDA the step is captured in a graph and replayed back to back between two events; on the CPU it runs eagerly.
    """
    with torch.no_grad():
        return _graph_s(stack, device, steps) if device.type == "cuda" else _eager_s(stack, steps)


def _eager_s(stack: Stack, steps: int) -> float:
    for _ in range(WARM_UP_STEPS):
        stack.step()
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        stack.step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _graph_s(stack: Stack, device: torch.device, steps: int) -> float:
    with torch.cuda.device(device):
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UP_STEPS):
                stack.step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            stack.step()
        for _ in range(WARM_UP_STEPS):
            graph.replay()
        times = []
        for _ in range(ROUNDS):
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            for _ in range(steps):
                graph.replay()
            end.record()
            end.synchronize()
            times.append(start.elapsed_time(end) * 1e-3 / steps)
        return statistics.median(times)


def whole_step_s(architecture: Architecture, plan: Plan, batch: int, context: int, make: Maker, steps: int) -> float:
    """Time of one step of the whole model. [s]

    T = T_short + Σ_groups (layers - 1)·(T_longer - T_short)/added, where the model does not fit whole: what does not
    grow with layers (launch, tables, sampling) is in T_short once.

    Raises:
        ValueError: Where the longer stack took no longer than the short one: the clock is too noisy for these few
            steps.
    """

    def timed(counts: tuple[int, ...]) -> float:
        return step_s(Stack(architecture, counts, batch, context, make), make.device, steps)

    short_s = timed(plan.short)
    total_s = short_s
    for i, (group, added) in enumerate(zip(architecture.layer_groups, plan.added, strict=True)):
        if added:
            counts = tuple(n + added * (i == j) for j, n in enumerate(plan.short))
            layer_s = (timed(counts) - short_s) / added
            if layer_s <= 0:
                raise ValueError(
                    f"Batch {batch} at a context of {context}: {sum(counts)} layers took no longer than "
                    f"{sum(plan.short)}; give more --steps, more --layers or a quieter machine."
                )
            total_s += (group.num_layers - plan.short[i]) * layer_s
    return total_s
