"""Chips: usual lengths, and what a price pays for; each stands out where the choices are as it says."""

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from infecon_core import catalog
from infecon_core.choices import Choices
from infecon_core.choices.registry import BASIS
from infecon_core.schema import BASIS_NAMES, OWN, PriceBasis
from infecon_ui.sidebar.widgets import Controls

# Prompt and output by name, as benchmarks name them. [tokens]
LENGTHS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"1k/1k": (1000, 1000), "8k/1k": (8000, 1000), "1k/8k": (1000, 8000), "32k/1k": (32_000, 1000)}
)
PROMPT, OUTPUT = "prompt", "output"
# Names of bases that have no room on a chip.
SHORT: Mapping[str, str] = MappingProxyType({"Three-year rent": "3-yr rent", "Own number": "Own"})

_LENGTHS, _BASES, _KINDS = "lengths", "bases", "kinds"


def lengths(controls: Controls) -> None:
    """Usual lengths of prompt and output."""
    chosen = (controls.choices.value(PROMPT), controls.choices.value(OUTPUT))
    shown = next((name for name, pair in LENGTHS.items() if pair == chosen), None)
    _chips(controls, _LENGTHS, "Prompt and output", {name: name for name in LENGTHS}, shown)


def bases(controls: Controls) -> None:
    """What the price pays for: the bases that this accelerator has a price on, and one's own number."""
    groups = _groups(controls.choices)
    shown = _group(controls.choices.basis)
    _chips(controls, _BASES, "Price basis", {name: SHORT.get(name, name) for name in groups}, shown)
    if len(kinds := groups[shown]) > 1:
        _chips(controls, _KINDS, shown, {basis: _kind(basis).capitalize() for basis in kinds}, controls.choices.basis)


def _groups(choices: Choices) -> dict[str, list[PriceBasis]]:
    """Bases by what their names begin with: the owner's cost has two kinds."""
    known = catalog.accelerator(choices.accelerator_id).prices
    found: dict[str, list[PriceBasis]] = {}
    for basis in BASIS_NAMES:
        if basis in known or basis in (OWN, choices.basis):
            found.setdefault(_group(basis), []).append(basis)
    return found


def _group(basis: PriceBasis) -> str:
    return BASIS_NAMES[basis].partition(" (")[0]


def _kind(basis: PriceBasis) -> str:
    return BASIS_NAMES[basis].partition(" (")[2].removesuffix(")")


def _chips(controls: Controls, key: str, label: str, names: Mapping[str, str], shown: str | None) -> None:
    # Derived in every run, so that a chip never contradicts the choices.
    if st.session_state.get(controls.prefix + key) != shown:
        st.session_state[controls.prefix + key] = shown
    st.pills(
        label,
        tuple(names),
        format_func=names.__getitem__,
        key=controls.prefix + key,
        on_change=_take,
        args=(controls, key),
        label_visibility="collapsed",
        wrap=False,
    )


def _take(controls: Controls, key: str) -> None:
    picked = st.session_state[controls.prefix + key]
    if picked is None:
        return  # a second click takes the mark from a chip; the choice stays
    if key == _LENGTHS:
        for name, length in zip((PROMPT, OUTPUT), LENGTHS[picked], strict=True):
            st.session_state[controls.prefix + name] = length
    else:
        st.session_state[controls.prefix + BASIS] = _groups(controls.choices)[picked][0] if key == _BASES else picked
