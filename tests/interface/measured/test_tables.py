"""Errors by group and ratios by bin, worked out by hand and over all points."""

import numpy as np
import pandas as pd
import pytest

from infecon_ui.measured.points import GROUPS, measured_points, with_left_out
from infecon_ui.measured.tables import ALL, BINS, FACTORS, SHARES, binned, column_config, error_table
from tests.support.measured import few_points


def test_table_scores_by_hand() -> None:
    shown = error_table(few_points(), "model").set_index("group")
    assert shown.index.tolist() == [ALL, "A", "B"]
    assert shown.loc["A", "points"] == 3
    assert shown.loc["A", "error"] == pytest.approx(20)
    assert shown.loc["A", "error_unseen"] == pytest.approx(40)
    assert shown.loc["A", "published"] == pytest.approx(30)
    assert shown.loc["A", "roofline"] == pytest.approx(50)
    assert shown.loc["A", "bias"] == pytest.approx((1.1 * 1.2 * 1.3) ** (1 / 3))
    assert shown.loc["A", "within_25"] == pytest.approx(200 / 3)
    assert shown.loc["B", "bias"] == pytest.approx(0.5)
    # One setup measured twice says nothing of a group.
    assert np.isnan(shown.loc["A", "other_software"])


def test_table_can_tell_of_points_that_the_fit_did_not_see() -> None:
    shown = error_table(few_points(), "model", seen=False).set_index("group")
    assert shown.loc["A", "bias"] == pytest.approx(1.4)
    assert shown.loc["A", "error"] == pytest.approx(20)
    assert np.isnan(shown.loc["B", "bias"])


def test_table_covers_all_points() -> None:
    whole = with_left_out(measured_points())
    for label, column in GROUPS.items():
        shown = error_table(whole, column)
        assert (
            set(column_config(label)) == set(shown) == {"group", "points", *(score.name for score in SHARES + FACTORS)}
        )
        assert shown["points"].iloc[0] == len(whole) == shown["points"].iloc[1:].sum()


def test_bins_hold_every_point_once() -> None:
    points = measured_points()
    for by in BINS:
        shown = binned(points, by)
        assert shown["n"].sum() == len(points.dropna(subset=["isl", "osl"]) if by == "ratio" else points)
        assert (shown["low"] <= shown["middle"]).all()
        assert (shown["middle"] <= shown["high"]).all()


def test_bins_by_hand() -> None:
    frame = pd.DataFrame({"batch_per_instance": [1, 3.9, 4], "tpot_ms": 10.0, "serving_ms": [9.0, 11.0, 20.0]})
    shown = binned(frame, "batch")
    assert shown["bin"].tolist() == ["<4", "<16"]
    assert shown["middle"].tolist() == pytest.approx([1.0, 2.0])
