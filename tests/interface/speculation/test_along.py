"""The frontier with drafts beside that without, and draft lengths along it."""

import numpy as np
import pytest

from infecon_core import engines
from infecon_ui.charts.drawings import Lines
from infecon_ui.speculation import along
from infecon_ui.speculation.question import prices_at
from infecon_ui.speculation.words import change
from tests.support.speculation import asked_of


def test_both_frontiers_are_drawn_as_the_engine_has_them() -> None:
    asked = asked_of(model="llama-3.1-70b", gpu="h100-sxm")
    drawing = along.frontier_plot(asked).drawing
    assert isinstance(drawing, Lines)
    for line, scenario in zip(drawing.lines, (asked.scenario, asked.plain), strict=True):
        frame = engines.frontier(scenario).iloc[::-1]
        assert line.x == pytest.approx(frame["tokens_per_s_user"])
        assert line.y == pytest.approx(frame["usd_per_million_tokens"])
        assert line.point is not None
        assert line.point[0] >= 50
    table = along.frontier_plot(asked).table()
    assert set(table["drafts"]) == {"with drafts", "without"}
    assert len(table) == sum(line.x.size for line in drawing.lines)


def test_the_claim_holds_at_every_speed_of_both() -> None:
    asked = asked_of(model="llama-3.1-70b", gpu="h100-sxm")
    claim = along.frontier_plot(asked).claim
    assert claim.startswith("A token with drafts is about 25% cheaper at 14.9 tokens/s and about 60% cheaper at 50; ")
    assert "over 90%" not in claim
    # The bounds are those of prices along both, from the slower end on, where drafts give least.
    assert asked.without is not None
    low = float(min(asked.drafted.speed.min(), asked.without.speed.min()))
    least = prices_at(asked.drafted, np.array([low]))[0] / prices_at(asked.without, np.array([low]))[0] - 1
    assert f" is {change(least)} at " in claim
    # Nearer to the end of a frontier the price of the other one is without bound.
    far = along.frontier_plot(asked_of(model="llama-3.1-70b", gpu="h100-sxm", at=127.0)).claim
    assert "at 96; " in far
    assert "Llama 3.2 1B at an acceptance of 0.80 (assumed)" in along.frontier_plot(asked).subtitle
    assert claim.endswith("; the fastest rises from 128 tokens/s to 276 tokens/s")


def test_drafts_that_are_always_wrong_are_said_to_cost() -> None:
    claim = along.frontier_plot(asked_of(spec="self", acceptance=0.0)).claim
    assert "cheaper;" not in claim.replace("no cheaper", "")
    assert "the fastest falls from" in claim


def test_lengths_along_the_frontier_are_those_of_its_points() -> None:
    asked = asked_of()
    plot = along.length_plot(asked)
    assert plot is not None
    assert isinstance(plot.drawing, Lines)
    longer, allowed = plot.drawing.lines
    assert (longer.name, allowed.name) == ("up to 8", "up to 3, as allowed")
    assert longer.y.max() <= 8
    assert allowed.y.max() <= 3
    frame = plot.table()
    assert set(longer.y) == set(frame["draft_tokens"].astype(float))
    # Between two points the length is that of the faster one.
    speeds, lengths = frame["tokens_per_s_user"].to_numpy()[::-1], frame["draft_tokens"].to_numpy()[::-1]
    for i in np.flatnonzero(np.diff(lengths)):
        middle = (speeds[i] + speeds[i + 1]) / 2
        assert np.interp(middle, longer.x, longer.y) == lengths[i + 1]
    assert plot.claim.startswith("At the target a round is best with ")


def test_a_longer_draft_that_pays_is_said_with_what_it_saves() -> None:
    plot = along.length_plot(asked_of(model="qwen3.5-397b-a17b"))
    assert plot is not None
    assert "% cheaper than with the 3 that the scenario allows" in plot.claim
    same = along.length_plot(asked_of(spec="self", selfgamma=8))
    assert same is not None
    assert isinstance(same.drawing, Lines)
    assert len(same.drawing.lines) == 1
    assert "allows" not in same.claim
