"""What the pages get: names, estimates and sources of what was chosen."""

import pytest

from infecon_core import catalog
from infecon_core.catalog.acceptance import curves
from infecon_core.choices import Choices
from infecon_ui.state.chosen import chosen

START = Choices()


def test_names_say_what_was_customised() -> None:
    assert chosen(START).model_name == "Llama 3.1 70B"
    assert chosen(START).accelerator_name == "H100 SXM"
    changed = chosen(START.with_values(m_num_layers=40, price=1, prompt=500))
    assert changed.model_name == "Llama 3.1 70B (customised)"
    # Its price makes no other accelerator.
    assert changed.accelerator_name == "H100 SXM"
    assert chosen(START.with_values(price=1, a_hbm=96)).accelerator_name == "H100 SXM (customised)"
    assert (changed.model_id, changed.accelerator_id) == ("llama-3.1-70b", "h100-sxm")


def test_there_is_a_scenario_or_a_sentence() -> None:
    whole = chosen(START)
    assert (whole.scenario, whole.problem) == (START.scenario(), None)
    broken = chosen(START.with_values(a_scaleup=None))
    assert broken.scenario is None
    assert "scale-up domain of 8" in str(broken.problem)


@pytest.mark.parametrize("accelerator_id", catalog.accelerators())
def test_estimated_prices_are_said(accelerator_id: str) -> None:
    preset = START.with_values(gpu=accelerator_id)
    for basis, price in catalog.accelerator(accelerator_id).prices.items():
        made = chosen(preset.with_values(basis=basis))
        said = any(line.startswith("The price of") for line in made.estimates)
        assert said == (price.provenance.kind == "estimate")
        shown = next(source for source in made.sources if source.what.startswith("Price ("))
        assert (shown.value, shown.date) == (f"{price.usd_per_gpu_hour:,.6g}", price.provenance.date)
    for hand in ({"price": 1.2345}, {"basis": "own"}):
        shown = next(s for s in chosen(preset.with_values(**hand)).sources if s.what.startswith("Price ("))
        assert shown.kind == "chosen"
    own = preset.with_values(price=1.2345)
    assert not any(line.startswith("The price of") for line in chosen(own).estimates)


def test_every_number_has_a_source_or_was_chosen() -> None:
    found = chosen(START.with_values(s_layer_overhead_s=20, a_hbm=96, m_num_layers=40)).sources
    kinds = {source.what: source.kind for source in found}
    assert (kinds["Layer overhead (µs)"], kinds["Weight read efficiency"]) == ("chosen", "measured")
    assert (kinds["HBM (GB)"], kinds["HBM bandwidth (TB/s)"]) == ("chosen", "datasheet")
    assert (kinds["Model"], kinds["Model numbers"]) == ("published", "chosen")
    # Weights in FP8 and activations in BF16: the peaks at 8 and 16 bits count.
    peaks = {what.removesuffix(" peak (TFLOP/s)") for what in kinds if "peak" in what}
    assert peaks == {"BF16", "FP16", "FP8", "INT8"}
    assert "Kernel launch (µs)" not in kinds


def test_sources_of_the_published_model() -> None:
    found = {source.what for source in chosen(START.with_values(engine="published", gpu="erdil-H100")).sources}
    assert {"Kernel launch (µs)", "Arithmetic cap", "Bandwidth cap"} <= found
    assert "Layer overhead (µs)" not in found


def test_a_draft_and_a_measured_acceptance_have_their_sources() -> None:
    key, curve = next(iter(curves().items()))
    found = chosen(START.with_values(spec="draft", curve=key)).sources
    assert any(source.what == "Draft model" for source in found)
    assert any((source.kind, source.source) == ("measured", curve.source) for source in found)
