"""Answers of the library on drafts, kept over reruns and visitors."""

import pandas as pd

from infecon_core import Layout, Scenario
from infecon_core.analysis import draft_forms, draft_gains, draft_prices
from infecon_core.catalog.acceptance import curves
from infecon_core.engines import engine_of
from infecon_core.physics.rounds import Rounds
from infecon_ui.bounded_cache import BoundedCache
from infecon_ui.frontier import cache as frontiers

ANSWERS = BoundedCache(8_000_000)


def frame(scenario: Scenario) -> pd.DataFrame | None:
    """The frontier of a scenario, as all pages keep it; None where nothing runs."""
    points = frontiers.frontier(scenario).points
    return None if points is None else points.frame


@ANSWERS.keep
def batches_at(scenario: Scenario, layout: Layout) -> draft_gains.Array:
    """Whole batches that run on a layout without drafts. [1]"""
    return draft_gains.batches_at(scenario, layout)


@ANSWERS.keep
def gains(scenario: Scenario, layout: Layout, batch: tuple[float, ...], longest: int) -> draft_gains.Gains:
    """Times with every draft length at some batches, beside those without drafts."""
    return draft_gains.gains(scenario, layout, batch, longest)


@ANSWERS.keep
def rounds(scenario: Scenario, layout: Layout, batch: float, draft_tokens: int) -> Rounds:
    """A round of one draft length at one batch."""
    return engine_of(scenario).rounds(scenario, layout, [batch], draft_tokens)


@ANSWERS.keep
def limits(scenario: Scenario, layout: Layout, draft_tokens: int | None, longest: int) -> draft_gains.Limits:
    """From which batch on drafts cost more than they give."""
    return draft_gains.limits(scenario, layout, draft_tokens, longest)


@ANSWERS.keep
def least_acceptance(scenario: Scenario, layout: Layout, batch: float, longest: int) -> float | None:
    """The least acceptance with which drafts gain anything at one setup. [1]"""
    return draft_gains.least_acceptance(scenario, layout, batch, longest)


@ANSWERS.keep
def forms(scenario: Scenario, layout: Layout, batch: float, longest: int) -> draft_forms.Forms:
    """Both forms of a round at one setup."""
    return draft_forms.forms(scenario, layout, batch, longest)


@ANSWERS.keep
def price_map(scenario: Scenario, acceptances: tuple[float, ...], speeds: tuple[float, ...]) -> draft_prices.PriceMap:
    """Prices over acceptance and speed, with drafts and without."""
    return draft_prices.price_map(scenario, acceptances, speeds, frame)


@ANSWERS.keep
def curve_prices(scenario: Scenario, ids: tuple[str, ...], longest: int) -> pd.DataFrame:
    """What the target costs with measured tokens a round, beside constant ones."""
    return draft_prices.curve_prices(scenario, {key: curves()[key] for key in ids}, longest, frame)
