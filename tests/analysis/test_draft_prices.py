"""Prices with drafts and without, against searches made one by one."""

import math

import numpy as np
import pandas as pd
import pytest

from infecon_core import NothingFits, Scenario, engines
from infecon_core.analysis.draft_candidates import at_acceptance
from infecon_core.analysis.draft_prices import curve_prices, price_map
from infecon_core.catalog.acceptance import curves
from infecon_core.pareto import at_speed
from infecon_core.schema import SelfDraft


def searched(scenario: Scenario) -> pd.DataFrame | None:
    try:
        return engines.frontier(scenario)
    except NothingFits:
        return None


def price(scenario: Scenario, speed: float) -> float:
    point = at_speed(engines.frontier(scenario.changed(target_tokens_per_s_user=speed)), speed)
    return math.nan if point is None else float(point["usd_per_million_tokens"])


DRAFTED = Scenario.preset("llama-3.1-70b", "h100-sxm", draft="llama-3.2-1b", max_gpus=8)


def test_every_cell_is_a_search_of_its_own() -> None:
    speeds = (20.0, 50.0, 120.0)
    found = price_map(DRAFTED, (0.9, 0.5), speeds, searched)
    plain = DRAFTED.changed(speculation=None)
    assert found.without_usd == pytest.approx([price(plain, speed) for speed in speeds], nan_ok=True)
    for i, acceptance in enumerate((0.9, 0.5)):
        one = at_acceptance(DRAFTED, acceptance)
        assert found.with_usd[i] == pytest.approx([price(one, speed) for speed in speeds], nan_ok=True)
    assert math.isnan(found.relative[0, 2])  # only drafts reach it
    assert found.relative[0, 1] == pytest.approx(price(at_acceptance(DRAFTED, 0.9), 50) / price(plain, 50) - 1)
    assert found.relative[0, 1] < found.relative[1, 1] < 0


def test_a_scenario_that_fits_nowhere_has_no_prices() -> None:
    large = Scenario.preset("llama-3.1-405b", "h100-sxm", max_gpus=1, speculation=SelfDraft())
    found = price_map(large, (0.8,), (10.0,), searched)
    assert np.isnan(found.without_usd).all()
    assert np.isnan(found.with_usd).all()


def test_measured_curves_against_the_acceptance_of_their_first_draft() -> None:
    scenario = Scenario.preset("deepseek-v3", "b200-hgx", max_gpus=16, speculation=SelfDraft())
    wanted = {key: curves()[key] for key in ("deepseek-v4-pro-mtp-thinking", "qwen3.5-397b-mtp-thinking")}
    table = curve_prices(scenario, wanted, 8, searched).set_index("curve")
    for key, curve in wanted.items():
        first = curve.accepted_lengths[0] - 1
        measured = SelfDraft(accepted_lengths=curve.accepted_lengths, measured_on=curve.name, max_draft_tokens=8)
        constant = SelfDraft(acceptance=first, max_draft_tokens=8)
        assert table.loc[key, "acceptance"] == pytest.approx(first)
        assert table.loc[key, "measured_usd"] == pytest.approx(price(scenario.changed(speculation=measured), 50))
        assert table.loc[key, "constant_usd"] == pytest.approx(price(scenario.changed(speculation=constant), 50))
    # Of the curve that is flat from three drafts on, the first draft promises most too much.
    ratio = table["constant_usd"] / table["measured_usd"]
    assert ratio["deepseek-v4-pro-mtp-thinking"] < ratio["qwen3.5-397b-mtp-thinking"] <= 1.001
