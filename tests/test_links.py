"""Links: what is read, what is written, and that a permalink keeps its meaning."""

import os
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from conftest import ROOT
from streamlit.testing.v1 import AppTest

from infecon_core import catalog
from infecon_ui import links
from infecon_ui.parameters import (
    accelerator,
    model,
    parameters,
    self_draft_numbers,
    serving,
    serving_constants,
    serving_switches,
)

PAGE = """
import streamlit as st
from infecon_ui import links
from infecon_ui.controls import sidebar
choice = sidebar()
st.session_state["choice"] = choice
st.text(links.permalink())
st.button("Apply", on_click=links.apply, args=(st.session_state.get("changes", {}),), key="apply")
"""


def opened(**query: str) -> AppTest:
    """A visit that starts with a link."""
    app = AppTest.from_string(PAGE, default_timeout=30)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def written(app: AppTest) -> dict[str, str]:
    """What stands in the address besides the version of the data and the usual engine."""
    query = dict(app.query_params)
    assert query.pop("v") == catalog.data_version()
    if query["engine"] == "serving":
        del query["engine"]
    return query


def permalink(app: AppTest) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(app.text[0].value).query, keep_blank_values=True))


@pytest.mark.parametrize("model_id", catalog.models())
def test_every_value_is_read_as_it_was_written(model_id: str) -> None:
    for accelerator_id in ("h100-sxm", "erdil-V100", "trainium2"):
        for choice in parameters(model_id, accelerator_id).values():
            assert choice.parse(choice.text(choice.default)) == choice.default, choice.key


def test_address_holds_what_differs_from_the_defaults() -> None:
    app = opened()
    assert written(app) == {}
    app.select_slider(key="prompt").set_value(2000).run()
    app.selectbox(key="gpu").set_value("b200-hgx").run()
    assert written(app) == {"gpu": "b200-hgx", "prompt": "2000"}
    app.select_slider(key="prompt").set_value(1000).run()
    assert written(app) == {"gpu": "b200-hgx"}


def test_link_sets_controls() -> None:
    app = opened(model="deepseek-v3", gpu="H200-SXM", w="FP4", prompt="1234", max="128", demand="1e4", m_kvrank_2="256")
    scenario = app.session_state["choice"].scenario
    assert app.session_state["choice"].model_name == "DeepSeek V3 (customised)"
    assert scenario.architecture.layer_groups[1].attention.kv_rank == 256
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
        ("hidden", "1.5"),
        ("s_link_share", "0"),
        ("s_nonsense", "1"),
        ("m_layers", "-3"),
        ("m_nonsense", "3"),
        ("a_hbm", "none"),
        ("`x`](y)", "z" * 500),
    ],
)
def test_nonsense_is_named_and_the_default_stands(key: str, text: str) -> None:
    app = opened(**{key: text})
    assert app.session_state["choice"].scenario == opened().session_state["choice"].scenario
    if key in parameters("llama-3.1-70b", "h100-sxm") or key.startswith(("m_", "s_")):
        assert len(app.warning) == 1
        assert key in app.warning[0].value
        assert written(app) == {}
    app.select_slider(key="prompt").set_value(2000).run()
    assert not app.warning


def test_fault_says_what_would_be_right() -> None:
    _, faults = links.read({"model": "lama-3.1-70b", "price": "0", "a_hbn": "80"})
    assert "llama-3.1-70b" in faults[0]
    assert "from 0.001 to 10,000" in faults[1]
    assert "a_hbm" in faults[2]


def test_numbers_of_an_unknown_model_bend_no_other() -> None:
    values, faults = links.read({"model": "nope", "m_layers": "3", "a_hbm": "96"})
    assert values == {"a_hbm": 96.0}
    assert len(faults) == 1


def test_a_link_from_before_the_engines_means_the_published_model() -> None:
    app = opened(model="gemma-3-27b", v="0123abcd")
    scenario = app.session_state["choice"].scenario
    assert (scenario.engine, scenario.max_gpus) == ("published", 1024)
    assert "other data" in app.warning[0].value
    assert written(app) == {"engine": "published", "model": "gemma-3-27b", "max": "1024"}
    assert opened(max="8", v="0123abcd").session_state["choice"].scenario.max_gpus == 8
    assert opened(model="gemma-3-27b").session_state["choice"].scenario.engine == "serving"
    assert opened(**dict(opened().query_params)).session_state["choice"].scenario.engine == "serving"


def test_a_permalink_from_before_the_engines_lacks_nothing() -> None:
    own = {choice.key for choice in (*serving_switches(), *serving_constants(), *self_draft_numbers())}
    query = permalink(opened(engine="published", max="1024"))
    app = opened(
        **{key: text for key, text in query.items() if key not in {*own, "curve", "engine", "v"}}, v="0123abcd"
    )
    assert not app.warning
    assert (
        app.session_state["choice"].scenario == opened(engine="published", max="1024").session_state["choice"].scenario
    )


def test_the_published_model_has_no_self_draft() -> None:
    app = opened(engine="published", spec="self")
    assert "draft models only" in app.warning[0].value
    assert app.session_state["choice"].scenario.speculation is None


def test_parameters_of_pages_stay() -> None:
    app = opened(view="slide", prompt="2000")
    app.select_slider(key="prompt").set_value(1000).run()
    assert written(app) == {"view": "slide"}
    assert permalink(app)["view"] == "slide"


def test_permalink_names_every_choice() -> None:
    query = permalink(opened(gpu="b200-hgx", prompt="2000"))
    assert query.keys() == {*parameters("llama-3.1-70b", "b200-hgx"), "v"}
    assert (query["gpu"], query["prompt"], query["m_layers"], query["a_hbm"]) == ("b200-hgx", "2000", "80", "180")


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
    app = opened(model="deepseek-v3", m_layers="5", price="9", spec="draft", acceptance="0.5", cp="true", max="8")
    next(button for button in app.button if button.label == "Reset").click().run()
    assert written(app) == {}
    assert app.session_state["choice"].scenario == opened().session_state["choice"].scenario


def _forget_caches() -> None:
    for cached in (
        parameters,
        accelerator.accelerator_numbers,
        accelerator.customised_accelerator,
        model.model_numbers,
        model.customised_model,
        serving.serving_constants,
        serving.customised_constants,
    ):
        cached.cache_clear()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the sidebar and one line of text."""
    page = tmp_path_factory.mktemp("app") / "app.py"
    page.write_text(textwrap.dedent(PAGE) + "st.text('scenario ' + choice.accelerator_name)\n", encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(page), f"--server.port={port}", "--server.headless=true"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)


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
