"""The charts of the page as slides."""

import datetime as dt

import pytest

from infecon_core.validation.frontier_scores import shipped_sets
from infecon_ui.measured import cache, frontiers, plots
from infecon_ui.measured.points import MEASURED, SERVING, Filters
from infecon_ui.slide.svg import svg
from tests.support.app import open_app

LINK = "https://example.org/measured"


def test_points_are_coloured_by_their_largest_groups_and_all_are_in_the_file() -> None:
    points = cache.chosen(Filters())
    plot = plots.points_plot(points, SERVING, "family", "")
    names = [line.name for line in plot.drawing.lines if line.scattered]
    assert set(names) - {"others"} == set(points["family"].value_counts().index[:6])
    assert f"On {len(points):,} measured points" in plot.claim
    assert len(plot.table()) == len(points)
    exact = plot.drawing.lines[0]
    assert exact.x.tolist() == exact.y.tolist()
    assert exact.x[1] >= points[MEASURED].max()


@pytest.mark.slow
def test_a_frontier_is_ours_and_theirs() -> None:
    one = shipped_sets()[0]
    plot = plots.frontier_plot(one, frontiers.points_of(one), frontiers.of_one(one))
    names = {line.name: line for line in plot.drawing.lines}
    assert names["ours"].y.tolist() == one.ours.throughput.tolist()
    assert names["measured, the best"].y.tolist() == one.found.measured.throughput.tolist()
    assert plot.claim in svg(plot.slide(LINK, dt.date(2026, 11, 22)))


@pytest.mark.slow
@pytest.mark.parametrize("chart", ["points", "residuals", "frontiers", "claims"])
def test_a_link_opens_each_slide_over_the_page(chart: str) -> None:
    app = open_app({"measured_kind": "Static batch"}, "pages/measured.py", 120)
    app.session_state["view"], app.session_state["chart"] = "slide", chart
    app.run()
    assert not app.exception
    assert app.button(key="slide_back")
    headline = app.text_input(key="slide_headline").value
    assert headline
    if chart == "points":
        assert len(cache.chosen(Filters((("kind", ("Static batch",)),)))) == int(headline.split()[1].replace(",", ""))
