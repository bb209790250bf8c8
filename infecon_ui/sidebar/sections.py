"""The sections of the sidebar: what each draws besides the controls that its choices give by themselves."""

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from infecon_core import catalog
from infecon_core.choices import Choice, Option
from infecon_core.engines import ENGINES
from infecon_ui.sidebar.widgets import Controls

# Where a number comes from always has the same colour.
BADGES: Mapping[str, str] = MappingProxyType(
    {"datasheet": "blue", "measured": "green", "published": "blue", "estimate": "orange"}
)


def engine(controls: Controls) -> None:
    """Which engine computes; it decides which of the other controls there are."""
    for choice in controls.of("engine"):
        if choice.key == "engine":
            text = "\n\n".join(f"**{engine.label}.** {engine.help}" for engine in ENGINES.values())
            controls.segments(choice, {name: engine.label for name, engine in ENGINES.items()}, text)
        else:
            controls.one(choice)


def model(controls: Controls) -> None:
    """Which model, and its numbers."""
    chosen, *numbers = controls.of("model")
    controls.one(chosen, "Type to search; the paper's own models stand last.")
    _folded(controls, "Customise the model", "open_model", numbers)


def accelerator(controls: Controls) -> None:
    """Which accelerator, its price, and its numbers."""
    chosen, *numbers = controls.of("accelerator")
    controls.one(chosen, "Type to search; the paper's own accelerators stand last.")
    price = next(choice for choice in numbers if choice.key == "price")
    controls.one(price)
    st.caption(_price_origin(controls))
    _folded(controls, "Customise the accelerator", "open_accelerator", [n for n in numbers if n != price])


def precision(controls: Controls) -> None:
    """The formats: the first two side by side."""
    st.markdown("**Precision**")
    weights, kv, *others = controls.of("precision")
    for column, choice in zip(st.columns(2, gap="small"), (weights, kv), strict=True):
        with column:
            controls.one(choice)
    controls.draw(others)


def context(controls: Controls) -> None:
    """The length of a request."""
    st.markdown("**Context**")
    controls.draw(controls.of("context"))


def speculation(controls: Controls) -> None:
    """Off, a draft model or a self-draft, with the acceptance and the longest draft."""
    for choice in controls.of("speculation"):
        if isinstance(choice, Option) and choice.key == "spec":
            known = choice.known_to(controls.choices.engine)
            controls.segments(choice, {name: choice.options[name] for name in known}, choice.help)
        # A measured curve takes the place of the rate.
        elif choice.key != "acceptance" or controls.choices.curve is None:
            controls.one(choice)


def search(controls: Controls) -> None:
    """How far the search goes."""
    st.markdown("**Search**")
    controls.draw(controls.of("search"))


def advanced(controls: Controls) -> None:
    """What stays at its default: options of the engine, and its constants."""
    _folded(controls, "Advanced", "open_advanced", controls.of("advanced", "constants"), origin="the defaults")


def _folded(controls: Controls, label: str, key: str, choices: list[Choice], *, origin: str = "the preset") -> None:
    box = st.expander(label, key=controls.prefix + key, on_change="rerun")
    if count := controls.changed(choices):
        st.caption(f"{count} changed from {origin}.")
    # A folded section builds nothing: its numbers are in the session, not in its controls.
    if box.open:
        with box:
            controls.draw(choices)


def _price_origin(controls: Controls) -> str:
    entry = catalog.accelerator(controls.choices.accelerator_id)
    preset = entry.accelerator.price_usd_per_gpu_hour
    if controls.choices.value("price") != preset:
        return f"Set here; the preset is ${preset:,.2f}."
    origin = entry.provenance["price_usd_per_gpu_hour"]
    return f":{BADGES[origin.kind]}-badge[{origin.kind}] {origin.date}"
