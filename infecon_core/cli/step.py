"""The command `step`."""

import argparse
import math

from infecon_core.cli.answers import footnotes, stamp, title
from infecon_core.cli.parser import LAYOUT_FLAGS
from infecon_core.cli.printing import as_csv, as_json, format_of, lines, number, table, wrapped
from infecon_core.cli.scenario import refuse
from infecon_core.engines import ENGINES, engine_of
from infecon_core.scenario import Scenario
from infecon_core.schema import FIVE_TIMES, Layout, Operator, Step, Times
from infecon_core.schema.frontier import COLUMNS

# Heads of the five times that leave room for the names of operators.
TIME_HEADS = {
    "arithmetic": "arithmetic_s",
    "memory": "memory_s",
    "transfer": "network_bandwidth_s",
    "latency": "network_latency_s",
    "kernel": "kernel_overhead_s",
}


def step(args: argparse.Namespace, scenario: Scenario) -> str:
    """The breakdown of one decoding step, in the format that was asked for."""
    layout = layout_of(args, scenario)
    taken = engine_of(scenario).step(scenario, layout, args.batch)
    kind = format_of(args)
    if kind == "csv":
        return as_csv([operator.model_dump() for operator in taken.operators])
    if kind == "json":
        result = {**taken.model_dump(), "tpot_s": taken.tpot_s, "limit": taken.limit}
        degrees = layout.model_dump(exclude_unset=True)
        return as_json({**stamp(scenario), "layout": degrees, "batch": args.batch, "step": result})
    return step_table(scenario, layout, args.batch, taken)


def layout_of(args: argparse.Namespace, scenario: Scenario) -> Layout:
    """The layout that the flags ask for; refuses degrees that the engine takes from the others."""
    engine = engine_of(scenario)
    names = [*(name for name in LAYOUT_FLAGS if name != "batch"), "scheme"]
    given = {name: value for name in names if (value := getattr(args, name)) is not None}
    for name in given:
        if name not in engine.capabilities.degrees:
            others = [other.name for other in ENGINES.values() if name in other.capabilities.degrees]
            refuse("--" + name.replace("_", "-"), others[0])
    return engine.layout(scenario, given)


def step_table(scenario: Scenario, layout: Layout, batch: float, taken: Step) -> str:
    """One decoding step as a table: an operator a line, its times in milliseconds per token.

    Args:
        scenario (Scenario): What was asked.
        layout (Layout): How the model is spread over GPUs.
        batch (float): Sequences decoded together. [1]
        taken (Step): The breakdown.
    """
    labels, rows = _by_group(taken)
    columns = {
        "ms per token": labels,
        "all": [f"{1e3 * row.total_s:.2f}" for row in rows],
        "share": [f"{row.total_s / taken.total_s:.0%}" for row in rows],
    }
    columns |= {head: [f"{1e3 * getattr(row, name):.2f}" for row in rows] for head, name in TIME_HEADS.items()}
    drafts = f", drafts of {taken.draft_tokens} tokens" if taken.draft_tokens else ""
    gpus = f"{number(layout.n_gpu)} {'GPU' if layout.n_gpu == 1 else 'GPUs'}"
    idle = f" and {number(taken.idle_gpus)} that idle and are paid for" if taken.idle_gpus > 0 else ""
    about = (
        f"{gpus}{idle}: {_degrees(scenario, layout)}; batch {number(batch)}{drafts}. "
        f"{number(1 / taken.tpot_s)} tok/s/user, limited by {taken.limit}; MFU {taken.mfu:.0%}, MBU {taken.mbu:.0%}. "
        f"Each GPU holds {number(taken.weight_bytes_per_gpu / 1e9)} GB of weights and "
        f"{number(taken.kv_bytes_per_gpu / 1e9)} GB of KV cache in {number(taken.hbm_bytes_per_gpu / 1e9)} GB."
        f"{_energy(taken)}"
    )
    drawn = table(columns, right=set(columns) - {"ms per token"})
    return lines(*title(scenario), *wrapped(about), "", *drawn, *footnotes(scenario))


def _energy(taken: Step) -> str:
    """What a million output tokens take, as boards draw it and at their full power; empty where that is not known."""
    if not math.isfinite(taken.kwh_per_million_tokens):
        return ""
    full = f"{taken.kwh_per_million_tokens:.2g} kWh with boards at full power"
    if math.isfinite(taken.kwh_per_million_tokens_drawn):
        full += f", about {taken.kwh_per_million_tokens_drawn:.2g} kWh as they draw it"
    return f" A million output tokens take {full}; host, network and cooling come on top."


def _by_group(taken: Step) -> tuple[list[str], list[Times]]:
    """Labels and times of the lines of a step: layer groups with their sums above their operators, then all."""
    groups: dict[str, list[Operator]] = {}
    for operator in taken.operators:
        groups.setdefault(operator.group, []).append(operator)
    labels: list[str] = []
    rows: list[Times] = []
    for group, operators in groups.items():
        if group:
            labels.append(group[:1].upper() + group[1:])
            rows.append(Times(**{name: sum(getattr(o, name) for o in operators) for name in FIVE_TIMES}))
        labels += [f"{'  ' if group else ''}{operator.name}" for operator in operators]
        rows += operators
    return [*labels, "All"], [*rows, taken]


def _degrees(scenario: Scenario, layout: Layout) -> str:
    """The degrees that a person chooses with this engine."""
    shown = {name: f"{COLUMNS[name].label} {number(getattr(layout, name))}" for name in ("tp", "pp", "ep", "dp_attn")}
    shown["scheme"] = layout.scheme
    return ", ".join(shown[name] for name in engine_of(scenario).capabilities.degrees if name in shown)
