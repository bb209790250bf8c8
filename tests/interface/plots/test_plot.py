"""A chart of a page as slide, file and table."""

import datetime as dt
import io
from dataclasses import replace

import pandas as pd
import pytest

from infecon_core import Scenario
from infecon_ui.plots.cells import cells_html
from infecon_ui.plots.plot import Plot
from infecon_ui.slide.svg import svg
from tests.support.app import open_script
from tests.support.drawings import CELLS, DRAWINGS

DATE = dt.date(2026, 11, 22)
LINK = "https://example.org/planner?planner_rate=5"
SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm")


def _plot(name: str) -> Plot:
    return Plot(
        name,
        "It costs $2 & more",
        "$ per million tokens · one scenario",
        DRAWINGS[name],
        "Serving engine · model, not measurement",
        lambda: pd.DataFrame({"rate": [1.0, 2.0]}),
        (SCENARIO,),
    )


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_slide_says_what_the_chart_says(name: str) -> None:
    plot = _plot(name)
    drawn = svg(plot.slide(LINK, DATE))
    assert "It costs $2 &amp; more" in drawn
    assert "example.org/planner?planner_rate=5" in drawn
    assert plot.drawing.said.split(":")[0].replace("<", "&lt;") in drawn


def test_the_table_has_the_scenario_in_every_row() -> None:
    read = pd.read_csv(io.StringIO(_plot("lines").csv(LINK, DATE)))
    assert list(read["rate"]) == [1.0, 2.0]
    assert set(read["model"]) == {"Llama 3.1 70B"}
    assert set(read["link"]) == {LINK}
    several = replace(_plot("lines"), scenarios=(SCENARIO, SCENARIO.changed(prompt_tokens=5)))
    read = pd.read_csv(io.StringIO(several.csv(LINK, DATE)))
    assert set(read["date"]) == {"2026-11-22"}
    assert "model" not in read


def test_a_map_is_a_table_of_links_without_markup_of_strangers() -> None:
    html = cells_html(CELLS, "A caption", dark=False)
    assert 'href="./?prompt=1000&amp;at=50"' in html
    assert "&lt;b&gt;" in html
    assert "&quot;9&quot;" in html
    assert html.count("<tr>") == 3


SCRIPT = """
import streamlit as st
from infecon_ui.plots.show import show, slide_of
from tests.support.drawings import PLOTS
from infecon_ui.state import view

view.change(view={view!r}, chart={chart!r})
if not slide_of({{name: (lambda plot=plot: plot) for name, plot in PLOTS.items()}}, "https://example.org"):
    for plot in PLOTS.values():
        show(plot, "https://example.org", heading=plot.name)
"""


@pytest.mark.parametrize(("chart", "shown"), [("", "lines"), ("bars", "bars"), ("nonsense", "lines")])
def test_a_link_opens_the_slide_of_a_chart(chart: str, shown: str) -> None:
    app = open_script(SCRIPT.format(view="slide", chart=chart), {})
    assert app.button(key="slide_back")
    assert not app.header
    assert app.text_input(key="slide_headline").value == f"Claim of {shown}"


def test_the_page_has_every_chart_with_its_sentence_and_its_buttons() -> None:
    app = open_script(SCRIPT.format(view="page", chart=""), {})
    assert [one.value for one in app.header] == list(DRAWINGS)
    said = [one.value for one in app.markdown]
    assert all(f"**Claim of {name}**" in said for name in DRAWINGS)
    assert {one.key for one in app.button} == {f"slide_of_{name}" for name in DRAWINGS}
    assert len(app.get("plotly_chart")) == len(DRAWINGS) - 1
