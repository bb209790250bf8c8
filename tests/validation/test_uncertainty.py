"""How far comparable measurements lie from their predictions."""

import numpy as np
import pandas as pd
import pytest

from infecon_core import Scenario, catalog
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.neighbours import builds_by_setup, log_corrections
from infecon_core.measured.predict import predict
from infecon_core.physics.formats import has_experts
from infecon_core.scenario import ServingOptions
from infecon_core.schema import MixtureOfExperts
from infecon_core.validation import cross_validation
from infecon_core.validation.uncertainty import (
    FEWEST,
    MAKERS,
    Spread,
    price_range,
    ranges_along,
    speed_range,
    spread,
    spread_of,
)

DENSE = Scenario.preset("llama-3.1-70b", "h100-sxm", correction="off")


MIXTURE = Scenario.preset("deepseek-v3", "b200-hgx", correction="off")


@pytest.mark.parametrize(("scenario", "experts"), [(DENSE, False), (MIXTURE, True)], ids=["dense", "mixture"])
def test_four_of_five_comparable_measurements_lie_within(scenario: Scenario, experts: bool) -> None:
    found = spread(scenario)
    points = predict(shipped_points())
    nvidia = points["accelerator_id"].map(lambda name: catalog.accelerator(name).vendor == "NVIDIA")
    kind = points["model_id"].map(
        lambda name: any(
            isinstance(group.feed_forward, MixtureOfExperts) for group in catalog.model(name).architecture.layer_groups
        )
    )
    comparable = points[nvidia & (kind == experts)]
    ratio = (comparable["tpot_ms"] / comparable["predicted_tpot_ms"]).dropna()
    assert found.n_points == len(ratio) >= FEWEST
    # A tenth of the measurements lies below the band and a tenth above.
    assert (ratio < found.low).mean() == pytest.approx(0.1, abs=1 / len(ratio))
    assert (ratio > found.high).mean() == pytest.approx(0.1, abs=1 / len(ratio))


def test_percentiles_by_hand() -> None:
    ratios = pd.DataFrame({"ratio": np.linspace(0.5, 1.5, 101), "mixture": False, "stack": "cuda"})
    found = spread_of(ratios, mixture=False, stack="cuda")
    assert (found.low, found.high) == pytest.approx((0.6, 1.4))
    assert found.n_points == 101


def test_classes_and_makers_are_kept_apart() -> None:
    assert spread(DENSE).which == "dense models on NVIDIA GPUs"
    assert spread(MIXTURE).which == "mixtures of experts on NVIDIA GPUs"
    amd = spread(Scenario.preset("deepseek-v3", "mi300x", correction="off"))
    assert amd.which == "mixtures of experts on AMD GPUs"
    assert amd.n_points < spread(MIXTURE).n_points
    assert spread(DENSE).n_points + spread(MIXTURE).n_points < len(shipped_points())


def test_a_corrected_scenario_has_the_spread_of_points_that_others_correct() -> None:
    corrected = spread(MIXTURE.changed(correction="measured"))
    points = predict(shipped_points())
    logs = log_corrections(points, builds_by_setup(points, points["predicted_tpot_ms"].to_numpy()))
    ratio = (points["tpot_ms"] / points["predicted_tpot_ms"]).to_numpy() / np.exp(logs)
    models, chips = catalog.models(), catalog.accelerators()
    alike = [
        has_experts(models[model].architecture) and chips[chip].accelerator.stack == "cuda"
        for model, chip in zip(points["model_id"], points["accelerator_id"], strict=True)
    ]
    ratio = ratio[np.isfinite(ratio) & np.array(alike)]
    assert corrected.n_points == ratio.size
    assert (corrected.low, corrected.high) == pytest.approx(tuple(np.quantile(ratio, [0.1, 0.9])))
    assert corrected.which == "mixtures of experts on NVIDIA GPUs, corrected by builds other than their own"


def test_a_factor_of_one_s_own_and_what_nobody_measured_keep_the_spread() -> None:
    assert spread(MIXTURE.changed(correction="own", time_factor=1.2)) == spread(MIXTURE)
    nowhere = Scenario.preset("qwen3-32b", "mi300x")
    assert spread(nowhere) == spread(nowhere.changed(correction="off"))


def test_makers_that_nobody_measured_borrow_from_all_others() -> None:
    found = spread(Scenario.preset("llama-3.1-70b", "tpu-v6e"))
    assert found.which == "dense models on all accelerators, each left out of the fit"
    assert found.n_points >= spread(DENSE).n_points


@pytest.mark.parametrize(("gpu", "stacks"), [("rubin-vr200", {"cuda"}), ("tpu-v7x", {"cuda", "rocm"})])
def test_what_nobody_measured_has_the_spread_of_accelerators_left_out_of_the_fit(gpu: str, stacks: set[str]) -> None:
    """A tenth of what is predicted without its own accelerator lies below the band, and a tenth above."""
    found = spread(Scenario.preset("deepseek-v3", gpu))
    points = shipped_points()
    ratio = points["tpot_ms"] / cross_validation.predictions()[cross_validation.WITHOUT_ACCELERATOR]
    models, chips = catalog.models(), catalog.accelerators()
    alike = [
        has_experts(models[model].architecture) and chips[chip].accelerator.stack in stacks
        for model, chip in zip(points["model_id"], points["accelerator_id"], strict=True)
    ]
    ratio = ratio[np.array(alike)].dropna()
    assert found.n_points == len(ratio)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(ratio, [0.1, 0.9])))
    assert found.kind == "measurements on accelerators left out of the fit"
    assert spread(MIXTURE).kind == "comparable measurements"


def test_constants_of_one_s_own_predict_as_they_are_where_nobody_measured() -> None:
    slower = ServingOptions(constants=shipped().model_copy(update={"layer_overhead_s": 1e-4}))
    tpu = Scenario.preset("llama-3.1-70b", "tpu-v7x").model_copy(update={"serving": slower})
    assert spread(tpu).kind == "comparable measurements"
    same = ServingOptions(constants=shipped())
    assert spread(tpu.model_copy(update={"serving": same})).kind != "comparable measurements"


def test_constants_of_a_scenario_make_its_predictions() -> None:
    slower = shipped().model_copy(update={"layer_overhead_s": 2 * shipped().layer_overhead_s})
    found = spread(DENSE.model_copy(update={"serving": ServingOptions(constants=slower)}))
    assert found.low < spread(DENSE).low
    assert found.n_points == spread(DENSE).n_points


def _ratios(stack: str, first: int, last: int, *, mixture: bool = False) -> pd.DataFrame:
    """Ratios of 0.01 from one count of hundredths to another."""
    hundredths = range(first, last + 1)
    return pd.DataFrame({"ratio": [n / 100 for n in hundredths], "mixture": mixture, "stack": stack})


def test_the_band_by_hand() -> None:
    """101 ratios from 0.50 to 1.50: a tenth of them lies up to 0.60, a tenth from 1.40."""
    own = _ratios("cuda", 50, 150)
    others = [_ratios("rocm", 300, 400), _ratios("cuda", 300, 400, mixture=True)]
    found = spread_of(pd.concat([own, *others]), mixture=False, stack="cuda")
    assert (found.low, found.high) == pytest.approx((0.60, 1.40))
    assert found.n_points == 101
    assert found.which == "dense models on NVIDIA GPUs"


@pytest.mark.parametrize(("count", "where"), [(FEWEST, MAKERS["rocm"]), (FEWEST - 1, "all accelerators")])
def test_few_points_of_a_maker_borrow_from_all_by_hand(count: int, where: str) -> None:
    frame = pd.concat([_ratios("rocm", 200, 199 + count), _ratios("cuda", 50, 150)])
    found = spread_of(frame, mixture=False, stack="rocm")
    assert found.which == f"dense models on {where}"
    assert found.n_points == (count if where == MAKERS["rocm"] else count + 101)


# In any order: 100 tokens/s for 8 USD, 50 for 3 and 20 for 1.
SPEEDS, PRICES = [50.0, 100.0, 20.0], [3.0, 8.0, 1.0]


def test_a_price_range_by_hand() -> None:
    """At 40 tokens/s: steps of 0.8 times the time are those of a predicted 32, steps of 1.5 times those of 60."""
    found = price_range(SPEEDS, PRICES, Spread(0.8, 1.5, 100, ""), 40)
    assert (found.low, found.high) == pytest.approx((0.8 * 3, 1.5 * 8))
    assert f"{found.low:.2f} to {found.high:.2f}" == "2.40 to 12.00"


def test_what_is_out_of_reach_costs_infinitely_much() -> None:
    at = np.array([[10.0, 40.0, 70.0], [100.0, 125.0, 126.0]])
    found = price_range(np.array(SPEEDS), np.array(PRICES), Spread(0.8, 1.5, 100, ""), at)
    # A speed of 125 is that of the predicted 100 itself.
    np.testing.assert_allclose(found.low, [[0.8, 2.4, 6.4], [6.4, 6.4, np.inf]])
    np.testing.assert_allclose(found.high, [[1.5, 12.0, np.inf], [np.inf] * 3])


def test_a_point_that_another_one_beats_has_no_part_in_the_range() -> None:
    ends = Spread(1.0, 1.0, 100, "")
    assert price_range([50.0, 40.0], [3.0, 5.0], ends, 40).low == 3
    assert price_range([], [], ends, 40).high == np.inf


def test_a_speed_range_by_hand() -> None:
    """At $4: steps of 0.8 times the time are those of a predicted $5, steps of 1.5 times those of $2.67."""
    found = speed_range(SPEEDS, PRICES, Spread(0.8, 1.5, 100, ""), 4)
    assert (found.low, found.high) == pytest.approx((20 / 1.5, 50 / 0.8))
    assert f"{found.low:.1f} to {found.high:.1f}" == "13.3 to 62.5"


def test_nothing_is_as_cheap_as_what_is_out_of_reach() -> None:
    found = speed_range(np.array(SPEEDS), np.array(PRICES), Spread(0.8, 1.5, 100, ""), np.array([0.7, 1.0, 1.5, 12.0]))
    # A price of 0.8 is that of the predicted 1 with the quickest steps, one of 1.5 with the slowest.
    np.testing.assert_allclose(found.low, [0, 0, 20 / 1.5, 100 / 1.5])
    np.testing.assert_allclose(found.high, [0, 20 / 0.8, 20 / 0.8, 100 / 0.8])


def test_both_ranges_are_of_one_moved_curve() -> None:
    """Of steps of one ratio, the price at a speed and the speed at that price are the same point."""
    for ratio in (0.7, 1.0, 1.3):
        ends = Spread(ratio, ratio, 100, "")
        moved = np.array(SPEEDS) / ratio
        prices = price_range(SPEEDS, PRICES, ends, moved * (1 - 1e-12)).low
        np.testing.assert_allclose(prices, np.array(PRICES) * ratio)
        np.testing.assert_allclose(speed_range(SPEEDS, PRICES, ends, prices * (1 + 1e-12)).high, moved)


def test_the_ranges_of_all_points_stand_in_columns() -> None:
    frame = pd.DataFrame({"tokens_per_s_user": SPEEDS, "usd_per_million_tokens": PRICES}, index=[4, 5, 6])
    found = ranges_along(frame, Spread(0.8, 1.5, 100, ""))
    assert list(found.index) == [4, 5, 6]
    expected = {
        "usd_per_million_tokens_low": [2.4, 6.4, 0.8],
        "usd_per_million_tokens_high": [12.0, np.inf, 4.5],
        "tokens_per_s_user_low": [20 / 1.5, 50 / 1.5, 0],
        "tokens_per_s_user_high": [50 / 0.8, 100 / 0.8, 20 / 0.8],
    }
    assert list(found) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, err_msg=name)
