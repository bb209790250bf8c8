"""The engines behind one set of names: a scenario says which one computes it."""

import pandas as pd

from infecon_core.economics import decomposition, serving
from infecon_core.paper import engine as published
from infecon_core.scenario import Scenario
from infecon_core.spec import Layout, Step


def frontier(scenario: Scenario) -> pd.DataFrame:
    """The Pareto frontier of speed against price of a scenario.

    Parameters
    ----------
    scenario : Scenario
        What is served, on what, and the limits of the search.

    Returns
    -------
    DataFrame
        One row a point, fastest first: the two axes, the layout, the five times, memory, utilisation, what limits.

    Raises
    ------
    NothingFits
        Where no setup runs; says what would help.
    """
    return published.frontier(scenario) if scenario.engine == "published" else serving.frontier(scenario)


def step(scenario: Scenario, layout: Layout, batch: float) -> Step:
    """The decomposition of one point by operator and by the five times.

    Parameters
    ----------
    scenario : Scenario
        What is served on what.
    layout : Layout
        How it is spread over GPUs.
    batch : float
        Sequences of one instance. [1]

    Raises
    ------
    NothingFits
        Where the point cannot run.
    """
    if scenario.engine == "published":
        return published.step(scenario, layout, batch)
    return decomposition.step(scenario, layout, batch)


def approximations(scenario: Scenario) -> tuple[str, ...]:
    """Sentences that name what the scenario's engine can only approximate."""
    if scenario.engine == "published":
        return published.approximations(scenario)
    return serving.approximations(scenario)
