"""The figures of a comparison say what its frontiers say."""

import numpy as np
import pytest

from infecon_ui.charts.palette import TIMES, VARIANTS
from infecon_ui.compare.bars import bars_figure, picked_name
from infecon_ui.compare.figure import POINTS, curves_figure, ranges_of
from tests.support.compared import BASE, comparison, shown
from tests.support.figures import assert_valid, numbers

MEASURED = comparison("engine", ("serving", "published", "measured"), BASE.with_values(model="deepseek-r1"))


@pytest.mark.parametrize("log_axes", [True, False])
@pytest.mark.parametrize("measure", ["output", "total", "gpu", "mw"])
def test_plotly_knows_every_property(measure: str, log_axes: bool) -> None:
    found = shown(measure=measure)
    assert_valid(curves_figure(found, log_axes=log_axes))
    assert_valid(bars_figure(found, ("B200", "GB200 NVL72")))


def test_every_scenario_has_its_curve_its_point_and_its_name() -> None:
    found = shown()
    figure = curves_figure(found)
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    points = {trace["name"]: trace for trace in figure["data"] if trace["mode"] == "markers"}
    # Those that have points beyond what was measured have a dashed part.
    assert list(dict.fromkeys(trace["name"] for trace in lines)) == list(found.names)
    for one in found.standings:
        frame = one.entrant.frontier
        assert frame is not None
        drawn = np.concatenate([numbers(trace["x"]) for trace in lines if trace["name"] == one.name])
        assert set(drawn[np.isfinite(drawn)]) <= set(frame["tokens_per_s_user"].to_numpy(np.float32))
        assert one.point is not None
        assert (points[one.name]["x"], points[one.name]["y"]) == ([one.point["tokens_per_s_user"]], [one.value])
    names = [note["text"] for note in figure["layout"]["annotations"]]
    assert {f"<b>{name}</b>" for name in found.names} <= set(names)
    assert sum(len(numbers(trace["x"])) for trace in figure["data"]) <= 6 * (POINTS + 8)


def test_one_scenario_one_colour_and_none_of_the_five_times() -> None:
    found = shown()
    lines = [trace for trace in curves_figure(found)["data"] if trace["mode"] == "lines"]
    colours = list(dict.fromkeys(trace["line"]["color"] for trace in lines))
    assert colours == list(VARIANTS)
    assert len({(trace["name"], trace["line"]["color"]) for trace in lines}) == len(VARIANTS)
    assert not set(colours) & {time.colour for time in TIMES}
    bars = bars_figure(found)["data"][0]
    by_name = dict(zip((name for (name,) in bars["customdata"]), bars["marker"]["color"], strict=True))
    assert by_name == found.colours


def test_the_target_stands_at_its_speed() -> None:
    line = curves_figure(shown())["layout"]["shapes"][0]
    assert line["x0"] == line["x1"] == 50


@pytest.mark.parametrize("measure", ["output", "gpu"])
@pytest.mark.parametrize("log_axes", [True, False])
def test_the_axes_show_the_target_and_all_points_at_it(measure: str, log_axes: bool) -> None:
    for speed in (5.0, 50.0, 100.0, 400.0):
        found = shown(comparison(base=BASE.with_values(at=speed)), measure)
        ranges = ranges_of(found, log_axes=log_axes)
        assert ranges.slowest < ranges.fastest
        assert ranges.cheapest < ranges.dearest
        for one in found.reached:
            assert one.point is not None
            assert ranges.slowest <= one.point["tokens_per_s_user"] <= ranges.fastest
            assert ranges.cheapest <= one.value <= ranges.dearest
    assert found.reached == ()


def test_bars_are_sorted_and_as_long_as_their_values() -> None:
    found = shown()
    lengths = numbers(bars_figure(found)["data"][0]["x"])
    assert lengths.tolist() == pytest.approx(sorted(one.value for one in found.reached))
    assert (np.diff(numbers(bars_figure(shown(measure="gpu"))["data"][0]["x"])) <= 0).all()


def test_a_range_is_drawn_from_its_low_to_its_high_end() -> None:
    found = shown()
    x = numbers(bars_figure(found)["data"][1]["x"]).reshape(-1, 3)
    ends = [(one.low, one.high) for one in found.ranked]
    assert x[:, 0].tolist() == pytest.approx([low for low, _ in ends])
    assert all(drawn == pytest.approx(high) or drawn < high for drawn, (_, high) in zip(x[:, 1], ends, strict=True))


def test_what_has_no_value_has_a_reason_and_no_bar() -> None:
    found = shown(comparison(base=BASE.with_values(basis="on_demand", at=120.0)))
    figure = bars_figure(found)
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert any("no price on this basis" in text for text in texts)
    assert any("cannot reach 120 tokens/s" in text for text in texts)
    assert numbers(figure["data"][0]["x"])[-1] == 0


def test_measured_points_are_marked_and_computed_ones_are_not() -> None:
    found = shown(MEASURED)
    modes = {trace["name"]: trace["mode"] for trace in curves_figure(found)["data"] if trace["mode"] != "markers"}
    assert modes == {"Serving engine": "lines", "Published model": "lines", "Measured": "lines+markers"}
    assert [one.name for one in found.curves] == ["Serving engine", "Published model"]


def test_a_click_on_a_bar_names_it() -> None:
    assert picked_name([{"customdata": ["B200"]}]) == "B200"
    assert picked_name([{"customdata": {"0": "B200"}}]) == "B200"
    assert picked_name([]) is None
    assert picked_name([{"x": 1}]) is None


@pytest.mark.parametrize("log_axes", [True, False])
def test_a_target_that_nobody_reaches_leaves_the_curves_in_the_chart(log_axes: bool) -> None:
    near = shown(comparison(values=("b200-hgx", "h100-sxm"), base=BASE.with_values(at=500.0)))
    ranges = ranges_of(near, log_axes=log_axes)
    assert ranges.fastest > 500
    assert ranges.slowest < 30
    far = shown(comparison(values=("b200-hgx", "h100-sxm"), base=BASE.with_values(at=5000.0)))
    assert ranges_of(far, log_axes=log_axes).fastest < 200
    layout = curves_figure(far, log_axes=log_axes)["layout"]
    assert [shape["type"] for shape in layout["shapes"]] == ["rect"]
    assert "target 5,000 →" in [note["text"] for note in layout["annotations"]]


def test_long_names_are_cut_at_the_curves() -> None:
    found = shown(comparison("model", ("deepseek-v3", "erdil-Llama_3_gpt4_size_16x")))
    short = found.short[found.names[1]]
    assert len(short) <= 18
    assert short.endswith("…")
    assert f"<b>{short}</b>" in [note["text"] for note in curves_figure(found)["layout"]["annotations"]]
    assert found.short["DeepSeek V3"] == "DeepSeek V3"


def test_a_reason_stands_below_its_name_where_a_bar_would_be() -> None:
    found = shown(comparison(values=("b200-hgx", "h100-sxm"), base=BASE.with_values(at=500.0)))
    notes = bars_figure(found)["layout"]["annotations"]
    assert all("<br>cannot reach 500 tokens/s" in note["text"] and note["yanchor"] == "middle" for note in notes)
