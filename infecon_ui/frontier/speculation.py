"""What drafts give at the target, beside the verdict: in words, and as a button where the model has layers for it."""

import streamlit as st

from infecon_core.analysis.speculation import SpeculationGain
from infecon_core.catalog.drafts import measured_elsewhere, own_draft
from infecon_core.schema import Architecture, SelfDraft, Speculation
from infecon_ui.frontier import cache
from infecon_ui.frontier.shown import Shown
from infecon_ui.state import session
from infecon_ui.text.markdown import escaped

# Below this nobody should act on a difference; up to a tenth no digit of it is sure. [1]
_NOTHING, _SOME = 0.02, 0.1


def sentence(shown: Shown) -> str:
    """What the drafts that are on give at the target, and whose acceptance that is; empty where nothing drafts."""
    draft = shown.scenario.speculation
    if draft is None:
        return ""
    found = cache.speculation_gain(shown.scenario) if shown.reached else None
    what = gain(found, _name(shown)) if found is not None else _name(shown)
    return f"{what}, {acceptance(draft, shown.scenario.architecture)}"


def acceptance(draft: Speculation, architecture: Architecture) -> str:
    """Whose acceptance a draft has, after what it gives: "at an acceptance of 0.70 (assumed)"."""
    if not draft.accepted_lengths:
        return f"at an acceptance of {draft.acceptance:.2f} (assumed)"
    if other := measured_elsewhere(draft, architecture):
        return f"with tokens a round measured {other}"
    return "with the acceptance measured on this model" if draft.measured_on else "with tokens a round of your own"


def gain(found: SpeculationGain, name: str) -> str:
    """What a draft that is on gives: "MTP makes it about 30% cheaper than without"."""
    if found.without_usd is None:
        return f"{name} brings it within reach"
    effect = _effect(found.relative)
    return f"{name} makes it {effect}{' than without' if effect != 'no cheaper' else ''}"


def offer(found: SpeculationGain) -> str:
    """What the model's own layers would give, for a button that turns them on; empty where that is nothing."""
    draft = found.drafted.speculation
    if found.with_usd is None or draft is None:
        return ""
    basis = acceptance(draft, found.drafted.architecture)
    if found.without_usd is None:
        return f"Its own MTP would bring this within reach, {basis}: turn it on"
    if found.relative is None or found.relative > -_NOTHING:
        return ""
    return f"Its own MTP would make this {_effect(found.relative)}, {basis}: turn it on"


def show_offer(shown: Shown) -> None:
    """A button that lets the model draft with the layers it was released with, and says what that gives."""
    if shown.past or not shown.reached or shown.scenario.speculation is not None:
        return
    found = cache.speculation_gain(shown.scenario)
    label = offer(found) if found is not None else ""
    if found is not None and label:
        st.button(
            escaped(label),
            key="turn_on_drafts",
            type="tertiary",
            icon=":material/bolt:",
            on_click=session.apply,
            args=(found.changes,),
        )


def _name(shown: Shown) -> str:
    if not isinstance(shown.scenario.speculation, SelfDraft):
        return "the draft model"
    return "MTP" if own_draft(shown.scenario.architecture) is not None else "self-drafting"


def _effect(relative: float | None) -> str:
    """A change of a price in words that claim no more than is known: steps of 5%, from a tenth on."""
    if relative is None or -_NOTHING < relative < _NOTHING:
        return "no cheaper"
    word = "cheaper" if relative < 0 else "dearer"
    size = abs(relative)
    return f"a few percent {word}" if size < _SOME else f"about {5 * round(20 * size):g}% {word}"
