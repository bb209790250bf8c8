"""Generations of accelerators."""

import numpy as np
import pytest

from infecon_core import Scenario
from infecon_core.schema import NothingFits
from infecon_ui.charts.drawings import Bars, Lines
from infecon_ui.scaling.generations import curves, found, gains

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", price_basis="on_demand")


def test_curves_are_the_frontiers_with_their_preferred_points() -> None:
    plot = curves(SCENARIO, "Llama 3.1 70B", same_price=False)
    assert isinstance(plot.drawing, Lines)
    assert [line.name for line in plot.drawing.lines] == [one.on.name for one in found(SCENARIO, same_price=False)]
    for line in plot.drawing.lines:
        worth = line.x**3 / line.y
        assert line.point == (line.x[worth.argmax()], line.y[worth.argmax()])
    assert plot.claim.startswith("From V100 SXM 32GB to GB300 NVL72, a token at the speed of the generation before is ")
    assert plot.claim.endswith(" on GB300 NVL72")
    assert " times less" not in plot.claim
    assert "prices of a GPU-hour on demand" in plot.subtitle
    assert "H100 SXM $2.95 (2026-05-20)" in plot.source
    assert len(plot.scenarios) == 5


def test_gains_are_those_of_the_table() -> None:
    plot = gains(SCENARIO, "Llama 3.1 70B", same_price=True)
    table = plot.table()
    assert isinstance(plot.drawing, Bars)
    rows = {row.name: row for row in plot.drawing.rows}
    for _, one in table.iterrows():
        assert rows[f"{one['new']} over {one['old']}"].spans[0].end == pytest.approx(one["speed_ratio"])
    mean = np.exp(np.log(table["speed_ratio"]).mean())
    assert f"is {mean:.2f} times as fast on average" in plot.claim
    best, worst = (table.iloc[int(table["speed_ratio"].argsort().iloc[i])] for i in (-1, 0))
    assert f"from {best['new']}, {best['speed_ratio']:.2f} times as fast, to {worst['new']}, " in plot.claim
    assert ("more than" in plot.claim) == (mean > 1.3)
    assert "every GPU-hour at $2.95" in plot.subtitle
    assert "printed 1.25×" in rows["Published model, A100 over V100"].text


def test_no_price_on_a_basis_is_said() -> None:
    plot = curves(SCENARIO.changed(price_basis="rent_3y"), "Mine", same_price=False)
    assert isinstance(plot.drawing, Lines)
    assert "V100 SXM 32GB" not in {line.name for line in plot.drawing.lines}
    assert "Without V100 SXM 32GB: V100 SXM 32GB has no price for" in plot.source


def test_what_runs_on_none_or_on_one_says_so() -> None:
    with pytest.raises(NothingFits, match="On none of the generations"):
        curves(SCENARIO.changed(prompt_tokens=10_000_000), "Mine", same_price=False)
    two = curves(SCENARIO.changed(weights="bf16", max_gpus=1), "Mine", same_price=False)
    assert two.claim.endswith("B200 at the speed preferred there")
    large = Scenario.preset("llama-3.1-405b", "h100-sxm", weights="fp4", kv="fp8", max_gpus=1, price_basis="on_demand")
    one = curves(large, "Mine", same_price=False)
    assert "no other generation compares" in one.claim
    with pytest.raises(NothingFits, match="One generation alone"):
        gains(large, "Mine", same_price=False)
