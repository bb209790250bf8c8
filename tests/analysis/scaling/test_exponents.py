"""Exponents of top speed, and where laws break."""

import math

import numpy as np
import pandas as pd
import pytest

from infecon_core import Scenario
from infecon_core.analysis.scaling import exponents
from infecon_core.analysis.scaling.closed_form import closed_speeds
from infecon_core.analysis.scaling.exponents import (
    LAWS,
    by_model,
    formats_by_bits,
    mean_exponent,
    over_params,
    variants,
    where_laws_break,
)
from infecon_core.engines import engine_of
from infecon_core.schema import FORMAT_BITS

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8")


def _table(speeds: list[float]) -> pd.DataFrame:
    n = len(speeds)
    return pd.DataFrame(
        {
            "id": [f"model-{i}" for i in range(n)],
            "name": [f"Model {i}" for i in range(n)],
            "total_params": [10.0**i for i in range(9, 9 + n)],
            "active_params": [10.0**i / 2 for i in range(9, 9 + n)],
            "mixture": [False] * n,
            "tokens_per_s_user": speeds,
        }
    )


def test_laws_are_those_of_the_closed_form() -> None:
    assert LAWS == {"params": -1 / 2, "bandwidth": 1 / 3, "bits": -1 / 3}


def test_speeds_that_follow_a_power_give_it_back() -> None:
    def speeds(one: Scenario) -> pd.DataFrame:
        rate = one.accelerator.hbm_bytes_per_s
        return _table([2 * rate**0.25, 3 * rate**0.5])

    assert list(by_model(SCENARIO, "bandwidth", speeds)["exponent"]) == pytest.approx([0.25, 0.5])

    def of_bits(one: Scenario) -> pd.DataFrame:
        return _table([100 * engine_of(one).stored_bits(one.precision.weights) ** -0.4])

    assert list(by_model(SCENARIO, "bits", of_bits)["exponent"]) == pytest.approx([-0.4])


def test_bits_are_those_that_the_engine_stores() -> None:
    # Time that is proportional to what is read of the weights is of power 1, whatever their block scales add.
    scenario = Scenario.preset("llama-3.1-70b", "b200-hgx", weights="fp8")
    stored = {"bf16": 16.0, "fp8": 8.0, "fp4": 4 + 8 / 16}
    assert {one.precision.weights: bits for bits, one in variants(scenario, "bits")} == stored
    found = by_model(scenario, "bits", lambda one: _table([1 / stored[one.precision.weights]]))
    assert list(found["exponent"]) == pytest.approx([-1])
    published = scenario.changed(engine="published")
    assert [bits for bits, _ in variants(published, "bits")] == [16, 8, 4]


@pytest.mark.slow
def test_the_closed_form_has_no_block_scales() -> None:
    scenario = Scenario.preset("llama-3.1-70b", "b200-hgx", weights="fp8")
    table = by_model(scenario.changed(engine="published"), "bits", closed_speeds)
    dense = table["exponent"][~table["mixture"]]
    assert where_laws_break(scenario, "bits")[0].value == pytest.approx(dense.mean())


def test_models_that_run_at_some_values_only_are_left_out() -> None:
    def speeds(one: Scenario) -> pd.DataFrame:
        few = one.accelerator.hbm_bytes_per_s < SCENARIO.accelerator.hbm_bytes_per_s
        return _table([10.0] if few else [20.0, 30.0])

    found = by_model(SCENARIO, "bandwidth", speeds)
    assert list(found["id"]) == ["model-0"]
    assert found["exponent"][0] == pytest.approx(math.log(2) / math.log(4))


def test_variants_change_one_thing() -> None:
    # H100 SXM has 3.35 TB/s: half and twice of it, a factor of four apart.
    rates = variants(SCENARIO, "bandwidth")
    assert [value for value, _ in rates] == pytest.approx([1.675e12, 6.7e12])
    for value, one in rates:
        assert one.accelerator.hbm_bytes_per_s == value
        same = one.accelerator.model_copy(update={"hbm_bytes_per_s": SCENARIO.accelerator.hbm_bytes_per_s})
        assert one.model_copy(update={"accelerator": same}) == SCENARIO
    found = [(bits, one.precision.weights) for bits, one in variants(SCENARIO, "bits")]
    # 128 elements of INT4 share a scale of 16 bits.
    assert found == [(16.0, "bf16"), (8.0, "fp8"), (4.125, "int4")]
    assert all(one.precision.kv == SCENARIO.precision.kv for _, one in variants(SCENARIO, "bits"))


@pytest.mark.parametrize(
    ("accelerator_id", "expected"),
    [
        ("b200-hgx", ("bf16", "fp8", "fp4")),
        ("a100-sxm-80gb", ("bf16", "int8", "int4")),
        ("v100-sxm-32gb", ("fp16", "int8", "int4")),
    ],
)
def test_formats_are_those_that_the_chip_computes_with(accelerator_id: str, expected: tuple[str, ...]) -> None:
    found = formats_by_bits(Scenario.preset("llama-3.1-70b", accelerator_id))
    assert found == expected
    assert [FORMAT_BITS[name] for name in found] == [16, 8, 4]


def test_means_by_hand() -> None:
    found = mean_exponent([0.1, 0.2, 0.6])
    assert found is not None
    # s² = (0.04 + 0.01 + 0.09) / 2
    assert found[1:] == (pytest.approx(0.3), pytest.approx(math.sqrt(0.07 / 3)), 3)
    assert mean_exponent([]) is None
    one = mean_exponent([0.4])
    assert one is not None
    assert math.isnan(one.standard_error)


def test_exponents_over_parameters_need_two_sizes() -> None:
    assert over_params(_table([1.0])) is None
    found = over_params(_table([100.0, 10.0, 1.0]))
    assert found is not None
    assert found.value == pytest.approx(-1)
    by_active = over_params(_table([100.0, 10.0]), "active_params")
    assert by_active is not None
    assert by_active.value == pytest.approx(-1)


@pytest.mark.slow
def test_without_overhead_and_latency_reading_is_all_there_is() -> None:
    rows = {one.name: one for one in where_laws_break(SCENARIO, "bandwidth")}
    bare = rows["Dense models, without overhead and latency"]
    assert bare.value == pytest.approx(1, abs=0.03)
    assert rows["Dense models"].value < rows["Dense models, without kernel overhead"].value < bare.value
    assert rows["Mixtures of experts"].value < rows["Dense models"].value
    # 40 dense shapes run; every row says over how many it is.
    assert rows["Dense models"].n_models == bare.n_models > 30


def test_rows_of_parameters_are_fits_over_the_same_speeds() -> None:
    rows = {one.name: one for one in where_laws_break(SCENARIO, "params")}
    table = exponents.top_speeds(SCENARIO)
    dense = table[~table["mixture"]]
    slope = np.polyfit(np.log(dense["total_params"]), np.log(dense["tokens_per_s_user"]), 1)[0]
    assert rows["Dense models"].value == pytest.approx(slope)
    mixtures = table[table["mixture"]]
    slope = np.polyfit(np.log(mixtures["active_params"]), np.log(mixtures["tokens_per_s_user"]), 1)[0]
    assert rows["Mixtures, over active parameters"].value == pytest.approx(slope)
    assert rows["Dense models, without overhead and latency"].value < rows["Dense models"].value < 0


def test_engines_that_cannot_leave_latency_out_have_fewer_rows() -> None:
    toy = SCENARIO.changed(engine="published", published={"variant": "toy"})
    names = [one.name for one in where_laws_break(toy, "params")]
    assert not any("without" in name for name in names)
    assert "Dense models, context of 100,000 tokens" in names
    longer = toy.changed(prompt_tokens=200_000)
    assert not any("context" in one.name for one in where_laws_break(longer, "params"))
