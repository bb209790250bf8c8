"""Measured points beside predictions: scores, bins, words, charts; and reading a reader's own file."""

import numpy as np
import pandas as pd
import pytest

from infecon_core.calibration.constants import FITTED, shipped
from infecon_core.calibration.measurements import shipped_points
from infecon_core.calibration.predict import predict
from infecon_ui import error_tables, measured, own_points
from infecon_ui.figures import measured as figures
from infecon_ui.own_points import BadFileError

HEAD = "model_id,accelerator_id,weight_precision,gpus_per_instance,batch_per_instance,context_len,tpot_ms\n"
ROW = "llama-3.1-70b,h100-sxm,fp8,8,16,1500,14.2\n"


@pytest.fixture(scope="module")
def points() -> pd.DataFrame:
    return measured.points()


@pytest.fixture(scope="module")
def whole(points: pd.DataFrame) -> pd.DataFrame:
    return measured.with_left_out(points)


def _few() -> pd.DataFrame:
    """Two groups whose errors can be worked out by hand."""
    return pd.DataFrame(
        {
            "model": ["A", "A", "A", "B"],
            "tpot_ms": [10.0, 10.0, 10.0, 10.0],
            "serving_ms": [11.0, 12.0, 13.0, 5.0],
            "roofline_ms": [5.0, 5.0, 5.0, 5.0],
            "published_ms": [7.0, 7.0, 7.0, 7.0],
            "without_model_ms": [14.0, 14.0, 14.0, np.nan],
            "floor": [0.05, np.nan, np.nan, np.nan],
        }
    )


def test_every_point_that_can_be_predicted_is_there(points: pd.DataFrame) -> None:
    predicted = predict(shipped_points())
    assert len(points) == (predicted["error"] == "").sum()
    assert points["serving_ms"].equals(predicted["predicted_tpot_ms"][predicted["error"] == ""].rename("serving_ms"))
    assert (points["roofline_ms"] > 0).all()
    assert set(points["kind"]) == {measured.SHARED, measured.SEPARATE, measured.STATIC}
    assert measured.OTHER not in set(points["software"]) | set(points["family"])


def test_left_out_predictions_stand_beside_their_points(whole: pd.DataFrame) -> None:
    # Left-out constants differ little from the shipped ones: a shifted row would be far off.
    ratio = whole["without_model_ms"] / whole["serving_ms"]
    assert ratio.dropna().between(0.4, 2.5).all()
    assert ratio.notna().mean() > 0.99


def test_headline_counts_what_is_there() -> None:
    frame = _few().assign(accelerator=["X", "X", "Y", "Y"])
    statement, beside = measured.headline(frame)
    assert statement == (
        "On 4 measured points of 2 models on 2 accelerators the serving engine is off by 25% in the middle case; "
        "leaving a whole model out of the fit, by 40%."
    )
    assert "off by 30% and the bare roofline by 50%" in beside
    assert beside.endswith("differ by 5.0%.")


def test_headline_does_not_wait_for_the_left_out_fits() -> None:
    frame = _few().drop(columns="without_model_ms").assign(accelerator="X")
    assert measured.headline(frame)[0].endswith("out of the fit, by (computing).")


def test_filters_choose_and_their_ends_mean_no_limit() -> None:
    frame = pd.DataFrame({"model": ["A", "B", "B"], "batch_per_instance": [0.4, 16.0, 20_000.0]})
    assert len(measured.Filters({}).choose(frame)) == 3
    assert measured.Filters({"model": ["B"]}, (1, 16)).choose(frame).index.tolist() == [1]
    assert measured.Filters({"model": []}, (32, measured.BATCHES[-1])).choose(frame).index.tolist() == [2]


def test_thinning_keeps_every_model_and_accelerator(points: pd.DataFrame) -> None:
    thin = measured.thinned(points)
    assert len(thin) == measured.SHOWN_POINTS
    assert not thin.index.duplicated().any()
    large = points["model"].value_counts()
    assert set(large[large > 5].index) <= set(thin["model"])
    assert measured.thinned(points, len(points)) is points


def test_table_scores_by_hand() -> None:
    shown = error_tables.table(_few(), "model").set_index("group")
    assert shown.index.tolist() == [error_tables.ALL, "A", "B"]
    assert shown.loc["A", "points"] == 3
    assert shown.loc["A", "error"] == pytest.approx(20)
    assert shown.loc["A", "error_unseen"] == pytest.approx(40)
    assert shown.loc["A", "published"] == pytest.approx(30)
    assert shown.loc["A", "roofline"] == pytest.approx(50)
    assert shown.loc["A", "bias"] == pytest.approx((1.1 * 1.2 * 1.3) ** (1 / 3))
    assert shown.loc["A", "within_25"] == pytest.approx(200 / 3)
    assert shown.loc["B", "bias"] == pytest.approx(0.5)
    # One setup measured twice says nothing of a group.
    assert np.isnan(shown.loc["A", "floor"])


def test_table_can_tell_of_points_that_the_fit_did_not_see() -> None:
    shown = error_tables.table(_few(), "model", seen=False).set_index("group")
    assert shown.loc["A", "bias"] == pytest.approx(1.4)
    assert shown.loc["A", "error"] == pytest.approx(20)
    assert np.isnan(shown.loc["B", "bias"])


def test_table_covers_all_points(whole: pd.DataFrame) -> None:
    for column in measured.GROUPS.values():
        shown = error_tables.table(whole, column)
        assert shown["points"].iloc[0] == len(whole) == shown["points"].iloc[1:].sum()


def test_worst_groups_are_named_with_their_reason() -> None:
    frame = pd.DataFrame(
        {
            "model_id": ["falcon-180b"] * 9 + ["mixtral-8x7b"] * 9 + ["other"] * 30 + ["few"] * 2,
            "model": ["Falcon"] * 9 + ["Mixtral"] * 9 + ["Fine"] * 30 + ["Few"] * 2,
            "accelerator_id": "h100-sxm",
            "accelerator": "H100",
            "tpot_ms": 10.0,
            "serving_ms": [6.0] * 9 + [13.0] * 9 + [10.5] * 30 + [20.0] * 2,
        }
    )
    (sentence,) = error_tables.worst(frame)
    # Both share a reason, so they share a sentence; two points are too few to be named.
    assert sentence.startswith(
        "**Falcon** (9 points, off by 40%, 40% too fast on average), **Mixtral** (9 points, off by 30%, 30% too slow"
    )
    assert error_tables.REASONS["model", "falcon-180b"] in sentence
    unknown = error_tables.worst(frame.replace({"falcon-180b": "no-such", "mixtral-8x7b": "neither"}))
    assert unknown[0].endswith(f": {error_tables.UNKNOWN}.")


def test_reasons_are_of_groups_that_were_measured(points: pd.DataFrame) -> None:
    for column, key in error_tables.REASONS:
        assert key in set(points[f"{column}_id"])


def test_bins_hold_every_point_once(points: pd.DataFrame) -> None:
    for by in error_tables.BINS:
        shown = error_tables.binned(points, by)
        assert shown["n"].sum() == len(points.dropna(subset=["isl", "osl"]) if by == "ratio" else points)
        assert (shown["low"] <= shown["middle"]).all()
        assert (shown["middle"] <= shown["high"]).all()


def test_bins_by_hand() -> None:
    frame = pd.DataFrame({"batch_per_instance": [1, 3.9, 4], "tpot_ms": 10.0, "serving_ms": [9.0, 11.0, 20.0]})
    shown = error_tables.binned(frame, "batch")
    assert shown["bin"].tolist() == ["<4", "<16"]
    assert shown["middle"].tolist() == pytest.approx([1.0, 2.0])


def test_scatter_draws_every_point_in_its_colour(points: pd.DataFrame) -> None:
    drawn = measured.thinned(points)
    palette = figures.colours(points["family"])
    ends = figures.ends_of(points, [predictor.column for predictor in measured.PREDICTORS])
    figure = figures.scatter_figure(drawn, "serving_ms", "family", palette, ends)
    clouds = [trace for trace in figure.data if trace.mode == "markers"]
    assert sum(len(trace.x) for trace in clouds) == len(drawn) <= measured.SHOWN_POINTS
    assert {trace.name: trace.marker.color for trace in clouds} == palette
    assert min(min(trace.y) for trace in clouds) > ends[0]
    assert max(max(trace.x) for trace in clouds) < ends[1]


def test_colours_stay_when_filters_change(points: pd.DataFrame) -> None:
    palette = figures.colours(points["accelerator"])
    assert len(set(palette.values())) == len(palette) == len(figures.COLOURS)
    ends = figures.ends_of(points, ["serving_ms"])
    few = points[points["accelerator"] == list(palette)[3]]
    figure = figures.scatter_figure(few, "serving_ms", "accelerator", palette, ends)
    assert figure.data[-1].marker.color == figures.COLOURS[3]


def test_hover_names_setup_and_source_and_keeps_foreign_text_as_text(points: pd.DataFrame) -> None:
    text = points["hover"].iloc[0]
    for part in ("<b>DeepSeek R1 in FP4</b>", "4 × B200", "TP 4", "batch 3.8", "prompt 1,024, output 1,024", "sglang"):
        assert part in text
    assert "InferenceX" in text
    row = HEAD.replace("tpot_ms", "tpot_ms,engine") + ROW.replace("14.2", "14.2,<img src=x>")
    assert "<img" not in own_points.report(row.encode()).points["hover"].iloc[0]


def test_template_reads_back_without_a_fault() -> None:
    report = own_points.report(own_points.template().encode())
    assert len(report.points) == 3
    assert report.faults == ()
    listed = own_points.columns_table()["Column"]
    assert set(own_points.template().splitlines()[0].split(",")) <= {*listed, "date"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "Line 1 is empty"),
        (b"PK\x03\x04 a spreadsheet", "save the table as CSV"),
        (HEAD.encode() + b"llama-3.1-70b,h100-sxm,fp8,8,\xff\xfe,1,1\n", "Line 2 is not UTF-8 text"),
        (HEAD.replace("tpot_ms", "time").encode() + ROW.encode(), "lacks the column tpot_ms"),
        (HEAD.replace("model_id", "model").encode() + ROW.encode(), "Line 1 lacks the column model_id"),
        (HEAD.replace(",", ";").encode() + ROW.replace(",", ";").encode(), "separate the columns by commas"),
        (HEAD.replace("context_len", "model_id").encode() + ROW.encode(), "names the column model_id twice"),
        ((HEAD + ROW + "llama-3.1-70b,h100-sxm\n").encode(), "Line 3 has 2 fields, the header has 7"),
        ((HEAD + '"llama').encode(), "Line 2 is not CSV"),
        (HEAD.encode(), "holds no rows"),
        ((HEAD + ROW * (own_points.MAX_ROWS + 1)).encode(), "20,001 rows; split it"),
    ],
)
def test_bad_file_says_what_is_wrong_in_one_sentence(data: bytes, why: str) -> None:
    with pytest.raises(BadFileError) as caught:
        own_points.report(data)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_rows_that_cannot_be_predicted_name_their_line_and_the_rest_is_scored() -> None:
    rows = [
        ROW,
        "\n",
        ROW.replace("llama-3.1-70b", "lama-3.1-70b"),
        ROW.replace("14.2", "fast"),
        ROW.replace("14.2", "-1"),
        ROW.replace(",16,", ",,"),
        ROW.replace("fp8", "fp3"),
        ROW.replace("14.2", "15"),
    ]
    report = own_points.report((HEAD + "".join(rows)).encode())
    assert report.points.index.tolist() == [2, 9]
    faults = dict(report.faults)
    assert list(faults) == [4, 5, 6, 7, 8]
    assert "llama-3.1-70b" in faults[4]
    assert faults[5] == "tpot_ms is 'fast'; give a positive number of milliseconds"
    assert "batch_per_instance is empty" in faults[7]
    assert "'fp3' is no format" in faults[8]
    assert report.score.n == 2
    assert own_points.reading(report).endswith("5 rows cannot be predicted.")


def test_line_numbers_hold_after_a_field_with_a_line_break() -> None:
    head, row = HEAD.replace("tpot_ms", "tpot_ms,engine"), ROW.replace("14.2\n", '14.2,"two\nlines"\n')
    report = own_points.report((head + row + ROW.replace("14.2", "x,y")).encode())
    assert report.points.index.tolist() == [3]
    assert [fault.line for fault in report.faults] == [4]


def test_refit_finds_the_constants_behind_the_points() -> None:
    truth = shipped().model_copy(update={"layer_s": 1.6 * shipped().layer_s})
    chosen = shipped_points().query("model_id in ('llama-3.3-70b', 'qwen3-32b')")
    own = predict(chosen, truth).assign(tpot_ms=lambda frame: frame["predicted_tpot_ms"])
    refit = own_points.refit(own.to_csv(index=False).encode())
    assert refit.before.median > 0.05
    assert refit.after.median < 0.01
    assert refit.unseen is not None
    assert refit.unseen.median < 0.015
    assert refit.constants.layer_s == pytest.approx(truth.layer_s, rel=0.05)
    # What these dense models do not touch stays.
    assert refit.constants.exchange_share == pytest.approx(shipped().exchange_share, rel=1e-6)
    table = own_points.constants_table(refit.constants)
    assert len(table) == len(FITTED)
    assert "the error goes from" in own_points.refit_reading(refit)


def test_refit_says_when_a_unit_is_wrong() -> None:
    seconds = HEAD + ROW.replace("14.2", "0.0142") * 40
    with pytest.raises(BadFileError, match="perhaps a column is in another unit"):
        own_points.refit(seconds.encode())


def test_refit_needs_a_point() -> None:
    with pytest.raises(BadFileError, match="nothing to fit"):
        own_points.refit((HEAD + ROW.replace("fp8", "fp3")).encode())
