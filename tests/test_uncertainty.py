"""How far comparable measurements lie from their predictions."""

import numpy as np
import pytest

from infecon_core import Scenario
from infecon_core.calibration.constants import shipped
from infecon_core.calibration.measurements import shipped_points
from infecon_core.calibration.predict import predict
from infecon_core.calibration.uncertainty import FEWEST, spread
from infecon_core.scenario import ServingOptions

DENSE = Scenario.preset("llama-3.1-70b", "h100-sxm")
MIXTURE = Scenario.preset("deepseek-v3", "b200-hgx")


@pytest.mark.parametrize("scenario", [DENSE, MIXTURE], ids=["dense", "mixture"])
def test_four_of_five_comparable_measurements_lie_within(scenario: Scenario) -> None:
    found = spread(scenario)
    points = predict(shipped_points())
    ratio = (points["tpot_ms"] / points["predicted_tpot_ms"]).to_numpy()
    ratio = ratio[np.isfinite(ratio)]
    assert found.low < 1 < found.high
    assert FEWEST <= found.n_points < len(ratio)
    assert np.quantile(ratio, 0.02) < found.low < found.high < np.quantile(ratio, 0.98)


def test_classes_and_makers_are_kept_apart() -> None:
    assert spread(DENSE).which == "dense models on NVIDIA GPUs"
    assert spread(MIXTURE).which == "mixtures of experts on NVIDIA GPUs"
    amd = spread(Scenario.preset("deepseek-v3", "mi300x"))
    assert amd.which == "mixtures of experts on AMD GPUs"
    assert amd.n_points < spread(MIXTURE).n_points
    assert spread(DENSE).n_points + spread(MIXTURE).n_points < len(shipped_points())


def test_makers_that_nobody_measured_borrow_from_all_others() -> None:
    found = spread(Scenario.preset("llama-3.1-70b", "tpu-v6e"))
    assert found.which == "dense models on all accelerators"
    assert found.n_points >= spread(DENSE).n_points


def test_constants_of_a_scenario_make_its_predictions() -> None:
    slower = shipped().model_copy(update={"layer_s": 2 * shipped().layer_s})
    found = spread(DENSE.model_copy(update={"serving": ServingOptions(constants=slower)}))
    assert found.low < spread(DENSE).low
    assert found.n_points == spread(DENSE).n_points
