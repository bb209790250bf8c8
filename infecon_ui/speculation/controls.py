"""The page's own controls: which setup is held, acceptances side by side, and those of candidates."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import streamlit as st

from infecon_core.catalog.acceptance import curves
from infecon_core.catalog.drafts import is_measured_on, own_draft
from infecon_core.schema import DraftModel, SelfDraft
from infecon_core.schema.field import facts_of
from infecon_ui.page_controls import PageControls
from infecon_ui.speculation import sections
from infecon_ui.speculation.question import SETUPS, TARGET, Question
from infecon_ui.state import session

ACCEPTANCES: Mapping[str, float] = MappingProxyType({f"{value / 100:.2f}": value / 100 for value in range(40, 100, 5)})
_SHOWN = ("0.60", "0.70", "0.80", "0.90")
MOST_ACCEPTANCES = 5
_LAYERS = (
    "Layers released with the model (MTP) or a trained head (EAGLE). It begins with the least first-draft acceptance "
    "that was measured on this model, or with this method on others; later drafts are accepted less often."
)
_STEP = 0.05  # of the buttons of an acceptance [1]


def ask(asked: Question, bound: PageControls, section: str) -> Question:
    """Draw the controls of a section and take over what they say.

    Args:
        asked (Question): What the page is about.
        bound (PageControls): Holds what they say for the link.
        section (str): One of `sections.SECTIONS`; some have none.
    """
    if section == sections.AT_ONE_SETUP:
        return _at_one_setup(asked, bound)
    return _candidates(asked, bound) if section == sections.WHO_DRAFTS else asked


def _at_one_setup(asked: Question, bound: PageControls) -> Question:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        held = bound.pick("Setup", SETUPS, "setup", TARGET, "The layout and batch of the frontier with drafts.")
        chosen = bound.several("Acceptances", ACCEPTANCES, "acceptances", _SHOWN, MOST_ACCEPTANCES)
    shown = tuple(sorted(chosen)) or tuple(ACCEPTANCES[name] for name in _SHOWN)
    return replace(asked, setup=held, acceptances=shown)


def _candidates(asked: Question, bound: PageControls) -> Question:
    facts = facts_of(SelfDraft)["acceptance"]
    least, most = float(facts.ge), float(facts.le)
    default = float(facts_of(DraftModel)["acceptance"].default)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = bound.number("Acceptance of draft models", "model", default, least, most, step=_STEP)
        own = bound.number("Acceptance of own layers", "own", _of_layers(asked), least, most, step=_STEP, help=_LAYERS)
    return replace(asked, model_acceptance=model, own_acceptance=own)


def _of_layers(asked: Question) -> float:
    """The least first-draft acceptance that was measured on this model, else with the method on others. [1]"""
    model_id = asked.choice.model_id
    method = "EAGLE3" if own_draft(asked.scenario.architecture) is None else "MTP"
    known = [curve for curve in curves().values() if is_measured_on(curve, model_id, "self_draft")]
    known = known or [curve for curve in curves().values() if curve.method == method]
    default = float(facts_of(SelfDraft)["acceptance"].default)
    return round(min((curve.first_acceptance for curve in known), default=default), 2)


def show_offer(asked: Question) -> None:
    """A button that puts the assumed draft into the scenario, where the sidebar has all its numbers."""
    if asked.assumed:
        st.button(
            "Put this draft into the scenario: then the sidebar has its acceptance and length",
            key="speculation_turn_on",
            icon=":material/bolt:",
            type="tertiary",
            on_click=session.apply,
            args=(asked.draft.changes,),
        )
