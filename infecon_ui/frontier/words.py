"""Words for the points of a frontier: their layouts, what limits them, and what would change them."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from infecon_core import Scenario
from infecon_core.engines import engine_of
from infecon_core.schema import PriceBasis
from infecon_core.schema.field import facts_of
from infecon_core.schema.frontier import COLUMNS
from infecon_ui.charts.palette import TIMES
from infecon_ui.frontier.points import DEGREES, Point
from infecon_ui.text import formats

# Of points of a frontier, and of the dashed parts of curves.
BEYOND = "beyond what was measured"
BEYOND_SHORT = "beyond measured"  # where there is little room

_SPLITS = {"tp": "tensor-parallel", "ep": "expert-parallel", "pp": "pipeline of", "dp_attn": "attention copies"}

# What a price pays for, after "per GPU-hour".
_BASES: Mapping[str, str] = MappingProxyType(
    {
        "on_demand": "on demand",
        "rent_3y": "on three-year rent",
        "owner_hyperscaler": "at owner's cost (hyperscaler)",
        "owner_neocloud": "at owner's cost (neocloud)",
    }
)

_CHANGES: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "max_gpus": lambda n: f"Allow {formats.gpus(n)}",
        "weights": lambda name: f"Use {formats.number_format(name)} weights",
        "prompt_tokens": lambda n: f"Use a prompt of {formats.tokens(n)}",
        "target_ttft_s": lambda seconds: f"Allow {limit(seconds)} to the first token",
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


def limit(seconds: float) -> str:
    """A limit on the time to the first token, as it was chosen: "0.5 s"."""
    return f"{formats.digits(seconds)} s"


def first_token(scenario: Scenario) -> str:
    """What stands before a time to first token: an estimate, or a lower bound where prompts have GPUs of their own."""
    return "first token ≥" if scenario.serving.disaggregated else "first token"


def on_basis(basis: PriceBasis) -> str:
    """What a known price pays for, to follow "price" or "per GPU-hour": "on three-year rent"."""
    return _BASES[basis]


def setup(point: Point, accelerator: str) -> str:
    """GPUs and how they share the work, in a few words: "64 × B200, expert-parallel 64"."""
    return f"{formats.number(point['n_gpu'])} × {accelerator}{_split(point)}"


def in_words(point: Point) -> str:
    """The same without the accelerator: "64 GPUs, expert-parallel 64"."""
    return f"{formats.gpus(point['n_gpu'])}{_split(point)}"


def short(point: Point) -> str:
    """The same for a label on a chart: "64 · EP 64", "8 · TP 4 · PP 2", "1"."""
    parts = [f"{COLUMNS[name].label} {formats.number(point[name])}" for name in _shares(point)]
    return " · ".join([formats.number(point["n_gpu"]), *parts])


def _split(point: Point) -> str:
    parts = [f"{_SPLITS[name]} {formats.number(point[name])}" for name in _shares(point)]
    draft = [f"{formats.tokens(point['draft_tokens'])} drafted"] if point["draft_tokens"] > 0 else []
    return "".join(f", {part}" for part in (*parts, *draft))


def _shares(point: Point) -> list[str]:
    """The degrees that tell how GPUs share the work; copies of attention follow from experts where there are some."""
    if not _whole(point):
        return []
    names = ("ep", "tp", "pp") if point["ep"] > 1 else ("tp", "dp_attn", "pp")
    return [name for name in names if point[name] > 1]


def bottleneck(point: Point) -> str:
    """The largest of the five times: "network latency takes 41% of each step"."""
    column = next(time.column for time in TIMES if time.limit == point["limit"])
    return f"{point['limit']} takes {formats.share(point[column] / point['tpot_s'])} of each step"


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
        _CHANGES[name](value) if name in _CHANGES else f"Set {_field(name)} to {value}"
        for name, value in changes.items()
    ]
    return " and ".join(part if i == 0 else part[:1].lower() + part[1:] for i, part in enumerate(parts))


def _field(name: str) -> str:
    """A field of a scenario as its control names it, inside a sentence."""
    label = facts_of(Scenario)[name].label if name in Scenario.model_fields else name.replace("_", " ")
    return label if label[:2].isupper() else f"{label[:1].lower()}{label[1:]}"


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
