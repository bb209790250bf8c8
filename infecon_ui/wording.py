"""The words around the figures: readings, hover text, captions, and what the terms mean."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from infecon_core import Scenario
from infecon_ui import formats
from infecon_ui.palette import TIMES

TERMS: Mapping[str, str] = {
    "speed": "Tokens per second that one user sees while the answer is written.",
    "price": "GPU-hours that a million output tokens take, times the price of a GPU-hour.",
    "frontier": "For every speed, the cheapest way to serve it. Nothing lies below and to the right of it.",
    "fastest": "The highest speed that any layout reaches, whatever it costs.",
    "preferred": "The point with the most speed³ per dollar: beyond it, more speed gets expensive quickly; "
    "before it, less speed saves little.",
    "cheapest": "The lowest price that any layout reaches, however slow.",
    "batch": "Sequences that are decoded together. A larger batch shares the reading of the weights, "
    "which makes tokens cheaper and each of them slower.",
    "TPOT": "Time per output token: how long one user waits for the next token.",
    "MFU": "Model FLOP utilisation: the part of the GPUs' peak arithmetic that does useful work.",
    "MBU": "Memory bandwidth utilisation: the part of the GPUs' peak memory bandwidth that does useful work.",
    "TP": "Tensor parallelism: every matrix is cut into this many pieces, one for each GPU.",
    "PP": "Pipeline parallelism: the layers are cut into this many stages that work one after another.",
    "EP": "Expert parallelism: the experts of a mixture-of-experts model are spread over this many groups of GPUs.",
    "DP": "Data parallelism of attention: this many copies of the attention layers, each for its part of the batch.",
    "KV cache": "Keys and values of all earlier tokens, kept in GPU memory so that they are not computed again.",
    "HBM": "The memory of a GPU, which holds the weights and the KV cache.",
    "arithmetic": "Multiplying and adding, at the speed the GPUs can reach.",
    "memory": "Reading weights and KV cache from GPU memory.",
    "network bandwidth": "Moving data between GPUs.",
    "network latency": "Waiting for the first byte of each exchange between GPUs, however small.",
    "kernel overhead": "Starting the programs on the GPU, a few microseconds each.",
}

RUNGS: Mapping[str, str] = {
    "toy": "its first sketch with network latency (chapter 2.2)",
    "printed": "its printed equations (chapter 3.6)",
    "reference_2d": "2-D tensor parallelism alone",
    "reference_pipeline": "without expert parallelism",
    "reference": "in full",
}

FRACTIONS = "The published model allows fractions of GPUs, stages and sequences."

LIMITS = tuple(time.limit for time in TIMES)

_CHANGES: Mapping[str, Any] = {
    "max_gpus": lambda n: f"Allow {formats.gpus(n)}",
    "weights": lambda name: f"Use {formats.number_format(name)} weights",
    "prompt_tokens": lambda n: f"Use a prompt of {formats.tokens(n)}",
    "output_tokens": lambda n: f"Use an output of {formats.tokens(n)}",
    "demand_tokens_per_s": lambda rate: (
        "Lift the limit on demand" if rate is None else f"Allow a demand of {formats.number(rate)} tokens/s"
    ),
}

# What a marker carries, in the order of its customdata; `hover` reads it by these positions.
HOVER_COLUMNS = (
    *("row", "n_gpu", "tp", "pp", "ep", "dp_attn", "batch", "dimensions", "draft_tokens"),
    *(f"share of {limit}" for limit in LIMITS),
    *("weights_gb", "kv_gb", "hbm_gb", "mfu", "mbu", "tpot_ms"),
)
_SHARES = HOVER_COLUMNS.index(f"share of {LIMITS[0]}")


def reading(point: pd.Series, *, model: str, weights: str, accelerator: str) -> str:
    """Say in one sentence what a point of the frontier means.

    Parameters
    ----------
    point : Series
        A row of a frontier.
    model, weights, accelerator : str
        What is served, in which format of the weights, on what.
    """
    draft = f", drafting {formats.tokens(point['draft_tokens'])} ahead," if point["draft_tokens"] > 0 else ""
    return (
        f"Serving {model} in {formats.number_format(weights)} on {accelerator} "
        f"at {formats.number(point['tokens_per_s_user'])} tokens/s per user{draft} costs about "
        f"{formats.money(point['usd_per_million_tokens'])} per million tokens: {setup(point)}; {bottleneck(point)}."
    )


def title(*, model: str, weights: str, accelerator: str) -> str:
    """What a chart shows: "Llama 3.1 70B in FP8 on H100 SXM"."""
    return f"{model} in {formats.number_format(weights)} on {accelerator}"


def glossary(*terms: str) -> str:
    """What some terms mean, as Markdown paragraphs."""
    return "\n\n".join(f"**{term[:1].upper()}{term[1:]}.** {TERMS[term]}" for term in terms)


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: a price is no formula, a name no heading."""
    return re.sub(r"([\\`*_\[\]$~<>:#|])", r"\\\1", text)


def setup(point: pd.Series) -> str:
    """GPUs and batch of a point: "7.1 GPUs, batch 109"."""
    return f"{formats.gpus(point['n_gpu'])}, batch {formats.number(point['batch'])}"


def bottleneck(point: pd.Series) -> str:
    """The largest of the five times: "network latency takes 41% of each step"."""
    column = next(time.column for time in TIMES if time.limit == point["limit"])
    return f"{point['limit']} takes {formats.share(point[column] / point['tpot_s'])} of each step"


def basis(scenario: Scenario) -> str:
    """Say in one line what the figures are computed with."""
    context = f"context of {formats.tokens(scenario.context_tokens)}"
    if scenario.output_tokens:
        context += f" (prompt {scenario.prompt_tokens:,} + half of output {scenario.output_tokens:,})"
    parts = [
        f"Published model (arXiv:2506.04645), {RUNGS[scenario.published.variant]}",
        context,
        f"{formats.money(scenario.accelerator.price_usd_per_gpu_hour)} per GPU-hour",
        f"at most {formats.gpus(scenario.max_gpus)}",
    ]
    if scenario.demand_tokens_per_s is not None:
        parts.append(f"at most {formats.number(scenario.demand_tokens_per_s)} tokens/s sold")
    return " · ".join(parts)


def layout(point: pd.Series) -> str:
    """Say in plain words how the GPUs of a point share the work."""
    ways = []
    if point["tp"] > 1.01:
        ways.append(f"every matrix is cut {formats.number(point['tp'])} ways ({point['scheme']} tensor parallelism)")
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


def degrees(point: pd.Series) -> str:
    """The four degrees of parallelism: "TP 8 · PP 1 · EP 1 · DP 1"."""
    names = {"TP": "tp", "PP": "pp", "EP": "ep", "DP": "dp_attn"}
    return " · ".join(f"{name} {formats.number(point[column])}" for name, column in names.items())


def sources_table(sources: Sequence[Any]) -> pd.DataFrame:
    """Where numbers come from, one row each.

    Parameters
    ----------
    sources : sequence
        Records with `what`, `value`, `kind`, `source`, `date` and `note`.
    """
    columns = ("what", "value", "kind", "source", "date", "note")
    return pd.DataFrame(
        [[getattr(source, name) for name in columns] for source in sources],
        columns=[name.capitalize() for name in columns],
    )


def change(changes: Mapping[str, Any]) -> str:
    """What a button that makes it fit says: "Allow 16 GPUs and use FP8 weights"."""
    parts = [_CHANGES[name](value) for name, value in changes.items()]
    return " and ".join(part if i == 0 else part[:1].lower() + part[1:] for i, part in enumerate(parts))


def hover(limit: str, *, speculating: bool, cents: bool) -> str:
    """The hover text of the markers that one limit colours, as a plotly template over `HOVER_COLUMNS`.

    Parameters
    ----------
    limit : str
        What limits these points.
    speculating : bool
        Whether to show the length of the draft.
    cents : bool
        Whether two decimals of a dollar tell the prices apart.
    """
    at = {name: f"%{{customdata[{i}]" for i, name in enumerate(HOVER_COLUMNS)}
    price = "$%{y:,.2f}" if cents else "$%{y:,.3~r}"
    own = _SHARES + LIMITS.index(limit)
    lines = [
        f"<b>%{{x:,.3~r}} tok/s per user · {price} per million</b>",
        f"{at['n_gpu']}:,.3~r}} GPUs · batch {at['batch']}:,.3~r}}",
        " · ".join(
            f"{name} {at[column]}:,.3~r}}"
            for name, column in (("TP", "tp"), ("PP", "pp"), ("EP", "ep"), ("DP", "dp_attn"))
        )
        + f" · {at['dimensions']}:d}}-D",
        *([f"Draft of {at['draft_tokens']}:d}} tokens"] if speculating else []),
        f"TPOT {at['tpot_ms']}:.3~r}} ms, limited by {limit} (%{{customdata[{own}]:.0%}})",
        *(
            f"<span style='color:{time.colour}'>■</span> {time.label} %{{customdata[{_SHARES + i}]:.0%}}"
            for i, time in enumerate(TIMES)
        ),
        f"Weights {at['weights_gb']}:.3~r}} + KV cache {at['kv_gb']}:.3~r}} of {at['hbm_gb']}:.3~r}} GB a GPU",
        f"MFU {at['mfu']}:.2~p}} · MBU {at['mbu']}:.2~p}}",
    ]
    return "<br>".join(lines) + "<extra></extra>"
