"""Links: what is read, what is written, several scenarios in one, and that a permalink keeps its meaning."""

import textwrap
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from infecon_core import catalog
from infecon_core.choices import Choices, Comparison, choices, registry, values
from infecon_ui.state import chosen, links
from infecon_ui.state.view import View
from tests.support.app import open_script
from tools.live_app import serving as serving_app

PAGE = """
import streamlit as st
from infecon_core.choices import Choices
from infecon_ui.sidebar import sidebar
from infecon_ui.state import links, session
links.adopt()
session.follow()
choice = sidebar()
links.write()
if text := links.notice():
    st.warning(text)
st.session_state["choice"] = choice
st.text(links.permalink())
st.button("Apply", on_click=session.apply, args=(st.session_state.get("changes", {}),), key="apply")
other = Choices().with_values(gpu="mi300x", prompt=500)
st.button("Compare", on_click=session.write, args=(other, "b."), key="compare")
st.button("Close", on_click=session.close, args=("b.",), key="close")
"""


def opened(**query: str) -> AppTest:
    """A visit that starts with a link."""
    return open_script(PAGE, query)


def written(app: AppTest) -> dict[str, str]:
    """What stands in the address besides the version of the data."""
    query = dict(app.query_params)
    assert query.pop("v") == catalog.data_version()
    return query


def permalink(app: AppTest) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(app.text[0].value).query, keep_blank_values=True))


# One scenario or several, without a page


START = Choices()


def test_a_link_has_what_differs_from_the_defaults_and_the_version_of_the_data() -> None:
    query = links.encode(Comparison(START.with_values(gpu="b200-hgx", prompt=2000)))
    assert query == {"gpu": "b200-hgx", "prompt": "2000", "v": catalog.data_version()}
    assert links.encode(Comparison(START)) == {"v": catalog.data_version()}


def test_pinned_scenarios_have_what_differs_from_the_first() -> None:
    first = START.with_values(model="deepseek-v3", prompt=8000)
    pinned = (first.with_values(gpu="gb200-nvl72"), first.with_values(prompt=1000), first)
    query = links.encode(Comparison(first, pinned=pinned))
    del query["v"]
    assert query == {
        "model": "deepseek-v3",
        "prompt": "8000",
        "b.gpu": "gb200-nvl72",
        "c.prompt": "1000",
        "d.gpu": "h100-sxm",
    }


def test_a_comparison_is_a_list_in_its_key() -> None:
    shown = Comparison(START.with_values(model="deepseek-v3"), "gpu", ("b200-hgx", "mi355x"))
    query = links.encode(shown)
    assert query["gpu"] == "h100-sxm,b200-hgx,mi355x"
    assert links.decode(query) == (shown, View(), ())


def test_how_it_is_looked_at_stands_in_the_link_where_it_differs() -> None:
    view = View(y="gpu", axes="linear", view="slide", ranges="1,100,0.5,20", claim="H100 at its best")
    query = links.encode(Comparison(START), view)
    assert {key: query[key] for key in ("y", "axes", "view")} == {"y": "gpu", "axes": "linear", "view": "slide"}
    assert links.decode(query).view == view
    faulty = links.decode({"y": "cost", "axes": "log", "ranges": "3,2,1,0", "claim": "x" * 200})
    assert faulty.view == View()
    assert {fault.given.split("=")[0] for fault in faulty.faults} == {"y", "ranges", "claim"}


@pytest.mark.parametrize("whole", [False, True])
def test_links_of_several_scenarios_are_read_as_they_were_written(whole: bool) -> None:
    pinned = (START, START.with_values(model="deepseek-v3", m_kv_lora_rank_2=256, engine="published", spec="draft"))
    several = Comparison(START.with_values(gpu="b200-hgx", a_hbm=96, prompt=8000), "w", ("bf16",), pinned)
    assert links.decode(links.encode(several, whole=whole)) == (several, View(), ())


def test_faults_of_further_scenarios_carry_their_prefix() -> None:
    found = links.decode({"prompt": "2000", "b.price": "0", "b.gpu": "mi300x", "c.promt": "1"})
    assert found.comparison.pinned == (START.with_values(prompt=2000, gpu="mi300x"),)
    assert [fault.given for fault in found.faults] == ["b.price=0", "c.promt"]


def test_a_scenario_of_which_nothing_is_understood_is_not_opened() -> None:
    found = links.decode({"b.bogus": "1", "c.prompt": "abc", "d.w": "fp12", "d.gp": "x", "e.kv": "fp8"})
    assert found.comparison == Comparison(START, pinned=(START.with_values(kv="fp8"),))
    assert [fault.given for fault in found.faults] == ["b.bogus", "c.prompt=abc", "d.w=fp12", "d.gp"]


# In the address bar


def test_address_holds_what_differs_from_the_defaults() -> None:
    app = opened()
    assert written(app) == {}
    app.number_input(key="prompt").set_value(2000).run()
    app.selectbox(key="gpu").set_value("b200-hgx").run()
    assert written(app) == {"gpu": "b200-hgx", "prompt": "2000"}
    app.number_input(key="prompt").set_value(1000).run()
    assert written(app) == {"gpu": "b200-hgx"}
    app.session_state["open_advanced"] = True
    app.run()
    app.segmented_control(key="engine").set_value("published").run()
    assert written(app) == {"gpu": "b200-hgx", "engine": "published"}


def test_link_sets_controls() -> None:
    query = {"model": "deepseek-v3", "gpu": "H200-SXM", "w": "FP4", "prompt": "1234", "max": "128", "demand": "1e4"}
    app = opened(**query, m_kv_lora_rank_2="256")
    scenario = app.session_state["choice"].scenario
    assert app.session_state["choice"].model_name == "DeepSeek V3 (customised)"
    assert scenario.architecture.layer_groups[1].attention.kv_lora_rank == 256
    assert scenario.precision.weights == "fp4"
    assert (scenario.prompt_tokens, scenario.max_gpus, scenario.demand_tokens_per_s) == (1234, 128, 1e4)
    assert written(app)["gpu"] == "h200-sxm"
    assert not app.warning


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("model", "no-such-model"),
        ("gpu", ""),
        ("price", "abc"),
        ("price", "-1"),
        ("price", "nan"),
        ("price", "inf"),
        ("prompt", "10.5"),
        ("output", "99999999999"),
        ("acceptance", "1.01"),
        ("gamma", "1"),
        ("max", "0"),
        ("w", "fp7"),
        ("spec", "maybe"),
        ("pp", "2"),
        ("engine", "steam"),
        ("overlap", "1.5"),
        ("s_link_efficiency", "0"),
        ("s_nonsense", "1"),
        ("m_num_layers", "-3"),
        ("m_nonsense", "3"),
        ("a_hbm", "none"),
        ("`x`](y)", "z" * 500),
    ],
)
def test_nonsense_is_named_and_the_default_stands(key: str, text: str) -> None:
    app = opened(**{key: text})
    assert app.session_state["choice"].scenario == opened().session_state["choice"].scenario
    if key in choices() or key.startswith(("m_", "s_")):
        assert len(app.warning) == 1
        assert key in app.warning[0].value
        assert written(app) == {}
    else:
        assert written(app) == {key: text}
    app.number_input(key="prompt").set_value(2000).run()
    assert not app.warning


def test_a_draft_that_the_engine_does_not_know_is_named() -> None:
    app = opened(engine="published", spec="self")
    assert "spec is off or draft with the published engine" in app.warning[0].value
    assert app.session_state["choice"].scenario.speculation is None
    assert written(app) == {"engine": "published"}


def test_parameters_of_pages_stay() -> None:
    app = opened(view="slide", prompt="2000")
    app.number_input(key="prompt").set_value(1000).run()
    assert written(app) == {"view": "slide"}
    assert permalink(app)["view"] == "slide"


def test_several_scenarios_stand_in_one_address() -> None:
    app = opened(output="300")
    app.button(key="compare").click().run()
    assert written(app) == {"output": "300", "b.gpu": "mi300x", "b.prompt": "500", "b.output": "1000"}
    assert permalink(app)["b.prompt"] == "500"
    again = opened(**app.query_params)
    assert written(again) == written(app)
    assert not again.warning
    app.button(key="close").click().run()
    assert written(app) == {"output": "300"}
    assert not [key for key in choices() if f"b.{key}" in app.session_state]


def test_permalink_names_every_choice() -> None:
    query = permalink(opened(gpu="b200-hgx", prompt="2000"))
    assert query.keys() == {*choices("llama-3.1-70b", "b200-hgx"), "v"}
    assert (query["gpu"], query["prompt"], query["m_num_layers"], query["a_hbm"]) == ("b200-hgx", "2000", "80", "180")


def test_permalink_keeps_its_meaning_when_data_and_defaults_change(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(model="gemma-3-27b", output="300")
    link, meant = permalink(app), app.session_state["choice"].scenario
    entry = catalog.accelerator("h100-sxm")
    dearer = entry.accelerator.model_copy(update={"price_usd_per_gpu_hour": 9.0, "hbm_bytes": 1e11})
    changed = {**catalog.accelerators(), "h100-sxm": entry.model_copy(update={"accelerator": dearer})}
    monkeypatch.setattr(catalog, "accelerators", lambda: changed)
    monkeypatch.setattr(catalog, "data_version", lambda: "later")
    try:
        _forget_caches()
        later = opened(**link)
        assert later.session_state["choice"].scenario == meant
        assert later.session_state["choice"].accelerator_name.endswith("(customised)")
        assert not later.warning
        short = opened(model="gemma-3-27b", v=link["v"])
        assert "other data" in short.warning[0].value
    finally:
        monkeypatch.undo()
        _forget_caches()


def test_a_permalink_needs_no_numbers_of_the_other_engine() -> None:
    query = permalink(opened(engine="published"))
    needed = {key: text for key, text in query.items() if not key.startswith("s_") and key != "overlap"}
    assert not opened(**{**needed, "v": "0123abcd"}).warning
    del needed["launch"]
    assert "other data" in opened(**{**needed, "v": "0123abcd"}).warning[0].value


def test_changes_set_controls() -> None:
    app = opened()
    app.session_state["changes"] = {
        "engine": "published", "max_gpus": 3000, "weights": "fp4",
        "prompt_tokens": 77, "output_tokens": 0, "demand_tokens_per_s": 500,
    }  # fmt: skip
    app.run()
    app.button(key="apply").click().run()
    assert not app.exception
    scenario = app.session_state["choice"].scenario
    assert (scenario.max_gpus, scenario.precision.weights) == (4096, "fp4")
    assert (scenario.prompt_tokens, scenario.output_tokens, scenario.demand_tokens_per_s) == (77, 0, 500)
    assert written(app) == {
        "engine": "published", "max": "4096", "w": "fp4", "prompt": "77", "output": "0", "demand": "500",
    }  # fmt: skip


def test_reset_empties_the_address() -> None:
    app = opened(model="deepseek-v3", m_num_layers="5", price="9", spec="draft", acceptance="0.5", cp="true", max="8")
    app.button(key="reset").click().run()
    assert written(app) == {}
    assert app.session_state["choice"].scenario == opened().session_state["choice"].scenario
    assert app.number_input(key="price").value == 2.95


def _forget_caches() -> None:
    for cached in (registry.preset, registry.choices, values._scenario, chosen.chosen):
        cached.cache_clear()


def test_a_key_that_stands_twice_is_said_and_its_default_stands() -> None:
    app = open_script(PAGE, {"price": ["2", "3"], "prompt": "2000", "b.gpu": ["mi300x", "b200-hgx"], "tag": ["a", "b"]})
    assert len(app.warning) == 1
    for part in ("`price=2&price=3` (give price once)", "`b.gpu=mi300x&b.gpu=b200-hgx` (give b.gpu once)"):
        assert part in app.warning[0].value
    choice = app.session_state["choice"].choices
    assert choice.value("price") == Choices().value("price")
    assert choice.value("prompt") == 2000
    # Several values of what is not ours are nobody's fault.
    assert "tag" not in app.warning[0].value


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the sidebar and one line of text."""
    page = tmp_path_factory.mktemp("app") / "app.py"
    page.write_text(textwrap.dedent(PAGE) + "st.text('scenario ' + choice.accelerator_name)\n", encoding="utf-8")
    with serving_app(page) as server:
        yield f"{server.address}/"


@pytest.mark.browser
@pytest.mark.slow
def test_back_and_forward_in_a_browser(address: str, chromium: str) -> None:
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415

    preset = f"{catalog.accelerator('h100-sxm').accelerator.price_usd_per_gpu_hour:g}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(address + "?a_hbm=96")
        price = page.locator(".st-key-price input")
        expect(price).to_have_value(preset, timeout=30_000)
        expect(page.get_by_text("(customised)")).to_be_visible()
        price.fill("4")
        price.press("Enter")
        page.wait_for_url("**price=4**")
        page.go_back()
        expect(price).to_have_value(preset)
        page.wait_for_function("!location.search.includes('price') && location.search.includes('a_hbm=96')")
        page.go_forward()
        expect(price).to_have_value("4")
        page.get_by_role("button", name="Reset").click()
        expect(price).to_have_value(preset)
        page.wait_for_function("!location.search.includes('a_hbm')")
        browser.close()
