"""Random points of the serving engine that run, and what the tests ask of them."""

from hypothesis import assume
from hypothesis import strategies as st

from infecon_core import Layout, NothingFits, Scenario, frontier, step
from infecon_core.schema import Accelerator
from infecon_core.serving.layouts import launchable

DENSE = ("llama-3.1-8b", "llama-3.1-70b", "gemma-3-27b", "mistral-7b-v0.3")
MIXTURES = ("deepseek-v3", "gpt-oss-120b", "qwen3-30b-a3b", "mixtral-8x7b")
MODELS = st.sampled_from(DENSE + MIXTURES)
CHIPS = st.sampled_from(["h100-sxm", "h200-sxm", "gb200-nvl72", "mi300x", "l40s", "tpu-v6e", "gh200-144gb"])


@st.composite
def points(draw, models=MODELS, **changes):
    """A scenario with a launchable layout and a batch that fits."""
    scenario = Scenario.preset(
        draw(models),
        draw(CHIPS),
        prompt_tokens=draw(st.integers(0, 20_000)),
        output_tokens=draw(st.integers(0, 3000)),
        **{"correction": "off", **changes},  # hardware that is changed has no measurements
    )
    layouts = launchable(scenario.architecture, scenario.accelerator, 64)
    i = draw(st.integers(0, layouts.n_gpu.size - 1))
    shards = layouts.shards
    layout = Layout(
        n_gpu=layouts.n_gpu[i], tp=shards.tp_attn[i], pp=shards.stages[i], dp_attn=shards.dp_attn[i], ep=layouts.ep[i]
    )
    batch = draw(st.integers(1, 4)) * layout.dp_attn * layout.pp
    try:
        step(scenario, layout, batch)
    except NothingFits:
        assume(False)
    return scenario, layout, batch


def price(scenario, layout, batch):
    """Price of a million tokens at one point. [USD]"""
    return step(scenario, layout, batch).usd_per_million_tokens


def answer(scenario):
    """The frontier, or why there is none."""
    try:
        return frontier(scenario), None
    except NothingFits as reason:
        return None, reason


def with_chip(scenario, **numbers):
    chip = Accelerator.model_validate({**scenario.accelerator.model_dump(), **numbers})
    return scenario.model_copy(update={"accelerator": chip})
