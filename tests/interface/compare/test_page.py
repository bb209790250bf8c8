"""The comparison through the whole app."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from infecon_ui.compare.controls import AXES
from tests.support.app import charts, open_app, texts

THREE = {"model": "deepseek-v3", "gpu": "b200-hgx,gb200-nvl72,mi355x", "prompt": "8000"}


def html(app: AppTest) -> str:
    """All HTML of a page."""
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def curves(app: AppTest) -> list[str]:
    """Names of the curves in the first chart."""
    return list(dict.fromkeys(t["name"] for t in charts(app)[0]["data"] if t["mode"].startswith("lines")))


def test_a_link_with_a_list_is_a_comparison() -> None:
    app = open_app({**THREE, "basis": "rent_3y"})
    assert not app.exception
    assert curves(app) == ["B200", "GB200 NVL72", "MI355X"]
    assert "<h1>At 50 tokens/s per user, GB200 NVL72 serves DeepSeek V3 for " in html(app)
    assert len(charts(app)) == 2


def test_a_gap_offers_another_basis() -> None:
    app = open_app(THREE)
    assert curves(app) == ["B200", "GB200 NVL72"]
    assert "MI355X has no price" in texts(app)
    app.button(key="compare_on_rent_3y").click().run()
    assert not app.exception
    assert len(curves(app)) == 3


def test_the_sidebar_edits_the_first() -> None:
    app = open_app({**THREE, "basis": "rent_3y"})
    before = charts(app)[0]["data"]
    app.session_state["prompt"] = 2000
    app.run()
    assert not app.exception
    assert "2,000 in" in html(app)
    assert charts(app)[0]["data"] != before


def test_the_vertical_axis_can_be_another_one() -> None:
    app = open_app({**THREE, "basis": "rent_3y", "y": "gpu"})
    assert not app.exception
    assert "times as many output tokens per second and GPU as B200" in html(app)
    assert charts(app)[0]["layout"]["annotations"][0]["text"].startswith("Output tokens per second and GPU")


def test_one_can_be_opened_alone_and_the_comparison_can_end() -> None:
    app = open_app({**THREE, "basis": "rent_3y"})
    app.button(key="compare_alone_1").click().run()
    assert not app.exception
    assert app.session_state["gpu"] == "gb200-nvl72"
    assert "compare_alone_1" not in [button.key for button in app.button]
    other = open_app({**THREE, "basis": "rent_3y"})
    other.button(key="stop_comparing").click().run()
    assert not other.exception
    assert "compare_alone_1" not in [button.key for button in other.button]


def test_two_clicks_from_the_start_page() -> None:
    app = open_app()
    app.session_state["open_compare"] = True
    app.run()
    preset = next(button for button in app.button if button.label.startswith("Same class"))
    preset.click().run()
    assert not app.exception
    assert len(curves(app)) >= 4
    assert not app.session_state["open_compare"]


@pytest.mark.parametrize("axis", list(AXES))
def test_every_choice_on_the_control_can_hold_several(axis: str) -> None:
    app = open_app()
    app.session_state["open_compare"] = True
    app.session_state["compare_axis"] = axis
    app.run()
    assert not app.exception
    values = app.multiselect[0]
    now = list(values.value)
    other = next(option for option in _options(axis) if option not in now)
    values.set_value([*now, other]).run()
    assert not app.exception
    assert app.get("html")
    assert "stop_comparing" in [button.key for button in app.button]


def _options(axis: str) -> list[object]:
    return {
        "Accelerators": ["h200-sxm", "h100-sxm"],
        "Weights": ["bf16", "fp8"],
        "KV cache": ["fp8", "bf16"],
        "Drafts": ["self", "off"],
        "Prompt": [4000, 8000],
        "Output": [4000, 8000],
        "Models": ["llama-3.1-8b", "llama-3.1-70b"],
        "Engines": ["measured", "published"],
        "Prices": ["rent_3y", "on_demand"],
    }[axis]


def test_a_scenario_is_pinned_and_removed() -> None:
    app = open_app()
    app.session_state["open_compare"] = True
    app.run()
    app.button(key="compare_pin").click().run()
    app.session_state["prompt"] = 9000
    app.session_state["open_compare"] = True
    app.run()
    assert not app.exception
    assert len(curves(app)) == 2
    assert "Llama 3.1 70B" in texts(app)
    app.button(key="compare_unpin_b.").click().run()
    assert not app.exception
    assert "stop_comparing" not in [button.key for button in app.button]


def test_two_are_compared_by_name() -> None:
    app = open_app({**THREE, "basis": "rent_3y"})
    assert re.search(r"B200 costs [\d.]+ times as much as GB200 NVL72", texts(app))
    pills = app.button_group(key="compare_pair")
    assert list(pills.value) == ["GB200 NVL72", "B200"]
    pills.set_value(["GB200 NVL72", "B200", "MI355X"]).run()
    assert not app.exception
    assert list(app.button_group(key="compare_pair").value) == ["B200", "MI355X"]
    assert re.search(r"(MI355X|B200) costs [\d.]+ times as much as (B200|MI355X)", texts(app))


def test_the_table_is_built_when_it_is_opened() -> None:
    app = open_app(THREE)
    assert not app.dataframe
    app.session_state["open_compare_table"] = True
    app.run()
    assert not app.exception
    assert app.dataframe[0].value["Compared"].tolist()[-1] == "MI355X"


def test_the_slide_view() -> None:
    app = open_app({**THREE, "basis": "rent_3y", "view": "slide"})
    assert not app.exception
    assert "GB200 NVL72 serves DeepSeek V3" in app.text_input(key="slide_headline").value
    assert not charts(app)


@pytest.mark.parametrize(
    "query",
    [
        {"gpu": "b200-hgx,l4", "model": "deepseek-v3"},
        {"gpu": "b200-hgx,mi355x", "at": "5000"},
        {"model": "llama-3.1-70b,deepseek-v3,gpt-oss-120b"},
        {"spec": "off,self"},
        {"engine": "published,serving,measured"},
        {"prompt": "1000,8000,32000", "y": "mw"},
        {"max": "8,64", "axes": "linear"},
        {"gpu": "tpu-v6e,trainium2"},
        {"a_domain": "8", "a_scaleup": "none", "b.gpu": "h200-sxm"},
    ],
)
def test_every_kind_of_comparison_has_its_page(query: dict[str, str]) -> None:
    app = open_app(query)
    assert not app.exception


@pytest.mark.parametrize("view", ["page", "slide"])
def test_the_tab_says_what_is_compared(monkeypatch: pytest.MonkeyPatch, view: str) -> None:
    titles: list[tuple[str, ...]] = []
    monkeypatch.setattr("infecon_ui.compare.page.set_title", lambda *parts: titles.append(parts))
    open_app({**THREE, "view": view})
    assert titles == [("B200 or GB200 NVL72 …", "DeepSeek V3", "50 tok/s")]
