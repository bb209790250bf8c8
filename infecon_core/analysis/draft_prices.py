"""What drafts give where the layouts are searched again: the price of a speed over acceptance, and the best length."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.analysis.draft_candidates import at_acceptance, with_draft
from infecon_core.analysis.draft_gains import plain
from infecon_core.catalog.acceptance import AcceptanceCurve
from infecon_core.pareto import at_speed
from infecon_core.scenario import Scenario

Array = npt.NDArray[np.float64]
# The frontier of a scenario; None where nothing runs.
Frontier = Callable[[Scenario], pd.DataFrame | None]


class PriceMap(NamedTuple):
    """Prices of a million output tokens over acceptance and speed, each at the cheapest setup that is fast enough.

    Attributes:
        acceptances (array): Of every drafted token. [1]
        speeds (array): The least that every user gets. [tokens/s]
        without_usd (array): Without drafts, by speed; NaN where no setup is fast enough. [USD]
        with_usd (array): With drafts, by acceptance and speed; NaN alike. [USD]
    """

    acceptances: Array
    speeds: Array
    without_usd: Array
    with_usd: Array

    @property
    def relative(self) -> Array:
        """Price with drafts over price without, less 1, by acceptance and speed; NaN where one is out of reach. [1]"""
        return self.with_usd / self.without_usd - 1


def price(frame: pd.DataFrame | None, tokens_per_s: float) -> float:
    """Price of a speed on a frontier; NaN where nothing is fast enough. [USD]"""
    point = None if frame is None else at_speed(frame, tokens_per_s)
    return float("nan") if point is None else float(point["usd_per_million_tokens"])


def price_map(
    scenario: Scenario, acceptances: Sequence[float], speeds: Sequence[float], frontier: Frontier
) -> PriceMap:
    """Prices with drafts and without, one search an acceptance and one without drafts.

    Args:
        scenario (Scenario): With a draft; its speeds are searched down to its least one.
        acceptances (sequence of float): Constant acceptances. [1]
        speeds (sequence of float): Speeds, none below the scenario's least. [tokens/s]
        frontier (callable): What finds frontiers; give one that remembers.
    """
    without = frontier(plain(scenario))
    frames = [frontier(at_acceptance(scenario, acceptance)) for acceptance in acceptances]
    return PriceMap(
        np.asarray(acceptances, np.float64),
        np.asarray(speeds, np.float64),
        np.array([price(without, speed) for speed in speeds]),
        np.array([[price(frame, speed) for speed in speeds] for frame in frames]),
    )


def curve_prices(
    scenario: Scenario, curves: Mapping[str, AcceptanceCurve], longest: int, frontier: Frontier
) -> pd.DataFrame:
    """What the target costs with measured tokens a round, beside one acceptance for every drafted token.

    The constant is the acceptance of the curve's own first draft, so that both agree for one drafted token and differ
    in how acceptance falls with the length alone.

    Args:
        scenario (Scenario): With a draft, whose cost is kept.
        curves (mapping): Measured curves by id.
        longest (int): The longest draft, no longer than the curves. [tokens]
        frontier (callable): What finds frontiers.

    Returns:
        DataFrame: One row a curve: `curve` (id), `name`, `acceptance` (of its first draft) [1], `constant_usd`,
            `measured_usd`, NaN where the target is out of reach. [USD]
    """
    target = scenario.target_tokens_per_s_user
    rows = []
    for key, curve in curves.items():
        lengths = curve.accepted_lengths[:longest]
        limited = with_draft(scenario, max_draft_tokens=max(len(lengths), 2), accepted_lengths=())
        measured = with_draft(limited, accepted_lengths=lengths, measured_on=curve.name)
        constant = at_acceptance(limited, curve.first_acceptance)
        rows.append(
            {
                "curve": key,
                "name": curve.name,
                "acceptance": curve.first_acceptance,
                "constant_usd": price(frontier(constant), target),
                "measured_usd": price(frontier(measured), target),
            }
        )
    return pd.DataFrame(rows)
