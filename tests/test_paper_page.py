"""The page "The paper": what it shows, and what it computes when."""

import json

import pandas as pd
import pytest
from conftest import ROOT
from streamlit.testing.v1 import AppTest

from infecon_core.paper import tables
from infecon_core.paper.published_values import Exhibit, exhibit
from infecon_ui import paper_tables
from infecon_ui.figures.paper import curves_figure, law_figure

PAGE = "pages/paper.py"
CHEAP = ("table-1", "figure-1", "figure-2")


def _opened(show: str | None = None, timeout: float = 30) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=timeout)
    app.run()
    if show:
        app.query_params["show"] = show
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def _texts(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.subheader, *app.caption))


@pytest.fixture
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper_tables, "EXHIBITS", CHEAP)


@pytest.mark.usefixtures("_cheap")
def test_page_opens_with_the_first_table() -> None:
    app = _opened()
    assert app.header[0].value == "The paper, number by number"
    assert "The fastest setup in closed form" in _texts(app)
    shown = app.table[0].value
    assert shown.iloc[1, 0] == ":green[✓] Llama 3 70B"
    assert shown["Tokens/s"].tolist()[1] == "234 | 234.3"


@pytest.mark.usefixtures("_cheap")
def test_count_covers_all_exhibits() -> None:
    # 10 in Table 1, 8 in Figure 1, the exponent of Figure 2; its measurements are no printed results.
    assert "All 19 printed values agree at the printed precision." in _texts(_opened())


@pytest.mark.usefixtures("_cheap")
def test_link_opens_a_figure_with_its_chart() -> None:
    app = _opened("Figure 1")
    assert "Speed against price in the first sketch" in _texts(app)
    assert "The fastest setup in closed form" not in _texts(app)
    names = [trace["name"] for trace in json.loads(app.get("plotly_chart")[0].proto.spec)["data"]]
    assert names[-2:] == ["Printed in the paper", "A provider, as the paper observed it"]


@pytest.mark.usefixtures("_cheap")
def test_only_the_opened_exhibit_is_drawn() -> None:
    app = _opened()
    assert len(app.table) == 1
    assert not app.get("plotly_chart")


@pytest.mark.usefixtures("_cheap")
def test_open_points_stand_on_the_page() -> None:
    text = _texts(_opened())
    assert len(paper_tables.OPEN_POINTS) == 10
    assert all(name in text for name, _ in paper_tables.OPEN_POINTS)


@pytest.mark.usefixtures("_cheap")
def test_what_differs_is_marked_and_explained() -> None:
    app = _opened("Figure 2")
    assert ":orange[≠] PaLM 62B" in app.table[0].value.iloc[:, 0].tolist()
    assert "**PaLM 62B** (−11%). Measured against a law" in _texts(app)


@pytest.mark.slow
def test_whole_page_counts_all_printed_values() -> None:
    app = _opened("Table 3", timeout=180)
    assert "**108 of 112** printed values agree at the printed precision; the other 4 are explained" in _texts(app)
    assert "247 | **246.496** (−0.2%)" in app.table[0].value["Batch"].tolist()


def test_pivot_sets_one_row_of_the_paper_in_one_row() -> None:
    shown = paper_tables.pivot(tables.table("table-1"))
    assert list(shown) == ["", "Tokens/s", "GPUs"]
    assert len(shown) == len(exhibit("table-1").rows)


def test_shown_digits_tell_a_difference_from_rounding() -> None:
    number = {"quantity": "batch", "unit": "1", "printed": 247.0, "ours": 246.4958, "difference": -0.002}
    number |= {"agrees": False, "decimals": 0, "high": None, "at_most": False}
    assert paper_tables.cell(pd.Series(number)) == "247 | **246.496** (−0.2%)"


def test_summary_says_where_the_others_stand() -> None:
    frame = pd.DataFrame({"counted": [True, True, False], "agrees": [True, False, False]})
    frames = {name: frame.assign(agrees=True) for name in paper_tables.EXHIBITS}
    frames["table-3"] = frame
    text = paper_tables.summary(frames)
    assert (
        text == "**19 of 20** printed values agree at the printed precision; the other one is explained: Table 3 (1). "
        "Other readings of a number and comparisons with measurements stand beside them and are not counted."
    )
    assert paper_tables.summary({"table-3": frame}) == "Computing: 1 of 2 printed values agree so far."


def test_printed_points_stand_on_the_curves() -> None:
    shown: Exhibit = exhibit("figure-1")
    lines = {line.label: tables.curve(line.setup) for line in shown.curves}
    figure = curves_figure(shown, tables.table("figure-1"), lines)
    printed = next(trace for trace in figure.data if trace.name == "Printed in the paper")
    assert list(printed.x) == [149.66, 134, 517.27, 352]
    assert printed.y[1] == 0.89
    assert printed.y[0] == pytest.approx(1.7935, rel=1e-4)


def test_law_runs_through_the_measurements() -> None:
    law, measured = law_figure(exhibit("figure-2")).data
    assert list(measured.y) == [4, 13, 32]
    # A line of slope one half in logarithms.
    assert law.y[-1] / law.y[0] == pytest.approx((law.x[-1] / law.x[0]) ** 0.5)
