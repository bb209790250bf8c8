"""Labels lie on no other label, on no curve and over no edge, on a phone as on a wide screen."""

import itertools

import numpy as np
import pytest

from infecon_core import Scenario, frontier
from infecon_ui.charts import axes
from infecon_ui.frontier import labels
from infecon_ui.frontier.points import Points

PHONE, WIDE, WIDEST = (297.0, 225.0), (919.0, 286.0), (1399.0, 286.0)
Box = tuple[float, float, float, float]

MODELS = ("llama-3.1-8b", "llama-3.1-70b", "deepseek-v3", "qwen3-4b")
ACCELERATORS = ("h100-sxm", "gb200-nvl72", "tpu-v6e")


def _boxes(points, texts, places, screen) -> list[Box]:
    """Left, lower, right and upper edges, measured in a browser: 5.6 px a character, 35 px high."""
    found = []
    for (x, y), text, place in zip(points, texts, places, strict=True):
        width = 5.6 * max(len(line) for line in text.replace("<b>", "").replace("</b>", "").split("<br>"))
        left = x * screen[0] + place.right - (width if place.side == "right" else 0)
        lower = y * screen[1] + place.up
        found.append((left, lower, left + width, lower + 35))
    return found


def _check(points, texts, curve) -> None:
    places = labels.places(points, texts, curve)
    x = np.linspace(curve[0, 0], curve[-1, 0], 2000)
    y = np.interp(x, curve[:, 0], curve[:, 1])
    x, y = x[y <= 1], y[y <= 1]  # the rest is out of sight
    for screen in (PHONE, WIDE, WIDEST):
        boxes = _boxes(points, texts, places, screen)
        for left, lower, right, upper in boxes:
            assert left > -1
            assert right <= screen[0]
            assert lower >= 0
            assert upper <= screen[1] + 37
            on_the_way = (x * screen[0] > left) & (x * screen[0] < right)
            assert not (on_the_way & (y * screen[1] > lower) & (y * screen[1] < upper)).any()
        for a, b in itertools.combinations(boxes, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("log_axes", [True, False])
@pytest.mark.parametrize(
    "engine_and_gpus", [("serving", 1), ("serving", 8), ("serving", 64), ("published", 1), ("published", 64)]
)
def test_labels_of_real_frontiers(log_axes: bool, engine_and_gpus: tuple[str, int]) -> None:
    engine, max_gpus = engine_and_gpus
    checked = 0
    for model, accelerator in itertools.product(MODELS, ACCELERATORS):
        scenario = Scenario.preset(model, accelerator, engine=engine, max_gpus=max_gpus, weights="fp8")
        try:
            found = Points.of(frontier(scenario))
        except ValueError:  # does not fit
            continue
        ranges = found.ranges(log_axes=log_axes)
        x = axes.fraction(found.speed, ranges.slowest, ranges.fastest, log_axis=log_axes)
        y = axes.fraction(found.price, ranges.cheapest, ranges.dearest, log_axis=log_axes)
        named = found.named()
        texts = [f"<b>{name}</b><br>105 tok/s at $12.30" for name in named.values()]
        _check([(x[row], min(1.0, y[row])) for row in named], texts, np.column_stack([x, y])[::-1])
        checked += 1
    assert checked >= 5


def test_a_point_of_its_own_has_its_label_above_to_the_left() -> None:
    curve = np.array([[0.05, 0.05], [0.6, 0.1], [0.9, 0.9]])
    (place,) = labels.places([(0.6, 0.1)], ["<b>Preferred</b><br>1 tok/s at $1"], curve)
    assert place == labels.LabelPlace(-9, 9, "right")


def test_where_there_is_no_place_on_the_left_the_label_stands_over_the_curve() -> None:
    curve = np.array([[0.05, 0.05], [0.95, 0.95]])
    (place,) = labels.places([(0.05, 0.05)], ["<b>Cheapest</b><br>1 tok/s at $1"], curve)
    # It begins at a phone's left edge; 13 characters of 5.9 px further the curve has risen most on a phone of 261 px.
    assert place.side == "left"
    assert place.right == pytest.approx(-0.05 * 297)
    assert place.up == pytest.approx(261 * (13 * 5.9 / 297 - 0.05) + labels.GAP)
