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
    "blended price": "The price of a million tokens where prompt tokens count as much as output tokens.",
    "energy": "What the boards of the GPUs draw at full power while a million output tokens are made.",
    "batch": "Sequences that are decoded together. A larger batch shares the reading of the weights, "
    "which makes tokens cheaper and each of them slower.",
    "TPOT": "Time per output token: how long one user waits for the next token.",
    "TTFT": "Time to first token, at the least: the prompt's own work, without queue, tokenising and scheduling. "
    "Measured servers with few users take 2 to 6 times as long for 1,000 tokens, 1.2 to 2.5 times for 8,000.",
    "MFU": "Model FLOP utilisation: the part of the GPUs' peak arithmetic that does useful work.",
    "MBU": "Memory bandwidth utilisation: the part of the GPUs' peak memory bandwidth that does useful work.",
    "TP": "Tensor parallelism: every matrix is cut into this many pieces, one for each GPU.",
    "PP": "Pipeline parallelism: the layers are cut into this many stages that work one after another.",
    "EP": "Expert parallelism: the experts of a mixture-of-experts model are spread over this many groups of GPUs.",
    "DP": "Data parallelism of attention: this many copies of the attention layers, each for its part of the batch.",
    "KV cache": "Keys and values of all earlier tokens, kept in GPU memory so that they are not computed again.",
    "HBM": "The memory of a GPU, which holds the weights and the KV cache.",
    "workspace": "Activations and logits, the draft where there is one, and the 8% that servers leave to the driver.",
    "spread": "Where this curve would lie if servers were as much faster or slower than predicted as the middle 80% of "
    "comparable measurements are. The constants were fitted with them.",
    "neighbours": "The same with one number of its setup changed, whatever the largest instance allows.",
    "elasticities": "What each part of the hardware, made 10% better, gives this setup; and the best price at no less "
    "than this speed if all setups are searched again. The price of a GPU-hour stays as it is.",
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

# Column that only the serving engine has; its layouts are whole.
WORKSPACE = "workspace_bytes_per_gpu"

LIMITS = tuple(time.limit for time in TIMES)

_DEGREES: Mapping[str, str] = {"TP": "tp", "PP": "pp", "EP": "ep", "DP": "dp_attn"}

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
    *("weights_gb", "kv_gb", "hbm_gb", "mfu", "mbu", "tpot_ms", "workspace_gb", "ttft_ms"),
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
    """GPUs, layout where it is whole, and batch of a point: "8 GPUs as TP 4 · PP 2, batch 109"."""
    split = " · ".join(f"{name} {point[column]:g}" for name, column in _DEGREES.items() if point[column] != 1)
    layout = f" as {split}" if split and _whole(point) else ""
    return f"{formats.gpus(point['n_gpu'])}{layout}, batch {formats.number(point['batch'])}"


def bottleneck(point: pd.Series) -> str:
    """The largest of the five times: "network latency takes 41% of each step"."""
    column = next(time.column for time in TIMES if time.limit == point["limit"])
    return f"{point['limit']} takes {formats.share(point[column] / point['tpot_s'])} of each step"


def basis(scenario: Scenario) -> str:
    """Say in one line what the figures are computed with."""
    context = f"context of {formats.tokens(scenario.context_tokens)}"
    if scenario.output_tokens:
        context += f" (prompt {scenario.prompt_tokens:,} + half of output {scenario.output_tokens:,})"
    published = f"Published model (arXiv:2506.04645), {RUNGS[scenario.published.variant]}"
    parts = [
        published if scenario.engine == "published" else _serving_basis(scenario),
        context,
        f"{formats.money(scenario.accelerator.price_usd_per_gpu_hour)} per GPU-hour",
        f"at most {formats.gpus(scenario.max_gpus)}",
    ]
    if scenario.demand_tokens_per_s is not None:
        parts.append(f"at most {formats.number(scenario.demand_tokens_per_s)} tokens/s sold")
    return " · ".join(parts)


def _serving_basis(scenario: Scenario) -> str:
    options = scenario.serving
    parts = [
        "Serving engine with " + ("constants set here" if options.constants else "constants fitted to measurements")
    ]
    if scenario.prompt_tokens:
        parts.append("prompts on GPUs of their own" if options.disaggregated else "prompts on the GPUs that decode")
    if options.hidden_share:
        parts.append(f"{formats.share(options.hidden_share)} of the communication hidden")
    if options.context_parallel:
        parts.append("KV cache shared along the context")
    return ", ".join(parts)


def layout(point: pd.Series) -> str:
    """Say in plain words how the GPUs of a point share the work."""
    ways = []
    if _whole(point) and point["tp"] > 1 and point["dp_attn"] > 1:
        ways.append(f"each copy of attention is cut {point['tp']:g} ways")
    elif _whole(point) and point["tp"] > 1:
        ways.append(f"every matrix is cut {point['tp']:g} ways")
    elif point["tp"] > 1.01:
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
    return " · ".join(f"{name} {formats.number(point[column])}" for name, column in _DEGREES.items())


def _whole(point: pd.Series) -> bool:
    """Whether a layout can be launched: the published model has fractions."""
    return all(float(point[column]).is_integer() for column in ("n_gpu", *_DEGREES.values()))


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


def hover(limit: str, *, speculating: bool, cents: bool, launchable: bool) -> str:
    """The hover text of the markers that one limit colours, as a plotly template over `HOVER_COLUMNS`.

    Parameters
    ----------
    limit : str
        What limits these points.
    speculating : bool
        Whether to show the length of the draft.
    cents : bool
        Whether two decimals of a dollar tell the prices apart.
    launchable : bool
        Whether layouts are whole, and time to first token and workspace are known.
    """
    at = {name: f"%{{customdata[{i}]" for i, name in enumerate(HOVER_COLUMNS)}
    price = "$%{y:,.2f}" if cents else "$%{y:,.3~r}"
    own = _SHARES + LIMITS.index(limit)
    count = ",d" if launchable else ",.3~r"
    held = [f"Weights {at['weights_gb']}:.3~r}}", f"KV cache {at['kv_gb']}:.3~r}}"]
    held += [f"workspace {at['workspace_gb']}:.3~r}}"] if launchable else []
    lines = [
        f"<b>%{{x:,.3~r}} tok/s per user · {price} per million</b>",
        f"GPUs {at['n_gpu']}:{count}}} · batch {at['batch']}:{count}}}",
        " · ".join(f"{name} {at[column]}:{count}}}" for name, column in _DEGREES.items())
        + ("" if launchable else f" · {at['dimensions']}:d}}-D"),
        *([f"Draft of {at['draft_tokens']}:d}} tokens"] if speculating else []),
        f"TPOT {at['tpot_ms']}:.3~r}} ms, limited by {limit} (%{{customdata[{own}]:.0%}})",
        *([f"TTFT {at['ttft_ms']}:,.3~r}} ms without a queue"] if launchable else []),
        *(
            f"<span style='color:{time.colour}'>■</span> {time.label} %{{customdata[{_SHARES + i}]:.0%}}"
            for i, time in enumerate(TIMES)
        ),
        f"{' + '.join(held)} of {at['hbm_gb']}:.3~r}} GB a GPU",
        f"MFU {at['mfu']}:.2~p}} · MBU {at['mbu']}:.2~p}}",
    ]
    return "<br>".join(lines) + "<extra></extra>"
