"""The page Landscape as a visitor meets it: choices, links, wrong links, and folders that are no data set."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from infecon_core.choices import Choices, Comparison
from infecon_core.choices.registry import choices
from infecon_ui.landscape import dataset
from infecon_ui.state import links
from infecon_ui.state.view import PARTS, View
from tests.support import landscapes
from tests.support.app import Query, html_of, open_app, texts

PAGE = "pages/landscape.py"


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small data set."""
    return landscapes.swept(tmp_path_factory.mktemp("swept"))


@pytest.fixture(autouse=True)
def own(swept: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page reads the small data set."""
    monkeypatch.setenv(dataset.VARIABLE, str(swept))
    yield
    dataset.opened.clear()


def _opened(query: Query | None = None) -> AppTest:
    app = open_app(query, PAGE)
    assert not app.exception
    return app


def test_the_page_says_who_wins_and_shows_both_maps() -> None:
    app = _opened()
    assert app.title[0].value.startswith("At 50 tokens/s per user, ")
    assert html_of(app).count('<table aria-label="') == 2
    assert len(app.dataframe[0].value) == 3
    assert "Model, not measurement." in texts(app)
    assert "A data set of the operator" in texts(app)
    assert not app.warning


def test_choices_change_what_is_shown_and_stay() -> None:
    app = _opened()
    app.select_slider(key="landscape_at").set_value(20.0).run()
    assert app.title[0].value.startswith("At 20 tokens/s per user, ")
    app.segmented_control(key="landscape_y").set_value("tokens/s per GPU").run()
    assert "comes out with the most output tokens per second and GPU" in app.title[0].value
    app.segmented_control(key="landscape_length").set_value("1k in / 1k out").run()
    app.segmented_control(key="landscape_weights").set_value("FP4").run()
    assert "Weights FP4, 1k in / 1k out" in texts(app)
    app.segmented_control(key="landscape_across").set_value("Lengths").run()
    assert "tokens of a request" in html_of(app)
    app.selectbox(key="landscape_on").set_value("H100 SXM").run()
    assert "on H100 SXM" in html_of(app)
    assert not app.exception
    app.switch_page("pages/frontier.py").run()
    app.switch_page(PAGE).run()
    assert app.title[0].value.startswith("At 20 tokens/s per user, ")
    assert app.selectbox(key="landscape_on").value == "H100 SXM"


def test_a_link_brings_all_choices_back() -> None:
    app = _opened(
        {
            "landscape_at": "30",
            "landscape_length": "1k in / 1k out",
            "landscape_weights": "FP4",
            "landscape_basis": "On demand",
            "landscape_makers": ["NVIDIA"],
            "landscape_by": "All parameters",
        }
    )
    assert app.title[0].value.startswith("At 30 tokens/s per user, ")
    assert "Weights FP4, 1k in / 1k out, price on demand, 2 accelerators" in texts(app)
    assert app.session_state["landscape.link"] == {
        "landscape_at": "30",
        "landscape_length": "1k in / 1k out",
        "landscape_weights": "FP4",
        "landscape_basis": "On demand",
        "landscape_by": "All parameters",
        "landscape_makers": ["NVIDIA"],
    }


@pytest.mark.parametrize(
    "query",
    [
        {"landscape_at": "7"},
        {"landscape_at": "<script>"},
        {"landscape_length": "9k in / 9k out", "landscape_weights": "FP3", "landscape_y": "joy"},
        {"landscape_basis": "'; DROP TABLE points; --", "landscape_on": "B2000"},
        {"landscape_makers": ["Nobody"], "landscape_accelerators": ["'", '"']},
        {"landscape_across": "", "landscape_by": "\x00"},
        {
            "landscape_basis": "",
            "landscape_at": "",
            "landscape_makers": "",
            "landscape_weights": "",
            "landscape_on": "",
        },
    ],
)
def test_a_wrong_link_shows_the_defaults(query: Query) -> None:
    app = _opened(query)
    assert app.title[0].value.startswith("At 50 tokens/s per user, ")
    assert not app.error
    assert app.session_state["landscape.link"] == {}


def test_filters_that_leave_nobody_say_so() -> None:
    app = _opened({"landscape_makers": ["AMD"], "landscape_accelerators": ["B200"]})
    assert "No accelerator takes part: clear a filter" in app.info[0].value
    assert app.title[0].value == "Landscape"
    assert "<table" not in html_of(app)


def test_keys_of_the_page_are_not_taken_for_misspelt_choices() -> None:
    names = ("at", "length", "weights", "y", "basis", "across", "by", "on", "makers", "generations", "accelerators")
    keys = [f"landscape_{name}" for name in names]
    assert links.decode(dict.fromkeys(keys, "x")) == (Comparison(Choices()), View(), ())
    assert not set(keys) & {*choices(), *PARTS, links.VERSION}


def test_a_folder_that_is_no_data_set_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(dataset.VARIABLE, str(tmp_path))
    app = _opened()
    assert app.error[0].value.replace("\\", "") == (
        "The folder that INFECON_LANDSCAPE names is no data set of a sweep, it holds no _specification.json: name what "
        "`sweep … --out` wrote."
    )
    assert str(tmp_path) not in app.error[0].value
    assert app.title[0].value == "Landscape"


def test_a_database_that_refuses_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    app = _opened()
    monkeypatch.setattr("infecon_ui.landscape.curves._SETUPS", "SELECT nothing FROM nowhere")
    app.segmented_control(key="landscape_weights").set_value("FP4").run()
    assert not app.exception
    assert "cannot be asked just now" in app.error[0].value


def test_a_value_that_a_control_does_not_have_is_said_once() -> None:
    app = _opened({"landscape_length": "9k", "landscape_makers": ["NVIDIA", "Nobody"]})
    said = app.warning[0].value
    assert "`landscape_length=9k` (possible: 1k in / 1k out, 8k in / 1k out)" in said
    assert "`landscape_makers=Nobody` (possible: " in said
    assert not _opened({"landscape_length": "1k in / 1k out"}).warning


def test_a_stale_data_set_is_said(swept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infecon_core.catalog.data_version", lambda: "00000000")
    assert "now it is 00000000" in _opened().warning[0].value


def test_a_visit_here_leaves_the_scenario_as_it_is() -> None:
    app = open_app({"model": "gemma-3-27b", "gpu": "h200-sxm", "prompt": "3000", "at": "70", "pp": "false"})
    app.switch_page(PAGE).run()
    app.select_slider(key="landscape_at").set_value(20.0).run()
    assert not app.exception
    app.switch_page("pages/frontier.py").run()
    scenario = app.session_state["choice"].scenario
    assert (scenario.architecture.name, scenario.accelerator.name) == ("Gemma 3 27B", "H200")
    assert (scenario.prompt_tokens, scenario.target_tokens_per_s_user) == (3000, 70)


@pytest.mark.parametrize("chart", ["wins", "costs"])
def test_each_map_has_a_slide_that_keeps_the_choices(chart: str) -> None:
    app = _opened({"landscape_at": "30", "landscape_on": "H100 SXM"})
    app.button(key=f"slide_of_{chart}").click().run()
    assert not app.exception
    assert not app.title
    assert app.text_input(key="slide_headline").value.startswith("At 30 tokens/s per user, ")
    assert app.select_slider(key="landscape_at").value == 30.0
    assert app.selectbox(key="landscape_on").value == "H100 SXM"
    app.button(key="slide_back").click().run()
    assert app.title[0].value.startswith("At 30 tokens/s per user, ")
