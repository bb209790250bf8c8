"""The words around the frontier: what its points mean, and what computed them."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from infecon_core import Scenario
from infecon_core.engines import engine_of
from infecon_core.schema.frontier import COLUMNS
from infecon_ui.charts.palette import TIMES
from infecon_ui.frontier.points import Point
from infecon_ui.text import formats

DEGREES = ("tp", "pp", "ep", "dp_attn")

_CHANGES: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "max_gpus": lambda n: f"Allow {formats.gpus(n)}",
        "weights": lambda name: f"Use {formats.number_format(name)} weights",
        "prompt_tokens": lambda n: f"Use a prompt of {formats.tokens(n)}",
        "output_tokens": lambda n: f"Use an output of {formats.tokens(n)}",
        "demand_tokens_per_s": lambda rate: (
            "Lift the limit on demand" if rate is None else f"Allow a demand of {formats.number(rate)} tokens/s"
        ),
    }
)


class Served(NamedTuple):
    """What is served, in which format of the weights, on what: three names."""

    model: str
    weights: str
    accelerator: str

    @property
    def title(self) -> str:
        """What a chart shows: "Llama 3.1 70B in FP8 on H100 SXM"."""
        return f"{self.model} in {formats.number_format(self.weights)} on {self.accelerator}"


def verdict(point: Point, served: Served) -> str:
    """Say in one sentence what a point of the frontier means.

    Args:
        point (mapping): A row of a frontier.
        served (Served): What is served on what.
    """
    draft = f", drafting {formats.tokens(point['draft_tokens'])} ahead," if point["draft_tokens"] > 0 else ""
    return (
        f"Serving {served.title} at {formats.number(point['tokens_per_s_user'])} tokens/s per user{draft} costs about "
        f"{formats.money(point['usd_per_million_tokens'])} per million tokens: {setup(point)}; {bottleneck(point)}."
    )


def setup(point: Point) -> str:
    """GPUs, layout where it is whole, and batch of a point: "8 GPUs as TP 4 · PP 2, batch 109"."""
    split = " · ".join(f"{COLUMNS[name].label} {point[name]:g}" for name in DEGREES if point[name] != 1)
    layout = f" as {split}" if split and _whole(point) else ""
    return f"{formats.gpus(point['n_gpu'])}{layout}, batch {formats.number(point['batch'])}"


def bottleneck(point: Point) -> str:
    """The largest of the five times: "network latency takes 41% of each step"."""
    column = next(time.column for time in TIMES if time.limit == point["limit"])
    return f"{point['limit']} takes {formats.share(point[column] / point['tpot_s'])} of each step"


def basis(scenario: Scenario) -> str:
    """Say in one line what the figures are computed with."""
    context = f"context of {formats.tokens(scenario.context_tokens)}"
    if scenario.output_tokens:
        context += f" (prompt {scenario.prompt_tokens:,} + half of output {scenario.output_tokens:,})"
    parts = [
        engine_of(scenario).summary(scenario),
        context,
        f"{formats.money(scenario.accelerator.price_usd_per_gpu_hour)} per GPU-hour",
        f"at most {formats.gpus(scenario.max_gpus)}",
    ]
    if scenario.demand_tokens_per_s is not None:
        parts.append(f"at most {formats.number(scenario.demand_tokens_per_s)} tokens/s sold")
    return " · ".join(parts)


def fractions(scenario: Scenario) -> str:
    """Warn of layouts that cannot be launched; empty where the engine returns none."""
    engine = engine_of(scenario)
    if engine.capabilities.whole_gpus:
        return ""
    return f"The {engine.label.lower()} model allows fractions of GPUs, stages and sequences."


def layout(point: Point) -> str:
    """Say in plain words how the GPUs of a point share the work."""
    ways = []
    if _whole(point) and point["tp"] > 1:
        what = "each copy of attention" if point["dp_attn"] > 1 else "every matrix"
        ways.append(f"{what} is cut {point['tp']:g} ways")
    elif not _whole(point) and point["tp_ff"] > 1.01:
        ways.append(f"every matrix is cut {formats.number(point['tp_ff'])} ways ({point['scheme']} tensor parallelism)")
    if point["ep"] > 1.01:
        ways.append(f"the experts are spread over {formats.number(point['ep'])} groups")
    if point["pp"] > 1.01:
        ways.append(f"the layers form a pipeline of {formats.number(point['pp'])} stages")
    if point["dp_attn"] > 1.01:
        ways.append(f"attention is kept in {formats.number(point['dp_attn'])} copies, each for its part of the batch")
    held = "hold" if formats.number(point["n_gpu"]) != "1" else "holds"
    how = "; ".join(ways) if ways else "nothing is split"
    return (
        f"{formats.gpus(point['n_gpu'])} {held} one copy of the model: {how}. "
        f"Together they decode a batch of {formats.number(point['batch'])}."
    )


def _whole(point: Point) -> bool:
    """Whether a layout can be launched: some engines have fractions."""
    return all(float(point[column]).is_integer() for column in ("n_gpu", *DEGREES))


def change(changes: Mapping[str, Any]) -> str:
    """What a button that makes a scenario fit says: "Allow 16 GPUs and use FP8 weights".

    Args:
        changes (mapping): Keywords of `Scenario.preset`.
    """
    parts = [
        _CHANGES[name](value) if name in _CHANGES else f"Set {name.replace('_', ' ')} to {value}"
        for name, value in changes.items()
    ]
    return " and ".join(part if i == 0 else part[:1].lower() + part[1:] for i, part in enumerate(parts))


def sources_table(sources: Sequence[Any]) -> pd.DataFrame:
    """Where numbers come from, one row each.

    Args:
        sources (sequence): Records with `what`, `value`, `kind`, `source`, `date` and `note`.
    """
    columns = ("what", "value", "kind", "source", "date", "note")
    return pd.DataFrame(
        [[getattr(source, name) for name in columns] for source in sources],
        columns=[name.capitalize() for name in columns],
    )
