"""The sidebar: what it chooses, and what happens to choices when presets change or sections fold."""

import time
from statistics import median
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from infecon_core import Scenario, catalog
from infecon_core.calibration.acceptance import curves
from infecon_core.calibration.constants import records, shipped
from infecon_core.scenario import ServingOptions
from infecon_core.spec import SelfDraft
from infecon_ui.controls.choice import choice_of
from infecon_ui.parameters import (
    CONSTANT_RATE,
    acceptance_names,
    customised_model,
    group_labels,
    model_numbers,
    parameters,
    serving_constants,
)

SECTIONS = ("open_model", "open_accelerator", "open_advanced")


def script() -> None:
    import streamlit as st  # noqa: PLC0415 - the script runs on its own

    from infecon_ui.controls import sidebar  # noqa: PLC0415

    st.session_state["choice"] = sidebar()


def opened(**query: str) -> AppTest:
    """A visit that starts with a link."""
    app = AppTest.from_function(script, default_timeout=30)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def defaults(model_id: str, accelerator_id: str) -> dict[str, Any]:
    values = {key: choice.default for key, choice in parameters(model_id, accelerator_id).items()}
    return {**values, "model": model_id, "gpu": accelerator_id}


def test_first_page_is_a_real_scenario() -> None:
    choice = opened().session_state["choice"]
    assert choice.problem is None
    assert choice.scenario == Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", kv="bf16", activations="bf16")
    assert (choice.model_name, choice.accelerator_name) == ("Llama 3.1 70B", "H100 SXM5 80GB")


@pytest.mark.parametrize("model_id", catalog.models())
def test_every_model_is_itself_until_customised(model_id: str) -> None:
    choice = choice_of(defaults(model_id, "h100-sxm"))
    assert choice.problem is None
    assert choice.scenario is not None
    assert choice.scenario.architecture == catalog.model(model_id).architecture
    assert len(group_labels(model_id)) == len(set(group_labels(model_id)))


@pytest.mark.parametrize("accelerator_id", catalog.accelerators())
def test_every_accelerator_is_itself_until_customised(accelerator_id: str) -> None:
    choice = choice_of(defaults("llama-3.1-70b", accelerator_id))
    assert choice.scenario is not None
    assert choice.scenario.accelerator == catalog.accelerator(accelerator_id).accelerator
    price = catalog.accelerator(accelerator_id).provenance["price_usd_per_gpu_hour"]
    assert any(line.startswith("The price of") for line in choice.estimates) == (price.kind == "estimate")


@pytest.mark.parametrize("model_id", ["deepseek-v3", "gemma-3-27b", "jamba-v0.1", "gpt-oss-120b", "erdil-GPT_4"])
def test_every_number_of_a_model_reaches_its_shape(model_id: str) -> None:
    preset = catalog.model(model_id).architecture
    for number in model_numbers(model_id):
        value = not number.default if isinstance(number.default, bool) else (number.default or 0) + 1
        if number.key.startswith(("m_active", "m_kvheads")):
            value = (number.default or 2) - 1 or number.default
        if value != number.default:
            assert customised_model(model_id, ((number.key, value),)) != preset, number.key


def test_accelerator_numbers_arrive_in_si_units() -> None:
    app = opened(a_hbm="96", a_bandwidth="4.2", a_fp4="none", a_bf16="1200", launch="4.2", price="1.5")
    chip = app.session_state["choice"].scenario.accelerator
    assert (chip.hbm_bytes, chip.hbm_bytes_per_s, chip.peaks.fp4) == (96e9, 4.2e12, None)
    assert (chip.peaks.bf16, chip.kernel_launch_s, chip.price_usd_per_gpu_hour) == (1.2e15, 4.2e-6, 1.5)
    assert app.session_state["choice"].accelerator_name == "H100 SXM5 80GB (customised)"


def test_another_model_drops_the_numbers_of_the_last_one_only() -> None:
    app = opened(m_layers="40", a_hbm="96", prompt="500")
    app.selectbox(key="model").set_value("deepseek-v3").run()
    scenario = app.session_state["choice"].scenario
    assert scenario.architecture == catalog.model("deepseek-v3").architecture
    assert (scenario.accelerator.hbm_bytes, scenario.prompt_tokens) == (96e9, 500)


def test_another_accelerator_drops_the_numbers_of_the_last_one_only() -> None:
    app = opened(m_layers="40", a_hbm="96", price="1", launch="9")
    app.selectbox(key="gpu").set_value("b200-hgx").run()
    scenario = app.session_state["choice"].scenario
    assert scenario.accelerator == catalog.accelerator("b200-hgx").accelerator
    assert scenario.architecture.layers == 40


def test_formats_follow_the_model_unless_chosen() -> None:
    app = opened(kv="fp8")
    app.selectbox(key="model").set_value("gpt-oss-120b").run()
    precision = app.session_state["choice"].scenario.precision
    assert (precision.weights, precision.kv) == ("fp4", "fp8")


def test_customised_numbers_outlive_folding() -> None:
    app = opened(m_layers="40")
    assert not [field for field in app.number_input if field.key == "m_layers"]
    for shown in (True, False, True):
        app.session_state["open_model"] = shown
        app.run()
        assert app.session_state["choice"].scenario.architecture.layers == 40
    assert app.number_input(key="m_layers").value == 40
    app.number_input(key="m_layers").set_value(20).run()
    app.session_state["open_model"] = False
    app.run()
    assert app.session_state["choice"].scenario.architecture.layers == 20


def test_another_preset_refills_an_open_section() -> None:
    app = opened(m_layers="40")
    app.session_state["open_model"] = True
    app.run()
    app.selectbox(key="model").set_value("gemma-3-27b").run()
    assert not app.exception
    assert (app.number_input(key="m_layers").value, app.number_input(key="m_layers_2").value) == (10, 52)


def test_numbers_that_make_no_scenario_are_said_in_one_sentence() -> None:
    choice = opened(m_kvheads="100").session_state["choice"]
    assert choice.scenario is None
    assert choice.problem == "100 KV heads are more than 64 query heads; give at most as many KV heads as query heads."
    choice = opened(a_scaleup="none").session_state["choice"]
    assert choice.scenario is None
    assert "scale-up domain of 8" in choice.problem


def test_an_emptied_field_returns_to_its_default() -> None:
    app = opened(price="9", demand="500")
    app.number_input(key="price").set_value(None).run()
    app.number_input(key="demand").set_value(None).run()
    assert not app.exception
    scenario = app.session_state["choice"].scenario
    assert scenario.accelerator == catalog.accelerator("h100-sxm").accelerator
    assert scenario.demand_tokens_per_s is None


def test_speculation_enters_only_when_it_is_on() -> None:
    app = opened(draft="llama-3.2-3b", acceptance="0.6", gamma="7")
    assert app.session_state["choice"].scenario.speculation is None
    app.session_state["spec"] = "draft"
    app.run()
    speculation = app.session_state["choice"].scenario.speculation
    assert (speculation.architecture.name, speculation.acceptance) == ("Llama 3.2 3B", 0.6)
    assert speculation.max_draft_tokens == 7


def test_options_of_the_published_model() -> None:
    query = {"variant": "printed", "pp": "false", "scaledown": "false", "traffic": "early"}
    published = opened(engine="published", **query).session_state["choice"]
    assert published.scenario.engine == "published"
    assert published.scenario.published.model_dump() == {
        "variant": "printed", "pipeline": False, "attention_scaledown": False, "traffic": "early",
    }  # fmt: skip


def test_options_of_the_serving_engine() -> None:
    serving = opened(disagg="true", hidden="0.3", cp="true").session_state["choice"].scenario.serving
    assert serving == ServingOptions(disaggregated=True, hidden_share=0.3, context_parallel=True)


def test_calibration_constants_arrive_in_si_units() -> None:
    choice = opened(s_layer_s="20", s_link_share="0.5").session_state["choice"]
    constants = choice.scenario.serving.constants
    assert constants == shipped().model_copy(update={"layer_s": 20e-6, "link_share": 0.5})
    kinds = {source.what: source.kind for source in choice.sources}
    assert (kinds["Layer (µs)"], kinds["Weight read share"]) == ("chosen", "measured")


def test_every_constant_has_a_control_with_its_unit_and_meaning() -> None:
    numbers = {number.path[0]: number for number in serving_constants()}
    assert numbers.keys() == type(shipped()).model_fields.keys()
    for name, number in numbers.items():
        assert number.si(number.default) == pytest.approx(getattr(shipped(), name), rel=1e-12)
        assert number.minimum <= number.default <= number.maximum
        assert number.help.startswith(records()[name]["meaning"])


def test_each_engine_has_its_own_controls() -> None:
    app = opened(spec="self", disagg="true")
    app.session_state["open_advanced"] = True
    app.run()
    keys = {field.key for field in (*app.number_input, *app.toggle, *app.selectbox, *app.slider)}
    assert {"disagg", "hidden", "cp", "s_layer_s", "selflayers", "selfgamma"} <= keys
    assert not {"variant", "pp", "scaledown", "traffic", "launch"} & keys
    app.segmented_control(key="engine").set_value("published").run()
    assert not app.exception
    keys = {field.key for field in (*app.number_input, *app.toggle, *app.selectbox, *app.slider)}
    assert {"variant", "pp", "scaledown", "traffic", "launch"} <= keys
    assert not {"disagg", "hidden", "cp", "s_layer_s", "selflayers", "selfgamma", "acceptance"} & keys
    assert app.session_state["choice"].scenario.speculation is None
    app.segmented_control(key="engine").set_value("serving").run()
    assert app.session_state["choice"].scenario.serving.disaggregated


def test_a_self_draft() -> None:
    app = opened(spec="self", selflayers="2.5", selfgamma="1", acceptance="0.9", gamma="7")
    speculation = app.session_state["choice"].scenario.speculation
    assert speculation == SelfDraft(layers=2.5, acceptance=0.9, max_draft_tokens=1)


@pytest.mark.parametrize("kind", ["draft", "self"])
def test_a_measured_acceptance_takes_the_place_of_the_rate(kind: str) -> None:
    key, curve = next(iter(curves().items()))
    app = opened(spec=kind, curve=key)
    choice = app.session_state["choice"]
    assert choice.scenario.speculation.accepted_lengths == curve.accepted_lengths
    assert any(source.source == curve.source for source in choice.sources)
    assert not app.slider
    app.segmented_control(key="engine").set_value("published").run()
    assert not app.exception
    speculation = app.session_state["choice"].scenario.speculation
    assert speculation is None or speculation.accepted_lengths == ()


def test_measured_acceptances_have_names_of_their_own() -> None:
    names = acceptance_names()
    assert names.keys() == {CONSTANT_RATE, *curves()}
    assert len(set(names.values())) == len(names)


@pytest.mark.slow
def test_sidebar_leaves_most_of_a_page_to_the_page() -> None:
    app = opened(model="deepseek-v3")
    for key in SECTIONS:
        app.session_state[key] = True
    app.run()
    seconds = []
    for turn in range(20):
        start = time.perf_counter()
        app.select_slider(key="prompt").set_value((500, 1000)[turn % 2]).run()
        seconds.append(time.perf_counter() - start)
    assert median(seconds) < 0.06  # everything unfolded; a page's whole budget
