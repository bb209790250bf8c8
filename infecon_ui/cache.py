"""Answers of the library, kept over reruns and visitors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

import infecon_core
from infecon_core import Layout, NothingFits, Scenario, Step, insight
from infecon_core.calibration import uncertainty


@dataclass(frozen=True)
class Result:
    """A frontier, or why there is none.

    Parameters
    ----------
    frame : DataFrame or None
        The frontier from fastest to cheapest; None where nothing fits.
    problem : str or None
        One sentence where nothing fits.
    changes : mapping
        Changes, as `links.apply` takes them, that would make it fit; may be empty.
    """

    frame: pd.DataFrame | None
    problem: str | None
    changes: Mapping[str, Any]


@st.cache_data(max_entries=256, show_spinner=False)
def frontier(scenario: Scenario) -> Result:
    """The frontier of a scenario.

    Parameters
    ----------
    scenario : Scenario
        What was chosen; small and frozen, so its hash is the key.
    """
    # Streamlit keeps answers and forgets exceptions; a search that found nothing is an answer too.
    try:
        return Result(infecon_core.frontier(scenario), None, {})
    except NothingFits as reason:
        return Result(None, str(reason), dict(reason.changes))


@st.cache_data(max_entries=1024, show_spinner=False)
def step(scenario: Scenario, layout: Layout, batch: float) -> Step:
    """The decomposition of one point of a frontier.

    Parameters
    ----------
    scenario : Scenario
        What was chosen.
    layout : Layout
        The point's layout.
    batch : float
        Sequences decoded together. [1]
    """
    return infecon_core.step(scenario, layout, batch)


@st.cache_data(max_entries=256, show_spinner=False)
def neighbours(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """The points around one point of a frontier; parameters as for `step`."""
    return insight.neighbours(scenario, layout, batch)


@st.cache_data(max_entries=256, show_spinner=False)
def elasticities(scenario: Scenario, layout: Layout, batch: float) -> pd.DataFrame:
    """What better hardware would give at one point of a frontier; parameters as for `step`."""
    return insight.elasticities(scenario, layout, batch)


@st.cache_data(max_entries=256, show_spinner=False)
def spread(scenario: Scenario) -> uncertainty.Spread:
    """How far measurements that are comparable with a scenario lie from their predictions."""
    return uncertainty.spread(scenario)
