"""One value in two controls: a slider and its exact field; and chips."""

import pytest

from infecon_core import catalog
from infecon_ui.sidebar.widgets import SLIDER
from tests.support.sidebar import opened, sliders_of, unfold


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("prompt", 8192),
        ("max", 128),
        ("price", 3.32),
        ("m_hidden_size", 9216),
        ("a_hbm", 90.0),
        ("s_overlap_across_domains", 0.25),
    ],
)
def test_a_slider_writes_the_exact_value(key: str, value: float) -> None:
    app = unfold(opened())
    app.select_slider(key=key + SLIDER).set_value(value).run()
    assert not app.exception
    assert app.number_input(key=key).value == value
    assert app.session_state["choice"].choices.value(key) == value


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("prompt", 8050, 8000),
        ("prompt", 10_000_000, 131_072),
        ("max", 2**18, 1024),
        ("price", 100.0, 11.8),
        ("price", 0.01, 0.738),
        ("m_num_layers", 81, 80),
    ],
)
def test_an_exact_value_moves_the_slider_as_far_as_it_goes(key: str, value: float, shown: float) -> None:
    app = unfold(opened())
    app.number_input(key=key).set_value(value).run()
    assert not app.exception
    assert app.select_slider(key=key + SLIDER).value == shown
    # Looking at it moves nothing.
    app.run()
    assert app.number_input(key=key).value == value
    assert app.session_state["choice"].choices.value(key) == value


def test_a_slider_begins_at_what_the_link_says_and_follows_other_presets() -> None:
    app = unfold(opened(prompt="8000", a_bandwidth="5"))
    assert app.select_slider(key="prompt" + SLIDER).value == 8000
    app.selectbox(key="gpu").set_value("b200-hgx").run()
    assert not app.exception
    assert app.select_slider(key="a_bandwidth" + SLIDER).value == app.number_input(key="a_bandwidth").value


def test_a_slider_rests_while_its_field_is_empty() -> None:
    app = unfold(opened(a_fp8="none"))
    assert app.select_slider(key="a_fp8" + SLIDER).disabled
    app.number_input(key="a_fp8").set_value(1000.0).run()
    assert not app.select_slider(key="a_fp8" + SLIDER).disabled


def test_the_sliders_that_were_asked_for_are_there() -> None:
    app = unfold(opened(spec="draft"))
    assert {
        *("prompt", "output", "price", "max", "acceptance", "gamma"),
        *("m_hidden_size", "m_num_layers", "m_num_attention_heads", "m_num_key_value_heads", "m_head_dim"),
        *("a_hbm", "a_bandwidth", "a_scaleup", "a_scaleout", "a_domain", "a_bf16", "a_fp8"),
    } <= sliders_of(app)


def test_chips_set_both_lengths_and_show_which_they_are() -> None:
    app = opened()
    chips = app.pills(key="lengths")
    assert (chips.options, chips.value) == (["1k/1k", "8k/1k", "1k/8k", "32k/1k"], "1k/1k")
    chips.set_value("8k/1k").run()
    scenario = app.session_state["choice"].scenario
    assert (scenario.prompt_tokens, scenario.output_tokens) == (8000, 1000)
    app.number_input(key="output").set_value(900).run()
    assert app.pills(key="lengths").value is None
    app.pills(key="lengths").set_value("1k/8k").run()
    assert app.query_params["output"] == "8000"


def test_chips_offer_the_bases_that_an_accelerator_has_a_price_on() -> None:
    app = opened(gpu="l4")
    assert app.pills(key="bases").options == ["On demand", "Own"]
    app.selectbox(key="gpu").set_value("mi355x").run()
    assert app.pills(key="bases").options == ["3-yr rent", "Owner's cost", "Own"]
    assert app.pills(key="bases").value == "Three-year rent"


def test_a_basis_brings_its_price_and_a_typed_price_is_ones_own() -> None:
    app = opened()
    app.pills(key="bases").set_value("Owner's cost").run()
    choices = app.session_state["choice"].choices
    assert (choices.basis, app.pills(key="kinds").value) == ("owner_hyperscaler", "owner_hyperscaler")
    app.pills(key="kinds").set_value("owner_neocloud").run()
    entry = catalog.accelerator("h100-sxm")
    assert app.number_input(key="price").value == entry.prices["owner_neocloud"].usd_per_gpu_hour
    assert app.query_params["basis"] == "owner_neocloud"
    assert entry.prices["owner_neocloud"].provenance.date in app.caption[0].value
    app.number_input(key="price").set_value(2.5).run()
    assert (app.pills(key="bases").value, app.session_state["choice"].choices.basis) == ("Own number", "own")
    assert app.caption[0].value.startswith("Set here. On demand ")
    app.pills(key="bases").set_value("On demand").run()
    assert app.number_input(key="price").value == entry.prices["on_demand"].usd_per_gpu_hour


def test_a_basis_without_a_price_is_shown_and_can_be_left() -> None:
    app = opened(gpu="l4", basis="rent_3y")
    assert app.session_state["choice"].scenario is None
    assert (app.pills(key="bases").value, app.number_input(key="price").value) == ("Three-year rent", None)
    assert app.caption[0].value == "No price is known on this basis."
    app.pills(key="bases").set_value("On demand").run()
    assert app.session_state["choice"].scenario is not None


def test_a_chip_clicked_again_changes_nothing() -> None:
    app = opened(prompt="8000")
    app.pills(key="lengths").set_value(None).run()
    app.pills(key="bases").set_value(None).run()
    assert not app.exception
    assert app.pills(key="bases").value == "On demand"
    assert app.pills(key="lengths").value == "8k/1k"
    assert app.session_state["choice"].scenario.prompt_tokens == 8000


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("price", 0.0, "Price (USD per GPU-hour) is a number from 0.001 to 10,000; it cannot be 0."),
        ("prompt", -4, "Prompt (tokens) is a whole number from 0 to 10,000,000; it cannot be -4."),
        ("prompt", 99_999_999, "Prompt (tokens) is a whole number from 0 to 10,000,000; it cannot be 99,999,999."),
        ("m_num_layers", 0, "Layers is a whole number from 1 to 2,000; it cannot be 0."),
    ],
)
def test_a_number_out_of_its_bounds_is_told_stays_in_its_field_and_not_in_the_link(
    key: str, typed: float, sentence: str
) -> None:
    app = unfold(opened(output="500"))
    before = app.session_state["choice"].choices
    for _ in range(2):
        app.number_input(key=key).set_value(typed).run()
        assert not app.exception
        choice = app.session_state["choice"]
        assert (choice.problem, choice.scenario, choice.choices) == (sentence, None, before)
        assert app.number_input(key=key).value == typed
        assert key not in app.query_params
    app.number_input(key="output").set_value(400).run()
    assert app.session_state["choice"].problem == sentence
    assert app.query_params["output"] == "400"
    right = 7 if key != "price" else 7.0
    app.number_input(key=key).set_value(right).run()
    choice = app.session_state["choice"]
    assert (choice.problem, choice.choices.value(key)) == (None, right)


def test_a_number_out_of_its_bounds_goes_with_the_preset_that_it_was_of_and_with_reset() -> None:
    app = unfold(opened())
    app.number_input(key="m_num_layers").set_value(0)
    app.number_input(key="prompt").set_value(-4).run()
    app.selectbox(key="model").set_value("gemma-3-27b").run()
    assert app.number_input(key="m_num_layers").value == 10
    assert app.number_input(key="prompt").value == -4
    assert app.session_state["choice"].problem.startswith("Prompt")
    app.button(key="reset").click().run()
    assert not app.exception
    assert app.number_input(key="prompt").value == 1000
    assert app.session_state["choice"].problem is None


def test_a_factor_that_does_not_enter_cannot_be_moved() -> None:
    app = unfold(opened(factor="1.5"))
    assert not app.exception
    assert app.number_input(key="factor").disabled
    assert app.select_slider(key="factor" + SLIDER).disabled
    app.selectbox(key="correction").set_value("own").run()
    assert not app.number_input(key="factor").disabled
    assert not app.select_slider(key="factor" + SLIDER).disabled
    assert app.session_state["choice"].scenario.serving.time_factor == 1.5
