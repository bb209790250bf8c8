"""What the reader chooses on this page: the section, and what of it."""

from collections.abc import Callable, Collection
from typing import NamedTuple

import streamlit as st

from infecon_core.documentation.equations import SUBJECTS, equations
from infecon_ui.method.equations import SUBJECT_OF_ALL
from infecon_ui.page_controls import PageControls

MOVES, EQUATIONS, CONSTANTS, ASSUMPTIONS, GLOSSARY = (
    "What moves it",
    "Equations",
    "Constants",
    "Assumptions",
    "Glossary",
)
SECTIONS = (MOVES, EQUATIONS, CONSTANTS, ASSUMPTIONS, GLOSSARY)


class Asked(NamedTuple):
    """What is shown.

    Attributes:
        section, subject, words (str): The section; of equations their subject; what is looked for.
    """

    section: str
    subject: str = SUBJECT_OF_ALL
    words: str = ""


def ask(controls: PageControls, used: Callable[[], Collection[str]]) -> Asked:
    """Draw the controls; one section alone is drawn, so each has only its own.

    Args:
        controls (PageControls): Holds what they say.
        used (callable): Names of the equations that are computed here: their subjects come first.
    """
    section = controls.pick("Section", {name: name for name in SECTIONS}, "section")
    if section == EQUATIONS:
        subjects = {name: name for name in (*in_use_first(used()), SUBJECT_OF_ALL)}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            subject = controls.select("Subject", subjects, "subject")
            words = controls.text("Search the equations", "find", hint="all-reduce, KV cache, W_out …")
        return Asked(section, SUBJECT_OF_ALL if words else subject, words)
    if section == GLOSSARY:
        return Asked(section, words=controls.text("Search the terms", "term", hint="TPOT, experts, link …"))
    return Asked(section)


def in_use_first(used: Collection[str]) -> list[str]:
    """The subjects of equations: in their order those in use, by how much where the first is not; then the others.

    Args:
        used (collection of str): Names of the equations that are computed.
    """
    counts = dict.fromkeys(SUBJECTS, 0)
    for equation in equations():
        counts[equation.subject] += equation.name in used
    in_order = counts[next(iter(SUBJECTS))] > 0
    return sorted(SUBJECTS, key=lambda subject: (counts[subject] == 0, 0 if in_order else -counts[subject]))
