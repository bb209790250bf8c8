"""Measured points beside their predictions: names, groups, filters, thinning."""

import io

import pandas as pd
import pytest

from infecon_core import catalog
from infecon_core.catalog.measurements import OTHER, shipped_points
from infecon_core.measured.predict import predict
from infecon_core.schema.measurement import MEASUREMENT_COLUMNS
from infecon_ui.measured.cache import csv
from infecon_ui.measured.points import (
    BATCHES,
    SEPARATE,
    SHARED,
    SHOWN_POINTS,
    STATIC,
    Filters,
    measured_points,
    thinned,
    with_left_out,
)


def test_every_point_that_can_be_predicted_is_there() -> None:
    points, predicted = measured_points(), predict(shipped_points())
    assert len(points) == (predicted["error"] == "").sum()
    assert points["serving_ms"].equals(predicted["predicted_tpot_ms"][predicted["error"] == ""].rename("serving_ms"))
    assert (points["roofline_ms"] > 0).all()
    assert set(points["kind"]) == {SHARED, SEPARATE, STATIC}
    assert OTHER not in set(points["software"])
    for key, family in set(zip(points["model_id"], points["family"], strict=True)):
        assert catalog.models()[key].family == family


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (Filters((("model", ()), ("kind", ()))), ""),
        (Filters((("model", ("Qwen3 32B", "GPT-J 6B")),)), "Model: Qwen3 32B or GPT-J 6B"),
        (Filters((("kind", (STATIC,)),), (4, 16)), "Kind: Static batch, Batch: 4 to 16"),
        (Filters(batch=(BATCHES[0], 16)), "Batch: up to 16"),
        (Filters(batch=(1024, BATCHES[-1])), "Batch: 1,024 or more"),
    ],
)
def test_filters_say_which_are_set(filters: Filters, told: str) -> None:
    assert filters.told() == told


def test_left_out_predictions_stand_beside_their_points() -> None:
    # Left-out constants differ little from the shipped ones: a shifted row would be far off.
    whole = with_left_out(measured_points())
    ratio = whole["without_model_ms"] / whole["serving_ms"]
    assert ratio.dropna().between(0.4, 2.5).all()
    assert ratio.notna().mean() > 0.99


def test_filters_choose_and_their_ends_mean_no_limit() -> None:
    frame = pd.DataFrame({"model": ["A", "B", "B"], "batch_per_instance": [0.4, 16.0, 20_000.0]})
    assert len(Filters().choose(frame)) == 3
    assert Filters((("model", ("B",)),), (1, 16)).choose(frame).index.tolist() == [1]
    assert Filters((("model", ()),), (32, BATCHES[-1])).choose(frame).index.tolist() == [2]


def test_thinning_keeps_every_model_and_accelerator() -> None:
    points = measured_points()
    thin = thinned(points)
    assert len(thin) == SHOWN_POINTS
    assert not thin.index.duplicated().any()
    large = points["model"].value_counts()
    assert set(large[large > 5].index) <= set(thin["model"])
    assert thinned(points, len(points)) is points


def test_the_file_holds_what_passes() -> None:
    filters = Filters((("model", ("Qwen3 32B",)),))
    table = pd.read_csv(io.StringIO(csv(filters)))
    expected = filters.choose(measured_points())
    assert list(table["tpot_ms"]) == pytest.approx(list(expected["tpot_ms"]))
    assert list(table["published_ms"]) == pytest.approx(list(expected["published_ms"]))
    assert set(MEASUREMENT_COLUMNS) <= set(table)
    assert table["source_id"].notna().all()
