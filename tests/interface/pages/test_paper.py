"""The page "The paper": what it shows, and what it computes when."""

import json
import re
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from infecon_core.paper.exhibits import compare
from infecon_core.paper.exhibits.open_points import open_points
from infecon_ui.paper import exhibits
from infecon_ui.paper.shown import shown_curves
from tests.support.app import open_app, texts

PAGE = "pages/paper.py"
CHEAP = ("table-1", "figure-1", "figure-2")


def _opened(show: str | None = None, timeout: float = 30) -> AppTest:
    app = open_app({"show": show} if show else {}, PAGE, timeout)
    assert not app.exception
    return app


@pytest.fixture
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exhibits, "EXHIBITS", CHEAP)


@pytest.mark.usefixtures("_cheap")
def test_page_opens_with_the_first_table() -> None:
    app = _opened()
    assert app.title[0].value == "The paper, number by number"
    assert "The fastest setup in closed form" in texts(app)
    shown = app.table[0].value
    assert shown.iloc[1, 0] == ":green[✓] Llama 3 70B"
    assert shown["Tokens/s"].tolist()[1] == "234 | 234.3"


@pytest.mark.usefixtures("_cheap")
def test_count_covers_all_exhibits() -> None:
    # 10 in Table 1, 8 in Figure 1, the exponent of Figure 2; its measurements are no printed results.
    assert "All 19 printed values agree at the printed precision." in texts(_opened())


@pytest.mark.usefixtures("_cheap")
def test_link_opens_a_figure_with_its_chart() -> None:
    app = _opened("Figure 1")
    assert "Speed against price in the first sketch" in texts(app)
    assert "The fastest setup in closed form" not in texts(app)
    names = [trace["name"] for trace in json.loads(app.get("plotly_chart")[0].proto.spec)["data"]]
    assert names[-2:] == ["Printed in the paper", "A provider, as the paper observed it"]


@pytest.mark.usefixtures("_cheap")
def test_only_the_opened_exhibit_is_drawn() -> None:
    app = _opened()
    assert len(app.table) == 1
    assert not app.get("plotly_chart")


@pytest.mark.usefixtures("_cheap")
def test_open_points_stand_in_a_tab_of_their_own() -> None:
    text = texts(_opened("Open points"))
    assert all(f"**{point.name}.** {point.text}" in text for point in open_points())
    assert not [point.name for point in open_points() if f"**{point.name}.**" in texts(_opened("Table 1"))]


@pytest.mark.usefixtures("_cheap")
def test_what_differs_is_marked_and_explained() -> None:
    app = _opened("Figure 2")
    assert ":orange[≠] PaLM 62B" in app.table[0].value.iloc[:, 0].tolist()
    assert "**PaLM 62B** (−11%). Measured against a law" in texts(app)


@pytest.mark.usefixtures("_cheap")
def test_a_tab_says_what_it_asks_and_what_comes_out() -> None:
    text = texts(_opened("Figure 1"))
    shown = exhibits.exhibit("figure-1")
    assert f"**{shown.question}** {shown.answer}" in text


@pytest.mark.usefixtures("_cheap")
def test_rows_and_curves_open_in_frontier() -> None:
    app = _opened("Figure 1")
    rows = app.table[0].value
    assert list(rows)[-1] == "Open in"
    for cell in rows["Open in"]:
        query = parse_qs(re.fullmatch(r"\[Frontier\]\(\./\?(.*)\)", cell)[1])
        assert query["engine"] == ["published"]
    line = next(element.value for element in app.markdown if element.value.startswith("Open in Frontier"))
    assert line.count("](./?") == 5  # four curves, and all of them


@pytest.mark.usefixtures("_cheap")
def test_rows_in_closed_form_say_why_they_do_not_open() -> None:
    app = _opened("Table 1")
    assert "Open in" not in app.table[0].value
    assert "solved in closed form" in texts(app)


@pytest.mark.usefixtures("_cheap")
def test_figures_without_printed_numbers_have_their_reason_and_their_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    # A sketch of each curve in place of the full model, which takes seconds.
    monkeypatch.setattr(exhibits, "curve", lambda setup: compare.curve(setup.model_copy(update={"variant": "toy"})))
    app = open_app({"show": "Figures 3 to 8", "paper_set": "GPUs"}, PAGE)
    assert not app.exception
    assert "without a number on them" in texts(app)
    names = [trace["name"] for trace in json.loads(app.get("plotly_chart")[0].proto.spec)["data"]]
    assert names == ["H100", "A100", "V100"]
    assert app.table[0].value[""].tolist() == names
    emptied = open_app({"show": "Figures 3 to 8", "paper_set": ""}, PAGE)
    assert not emptied.exception
    assert emptied.get("plotly_chart")
    shown_curves.cache_clear()


@pytest.mark.slow
def test_whole_page_counts_all_printed_values() -> None:
    app = _opened("Table 3", timeout=180)
    assert "**108 of 112** printed values agree at the printed precision; the other 4 are explained" in texts(app)
    assert "247 | **246.496** (−0.2%)" in app.table[0].value["Batch"].tolist()


@pytest.mark.usefixtures("_cheap")
def test_a_visit_here_leaves_the_scenario_as_it_is() -> None:
    app = open_app({"model": "gemma-3-27b", "gpu": "h200-sxm", "prompt": "3000", "at": "70", "pp": "false"})
    app.switch_page(PAGE).run()
    assert not app.exception
    app.switch_page("pages/frontier.py").run()
    scenario = app.session_state["choice"].scenario
    assert (scenario.prompt_tokens, scenario.target_tokens_per_s_user) == (3000, 70)
