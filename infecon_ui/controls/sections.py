"""The sections of the sidebar, in their order on the page."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from infecon_core import catalog
from infecon_ui import links
from infecon_ui.controls.widgets import TOKEN_STEPS, changed, number, option, seeded, slider, steps
from infecon_ui.parameters import (
    CONSTANT_RATE,
    CONSTANTS,
    ENGINES,
    FORMATS,
    INSTANCES,
    PRICE,
    SPECULATION,
    TRAFFIC,
    VARIANTS,
    accelerator_numbers,
    acceptance_names,
    group_labels,
    model_numbers,
    self_draft_numbers,
    serving_constants,
    speculations,
)

FORMAT_NAMES: Mapping[str, str] = MappingProxyType({name: name.upper() for name in FORMATS})
# Where a number comes from always has the same colour.
BADGES = MappingProxyType({"datasheet": "blue", "measured": "green", "published": "blue", "estimate": "orange"})


def engine() -> None:
    """Which engine computes; it decides which of the other controls there are."""
    seeded("engine")
    st.segmented_control(
        "Engine",
        tuple(ENGINES),
        format_func=ENGINES.__getitem__,
        key="engine",
        required=True,
        help="**Serving.** Layouts that can be launched, with prompts, calibrated on measured servers.\n\n"
        "**Published.** The model of arXiv:2506.04645, with fractions of GPUs and without prompts.",
        width="stretch",
    )


def model() -> None:
    """Which model, and its numbers."""
    names = _names("models")
    text = "What is served. Type to search; the paper's own models stand last."
    option("model", "Model", text, names, on_change=links.follow_model)
    model_id = links.value("model")
    numbers = model_numbers(model_id)
    box = _folded("Customise the model", "open_model", [n.key for n in numbers])
    # A folded section builds nothing: its numbers are in the session, not in its controls.
    if not box.open:
        return
    labels = group_labels(model_id)
    with box:
        for n in numbers:
            if n.path[0] != "layer_groups":
                number(n.key)
        for index, label in enumerate(labels):
            st.markdown(f"**{label}**")
            for n in numbers:
                if n.path[:2] == ("layer_groups", index):
                    number(n.key)


def accelerator() -> None:
    """Which accelerator, its price, and its numbers."""
    names = _names("accelerators")
    text = "What it runs on. Type to search; the paper's own accelerators stand last."
    option("gpu", "Accelerator", text, names, on_change=links.follow_accelerator)
    accelerator_id = links.value("gpu")
    number(PRICE)
    st.caption(_price_origin(accelerator_id))
    keys = [n.key for n in accelerator_numbers(accelerator_id) if n.key != PRICE and n.key not in CONSTANTS]
    box = _folded("Customise the accelerator", "open_accelerator", keys)
    if box.open:
        with box:
            for key in keys:
                number(key)


def precision() -> None:
    """The three formats."""
    st.markdown("**Precision**")
    weights, kv = st.columns(2, gap="small")
    with weights:
        option("w", "Weights", "Format in which the weights are stored and read.", FORMAT_NAMES)
    with kv:
        option("kv", "KV cache", "Format of the keys and values kept of every token.", FORMAT_NAMES)
    if links.value("engine") == "published":
        option("act", "Activations", "Format of the activations between the matrices.", FORMAT_NAMES)


def context() -> None:
    """The length of a request."""
    st.markdown("**Context**")
    steps("prompt", TOKEN_STEPS)
    steps("output", TOKEN_STEPS)


def speculation() -> None:
    """Off, a draft model or a self-draft, with the acceptance and the longest draft."""
    seeded("spec")
    kinds = speculations(links.value("engine"))
    if links.value("spec") not in kinds:
        st.session_state["spec"] = kinds[0]
    st.segmented_control(
        "Speculative decoding",
        kinds,
        format_func=SPECULATION.__getitem__,
        key="spec",
        required=True,
        help="Tokens are drafted, and the model checks them in one pass: by a smaller model, or by a few layers of "
        "its own such as MTP or EAGLE.",
        width="stretch",
    )
    kind = links.value("spec")
    if kind == "draft":
        option("draft", "Draft", "The model that drafts, in its own formats.", _names("models"))
    if kind != "off":
        if links.value("engine") == "serving":
            text = "One acceptance for every drafted token, or the tokens a round that a draft was measured to give."
            option("curve", "Tokens a round", text, acceptance_names())
        if links.value("engine") != "serving" or links.value("curve") == CONSTANT_RATE:
            slider("acceptance", 0.01)
        for key in ["gamma"] if kind == "draft" else [n.key for n in self_draft_numbers()]:
            number(key)


def search() -> None:
    """How far the search goes."""
    st.markdown("**Search**")
    steps("max", INSTANCES)
    number("demand")
    if links.value("engine") == "serving":
        number("disagg")


def advanced() -> None:
    """What stays at its default: the constants of the serving engine, or the rung of the published model."""
    _advanced_serving() if links.value("engine") == "serving" else _advanced_published()


def _advanced_serving() -> None:
    constants = [n.key for n in serving_constants()]
    box = _folded("Advanced", "open_advanced", ["hidden", "cp", *constants], origin="the defaults")
    if box.open:
        with box:
            slider("hidden", 0.05)
            number("cp")
            st.markdown("**Calibration constants**")
            for key in constants:
                number(key)


def _advanced_published() -> None:
    keys = ["variant", "pp", "scaledown", "traffic", *CONSTANTS]
    box = _folded("Advanced", "open_advanced", keys, origin="the defaults")
    if box.open:
        with box:
            text = "The published model from its simplest form to its full one."
            option("variant", "Published model", text, VARIANTS)
            number("pp")
            number("scaledown")
            text = "Form of the memory traffic: the paper's final one, or the early one behind its Table 5."
            option("traffic", "Memory traffic", text, TRAFFIC)
            for key in CONSTANTS:
                number(key)


def _folded(label: str, key: str, keys: list[str], *, origin: str = "the preset") -> ExpanderContainer:
    box = st.expander(label, key=key, on_change="rerun")
    if count := changed(keys):
        st.caption(f"{count} changed from {origin}.")
    return box


@cache
def _names(kind: str) -> Mapping[str, str]:
    """Names by id, every one of them different, for a control finds a choice by its name."""
    names: dict[str, str] = {}
    if kind == "models":
        names = {key: entry.architecture.name for key, entry in catalog.models().items()}
    else:
        names = {key: entry.accelerator.name for key, entry in catalog.accelerators().items()}
    often = Counter(names.values())
    return MappingProxyType({key: f"{name} ({key})" if often[name] > 1 else name for key, name in names.items()})


def _price_origin(accelerator_id: str) -> str:
    entry = catalog.accelerator(accelerator_id)
    preset = entry.accelerator.price_usd_per_gpu_hour
    if links.value(PRICE) != preset:
        return f"Set here; the preset is ${preset:,.2f}."
    origin = entry.provenance["price_usd_per_gpu_hour"]
    return f":{BADGES[origin.kind]}-badge[{origin.kind}] {origin.date}"
