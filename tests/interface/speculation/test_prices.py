"""Prices over acceptance and speed, and by who drafts."""

from urllib.parse import parse_qs, urlsplit

import pytest

from infecon_core import engines
from infecon_core.analysis.draft_candidates import at_acceptance, candidates
from infecon_core.choices import Choices
from infecon_core.pareto import at_speed
from infecon_ui.charts.drawings import Bars, Cells
from infecon_ui.speculation import prices
from infecon_ui.text import formats
from tests.support.speculation import asked_of


def test_a_cell_says_the_price_of_the_frontier_that_it_opens() -> None:
    asked = asked_of(model="llama-3.1-70b", gpu="h100-sxm")
    plot = prices.map_plot(asked)
    assert plot is not None
    assert isinstance(plot.drawing, Cells)
    assert "Llama 3.2 1B at assumed acceptances, the scenario at an acceptance of 0.80 (assumed)" in plot.subtitle
    assert "open" not in plot.subtitle
    assert plot.drawing.now == (plot.drawing.rows.index("0.8"), plot.drawing.columns.index("50"))
    row, column = plot.drawing.rows.index("0.7"), plot.drawing.columns.index("75")
    cell = plot.drawing.cells[row][column]
    query = {key: values[0] for key, values in parse_qs(urlsplit(cell.link).query).items()}
    opened = Choices().read(query)[0].scenario()
    assert opened.speculation == at_acceptance(asked.scenario, 0.7).speculation
    assert opened.target_tokens_per_s_user == 75
    usd, without = (
        float(point["usd_per_million_tokens"])
        for point in (at_speed(engines.frontier(one), 75) for one in (opened, asked.plain))
        if point is not None
    )
    assert cell.small == formats.about(usd)
    assert cell.text == f"{usd / without - 1:+.0%}".replace("-", "−")


def test_cells_that_only_drafts_reach_and_the_claim() -> None:
    plot = prices.map_plot(asked_of(model="llama-3.1-70b", gpu="h100-sxm"))
    assert plot is not None
    assert isinstance(plot.drawing, Cells)
    assert plot.drawing.cells[0][-1].text == "only so"
    assert plot.claim.startswith("At 50 tokens/s per user drafts pay ")
    table = plot.table()
    at_target = table[(table["tokens_per_s_user"] == 50) & (table["change"] < -0.02)]
    assert f"from {at_target['acceptance'].min():g} on" in plot.claim or (
        f"from an acceptance of {at_target['acceptance'].min():g} on" in plot.claim
    )
    far = prices.map_plot(asked_of(model="llama-3.1-70b", gpu="h100-sxm", at=5000.0))
    assert far is not None
    assert far.claim == "No acceptance up to 0.9 brings 5,000 tokens/s per user within reach"
    fast = prices.map_plot(asked_of(model="llama-3.1-70b", gpu="h100-sxm", at=150.0))
    assert fast is not None
    assert fast.claim.startswith("150 tokens/s per user is reached with an acceptance of ")


def test_candidates_have_the_price_of_their_own_frontier() -> None:
    asked = asked_of(model="llama-3.1-70b", gpu="h100-sxm")
    plot = prices.candidates_plot(asked)
    assert plot is not None
    assert isinstance(plot.drawing, Bars)
    assert asked.choice.scenario is not None
    found = candidates(asked.choice.scenario, model_acceptance=0.8, own_acceptance=0.7, longest=5)
    assert len(plot.drawing.rows) == 1 + len(found)
    points = [at_speed(engines.frontier(one.scenario), 50) for one in found]
    usd = sorted(float(point["usd_per_million_tokens"]) for point in points if point is not None)
    assert [row.spans[0].end for row in plot.drawing.rows[1:]] == pytest.approx(usd)
    assert all("pays from 0." in row.text for row in plot.drawing.rows[1:])
    cheapest = plot.table().iloc[0]
    name = f"{cheapest['draft'][:1].upper()}{cheapest['draft'][1:]}"
    assert plot.claim.startswith(f"{name}, if accepted at {cheapest['acceptance']:.2f}, is the cheapest of these")


def test_an_engine_of_slow_searches_compares_speeds_at_one_setup() -> None:
    asked = asked_of(model="llama-3.1-70b", gpu="h100-sxm", engine="published")
    assert prices.map_plot(asked) is None
    plot = prices.candidates_plot(asked)
    assert plot is not None
    assert isinstance(plot.drawing, Bars)
    assert plot.drawing.scale.title == "Gain in speed at one setup"
    assert "gains most of these drafts at this setup" in plot.claim


def test_a_draft_that_does_not_fit_here_is_told_from_one_that_never_pays() -> None:
    texts = [row.text for row in _rows(model="qwen3.5-397b-a17b")]
    assert any("does not fit here" in text for text in texts)
    assert any("pays from" in text for text in texts)


def _rows(**values: str) -> tuple[object, ...]:
    plot = prices.candidates_plot(asked_of(**values))
    assert plot is not None
    assert isinstance(plot.drawing, Bars)
    return plot.drawing.rows
