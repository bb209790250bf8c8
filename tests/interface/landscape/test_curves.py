"""Frontiers at some speeds: against `at_speed` on the same rows."""

import math

import numpy as np
import pandas as pd
import pytest

from infecon_core import at_speed
from infecon_ui.landscape.curves import NONE, curves, details
from infecon_ui.landscape.dataset import DETAILS, DataSet

SPEEDS = np.array([1.0, 5.0, 20.0, 50.0, 51.3, 120.0, 400.0, 5000.0])


def _frontier(rows: pd.DataFrame, model: str, chip: str, prompt: int, weights: str) -> pd.DataFrame:
    keep = (rows["model"] == model) & (rows["accelerator"] == chip) & (rows["weights"] == weights)
    return rows[keep & (rows["prompt_tokens"] == prompt) & rows["reason"].isna()]


@pytest.mark.parametrize("weights", ["fp8", "fp4"])
@pytest.mark.parametrize("prompt", [1000, 8000])
def test_points_are_those_of_at_speed(data: DataSet, rows: pd.DataFrame, prompt: int, weights: str) -> None:
    found = curves(data, (prompt, 1000), (("weights", weights),))
    # A speed that a point has is met by that point.
    own = _frontier(rows, "llama-3.3-70b", "h100-sxm", prompt, weights)["tokens_per_s_user"]
    speeds = np.sort([*SPEEDS, *own.to_numpy()[:3]])
    best = found.best(speeds)
    beside = details(data, best.point)
    met = 0
    for i, model in enumerate(data.models):
        for j, chip in enumerate(data.accelerators):
            frontier = _frontier(rows, model, chip, prompt, weights)
            for k, speed in enumerate(speeds):
                row = at_speed(frontier, speed) if len(frontier) else None
                point = int(best.point[i, j, k])
                if row is None:
                    assert point == NONE
                    assert math.isnan(best.throughput[i, j, k])
                    continue
                met += 1
                assert best.throughput[i, j, k] == row["tokens_per_s_per_gpu"]
                assert beside[point]["tokens_per_s_user"] == row["tokens_per_s_user"]
                told = pytest.approx([float(row[name]) for name in DETAILS], rel=1e-6)
                assert [beside[point][name] for name in DETAILS] == told
    assert met > 30


def test_what_does_not_fit_has_its_reason(data: DataSet, rows: pd.DataFrame) -> None:
    found = curves(data, (8000, 1000), (("weights", "fp8"),))
    place = data.models.index("deepseek-v3"), data.accelerators.index("h100-sxm")
    assert found.count[place] == 0
    assert math.isnan(found.fastest[place])
    assert found.job[place] != NONE
    assert "H100" in found.reason[place]
    assert found.reason[place] in set(rows["reason"].dropna())
    fits = data.models.index("llama-3.1-8b"), data.accelerators.index("h100-sxm")
    frontier = _frontier(rows, "llama-3.1-8b", "h100-sxm", 8000, "fp8")
    assert found.fastest[fits] == frontier["tokens_per_s_user"].max()
    assert found.price[fits] == frontier["price_usd_per_gpu_hour"].iloc[0]
    assert found.link[fits] == frontier["scenario"].iloc[0]


def test_what_is_not_in_the_data_set_has_nothing(data: DataSet) -> None:
    found = curves(data, (9999, 1), (("weights", "fp8"),))
    assert (found.job == NONE).all()
    assert np.isnan(found.best(SPEEDS).throughput).all()
