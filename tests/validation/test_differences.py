"""How well two setups are predicted relative to each other."""

import math

import numpy as np
import pandas as pd
import pytest

from infecon_core import Scenario
from infecon_core.catalog.constants import shipped
from infecon_core.scenario import ServingOptions
from infecon_core.validation.differences import FEWEST_PAIRS, FEWEST_POINTS, difference, difference_of, pairs_of

BASE = Scenario.preset("deepseek-v3", "b200-hgx", prompt_tokens=8000)


def points(model: str, chip: str, ratio: float, *, isl: int = 1000, n: int = FEWEST_POINTS) -> pd.DataFrame:
    """Measurements of one setup that took `ratio` times as long as predicted."""
    known = {"model_id": model, "accelerator_id": chip, "stack": "rocm" if chip.startswith("m") else "cuda"}
    known |= {"weight_precision": "fp8", "isl": isl, "osl": 1000, "predicted_tpot_ms": 10.0}
    # The outermost points say nothing about the median.
    return pd.DataFrame([{**known, "tpot_ms": 10 * ratio * step} for step in np.linspace(0.5, 1.5, n)])


def test_pairs_by_hand() -> None:
    found = pairs_of(
        pd.concat(
            [
                points("a", "h100", 1.0),
                points("a", "h200", 1.2),
                points("a", "mi300x", 0.8),
                points("a", "h100", 2.0, isl=8000),
                points("b", "h100", 9.0, n=FEWEST_POINTS - 1),  # too few
            ],
            ignore_index=True,
        )
    )
    ratios = {frozenset(row.parts): math.exp(abs(row.log_ratio)) for row in found.itertuples()}
    assert len(found) == 6
    assert ratios[frozenset({"length"})] == pytest.approx(2.0)
    assert ratios[frozenset({"accelerator"})] == pytest.approx(1.2)
    crossed = found[found["parts"] == frozenset({"accelerator", "software"})]["log_ratio"]
    assert sorted(np.exp(crossed.abs())) == pytest.approx([1.25, 1.5])


def test_the_factor_is_the_80th_percentile_of_the_pairs_that_differ_in_the_same() -> None:
    logs = np.linspace(0, 1, 21) * np.where(np.arange(21) % 2, 1, -1)  # the sign of a pair is that of its order
    assert len(logs) >= FEWEST_PAIRS
    alike = pd.DataFrame({"parts": [frozenset({"model"})] * 21, "log_ratio": logs})
    others = pd.DataFrame({"parts": [frozenset({"length"})] * 30, "log_ratio": 5.0})
    found = difference_of(pd.concat([alike, others]), frozenset({"model"}))
    assert found.factor == pytest.approx(math.exp(0.8))
    assert (found.n_pairs, found.which) == (21, "pairs of measured setups that differ in model alone")


def test_where_pairs_are_few_all_that_differ_in_one_thing_count() -> None:
    rare = pd.DataFrame({"parts": [frozenset({"model"})] * (FEWEST_PAIRS - 1), "log_ratio": 0.0})
    others = pd.DataFrame({"parts": [frozenset({"length"})] * 86, "log_ratio": 1.0})
    several = pd.DataFrame({"parts": [frozenset({"length", "model"})] * 99, "log_ratio": 7.0})
    found = difference_of(pd.concat([rare, others, several]), frozenset({"model"}))
    assert (found.factor, found.n_pairs) == (pytest.approx(math.e), 100)
    assert found.which.endswith("one of model, accelerator, number format and length")


@pytest.mark.parametrize(
    ("other", "which"),
    [
        (Scenario.preset("deepseek-v3", "gb200-nvl72", prompt_tokens=8000), "accelerator alone"),
        (Scenario.preset("deepseek-v3", "mi355x", prompt_tokens=8000), "accelerator and software"),
        (BASE.changed(prompt_tokens=1000), "length alone"),
        (BASE.changed(weights="fp4"), "number format alone"),
    ],
)
def test_shipped_measurements_tell_these_kinds_of_pairs(other: Scenario, which: str) -> None:
    found = difference(BASE, other)
    assert found is not None
    assert found == difference(other, BASE)
    assert found.which.endswith(f"that differ in {which}")
    assert found.n_pairs >= FEWEST_PAIRS
    assert 1 < found.factor < 1.6


def test_what_shares_all_its_error_differs_in_none() -> None:
    for changes in ({"price_usd_per_gpu_hour": 1.0}, {"max_gpus": 8}, {"target_tokens_per_s_user": 9.0}):
        found = difference(BASE, BASE.changed(**changes))
        assert found is not None
        assert (found.factor, found.n_pairs) == (1.0, 0)


def test_what_measurements_cannot_tell() -> None:
    assert difference(BASE, BASE.changed(engine="published")) is None
    own = ServingOptions(constants=shipped().model_copy(update={"memory_efficiency": 0.5}))
    assert difference(BASE, BASE.model_copy(update={"serving": own})) is None
    # No measured setup differs from another in its drafts or in where its prompts run.
    assert difference(BASE, BASE.changed(speculation={"kind": "self_draft"})) is None
    assert difference(BASE, BASE.changed(disaggregated=True)) is None
