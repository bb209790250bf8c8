"""The points of a frontier, column by column."""

import numpy as np
import pandas as pd
import pytest

from infecon_ui.frontier.points import Points

# Speed³ / price: 25,000, 62,500 and 2.5.
FRAME = pd.DataFrame(
    {
        "tokens_per_s_user": [100.0, 50.0, 1.0],
        "usd_per_million_tokens": [40.0, 2.0, 0.4],
        "limit": ["memory", "memory", "arithmetic"],
    },
    index=[7, 8, 9],
)


def test_columns_and_rows_are_those_of_the_frame() -> None:
    points = Points.of(FRAME)
    assert len(points) == 3
    assert points.frame.index.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(points.speed, [100, 50, 1])
    np.testing.assert_array_equal(points.price, [40, 2, 0.4])
    assert points[2] == {"tokens_per_s_user": 1, "usd_per_million_tokens": 0.4, "limit": "arithmetic"}


def test_three_points_have_names() -> None:
    points = Points.of(FRAME)
    assert points.rows == {"preferred": 1, "fastest": 0, "cheapest": 2}
    assert points.named() == {1: "Preferred", 0: "Fastest", 2: "Cheapest"}
    assert Points.of(FRAME.iloc[[0, 1]]).named() == {1: "Preferred and cheapest", 0: "Fastest"}
    assert Points.of(FRAME.iloc[[0]]).named() == {0: "Preferred, fastest and cheapest"}


def test_linear_axes_end_at_eight_times_the_preferred_price() -> None:
    assert Points.of(FRAME).ranges(log_axes=False) == pytest.approx((0, 107, 0, 16))
