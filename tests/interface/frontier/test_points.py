"""The points of a frontier, column by column."""

import numpy as np
import pandas as pd
import pytest

from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier.points import BEYOND, Points, beyond_of, reason_beyond

# Speed³ / price: 25,000, 62,500 and 2.5.
FRAME = pd.DataFrame(
    {
        "tokens_per_s_user": [100.0, 50.0, 1.0],
        "usd_per_million_tokens": [40.0, 2.0, 0.4],
        "usd_per_million_tokens_blended": [np.nan, np.nan, np.nan],
        "tokens_per_s_per_gpu": [1.0, 20.0, 100.0],
        "tokens_per_s_per_mw": [np.nan, np.nan, np.nan],
        "limit": ["memory", "memory", "arithmetic"],
        "n_gpu": [8.0, 8.0, 16.0],
        "tp": [8.0, 8.0, 8.0],
        "pp": [1.0, 1.0, 2.0],
        "ep": [1.0, 1.0, 1.0],
        "dp_attn": [1.0, 1.0, 1.0],
        "batch": [1.0, 20.0, 400.0],
    },
    index=[7, 8, 9],
)


def test_columns_and_rows_are_those_of_the_frame() -> None:
    points = Points.of(FRAME)
    assert len(points) == 3
    assert points.frame.index.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(points.speed, [100, 50, 1])
    np.testing.assert_array_equal(points.price, [40, 2, 0.4])
    assert points[2]["usd_per_million_tokens"] == 0.4
    assert points[2]["limit"] == "arithmetic"


def test_three_points_have_names() -> None:
    points = Points.of(FRAME)
    assert points.rows == {"preferred": 1, "fastest": 0, "cheapest": 2}
    assert points.named() == {0: "fastest", 2: "cheapest", 1: "preferred"}
    assert Points.of(FRAME.iloc[[0, 1]]).named() == {0: "fastest", 1: "cheapest and preferred"}


@pytest.mark.parametrize(("target", "row"), [(100.0, 0), (99.0, 0), (50.0, 1), (50.1, 0), (0.1, 2), (100.1, None)])
def test_the_point_at_a_target(target: float, row: int | None) -> None:
    assert Points.of(FRAME).at(target) == row


def test_measures_that_are_not_known_are_not_offered() -> None:
    points = Points.of(FRAME)
    assert points.measures == ("output", "gpu")
    assert points.measure("gpu") == MEASURES["gpu"]
    assert points.measure("total") == points.measure("mw") == MEASURES["output"]


def test_layouts_reach_from_the_next_slower_one_to_their_fastest_point() -> None:
    fast, slow = Points.of(FRAME).stretches
    assert fast == (0, 1, 1.0, 100.0)
    # One point has no width of its own: up to the next faster one, that one's layout is needed.
    assert slow == (2, 2, 1.0, 1.0)


def test_fractions_are_told() -> None:
    assert Points.of(FRAME).whole
    for name in ("n_gpu", "tp", "batch"):
        assert not Points.of(FRAME.assign(**{name: [1.5, 1, 1]})).whole


def test_linear_axes_end_at_eight_times_the_preferred_price() -> None:
    output, per_gpu = MEASURES["output"], MEASURES["gpu"]
    assert Points.of(FRAME).ranges(output, target=50, log_axes=False) == (0, 150, 0, 20)
    assert Points.of(FRAME).ranges(per_gpu, target=50, log_axes=False) == (0, 150, 0, 150)


def test_a_point_has_every_column_of_the_frame() -> None:
    points = Points.of(FRAME)
    assert points.columns.names == list(points[1]) == list(FRAME.columns)
    assert len(points[1]) == len(FRAME.columns)
    assert {**points[1], "limit": "memory"} == pytest.approx(dict(FRAME.iloc[1]), nan_ok=True)
    with pytest.raises(KeyError):
        points[1]["nothing"]


def test_reasons_that_an_engine_does_not_know_are_none() -> None:
    frame = FRAME.assign(**{BEYOND: ["batch", np.nan, ""]})
    assert beyond_of(frame).tolist() == ["batch", "", ""]
    assert [reason_beyond(frame.iloc[row]) for row in range(3)] == ["batch", "", ""]
    assert beyond_of(FRAME.assign(**{BEYOND: np.nan})).tolist() == ["", "", ""]
