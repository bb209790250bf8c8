"""Figures say what the data say."""

import itertools
import math

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from infecon_core import Layout, Scenario, Step, cheapest, fastest, frontier, preferred, step
from infecon_core.calibration.uncertainty import Spread
from infecon_ui import figures, wording
from infecon_ui.figures import axes, decomposition, labels
from infecon_ui.figures.frontier import MARKERS, headlines, thin
from infecon_ui.palette import TIME_COLUMNS, TIMES

PUBLISHED = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", engine="published")
SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", max_gpus=64)


@pytest.fixture(scope="module", params=[SCENARIO, PUBLISHED], ids=["serving", "published"])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """One scenario for each engine."""
    return request.param


@pytest.fixture(scope="module")
def frame(scenario: Scenario) -> pd.DataFrame:
    """A real frontier."""
    return frontier(scenario)


def _markers(figure) -> list:
    return [trace for trace in figure.data if trace.mode == "markers"]


def test_markers_stand_where_their_rows_do(frame: pd.DataFrame) -> None:
    figure = figures.frontier_figure(frame)
    shown = 0
    for trace in _markers(figure):
        for x, y, data in zip(trace.x, trace.y, trace.customdata, strict=True):
            row = frame.iloc[int(data[0])]
            assert x == pytest.approx(row["tokens_per_s_user"], rel=1e-6)
            assert y == pytest.approx(row["usd_per_million_tokens"], rel=1e-6)
            carried = dict(zip(wording.HOVER_COLUMNS, data, strict=True))
            assert carried["batch"] == pytest.approx(row["batch"], rel=1e-6)
            assert carried["tpot_ms"] == pytest.approx(row["tpot_s"] * 1e3, rel=1e-6)
            if wording.WORKSPACE in frame:
                assert carried["workspace_gb"] == pytest.approx(row[wording.WORKSPACE] / 1e9, rel=1e-6)
                assert carried["ttft_ms"] == pytest.approx(row["ttft_s"] * 1e3, rel=1e-6)
            assert carried["kv_gb"] == pytest.approx(row["kv_bytes_per_gpu"] / 1e9, rel=1e-6)
            assert sum(carried[f"share of {time.limit}"] for time in TIMES) == pytest.approx(1, rel=1e-5)
            assert trace.name == f"limited by {row['limit']}"
            shown += 1
    assert 0.5 * min(MARKERS, len(frame)) <= shown <= 300


def test_the_line_keeps_every_point(frame: pd.DataFrame) -> None:
    lines = [trace for trace in figures.frontier_figure(frame).data if trace.mode == "lines" and trace.yaxis is None]
    drawn = np.concatenate([trace.x[np.isfinite(trace.x)] for trace in lines])
    assert set(drawn) == set(frame["tokens_per_s_user"].to_numpy(np.float32))


def test_one_meaning_one_colour(scenario: Scenario, frame: pd.DataFrame) -> None:
    figure = figures.frontier_figure(frame)
    colours = {time.limit: time.colour for time in TIMES}
    for trace in _markers(figure):
        assert trace.marker.color == colours[trace.name.removeprefix("limited by ")]
    band = [trace for trace in figure.data if trace.stackgroup]
    assert [trace.fillcolor for trace in band] == [time.colour for time in TIMES]
    assert np.sum([trace.y for trace in band], axis=0) == pytest.approx(100, rel=1e-5)
    decomposed = figures.step_figure(_step(scenario, frame))
    assert [bar.marker.color for bar in decomposed.data] == [time.colour for time in TIMES]


def test_colours_stay_apart() -> None:
    # Viénot, Brettel and Mollon 1999: what is left of a colour without the red or the green receptor.
    sight = {
        "full": np.eye(3),
        "protan": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
        "deutan": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
    }
    for seen in sight.values():
        for one, other in itertools.combinations(TIMES, 2):
            distance = np.linalg.norm(_lab(seen @ _linear(one.colour)) - _lab(seen @ _linear(other.colour)))
            assert distance > 20, (one, other)


@pytest.mark.parametrize("background", ["#FFFFFF", "#0E1117"])
def test_colours_read_on_light_and_dark(background: str) -> None:
    weights = np.array([0.2126, 0.7152, 0.0722])
    for time in TIMES:
        dark, light = sorted((float(weights @ _linear(time.colour)), float(weights @ _linear(background))))
        assert (light + 0.05) / (dark + 0.05) > 2.2, time


def _linear(colour: str) -> npt.NDArray[np.float64]:
    part = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def _lab(linear: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear.clip(0, 1)
    x, y, z = np.cbrt(xyz / np.array([0.9505, 1, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_three_headlines_are_written_on_the_chart(frame: pd.DataFrame) -> None:
    texts = " ".join(a.text for a in figures.frontier_figure(frame).layout.annotations)
    for name in ("Fastest", "Preferred", "Cheapest"):
        assert f"<b>{name}</b>" in texts
    rows = {name: row for row, name in headlines(frame).items()}
    assert frame.iloc[rows["Fastest"]].equals(fastest(frame))
    assert frame.iloc[rows["Preferred"]].equals(preferred(frame))
    assert frame.iloc[rows["Cheapest"]].equals(cheapest(frame))


def test_one_point_carries_all_three_names(frame: pd.DataFrame) -> None:
    single = frame.iloc[[5]]
    figure = figures.frontier_figure(single)
    assert any("Preferred, fastest and cheapest" in a.text for a in figure.layout.annotations)
    assert sum(len(trace.x) for trace in _markers(figure)) == 1
    low, high = figure.layout.xaxis.range
    assert low < math.log10(single["tokens_per_s_user"].iloc[0]) < high


@pytest.mark.parametrize("log_axes", [True, False])
@pytest.mark.parametrize("max_gpus", [2, 8, 1024])
def test_labels_stay_inside_and_apart(scenario: Scenario, log_axes: bool, max_gpus: int) -> None:
    frame = frontier(scenario.model_copy(update={"max_gpus": max_gpus})).reset_index(drop=True)
    ranges = axes.ranges_of(frame, log_axes=log_axes)
    heads = list(headlines(frame))
    x, y = frame["tokens_per_s_user"].to_numpy(), frame["usd_per_million_tokens"].to_numpy().clip(max=ranges.dearest)
    curve = np.column_stack(
        [
            axes.fraction(x, ranges.slowest, ranges.fastest, log_axis=log_axes),
            axes.fraction(y, ranges.cheapest, ranges.dearest, log_axis=log_axes),
        ]
    )
    texts = ["<b>Preferred</b><br>105 tok/s at $12.30"] * len(heads)
    points = [(curve[row, 0], curve[row, 1]) for row in heads]
    spots = labels.place(points, texts, curve, ["faster and cheaper"])
    # On a wide screen; a phone may have no free spot left.
    width, height = 900, 330
    boxes = []
    for (px, py), spot in zip(points, spots, strict=True):
        left = px * width + spot.right - {"left": 0, "center": 70, "right": 140}[spot.xanchor]
        top = (1 - py) * height + spot.down - {"top": 0, "middle": 17, "bottom": 34}[spot.yanchor]
        assert -1 <= left <= width - 139
        assert -1 <= top <= height - 33
        boxes.append((left, top))
    for (ax, ay), (bx, by) in itertools.combinations(boxes, 2):
        assert abs(ax - bx) >= 135 or abs(ay - by) >= 30


def test_locked_axes_hold_still(frame: pd.DataFrame) -> None:
    ranges = axes.ranges_of(frame, log_axes=True)
    other = frame.assign(usd_per_million_tokens=3 * frame["usd_per_million_tokens"])
    assert figures.frontier_figure(other, ranges=ranges).layout.yaxis.range == (
        math.log10(ranges.cheapest),
        math.log10(ranges.dearest),
    )
    far = frame.assign(usd_per_million_tokens=1e4 * frame["usd_per_million_tokens"])
    names = [a.text for a in figures.frontier_figure(far, ranges=ranges).layout.annotations if "<b>" in a.text]
    assert names
    assert all("↑" in name for name in names)


def test_a_title_is_text_and_no_markup(frame: pd.DataFrame) -> None:
    assert figures.frontier_figure(frame, title="a<br>b").layout.title.text == "a&lt;br&gt;b"


def test_thinning_keeps_ends_and_spreads_evenly() -> None:
    speed = np.geomspace(1000, 1, 5000)
    frame = pd.DataFrame({"tokens_per_s_user": speed, "usd_per_million_tokens": speed**2})
    rows = thin(frame, 100, keep=(1234,))
    assert {0, 1234, 4999} <= set(rows)
    assert len(rows) <= 102
    gaps = np.diff(np.log(speed[np.setdiff1d(rows, [1234])]))
    assert gaps.min() / gaps.max() == pytest.approx(1, abs=0.05)


def test_a_click_names_its_row(frame: pd.DataFrame) -> None:
    assert figures.picked_row([{"customdata": {"0": 7, "1": 2.5}}], frame) == 7
    assert figures.picked_row([{"customdata": [7, 2.5]}], frame) == 7
    assert figures.picked_row([], frame) is None
    assert figures.picked_row([{"x": 1.0}], frame) is None
    assert figures.picked_row([{"customdata": {"0": len(frame)}}], frame) is None


@pytest.mark.parametrize(
    ("low", "high", "log_axis", "expected"),
    [
        (0.8, 120, True, [1, 2, 5, 10, 20, 50, 100]),
        (0.1, 1e5, True, [0.1, 1, 10, 100, 1e3, 1e4, 1e5]),
        (0, 100, False, [0, 20, 40, 60, 80, 100]),
    ],
)
def test_ticks_are_round(low: float, high: float, log_axis: bool, expected: list[float]) -> None:
    assert axes.ticks(low, high, log_axis=log_axis, most=7) == pytest.approx(expected)


def _step(scenario: Scenario, frame: pd.DataFrame) -> Step:
    point = preferred(frame)
    return step(scenario, Layout.of(point), point["batch"])


def test_the_bars_sum_to_the_time_per_token(scenario: Scenario, frame: pd.DataFrame) -> None:
    decomposed = _step(scenario, frame)
    for way in figures.ways(decomposed):
        bars = figures.step_figure(decomposed, way).data
        assert sum(bar.x[0] for bar in bars) == pytest.approx(decomposed.tpot_s * 1e3)
        assert sum(sum(bar.x[1:]) for bar in bars) == pytest.approx(decomposed.tpot_s * 1e3)
        assert len(set(bars[0].y)) == len(bars[0].y)
    assert decomposed.tpot_s == pytest.approx(preferred(frame)["tpot_s"], rel=1e-9)


def test_layers_are_told_apart_where_the_engine_does() -> None:
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", max_gpus=16)
    found = frontier(scenario)
    decomposed = _step(scenario, found)
    groups = decomposition.step_parts(decomposed, "layer group")
    assert {"3 layers, latent attention, dense", "58 layers, latent attention, 256 experts"} <= groups.keys()
    small = sum(o.kernel_overhead_s for o in decomposed.operators if o.group.startswith("3 layers"))
    assert groups["3 layers, latent attention, dense"]["kernel_overhead_s"] == pytest.approx(small * 1e3)
    times = decomposition.step_parts(decomposed, "five times")
    assert {name.lower() for name in times} <= set(wording.LIMITS)
    published = _step(PUBLISHED, frontier(PUBLISHED))
    assert figures.ways(published) == ("operator", "five times")


def test_the_memory_bar_is_one_gpu(scenario: Scenario, frame: pd.DataFrame) -> None:
    decomposed = _step(scenario, frame)
    bars = figures.memory_figure(decomposed).data
    assert sum(bar.x[0] for bar in bars) == pytest.approx(decomposed.hbm_bytes_per_gpu / 1e9)
    names = [bar.name.rsplit(" ", 2)[0] for bar in bars]
    assert ("Workspace" in names) == (scenario.engine == "serving")
    assert (names[0], names[-1]) == ("Weights", "Free")


def test_the_table_sums_up(scenario: Scenario, frame: pd.DataFrame) -> None:
    table = figures.operator_table(_step(scenario, frame)).set_index("Operator")
    whole, operators = table.loc["Whole step"], table.drop("Whole step")
    for column in ("Time", *(time.label for time in TIMES)):
        assert operators[column].sum() == pytest.approx(whole[column])
    assert whole["Share"] == pytest.approx(1)
    assert len(TIME_COLUMNS) == 5


def test_the_uncertainty_lies_around_the_curve(frame: pd.DataFrame) -> None:
    found = Spread(0.8, 1.25, 321, "dense models on NVIDIA GPUs")
    plain, banded = (figures.frontier_figure(frame, spread=given) for given in (None, found))
    assert not [trace for trace in plain.data if trace.fill == "toself"]
    (band,) = [trace for trace in banded.data if trace.fill == "toself"]
    assert band.name == "80% of 321 comparable measurements lie within"
    speed, price = frame["tokens_per_s_user"].to_numpy(), frame["usd_per_million_tokens"].to_numpy()
    assert band.x[: len(frame)] == pytest.approx(speed / 0.8, rel=1e-6)
    assert band.y[len(frame) :][::-1] == pytest.approx(price * 1.25, rel=1e-6)
    assert plain.layout.xaxis.range == banded.layout.xaxis.range
