"""The page Speculation as a visitor meets it."""

import pytest
from streamlit.testing.v1 import AppTest

from infecon_core import Scenario, engines
from infecon_core.analysis.draft_candidates import assumed
from infecon_core.schema import DraftModel
from infecon_ui.state.view import PARTS
from tests.support.app import Query, charts, html_of, open_app, texts

PAGE = "pages/speculation.py"


def _opened(scenario: Query | None = None, own: Query | None = None) -> AppTest:
    """The page at a scenario, with parameters of its own."""
    app = open_app(scenario)
    app.query_params.update(own or {})
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


STARTS = {
    "frontier": "A token with drafts is about 25% cheaper at 14.9 tokens/s",
    "price_map": "At 50 tokens/s per user drafts pay at every acceptance shown",
    "gain": "At an acceptance of 0.8 the best draft",
    "candidates": "Llama 3.2 1B, if accepted at 0.80, is the cheapest",
    "table_5": "Drafts give 1.38 times",
}
# Charts, maps and formulas of each part.
SHOWN = [
    ("At one setup", 3, 0, 0),
    ("Who drafts", 1, 0, 0),
    ("Measured acceptance", 2, 0, 0),
    ("The paper", 1, 1, 2),
]
LLAMA = {"model": "llama-3.1-70b", "gpu": "h100-sxm"}


def assumed_scenario(app: AppTest) -> Scenario:
    """The scenario with the draft that the page assumes."""
    found = assumed(app.session_state["choice"].scenario)
    assert found is not None
    return found.scenario


def test_the_first_screen_answers_and_says_whose_draft_it_took() -> None:
    app = _opened(LLAMA)
    assert app.title[0].value.startswith("Drafts make Llama 3.1 70B at 50 tokens/s per user about ")
    said = texts(app)
    assert "Drafted by Llama 3.2 1B at an acceptance of 0.80 (assumed); the scenario has no draft" in said
    assert "model, not measurement" in said
    assert len(app.get("plotly_chart")) == 2
    assert html_of(app).count("<table") == 1


@pytest.mark.parametrize(("section", "charts", "tables", "formulas"), SHOWN)
def test_every_part_shows_its_charts(section: str, charts: int, tables: int, formulas: int) -> None:
    app = _opened(LLAMA, {"speculation_show": section})
    assert len(app.get("plotly_chart")) == charts
    assert html_of(app).count("<table") == tables
    assert len(app.latex) == formulas


def test_a_click_puts_the_draft_into_the_scenario() -> None:
    app = _opened(LLAMA)
    title = app.title[0].value
    app.button(key="speculation_turn_on").click().run()
    assert not app.exception
    draft = app.session_state["choice"].scenario.speculation
    assert isinstance(draft, DraftModel)
    assert draft.architecture.name == "Llama 3.2 1B"
    assert app.title[0].value == title
    assert "the scenario has no draft" not in texts(app)
    assert not [button for button in app.button if button.key == "speculation_turn_on"]


def test_controls_change_what_stands_side_by_side() -> None:
    app = _opened(LLAMA, {"speculation_show": "At one setup"})
    app.multiselect(key="speculation_acceptances").set_value(["0.50", "0.95"]).run()
    # The scenario's own acceptance stays beside those that are chosen, and is the one that is told.
    assert "At an acceptance of 0.8 the best draft makes this setup" in texts(app)
    assert {"acceptance 0.5", "acceptance 0.8", "acceptance 0.95"} <= {
        trace.get("name") for trace in charts(app)[0]["data"]
    }
    app.segmented_control(key="speculation_setup").set_value("Fastest").run()
    fastest = max(engines.frontier(assumed_scenario(app)).itertuples(), key=lambda row: row.tokens_per_s_user)
    assert f"at one layout and batch, acceptances assumed · {fastest.n_gpu:.0f} GPUs, TP {fastest.tp:.0f}" in texts(app)
    app.segmented_control(key="speculation_show").set_value("Who drafts").run()
    app.number_input(key="speculation_model").set_value(0.1).run()
    assert not app.exception
    assert "A trained head of 1 layer (EAGLE), if accepted at 0.78, is the cheapest of these drafts" in texts(app)


def test_a_link_brings_the_controls_back() -> None:
    app = _opened(
        LLAMA,
        {
            "speculation_show": "At one setup",
            "speculation_setup": "Cheapest",
            "speculation_acceptances": ["0.50"],
        },
    )
    assert app.segmented_control(key="speculation_setup").value == "Cheapest"
    assert app.multiselect(key="speculation_acceptances").value == ["0.50"]
    assert not app.warning
    app = _opened(LLAMA, {"speculation_show": "Who drafts", "speculation_own": "0.9"})
    assert app.number_input(key="speculation_own").value == 0.9


@pytest.mark.parametrize(
    "own",
    [
        {"speculation_show": "joy"},
        {"speculation_show": "At one setup", "speculation_setup": "<b>"},
        {"speculation_show": "At one setup", "speculation_acceptances": ["2"]},
        {"speculation_show": "Who drafts", "speculation_model": "7"},
        {"speculation_show": "At one setup", "speculation_setup": "", "speculation_acceptances": ""},
    ],
)
def test_a_wrong_link_shows_the_defaults_and_says_so(own: Query) -> None:
    app = _opened(LLAMA, own)
    assert app.title[0].value.startswith("Drafts make Llama 3.1 70B")
    assert bool(app.warning) == all(own.values())


def test_the_published_engine_says_what_it_does_not_offer() -> None:
    app = _opened({**LLAMA, "engine": "published"})
    assert app.title[0].value.startswith("Drafts make Llama 3.1 70B at 50 tokens/s per user about ")
    assert "the published engine is not quick enough" in texts(app)
    assert "<table" not in html_of(app)
    nobody = _opened({"model": "phi-4", "gpu": "h100-sxm", "engine": "published"})
    assert "no smaller model with the tokens of Phi-4 14B" in nobody.warning[0].value


def test_where_nothing_runs_the_page_says_why() -> None:
    app = _opened({"model": "llama-3.1-405b", "gpu": "h100-sxm", "max": "1"})
    assert "Nothing runs, with drafts or without. Llama 3.1 405B in FP8" in app.warning[0].value
    assert app.title[0].value == "What drafts gain"
    unpriced = _opened({"model": "llama-3.1-70b", "gpu": "v100-sxm-32gb", "basis": "rent_3y"})
    assert unpriced.warning


@pytest.mark.parametrize("chart", ["frontier", "price_map", "gain", "candidates", "table_5", "no_such_chart"])
def test_every_kind_of_chart_has_its_slide(chart: str) -> None:
    assert PARTS["chart"].known(chart)
    app = _opened(LLAMA)
    app.session_state["view"], app.session_state["chart"] = "slide", chart
    app.run()
    assert not app.exception
    assert not app.title
    assert not app.get("plotly_chart")
    (picture,) = app.get("image")
    assert picture.proto.imgs[0].alt.startswith(STARTS.get(chart, STARTS["frontier"]))
    # The controls keep what they say, and so does the link of the slide.
    assert app.segmented_control(key="speculation_show").value == "Along the frontier"
