"""The page Planner as a visitor meets it: choices, links, wrong links, and where nothing serves the demand."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app import Query, charts, open_app, texts
from tests.support.own_entries import CHIP_ID

PAGE = "pages/planner.py"


def _opened(query: Query | None = None) -> AppTest:
    own = {key: value for key, value in (query or {}).items() if key.startswith("planner_")}
    app = open_app({key: value for key, value in (query or {}).items() if key not in own})
    app.query_params.update(own)  # a page's own parameters live on it alone
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def _title(app: AppTest) -> str:
    return app.title[0].value.replace("\\", "")


def test_the_page_says_what_a_demand_needs_and_shows_its_charts() -> None:
    app = _opened({"model": "llama-3.3-70b"})
    assert _title(app).startswith("200 requests/s of Llama 3.3 70B Instruct need ")
    assert _title(app).endswith(" a month")
    assert len(charts(app)) == 3
    assert app.table[0].value.columns[0] in _title(app)
    assert "model, not measurement" in texts(app)
    assert "No API price of Llama 3.3 70B Instruct is known here" in texts(app)
    assert not app.warning


def test_choices_change_the_plan_and_stay() -> None:
    app = _opened()
    before = _title(app)
    app.number_input(key="planner_demand").set_value(20.0).run()
    assert _title(app).startswith("20 requests/s of ")
    app.selectbox(key="planner_per").set_value("Users active at once").run()
    assert _title(app).startswith("20 users at once of ")
    app.selectbox(key="planner_percentile").set_value("99th").run()
    assert "99th percentile" in texts(app)
    app.multiselect(key="planner_on").set_value(["B200"]).run()
    assert list(app.table[0].value.columns) == ["B200", "H100 SXM"]
    app.number_input(key="planner_owned").set_value(8).run()
    assert _title(app).startswith("8 × H100 SXM serve up to ")
    assert len(charts(app)) == 4
    assert not app.exception
    app.switch_page("pages/frontier.py").run()
    app.switch_page(PAGE).run()
    assert _title(app).startswith("8 × H100 SXM serve up to ")
    assert before != _title(app)


def test_a_link_brings_all_choices_back() -> None:
    app = _opened(
        {
            "model": "deepseek-v3",
            "gpu": "b200-hgx",
            "basis": "rent_3y",
            "planner_demand": "50",
            "planner_ttft": "0.5",
            "planner_percentile": "90th",
            "planner_lengths": "1000/500:70,8000/1000:30",
            "planner_cached": "50",
            "planner_spares": "1",
            "planner_on": ["MI355X"],
            "planner_api_out": "3",
        }
    )
    text = texts(app)
    assert _title(app).startswith("50 requests/s of DeepSeek V3 need ")
    assert "first token within 0.5 s at the 90th percentile" in text
    assert "70% 1,000 in / 500 out, 30% 8,000 in / 1,000 out, 50% of prompts cached, price on three-year rent" in text
    assert "and 1 spare of" in text
    assert "Your API" in text
    assert set(app.table[0].value.columns) == {"B200", "MI355X"}
    assert not app.warning


@pytest.mark.parametrize(
    "query",
    [
        {"planner_demand": "0", "planner_per": "days", "planner_ttft": "<script>"},
        {"planner_lengths": "a/b:c", "planner_percentile": "95"},
        {"planner_on": ["B2000"], "planner_owned": "-1", "planner_cached": "nan"},
        {"planner_demand": "", "planner_per": "", "planner_percentile": "", "planner_lengths": "", "planner_on": ""},
    ],
)
def test_a_wrong_link_shows_the_defaults_and_says_so(query: Query) -> None:
    app = _opened(query)
    assert _title(app).startswith("200 requests/s of Llama 3.1 70B need ")
    assert not app.error
    said = [warning.value for warning in app.warning]
    assert bool(said) == any(query.values())
    assert all("Not understood in this link" in text for text in said)


def test_where_nothing_keeps_the_limits_it_says_what_would() -> None:
    app = _opened({"model": "llama-3.1-405b", "at": "500"})
    assert _title(app) == "None of these accelerators serves 200 requests/s of Llama 3.1 405B within the limits"
    assert "What would help:" in texts(app)
    assert "tokens/s per user at best; with " in texts(app)
    assert len(charts(app)) == 0
    assert not app.table


def test_accelerators_without_a_price_on_the_basis_are_named() -> None:
    app = _opened({"planner_on": ["MI355X", "B200"]})
    assert "MI355X: no price on demand; known: three-year rent" in texts(app)
    own = _opened({"price": "2"})
    assert "choose a price basis to compare" in texts(own)
    assert _title(own).endswith("a month")


def test_an_accelerator_of_one_s_own_stands_beside_with_its_own_price() -> None:
    app = _opened({"planner_on": CHIP_ID})
    assert len(app.multiselect(key="planner_on").value) == 1
    name = app.multiselect(key="planner_on").value[0]
    assert f"on demand ({name}: given by hand)" in texts(app) or any(name in chart for chart in map(str, app.table))
    assert not app.exception
    assert not app.warning


def test_the_buttons_of_the_demand_go_by_ten() -> None:
    app = _opened()
    app.number_input(key="planner_demand").increment().run()
    assert _title(app).startswith("210 requests/s of ")


def test_an_engine_that_computes_no_first_token_has_a_plan_and_says_so() -> None:
    app = _opened({"engine": "published"})
    assert " need " in _title(app)
    assert "this engine computes no first token" in texts(app)
    assert len(charts(app)) == 2


def test_a_scenario_that_is_none_is_said() -> None:
    app = _opened({"gpu": "mi355x", "basis": "on_demand"})
    assert app.title[0].value == "Planner"
    assert app.warning


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("costs", "B200 costs least, $"),
        ("break_even", "At 20 requests/s rented B200 costs $"),
        ("first_token", "At the peak the first token from B200 comes within "),
    ],
)
def test_every_chart_has_a_slide_and_the_controls_live_on(name: str, words: str) -> None:
    app = _opened({"planner_demand": "20"})
    app.button(key=f"slide_of_{name}").click().run()
    assert not app.exception
    assert not app.title
    assert app.session_state["planner_demand"] == 20
    assert app.session_state["slide_headline"].startswith(words)


@pytest.mark.slow
def test_a_simulation_is_shown_beside_the_formula() -> None:
    app = _opened({"planner_simulate": "true"})
    assert "Simulated, " in texts(app)
    assert "the formulas are " in texts(app)
