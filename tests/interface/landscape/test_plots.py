"""The maps as charts of slides and files: the same winners and prices as on the page."""

import datetime as dt
import io
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from infecon_ui.charts.drawings import Cells
from infecon_ui.charts.palette import contrast
from infecon_ui.landscape import grid, plots, words
from infecon_ui.landscape.curves import NONE
from infecon_ui.landscape.dataset import DataSet
from infecon_ui.landscape.maps import CHEAPEST, model_order
from infecon_ui.landscape.market import market
from infecon_ui.landscape.question import Question
from infecon_ui.plots.plot import Plot
from infecon_ui.slide.svg import svg

DAY = dt.date(2026, 1, 2)


def _cells(plot: Plot) -> Cells:
    assert isinstance(plot.drawing, Cells)
    return plot.drawing


def test_cells_are_the_winners_with_their_prices(data: DataSet, question: Question) -> None:
    found, plot = market(data, question), plots.wins(data, question)
    shown = _cells(plot)
    assert plot.claim == words.claim(found)
    assert shown.columns == tuple(f"{speed:g}" for speed, _ in found.columns)
    assert shown.now == (None, found.asked)
    seen = set()
    for i, row in zip(model_order(data, question), shown.cells, strict=True):
        for j, cell in enumerate(row):
            best = int(found.winner[i, j])
            if best == NONE:
                assert (cell.text, cell.colour) == ("–", "")
                continue
            assert cell.text == words.accelerator(question.accelerators[best])
            assert cell.small == words.worth(question, float(found.cost[i, j, best]))
            sure = words.sure(found, i, j)
            assert (cell.colour in grid.COLOURS) == (sure == grid.ALONE)
            seen.add((sure, contrast(cell.colour, "#FFFFFF") > 1.5))
    # Only what is told from nobody is next to white.
    assert seen == {(grid.ALONE, True), (grid.MAKER, True), (grid.OPEN, False)} & seen
    assert len(seen) > 1


def test_pale_colours_lie_between_the_full_one_and_white() -> None:
    assert plots._paler("#000000", 0.4) == "#999999"
    assert plots._paler("#0059A3", 1.0) == "#0059A3"
    assert plots._paler("#0059A3", 0.0) == "#FFFFFF"


@pytest.mark.parametrize("on", [CHEAPEST, "h100-sxm"])
def test_what_the_target_costs(data: DataSet, question: Question, on: str) -> None:
    across = replace(question, across="length")
    found, plot = market(data, across), plots.costs(data, across, on)
    cost = found.cost.min(axis=2) if on == CHEAPEST else found.cost[..., question.accelerators.index(on)]
    shown = _cells(plot)
    for i, row in zip(model_order(data, across), shown.cells, strict=True):
        for j, cell in enumerate(row):
            there = math.isfinite(cost[i, j])
            assert cell.text == (words.worth(question, float(cost[i, j])) if there else "–")
    least = words.worth(question, float(cost[np.isfinite(cost)].min()))
    assert least in plot.claim
    assert ("H100 SXM" in plot.claim) == (on != CHEAPEST)


def test_where_nothing_reaches_the_target_it_is_said(data: DataSet, question: Question) -> None:
    none = replace(question, target_tokens_per_s_user=1e6, across="length")
    assert "serves none of these models" in plots.costs(data, none, CHEAPEST).claim
    assert len(plots.wins(data, none).table()) > 0


@pytest.mark.parametrize("y", ["output", "gpu"])
def test_files_have_every_cell(data: DataSet, question: Question, y: str) -> None:
    asked = replace(question, y=y)
    found = market(data, asked)
    rows = pd.read_csv(io.StringIO(plots.wins(data, asked).csv("http://localhost/landscape", DAY)))
    assert len(rows) == found.winner.size
    i, j = data.models.index("llama-3.1-8b"), found.asked
    own = rows[(rows["model"] == "llama-3.1-8b") & (rows["target_tokens_per_s_user"] == 50)].iloc[0]
    best = int(found.winner[i, j])
    assert own["accelerator"] == asked.accelerators[best]
    assert own[asked.measure.column] == pytest.approx(found.worth(float(found.cost[i, j, best])))
    assert set(rows["link"]) == {"http://localhost/landscape"}


def test_a_slide_has_rows_that_can_be_read_and_says_what_it_leaves_out(shipped: DataSet, far: Question) -> None:
    across = replace(far, across="length")
    for plot, question in ((plots.wins(shipped, far), far), (plots.costs(shipped, across, CHEAPEST), across)):
        order = model_order(shipped, question)
        assert _cells(plot).rows == tuple(words.model(shipped.models[i]) for i in order[: plots.MOST_ROWS])
        assert f"the 12 largest of {len(shipped.models)} models" in plot.subtitle
        assert set(plot.table()["model"]) == set(shipped.models)
    costs = plots.costs(shipped, across, CHEAPEST)
    assert words.length(across.length) not in costs.subtitle
    assert words.length(far.length) in plots.wins(shipped, far).subtitle


def test_slides_of_the_shipped_data_set_have_their_words(shipped: DataSet, far: Question) -> None:
    for plot in (plots.wins(shipped, far), plots.costs(shipped, replace(far, across="length"), CHEAPEST)):
        drawn = svg(plot.slide("http://localhost/landscape", DAY))
        assert drawn.startswith("<svg")
        assert len(drawn) > 10_000
