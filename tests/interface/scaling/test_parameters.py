"""Top speed over parameters."""

import numpy as np
import pandas as pd
import pytest

from infecon_core import Scenario
from infecon_core.analysis.scaling.exponents import SPEED
from infecon_core.schema import NothingFits
from infecon_ui.charts.drawings import Lines
from infecon_ui.scaling import cache
from infecon_ui.scaling.parameters import parameters

SCENARIO = cache.asked(Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8"))


def _speeds(monkeypatch: pytest.MonkeyPatch, sizes: list[float], speeds: list[float], mixtures: list[bool]) -> None:
    table = pd.DataFrame(
        {
            "id": [str(size) for size in sizes],
            "name": [f"Model {size:g}" for size in sizes],
            "total_params": sizes,
            "active_params": [size / 10 if mixture else size for size, mixture in zip(sizes, mixtures, strict=True)],
            "mixture": mixtures,
            SPEED: speeds,
            "n_gpu": 8.0,
            "kernel_overhead_s": 0.0,
        }
    ).astype({"mixture": bool})
    monkeypatch.setattr(cache, "top_speeds", lambda _: table)


def test_the_claim_is_the_fit_over_dense_models() -> None:
    found = parameters(SCENARIO, "Llama 3.1 70B", "active_params", "active parameters")
    table = cache.top_speeds(SCENARIO)
    dense = table[~table["mixture"]]
    slope = np.polyfit(np.log(dense["total_params"]), np.log(dense[SPEED]), 1)[0]
    assert f"a straight fit has {-slope:.2f} ±" in found.claim
    middle = dense["total_params"].median()
    small, large = (
        np.polyfit(np.log(half["total_params"]), np.log(half[SPEED]), 1)[0]
        for half in (dense[dense["total_params"] < middle], dense[dense["total_params"] >= middle])
    )
    assert f"power {-small:.2f} of a dense model's parameters below {middle / 1e9:.0f} billion" in found.claim
    assert f"and {-large:.2f} above" in found.claim
    assert "says" not in found.claim
    assert "of the time of a token is kernel overhead" in found.subtitle
    assert isinstance(found.drawing, Lines)
    names = [line.name for line in found.drawing.lines]
    assert {"Dense", "Mixtures of experts", f"fit: −{-slope:.2f}", "paper: −0.5", "Llama 3.1 70B"} <= set(names)
    points = {line.name: line for line in found.drawing.lines if line.scattered}
    assert points["Dense"].x.size + points["Mixtures of experts"].x.size == len(table) == len(found.table())


@pytest.mark.parametrize(
    ("exponent", "says"),
    [
        (-0.5, "power 0.50 ± <0.01 of a dense model's parameters, as the paper's square root says"),
        (-1.0, "power 1.00 ± <0.01 of a dense model's parameters, more than the paper's square root says"),
        (-0.1, "less than the paper's square root says"),
        (0.1, "does not fall with a dense model's parameters here"),
    ],
)
def test_the_claim_follows_the_numbers(monkeypatch: pytest.MonkeyPatch, exponent: float, says: str) -> None:
    sizes = [1e9, 1e10, 1e11, 1e12]
    _speeds(monkeypatch, sizes, [(size / 1e9) ** exponent * 100 for size in sizes], [False] * 4)
    assert says in parameters(SCENARIO, "Mine", "active_params", "active parameters").claim


def test_mixtures_stand_beside_dense_models_of_as_many_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    # A mixture of 10 billion, 1 of them active, is half as fast as a dense model of 1 billion would be.
    sizes, mixtures = [1e9, 1e10, 1e11, 1e10], [False, False, False, True]
    _speeds(monkeypatch, sizes, [100.0, 10.0, 1.0, 50.0], mixtures)
    by_active = parameters(SCENARIO, "Mine", "active_params", "active parameters")
    assert "Mixtures reach 50% of the speed of dense models of as many active parameters" in by_active.subtitle
    by_all = parameters(SCENARIO, "Mine", "total_params", "all parameters")
    assert "Mixtures reach 5 times the speed of dense models of as many parameters in all" in by_all.subtitle


def test_few_models_make_no_claim_about_a_power(monkeypatch: pytest.MonkeyPatch) -> None:
    _speeds(monkeypatch, [1e9], [100.0], [False])
    assert parameters(SCENARIO, "Mine", "active_params", "active parameters").claim.startswith(
        "One model runs: too few"
    )
    _speeds(monkeypatch, [1e9, 1e10, 1e11], [100.0, 50.0, 20.0], [True] * 3)
    assert "of a mixture's parameters" in parameters(SCENARIO, "Mine", "total_params", "all parameters").claim


def test_where_nothing_runs_it_says_so() -> None:
    groq = cache.asked(Scenario.preset("llama-3.1-70b", "groq-lpu-v1"))
    with pytest.raises(NothingFits, match="No model of the catalog runs on up to 64 GPUs of Groq"):
        parameters(groq, "Mine", "active_params", "active parameters")
