"""Labels lie on no other label, on no curve and over no edge, on small and on wide screens."""

import itertools

import numpy as np
import pytest

from infecon_core import Scenario
from infecon_ui.charts import axes
from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier import cache, labels
from infecon_ui.frontier.figure import frontier_figure
from infecon_ui.frontier.labels import Label, LabelPlace
from tests.support.shown import shown_with

MODELS = ("llama-3.1-8b", "llama-3.1-70b", "deepseek-v3", "qwen3-4b")
ACCELERATORS = ("h100-sxm", "gb200-nvl72", "tpu-v6e")
RISING = np.array([[0.05, 0.05], [0.6, 0.1], [0.9, 0.9]])
TEXT = "preferred 105 tok/s, $12"


def _box(label: Label, place: LabelPlace, screen: np.ndarray) -> tuple[float, float, float, float]:
    """Left, lower, right and upper edge, measured in a browser: half of the size a character, 1.2 of it a line."""
    rows = label.text.replace("<b>", "").replace("</b>", "").split("<br>")
    width, height = 0.5 * label.size * max(map(len, rows)), 1.2 * label.size * len(rows)
    left = label.x * screen[0] + place.right - {"right": width, "center": width / 2, "left": 0}[place.side]
    lower = label.y * screen[1] + place.up - {"top": height, "middle": height / 2, "bottom": 0}[place.edge]
    return left, lower, left + width, lower + height


def test_labels_keep_off_further_lines() -> None:
    label = Label(0.6, 0.1, TEXT, 12, needed=True)
    (free,) = labels.places([label], RISING)
    assert free is not None
    # A line through the middle of where it would stand.
    screen = labels.SCREENS[1]
    left, lower, right, upper = _box(label, free, screen)
    through = np.array([[left, (lower + upper) / 2], [right, (lower + upper) / 2]]) / screen
    (moved,) = labels.places([label], RISING, beside=[through])
    assert moved != free


def _check(wanted: list[Label], curve: np.ndarray, *, rising: bool = True) -> int:
    """How many have a place; every one of them is free but where a label is needed."""
    places = labels.places(wanted, curve, rising=rising)
    along = np.linspace(0, 1, 3000)
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    x, y = (np.interp(along * steps[-1], steps, curve[:, i]) for i in (0, 1))
    for screen in labels.SCREENS:
        boxes = []
        for label, place in zip(wanted, places, strict=True):
            if place is None:
                assert not label.needed
                continue
            left, lower, right, upper = _box(label, place, screen)
            assert left >= 0
            assert right <= screen[0]
            assert lower >= 0
            assert upper <= screen[1]
            inside = (
                (x * screen[0] > left) & (x * screen[0] < right) & (y * screen[1] > lower) & (y * screen[1] < upper)
            )
            assert not inside.any() or label.needed
            boxes.append((left, lower, right, upper))
        for a, b in itertools.combinations(boxes, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    return sum(place is not None for place in places)


@pytest.mark.parametrize("log_axes", [True, False])
@pytest.mark.parametrize("y", ["output", "gpu"])
@pytest.mark.parametrize(("engine", "max_gpus"), [("serving", 1), ("serving", 64), ("published", 64)])
def test_labels_of_real_frontiers(engine: str, max_gpus: int, y: str, log_axes: bool) -> None:
    wanted, written = 0, 0
    for model, accelerator in itertools.product(MODELS, ACCELERATORS):
        scenario = Scenario.preset(model, accelerator, engine=engine, max_gpus=max_gpus, weights="fp8")
        points = cache.frontier(scenario).points
        if points is None:
            continue
        ranges = points.ranges(MEASURES[y], target=50, log_axes=log_axes)
        x = axes.fraction(points.speed, ranges.slowest, ranges.fastest, log_axis=log_axes)
        height = axes.fraction(points.values(MEASURES[y]), ranges.cheapest, ranges.dearest, log_axis=log_axes)
        rows = [row for row in points.named() if height[row] <= 1]
        found = [Label(x[row], height[row], TEXT, 12) for row in rows]
        wanted += len(found)
        written += _check(found, np.column_stack([x, height]), rising=y == "output")
    assert wanted >= 15
    assert written >= 0.9 * wanted


def test_a_point_of_its_own_has_its_label_above_to_the_left() -> None:
    (place,) = labels.places([Label(0.6, 0.1, TEXT, 12)], RISING)
    assert place is not None
    assert (place.side, place.edge) == ("right", "bottom")
    assert place.right < 0 < place.up


def test_on_a_falling_curve_it_stands_below_to_the_left() -> None:
    falling = RISING * [1, -1] + [0, 1]
    (place,) = labels.places([Label(0.6, 0.9, TEXT, 12)], falling, rising=False)
    assert place is not None
    assert (place.side, place.edge) == ("right", "top")
    assert place.up < 0


def test_a_label_without_a_place_is_left_out_unless_it_is_needed() -> None:
    everywhere = np.array([(x, y) for y in np.linspace(0, 1, 20) for x in (0.0, 1.0)])
    wanted = [Label(0.5, 0.5, TEXT, 12, needed=True), Label(0.2, 0.2, TEXT, 12)]
    first, second = labels.places(wanted, everywhere)
    assert first is not None
    assert second is None


def test_the_first_label_has_its_place_first() -> None:
    near = [Label(0.6, 0.1, TEXT, 12), Label(0.605, 0.1, TEXT, 12)]
    alone = labels.places(near[:1], RISING)[0]
    both = labels.places(near, RISING)
    assert both[0] == alone
    assert both[1] != alone
    assert _check(near, RISING) == 2


def test_a_label_stands_beside_the_line_of_the_target() -> None:
    (free,) = labels.places([Label(0.6, 0.1, TEXT, 12)], RISING)
    assert free is not None
    left, _, right, _ = _box(Label(0.6, 0.1, TEXT, 12), free, labels.SCREENS[0])
    line = (left + right) / 2 / labels.SCREENS[0][0]
    (beside,) = labels.places([Label(0.6, 0.1, TEXT, 12)], RISING, target=line)
    assert beside is not None
    for screen in labels.SCREENS:
        left, _, right, _ = _box(Label(0.6, 0.1, TEXT, 12), beside, screen)
        assert not left < line * screen[0] < right


@pytest.mark.parametrize(
    "choice",
    [{"model": "llama-3.1-70b", "gpu": "h100-sxm"}, {"model": "deepseek-v3", "gpu": "b200-hgx"}],
    ids=["llama", "deepseek"],
)
def test_no_line_to_a_label_runs_through_another(choice: dict[str, str]) -> None:
    drawn = frontier_figure(shown_with(prompt=1000, **choice))["layout"]["annotations"]
    written = [one for one in drawn if one["showarrow"]]
    assert sum(one["text"].startswith("80% of ") for one in written) == 1
    pairs = [
        (
            Label(one["x"], one["y"], one["text"], one["font"]["size"]),
            LabelPlace(one["ax"], -one["ay"], one["xanchor"], one["yanchor"]),
        )
        for one in written
    ]
    along = np.linspace(0.15, 1.0, 200)[:, None]
    for screen in labels.SCREENS:
        for (label, place), (other, where) in itertools.permutations(pairs, 2):
            x, y = (np.array([label.x, label.y]) * screen + along * [place.right, place.up]).T
            left, low, right, high = _box(other, where, screen)
            assert not ((x > left) & (x < right) & (y > low) & (y < high)).any(), (label.text, other.text)
