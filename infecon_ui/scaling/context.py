"""Context: where the KV cache outweighs the weights, and what a token of it takes by kind of attention."""

import math
from collections.abc import Mapping, Sequence
from functools import cache, partial

import numpy as np
import pandas as pd
import streamlit as st

from infecon_core import Scenario, catalog
from infecon_core.analysis.scaling.cache_weight import by_model, cache_bytes, equal_batch, kind_of
from infecon_core.analysis.scaling.top_speed import shapes
from infecon_core.schema import Architecture
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.scaling.section import Section
from infecon_ui.state.chosen import Chosen
from infecon_ui.text import formats

# Beside the scenario's own model: grouped queries, latent vectors, windows, states.
COMPARED = ("llama-3.1-405b", "deepseek-v3", "gemma-3-27b", "qwen3.5-397b-a17b")
MOST = 5
_SHORTEST, _LONGEST = 1_000, 1_000_000  # [tokens]
_LONG = 100_000.0  # of the second figure of the claim [tokens]
LENGTHS: Mapping[str, int] = {"2k": 2_000, "32k": 32_000, "128k": 128_000, "1M": 1_000_000}
_TOLD = {
    "grouped-query": "grouped queries",
    "sliding windows": "sliding windows",
    "latent (MLA)": "MLA",
    "hybrid linear": "hybrid linear attention",
}
_CAPTION = "Whether a model was trained for so long a context does not count."


@cache
def _models() -> Mapping[str, Architecture]:
    """The models of the catalog by name."""
    return {entry.architecture.name: entry.architecture for entry in shapes()}


def _decades(values: list[float]) -> list[str]:
    """Tick labels at powers of ten, which a phone has room for: "10k", "1M"."""
    names = {10.0**power: f"{10 ** (power % 3)}{' kM'[power // 3]}".replace(" ", "") for power in range(9)}
    return [names.get(value, "") for value in values]


def section(choice: Chosen, scenario: Scenario, controls: PageControls) -> Section:
    """The question, with the models that are compared and the context of the second chart."""
    names = [catalog.model(model_id).architecture.name for model_id in COMPARED if model_id != choice.model_id]
    known = [name for name in names if name in _models()]
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        others = controls.several("Compared with", _models(), "models", known, most=MOST)
    with right:
        length = controls.pick("Context of the second chart", LENGTHS, "context", "32k")
    return Section(
        {
            "context": partial(outweighing, scenario, choice.model_name, others),
            "context_kinds": partial(kinds, scenario, length),
        }
    )


def outweighing(scenario: Scenario, model_name: str, others: Sequence[Architecture]) -> Plot:
    """The batch above which the cache outweighs the weights, over context.

    Args:
        scenario (Scenario): Its model comes first, and its formats are those of all.
        model_name (str): What its model is called.
        others (sequence of Architecture): Models beside it.
    """
    precision, context = scenario.precision, max(scenario.context_tokens, 1.0)
    named = {model_name: scenario.architecture, **{one.name: one for one in others}}
    x = np.geomspace(_SHORTEST, _LONGEST, 61)
    curves = {name: equal_batch(shape, precision, x) for name, shape in named.items()}
    lines = [
        Line(name, x, np.where(np.isfinite(batch), batch, np.nan), colour)
        for (name, batch), colour in zip(curves.items(), VARIANTS, strict=False)
    ]
    weights, cached = (formats.number_format(name) for name in (precision.weights, precision.kv))
    return Plot(
        "context",
        _claim(scenario, model_name, context),
        f"Sequences whose KV cache weighs as much as all weights, over context, tokens. Weights in {weights}, KV cache "
        f"in {cached}.",
        Lines(
            Scale("Context, tokens", True, _decades),
            Scale("Sequences", True),
            tuple(lines),
            at=context,
            at_words=f"{formats.tokens(context)} here",
        ),
        "Above a curve the cache takes more memory than the weights; of dense models it also takes more of a step to "
        f"read. {_CAPTION}",
        lambda: pd.concat(
            [pd.DataFrame({"model": name, "context_tokens": x, "batch": batch}) for name, batch in curves.items()],
            ignore_index=True,
        ),
        (scenario,),
    )


def _claim(scenario: Scenario, model_name: str, context: float) -> str:
    shape, precision = scenario.architecture, scenario.precision
    batch = float(equal_batch(shape, precision, context))
    long_batch = float(equal_batch(shape, precision, _LONG))
    if not np.isfinite(batch):
        return f"{model_name} keeps no cache: nothing outweighs its weights"

    def sequences(number: float, tokens: float) -> str:
        of, whole = formats.tokens(tokens), math.floor(number) + 1
        return f"with one sequence of {of}" if whole == 1 else f"from {formats.number(whole)} sequences of {of} on"

    told = [sequences(batch, context)] + ([sequences(long_batch, _LONG)] if context < _LONG else [])
    return f"The KV cache of {model_name} outweighs its weights {', and '.join(told)}"


def kinds(scenario: Scenario, context_tokens: int) -> Plot:
    """What a token of context takes in every model of the catalog, by kind of attention.

    Args:
        scenario (Scenario): Its formats are those of all.
        context_tokens (int): Context. [tokens]
    """
    table = by_model(scenario.precision, float(context_tokens))
    medians = table.groupby("kind")["bytes_per_token"].median().sort_values(ascending=False)
    lines = []
    for kind, colour in zip(medians.index, VARIANTS, strict=False):
        rows = table[table["kind"] == kind]
        x, y = rows["total_params"].to_numpy() / 1e9, rows["bytes_per_token"].to_numpy() / 1e3
        lines.append(Line(str(kind), x, y, colour, scattered=True, notes=tuple(rows["name"])))
    shape, own = scenario.architecture, float(cache_bytes(scenario.architecture, scenario.precision.kv, context_tokens))
    return Plot(
        "context_kinds",
        _kinds_claim(medians, context_tokens),
        f"KV cache for each token of a context of {context_tokens:,}, kB in "
        f"{formats.number_format(scenario.precision.kv)}, over all parameters, billions; "
        f"{shape.name} ({kind_of(shape)}) takes {formats.size(own / context_tokens)}.",
        Lines(Scale("Parameters, billions", True), Scale("KV cache per token of context, kB", True), tuple(lines)),
        f"{len(table)} models of the catalog, releases of one shape once; what has latent vectors, states or windows "
        f"in any layer counts as such. {_CAPTION}",
        lambda: table,
        (scenario,),
    )


def _kinds_claim(medians: pd.Series, context_tokens: int) -> str:
    """Medians of the kinds that today's models have, of all where these are none."""
    told = {kind: f"with {words}" for kind, words in _TOLD.items() if kind in medians.index}
    told = told or {str(kind): f"in {kind} models" for kind in medians.index}
    parts = [f"{formats.digits(float(medians[kind]) / 1e3, 3)} kB {words}" for kind, words in told.items()]
    parts[0] = parts[0].replace(" kB", " kB of KV cache", 1)
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"Each token of a {context_tokens:,}-token context takes {listed} (medians)"
