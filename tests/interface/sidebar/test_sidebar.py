"""The sidebar: what it chooses, and what happens to choices when presets change or sections fold."""

from typing import Annotated

import pytest
from streamlit.testing.v1 import AppTest

from infecon_core import Scenario, catalog
from infecon_core.catalog.acceptance import curves
from infecon_core.catalog.constants import shipped
from infecon_core.choices import Choices, Quantity, choices
from infecon_core.schema import SelfDraft
from infecon_core.schema.field import about
from infecon_ui.sidebar import widgets
from infecon_ui.sidebar.widgets import SLIDER
from tests.support.app import open_script
from tests.support.sidebar import SCRIPT, opened, sliders_of, unfold

HEADINGS = ["Workload", "Target", "Accelerator", "Precision", "Speculative decoding"]


def keys_of(app: AppTest) -> set[str | None]:
    """Keys of the controls that are drawn."""
    drawn = (*app.number_input, *app.toggle, *app.selectbox, *app.segmented_control)
    return {control.key for control in drawn}


def test_first_page_is_a_real_scenario() -> None:
    choice = opened().session_state["choice"]
    assert choice.problem is None
    assert choice.scenario == Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", kv="bf16", activations="bf16")
    assert (choice.model_name, choice.accelerator_name) == ("Llama 3.1 70B", "H100 SXM")


def test_another_model_drops_the_numbers_of_the_last_one_only() -> None:
    app = opened(m_num_layers="40", a_hbm="96", prompt="500")
    app.selectbox(key="model").set_value("deepseek-v3").run()
    scenario = app.session_state["choice"].scenario
    assert scenario.architecture == catalog.model("deepseek-v3").architecture
    assert (scenario.accelerator.hbm_bytes, scenario.prompt_tokens) == (96e9, 500)


def test_another_accelerator_drops_the_numbers_of_the_last_one_only() -> None:
    app = opened(m_num_layers="40", a_hbm="96", price="1", launch="9")
    app.selectbox(key="gpu").set_value("b200-hgx").run()
    scenario = app.session_state["choice"].scenario
    assert scenario.accelerator == catalog.accelerator("b200-hgx").accelerator
    assert scenario.architecture.num_hidden_layers == 40


def test_formats_follow_the_model_unless_chosen() -> None:
    app = opened(kv="fp8")
    app.selectbox(key="model").set_value("gpt-oss-120b").run()
    precision = app.session_state["choice"].scenario.precision
    assert (precision.weights, precision.kv) == ("fp4", "fp8")


def test_customised_numbers_outlive_folding() -> None:
    app = opened(m_num_layers="40")
    assert not [field for field in app.number_input if field.key == "m_num_layers"]
    for shown in (True, False, True):
        app.session_state["open_model"] = shown
        app.run()
        assert app.session_state["choice"].scenario.architecture.num_hidden_layers == 40
    assert app.number_input(key="m_num_layers").value == 40
    app.number_input(key="m_num_layers").set_value(20).run()
    app.session_state["open_model"] = False
    app.run()
    assert app.session_state["choice"].scenario.architecture.num_hidden_layers == 20


def test_another_preset_refills_an_open_section() -> None:
    app = opened(m_num_layers="40")
    app.session_state["open_model"] = True
    app.run()
    app.selectbox(key="model").set_value("gemma-3-27b").run()
    assert not app.exception
    assert (app.number_input(key="m_num_layers").value, app.number_input(key="m_num_layers_2").value) == (10, 52)


def test_numbers_that_make_no_scenario_are_said_in_one_sentence() -> None:
    choice = opened(m_num_key_value_heads="100").session_state["choice"]
    assert choice.scenario is None
    assert choice.problem == "100 KV heads are more than 64 query heads; give at most as many KV heads as query heads."
    choice = opened(a_scaleup="none").session_state["choice"]
    assert choice.scenario is None
    assert "scale-up domain of 8" in choice.problem


def test_an_emptied_field_returns_to_its_default() -> None:
    app = unfold(opened(price="9", demand="500"))
    app.number_input(key="price").set_value(None).run()
    assert [toast.value for toast in app.toast] == ["Price is back at its default: 2.95."]
    app.number_input(key="demand").set_value(None).run()
    assert not app.exception
    assert not app.toast
    scenario = app.session_state["choice"].scenario
    assert scenario.accelerator == catalog.accelerator("h100-sxm").accelerator
    assert scenario.demand_tokens_per_s is None


def test_a_field_that_went_with_its_model_is_not_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("streamlit.toast", told.append)
    monkeypatch.setattr("streamlit.session_state", {"price": None})
    price = choices()["price"]
    assert isinstance(price, Quantity)
    widgets._tell_default("gone", price)
    assert told == []
    widgets._tell_default("price", price)
    assert told == ["Price is back at its default: 2.95."]


def test_speculation_enters_only_when_it_is_on() -> None:
    app = opened(draft="llama-3.2-3b", acceptance="0.6", gamma="7")
    assert app.session_state["choice"].scenario.speculation is None
    app.session_state["spec"] = "draft"
    app.run()
    speculation = app.session_state["choice"].scenario.speculation
    assert (speculation.architecture.name, speculation.acceptance) == ("Llama 3.2 3B", 0.6)
    assert speculation.max_draft_tokens == 7


def test_a_self_draft_starts_at_its_own_acceptance() -> None:
    app = unfold(opened(spec="draft"))
    shown = [app.number_input(key="acceptance").value]
    for kind in ("self", "draft"):
        app.session_state["spec"] = kind
        app.run()
        shown.append(app.number_input(key="acceptance").value)
    assert shown == [0.8, 0.7, 0.8]
    app.session_state["spec"] = "self"
    app.run()
    assert app.session_state["choice"].scenario.speculation == SelfDraft()
    assert app.query_params["spec"] == "self"
    assert "acceptance" not in app.query_params
    app.number_input(key="acceptance").set_value(0.8).run()
    assert app.session_state["choice"].scenario.speculation.acceptance == 0.8
    assert app.query_params["acceptance"] == "0.8"


def test_calibration_constants_arrive_in_si_units() -> None:
    choice = opened(s_layer_overhead_s="20", s_link_efficiency="0.5").session_state["choice"]
    constants = choice.scenario.serving.constants
    assert constants == shipped().model_copy(update={"layer_overhead_s": 20e-6, "link_efficiency": 0.5})
    kinds = {source.what: source.kind for source in choice.sources}
    assert (kinds["Layer overhead (µs)"], kinds["Weight read efficiency"]) == ("chosen", "measured")


def test_each_engine_has_its_own_controls() -> None:
    app = unfold(opened(spec="self", disagg="true"))
    keys = keys_of(app)
    assert {"disagg", "overlap", "cp", "s_layer_overhead_s", "selflayers", "selfgamma"} <= keys
    assert not {"variant", "pp", "scaledown", "traffic", "launch"} & keys
    app.segmented_control(key="engine").set_value("published").run()
    assert not app.exception
    keys = keys_of(app)
    assert {"variant", "pp", "scaledown", "traffic", "launch"} <= keys
    assert not {"disagg", "overlap", "cp", "s_layer_overhead_s", "selflayers", "selfgamma", "acceptance"} & keys
    assert app.session_state["choice"].scenario.speculation is None
    app.segmented_control(key="engine").set_value("serving").run()
    assert app.session_state["choice"].scenario.serving.disaggregated


@pytest.mark.parametrize("kind", ["draft", "self"])
def test_a_measured_acceptance_takes_the_place_of_the_rate(kind: str) -> None:
    key, curve = next(iter(curves().items()))
    app = unfold(opened(spec=kind, curve=key))
    choice = app.session_state["choice"]
    assert choice.scenario.speculation.accepted_lengths == curve.accepted_lengths
    assert any(source.source == curve.source for source in choice.sources)
    assert "acceptance" not in sliders_of(app)
    app.segmented_control(key="engine").set_value("published").run()
    assert not app.exception
    speculation = app.session_state["choice"].scenario.speculation
    assert speculation is None or speculation.accepted_lengths == ()


@pytest.mark.parametrize(
    "query",
    [
        {"model": "deepseek-v3", "spec": "draft"},
        {"model": "jamba-v0.1", "spec": "self"},
        {"engine": "published", "spec": "draft"},
    ],
    ids=["serving", "self-draft", "published"],
)
def test_every_choice_that_counts_has_a_control(query: dict[str, str]) -> None:
    app = unfold(opened(**query))
    chosen = Choices().read(query)[0]
    assert keys_of(app) | {"basis"} == {key for key in chosen.all if chosen.enters(key)}
    assert app.pills(key="bases")
    drawn = (*app.number_input, *app.toggle, *app.selectbox)
    for control in drawn:
        assert control.label in (chosen.all[str(control.key)].label, chosen.all[str(control.key)].facts.label)
    explained = "\n".join(element.help for element in (*drawn, *app.select_slider, *app.markdown) if element.help)
    for key in keys_of(app) - {"engine"}:
        assert chosen.all[str(key)].help in explained, key


def test_groups_of_layers_and_constants_stand_under_headings() -> None:
    app = unfold(opened(model="gemma-3-27b"))
    headings = [text.value.split("**")[1] for text in app.markdown]
    shown = [heading for heading in headings if heading not in HEADINGS]
    assert shown == ["10 full layers", "52 sliding-window layers", "Calibration constants"]


def test_choices_outlive_pages_without_controls() -> None:
    app = unfold(opened())
    app.segmented_control(key="engine").set_value("published").run()
    app.segmented_control(key="spec").set_value("draft").run()
    app.selectbox(key="kv").set_value("fp8").run()
    app.select_slider(key="prompt" + SLIDER).set_value(8000).run()
    app.number_input(key="price").set_value(3.5).run()
    app.toggle(key="pp").set_value(False).run()
    before = app.session_state["choice"].choices
    for elsewhere in (True, True, False):
        app.session_state["elsewhere"] = elsewhere
        app.run()
    assert app.session_state["choice"].choices == before
    assert {"engine", "spec", "kv", "prompt", "price", "pp"} <= before.changed().keys()


def test_sections_stand_in_the_order_of_the_question() -> None:
    app = opened()
    assert [text.value.split("**")[1] for text in app.sidebar.markdown] == HEADINGS
    assert [box.label for box in app.expander] == [
        "Customise the model",
        "Customise the accelerator",
        "Search options",
        "Engine and constants",
    ]


def test_units_stand_beside_headings() -> None:
    target = next(text.value for text in opened().sidebar.markdown if text.value.startswith("**Target**"))
    assert target == "**Target** tokens/s per user · s"


def test_reset_counts_what_it_takes_back() -> None:
    app = opened()
    assert (app.button(key="reset").label, app.button(key="reset").disabled) == ("Reset", True)
    app = opened(model="deepseek-v3", price="9", m_num_layers="5")
    assert app.button(key="reset").label == "Reset · 3 changed"
    app.button(key="reset").click().run()
    assert (app.button(key="reset").label, app.button(key="reset").disabled) == ("Reset", True)
    assert app.session_state["choice"].choices == Choices()


def test_reset_counts_no_hidden_control_and_clears_it() -> None:
    app = opened(engine="published", ttft="1")
    assert app.button(key="reset").label == "Reset · 1 changed"
    app = opened(acceptance="0.5")
    assert (app.button(key="reset").label, app.button(key="reset").disabled) == ("Reset", False)
    app.button(key="reset").click().run()
    assert app.session_state["choice"].choices == Choices()
    assert app.button(key="reset").disabled


def test_reset_clears_a_number_out_of_its_bounds() -> None:
    app = opened()
    app.number_input(key="prompt").set_value(-4).run()
    app.button(key="reset").click().run()
    assert app.number_input(key="prompt").value == 1000
    assert app.session_state["choice"].problem is None


def test_another_count_leaves_a_part_open() -> None:
    app = opened()
    app.session_state["open_model"] = True
    app.run()
    app.number_input(key="m_num_layers").set_value(40).run()
    assert app.expander[0].label == "Customise the model · 1 changed"
    assert app.number_input(key="m_num_layers").value == 40


def test_changes_are_counted_beside_a_folded_section() -> None:
    app = opened(m_num_layers="40", m_head_dim="64", overlap="0.5", price="1")
    assert [box.label for box in app.expander] == [
        "Customise the model · 2 changed",
        "Customise the accelerator",
        "Search options",
        "Engine and constants · 1 changed",
    ]


class WithQueue(Scenario):
    queue_s: Annotated[float, about("Queue", "Time that a request waits.", unit="s", ge=0, le=60, section="search")] = 1
    patient: Annotated[bool, about("Patient", "Whether it waits.", section="advanced", only="published")] = False


def test_a_new_field_has_its_control_its_link_and_its_place() -> None:
    app = AppTest.from_string(SCRIPT, default_timeout=30)
    app.session_state["schema"] = WithQueue
    app.query_params["queue_s"] = "5"
    app.session_state["open_search"] = True
    app.run()
    assert not app.exception
    queue = app.number_input(key="queue_s")
    assert (queue.label, queue.value) == ("Queue (s)", 5.0)
    slider = app.select_slider(key="queue_s" + SLIDER)
    assert (slider.label, slider.help) == ("Queue (s)", "Time that a request waits.")
    assert app.session_state["choice"].scenario.queue_s == 5.0
    queue.set_value(7.0).run()
    assert app.query_params["queue_s"] == "7"
    unfold(app).segmented_control(key="engine").set_value("published").run()
    app.toggle(key="patient").set_value(True).run()
    scenario = app.session_state["choice"].scenario
    assert (scenario.queue_s, scenario.patient) == (7.0, True)
    app.button(key="reset").click().run()
    assert app.session_state["choice"].scenario == WithQueue.preset("llama-3.1-70b", "h100-sxm", weights="fp8")


SHOWN = (
    SCRIPT
    + """
from infecon_ui.frontier import history
seen = history.follow(st.session_state["choice"], st.session_state["choice"].scenario)
st.text(f"before: {seen.before and seen.before.prompt_tokens}")
"""
)


def test_reset_drops_held_axes_the_last_curve_and_the_headline() -> None:
    app = open_script(SHOWN, {"prompt": "8000", "ranges": "10,100,0.1,9", "claim": "Prompts cost", "y": "gpu"})
    app.number_input(key="prompt").set_value(4000).run()
    assert app.text[0].value == "before: 8000"
    app.button(key="reset").click().run()
    assert not app.exception
    assert app.text[0].value == "before: None"
    assert set(app.query_params) == {"y", "v"}
