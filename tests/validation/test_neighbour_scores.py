"""Scores of corrections: no build corrects its own rows, and worked by hand."""

import numpy as np
import pandas as pd
import pytest

from infecon_core.catalog.measurements import shipped_points
from infecon_core.validation import cross_validation
from infecon_core.validation.neighbour_scores import (
    ALL_OTHERS,
    DRAWS,
    MEDIAN,
    OTHER_BUILDS,
    SAME_SOFTWARE,
    neighbour_errors,
    own_points,
)

ROW = {"model_id": "m", "accelerator_id": "a", "weight_precision": "fp8", "date": "2026-01-01", "source_id": "s"}


def _points(**builds: float) -> pd.DataFrame:
    """Four points of each build, all the same measured over predicted time; predictions are 10 ms."""
    rows = [{**ROW, "serving_software": f"{name} 1", "tpot_ms": 10 * ratio} for name, ratio in builds.items()]
    return pd.DataFrame(rows * 4)


def _errors(points: pd.DataFrame) -> pd.DataFrame:
    return neighbour_errors(points, np.full(len(points), 10.0)).set_index("correction")


def test_errors_by_hand() -> None:
    found = _errors(_points(x=1.2, y=1.2, z=1.2))
    other = found.loc[OTHER_BUILDS]
    assert other["n"] == 12
    assert other["median_before"] == pytest.approx(1 - 1 / 1.2)
    # Two other builds of 4 points weigh 4/5 each: 1.6 / (1.6 + 2) of what they say.
    assert other["median"] == pytest.approx(1 - 1.2 ** (1.6 / 3.6 - 1))
    assert other["factor_90"] == pytest.approx(1.2 ** (1 - 1.6 / 3.6))
    # Each has its own software, so that no software has another build.
    assert found.loc[SAME_SOFTWARE, "n"] == 0
    assert found.loc[SAME_SOFTWARE, "median_all"] == pytest.approx(1 - 1 / 1.2)
    assert found.loc[MEDIAN, "median"] == pytest.approx(1 - 1.2 ** (8 / 9 - 1))
    assert found.loc[ALL_OTHERS, "median"] == pytest.approx(1 - 1.2 ** (11 / 12 - 1))
    one = found.loc["other builds, 1 of one's own"]
    assert one["median"] == pytest.approx(1 - 1.2 ** ((1.6 / 3.6 - 1) / 2))


def test_a_build_s_own_points_never_enter_its_correction() -> None:
    # One build is far off alone: were it in its own correction, its error would shrink.
    odd = _errors(_points(x=3.0, y=1.0, z=1.0)).loc[OTHER_BUILDS]
    assert odd["factor_90"] == pytest.approx(3.0)


def test_own_points_leave_out_the_row_itself() -> None:
    residuals = np.array([0.0, 0.4, 0.0, np.nan, 1.0])
    labels = ["x", "x", "y", "x", "y"]
    draws = own_points(residuals, labels, 1)
    assert len(draws) == DRAWS
    for found in draws:
        assert found[[0, 1, 2, 4]] == pytest.approx([0.2, 0.0, 0.5, 0.0])
        assert np.isnan(found[3])
    assert np.isnan(own_points(residuals, labels, 2)[0]).all()


@pytest.mark.slow
def test_a_correction_is_worth_it_on_builds_and_models_never_seen() -> None:
    found = neighbour_errors(shipped_points(), cross_validation.predictions()["without_model_ms"])
    found = found.set_index("correction")
    other = found.loc[OTHER_BUILDS]
    assert other["n"] > 900
    # The median is as before; it is the largest errors that become smaller.
    assert other["median"] < other["median_before"] + 0.001
    assert other["factor_90"] < other["factor_90_before"] - 0.02
    curve = [found.loc[f"other builds, {count} of one's own", "median"] for count in (1, 2, 4)]
    assert curve == sorted(curve, reverse=True)
    # Half of the error is the build's level: what other builds say plainly is no help.
    assert found.loc[MEDIAN, "median"] > found.loc[MEDIAN, "median_before"]
    assert found.loc[ALL_OTHERS, "median"] < found.loc[ALL_OTHERS, "median_before"]
