"""What the command line shows of the nouns: records for machines, tables of 100 columns for people."""

import textwrap
from typing import TYPE_CHECKING, Any

import infecon_core
from infecon_core import catalog
from infecon_core.printing import TABLE_COLUMNS, number, table
from infecon_core.scenario import Scenario
from infecon_core.spec import FIVE_TIMES, Layout, Operator, Step, Times

if TYPE_CHECKING:  # pandas takes longer to import than all the rest, and most commands do without
    import pandas as pd

Record = dict[str, Any]

TABLE_POINTS = 20

# Heads of the five times that leave room for the names of operators.
TIME_HEADS = {
    "arithmetic": "arithmetic_s",
    "memory": "memory_s",
    "transfer": "network_bandwidth_s",
    "latency": "network_latency_s",
    "kernel": "kernel_overhead_s",
}


def frontier_table(scenario: Scenario, points: "pd.DataFrame") -> str:
    """A frontier as a table: its fastest, preferred and cheapest point, then steps along it.

    Parameters
    ----------
    scenario : Scenario
        What was asked.
    points : DataFrame
        Its frontier.

    Returns
    -------
    str
        Text that ends with a newline.
    """
    chosen = {
        "fastest": infecon_core.fastest(points),
        "preferred": infecon_core.preferred(points),
        "cheapest": infecon_core.cheapest(points),
    }
    # Equal steps along the frontier, both ends included, are enough to see its shape.
    shown = min(TABLE_POINTS, len(points))
    steps = [points.iloc[round(i * (len(points) - 1) / max(shown - 1, 1))] for i in range(shown)]
    rows = [*chosen.values(), *steps]
    columns = {
        "": [*chosen, *([""] * shown)],
        "tok/s/user": [number(row["tokens_per_s_user"]) for row in rows],
        "USD/Mtok": [number(row["usd_per_million_tokens"]) for row in rows],
        "GPUs": [number(row["n_gpu"]) for row in rows],
        "TP": [number(row["tp"]) for row in rows],
        "PP": [number(row["pp"]) for row in rows],
        "EP": [number(row["ep"]) for row in rows],
        "DP": [number(row["dp_attn"]) for row in rows],
        "batch": [number(row["batch"]) for row in rows],
        "draft": [number(row["draft_tokens"]) for row in rows],
        "MFU": [f"{row['mfu']:.0%}" for row in rows],
        "limit": [str(row["limit"]) for row in rows],
    }
    if scenario.speculation is None:
        del columns["draft"]
    drawn = table(columns, right=set(columns) - {"", "limit"})
    head = 2 + len(chosen)
    count = f"{shown} of {len(points)} points; --format csv gives all of them in full precision."
    return _lines(*_title(scenario), "", *drawn[:head], "", *drawn[head:], "", count, *_footnotes(scenario))


def step_table(scenario: Scenario, layout: Layout, batch: float, step: Step) -> str:
    """One decoding step as a table: an operator a line, its times in milliseconds per token.

    Parameters
    ----------
    scenario : Scenario
        What was asked.
    layout : Layout
        How the model is spread over GPUs.
    batch : float
        Sequences decoded together. [1]
    step : Step
        The decomposition.

    Returns
    -------
    str
        Text that ends with a newline.
    """
    labels, rows = _by_group(step)
    columns = {
        "ms per token": labels,
        "all": [f"{1e3 * row.total_s:.2f}" for row in rows],
        "share": [f"{row.total_s / step.total_s:.0%}" for row in rows],
    }
    columns |= {head: [f"{1e3 * getattr(row, name):.2f}" for row in rows] for head, name in TIME_HEADS.items()}
    drafts = f", drafts of {step.draft_tokens} tokens" if step.draft_tokens else ""
    about = (
        f"{number(layout.n_gpu)} GPUs: {_degrees(scenario, layout)}; batch {number(batch)}{drafts}. "
        f"{number(1 / step.tpot_s)} tok/s/user, limited by {step.limit}; MFU {step.mfu:.0%}, MBU {step.mbu:.0%}. "
        f"Each GPU holds {number(step.weight_bytes_per_gpu / 1e9)} GB of weights and "
        f"{number(step.kv_bytes_per_gpu / 1e9)} GB of KV cache in {number(step.hbm_bytes_per_gpu / 1e9)} GB."
    )
    drawn = table(columns, right=set(columns) - {"ms per token"})
    return _lines(*_title(scenario), *_wrapped(about), "", *drawn, *_footnotes(scenario))


def _by_group(step: Step) -> tuple[list[str], list[Times]]:
    """Labels and times of the lines of a step: layer groups with their sums above their operators, then all."""
    groups: dict[str, list[Operator]] = {}
    for operator in step.operators:
        groups.setdefault(operator.group, []).append(operator)
    labels: list[str] = []
    rows: list[Times] = []
    for group, operators in groups.items():
        if group:
            labels.append(group[:1].upper() + group[1:])
            rows.append(Times(**{name: sum(getattr(o, name) for o in operators) for name in FIVE_TIMES}))
        labels += [f"{'  ' if group else ''}{operator.name}" for operator in operators]
        rows += operators
    return [*labels, "All"], [*rows, step]


def _degrees(scenario: Scenario, layout: Layout) -> str:
    """The parallelism that a person chose: the published model takes TP and EP from the GPUs."""
    staged = f"PP {number(layout.pp)}"
    if scenario.engine == "published":
        return f"{staged}, DP {number(layout.dp_attn)}, {layout.scheme}"
    return f"TP {number(layout.tp)}, {staged}, EP {number(layout.ep)}, DP {number(layout.dp_attn)}"


def model_records() -> list[Record]:
    """The catalog's models, one flat record each: shape, released formats, source."""
    return [
        {
            "id": entry.id,
            "name": entry.architecture.name,
            "family": entry.family,
            "total_params": entry.architecture.total_params,
            "active_params": entry.architecture.active_params,
            "layers": entry.architecture.layers,
            "width": entry.architecture.width,
            "vocabulary": entry.architecture.vocabulary,
            **entry.precision.model_dump(),
            **entry.provenance.model_dump(include={"kind", "source", "date"}),
        }
        for entry in catalog.models().values()
    ]


def model_table() -> str:
    """The catalog's models as a table."""
    records = model_records()
    columns = {
        "id": [r["id"] for r in records],
        "name": [r["name"] for r in records],
        "params": [f"{number(r['total_params'] / 1e9)} B" for r in records],
        "active": [f"{number(r['active_params'] / 1e9)} B" for r in records],
        "layers": [number(r["layers"]) for r in records],
        "width": [number(r["width"]) for r in records],
        "weights": [r["weights"] for r in records],
        "KV": [r["kv"] for r in records],
    }
    return _lines(*table(columns, right={"params", "active", "layers", "width"}))


def accelerator_records() -> list[Record]:
    """The catalog's accelerators, one flat record each: dense peaks, memory, links, price and its source."""
    records = []
    for entry in catalog.accelerators().values():
        accelerator, price = entry.accelerator, entry.provenance["price_usd_per_gpu_hour"]
        records.append(
            {
                "id": entry.id,
                "name": accelerator.name,
                "vendor": entry.vendor,
                "status": entry.status,
                **{f"peak_{name}_flop_per_s": peak for name, peak in accelerator.peaks.model_dump().items()},
                **accelerator.model_dump(exclude={"name", "peaks"}),
                "price_kind": price.kind,
                "price_date": price.date,
                "price_source": price.source,
            }
        )
    return records


def accelerator_table() -> str:
    """The catalog's accelerators as a table."""
    entries = list(catalog.accelerators().values())
    accelerators = [entry.accelerator for entry in entries]
    prices = [entry.provenance["price_usd_per_gpu_hour"] for entry in entries]
    peaks = "TFLOP/s 16/8/4-bit"
    columns = {
        "id": [entry.id for entry in entries],
        "name": [a.name for a in accelerators],
        peaks: [
            "/".join(f"{peak / 1e12:.0f}" if (peak := a.peaks.of_bits(bits)) else "-" for bits in (16, 8, 4))
            for a in accelerators
        ],
        "GB": [number(a.hbm_bytes / 1e9) for a in accelerators],
        "TB/s": [number(a.hbm_bytes_per_s / 1e12) for a in accelerators],
        "USD/h": [f"{a.price_usd_per_gpu_hour:.2f}" for a in accelerators],
        "price": [f"{price.kind} {price.date}" for price in prices],
    }
    return _lines(*table(columns, right={peaks, "GB", "TB/s", "USD/h"}))


def _title(scenario: Scenario) -> list[str]:
    formats = scenario.precision
    return _wrapped(
        f"{scenario.architecture.name} on {scenario.accelerator.name} at "
        f"{scenario.accelerator.price_usd_per_gpu_hour:g} USD/h; weights {formats.weights}, KV cache {formats.kv}; "
        f"{scenario.prompt_tokens} tokens in, {scenario.output_tokens} out"
    )


def _footnotes(scenario: Scenario) -> list[str]:
    """What the engine can only approximate, after an empty line."""
    notes = [line for text in infecon_core.approximations(scenario) for line in _wrapped(f"Note: {text}")]
    return ["", *notes] if notes else []


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, TABLE_COLUMNS)


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"
