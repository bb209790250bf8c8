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


def _places(wanted: list[Label], *lines: np.ndarray, target: float = -1.0, rising: bool = True) -> list:
    return labels.places(wanted, labels.drawn(lines), target=target, rising=rising)


def test_labels_keep_off_further_lines() -> None:
    label = Label(0.6, 0.1, TEXT, 12, needed=True)
    (free,) = _places([label], RISING)
    assert free is not None
    # A line through the middle of where it would stand.
    screen = labels.SCREENS[1]
    left, lower, right, upper = _box(label, free, screen)
    through = np.array([[left, (lower + upper) / 2], [right, (lower + upper) / 2]]) / screen
    (moved,) = _places([label], RISING, through)
    assert moved != free


def _check(wanted: list[Label], curve: np.ndarray, *, rising: bool = True) -> int:
    """How many have a place; every one of them is free but where a label is needed."""
    places = _places(wanted, curve, rising=rising)
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
    (place,) = _places([Label(0.6, 0.1, TEXT, 12)], RISING)
    assert place is not None
    assert (place.side, place.edge) == ("right", "bottom")
    assert place.right < 0 < place.up


def test_on_a_falling_curve_it_stands_below_to_the_left() -> None:
    falling = RISING * [1, -1] + [0, 1]
    (place,) = _places([Label(0.6, 0.9, TEXT, 12)], falling, rising=False)
    assert place is not None
    assert (place.side, place.edge) == ("right", "top")
    assert place.up < 0


def test_a_label_without_a_place_is_left_out_unless_it_is_needed() -> None:
    everywhere = np.array([(x, y) for y in np.linspace(0, 1, 20) for x in (0.0, 1.0)])
    wanted = [Label(0.5, 0.5, TEXT, 12, needed=True), Label(0.2, 0.2, TEXT, 12)]
    first, second = _places(wanted, everywhere)
    assert first is not None
    assert second is None


def test_the_first_label_has_its_place_first() -> None:
    near = [Label(0.6, 0.1, TEXT, 12), Label(0.605, 0.1, TEXT, 12)]
    alone = _places(near[:1], RISING)[0]
    both = _places(near, RISING)
    assert both[0] == alone
    assert both[1] != alone
    assert _check(near, RISING) == 2


def test_a_label_stands_beside_the_line_of_the_target() -> None:
    (free,) = _places([Label(0.6, 0.1, TEXT, 12)], RISING)
    assert free is not None
    left, _, right, _ = _box(Label(0.6, 0.1, TEXT, 12), free, labels.SCREENS[0])
    line = (left + right) / 2 / labels.SCREENS[0][0]
    (beside,) = _places([Label(0.6, 0.1, TEXT, 12)], RISING, target=line)
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


def _crowded(seed: int) -> tuple[list[Label], np.ndarray]:
    """A curve with four labels near each other, two of which are not needed to stand anywhere."""
    random = np.random.default_rng(seed)
    x = np.sort(random.uniform(0, 1, 30))
    curve = np.column_stack([x, np.sort(random.uniform(0, 1, 30))])
    at = curve[random.integers(0, 30, 4)]
    return [Label(*point, f"label {i} " * (1 + i), 12, needed=i < 2) for i, point in enumerate(at.tolist())], curve


@pytest.mark.parametrize("seed", range(25))
def test_no_place_has_fewer_faults_than_the_one_that_is_taken(seed: int) -> None:
    wanted, curve = _crowded(seed)
    target = 0.5
    marks = np.concatenate([labels.drawn([curve]), [(label.x, label.y) for label in wanted]])
    candidates, _ = labels._candidates(True)
    taken: list[tuple[Label, LabelPlace]] = []
    for label, place in zip(wanted, _places(wanted, curve, target=target), strict=True):
        counted = [_faults(label, one, marks, taken, target) for one in candidates]
        least = min(counted)
        if place is None:
            assert not label.needed
            assert least > labels._TOUCHING
            continue
        assert candidates[counted.index(least)] == place
        taken.append((label, place))


def _faults(
    label: Label, place: LabelPlace, marks: np.ndarray, taken: list[tuple[Label, LabelPlace]], target: float
) -> float:
    """All faults of a place, counted one after the other."""
    found = 0.0
    across = False
    for screen in labels.SCREENS:
        left, low, right, high = _exact_box(label, place, screen)
        found += 1000 * (left < 2 or right > screen[0] - 2 or low < 2 or high > screen[1] - 2)
        across |= left < target * screen[0] + 2 and target * screen[0] - 2 < right
        gap = labels.GAP
        x, y = (marks * screen).astype(np.float32).T
        edges = np.array([left - gap, right + gap, low - gap / 2, high + gap / 2], np.float32)
        found += ((x > edges[0]) & (x < edges[1]) & (y > edges[2]) & (y < edges[3])).sum()
        for other in taken:
            its_left, its_low, its_right, its_high = _exact_box(*other, screen)
            beside = left >= its_right + gap or its_left >= right + gap
            found += 200 * (not (beside or low >= its_high or its_low >= high))
    for other in taken:
        found += 200 * any(_runs_through((label, place), other, screen) for screen in labels.SCREENS)
        found += 200 * any(_runs_through(other, (label, place), screen) for screen in labels.SCREENS)
    return found + labels._CROSSING * across


def _exact_box(label: Label, place: LabelPlace, screen: np.ndarray) -> tuple[float, float, float, float]:
    rows = label.text.split("<br>")
    width, height = max(map(len, rows)) * labels.CHARACTER * label.size, len(rows) * labels.LINE * label.size
    left = label.x * screen[0] + (place.right - {"right": 1.0, "center": 0.5, "left": 0.0}[place.side] * width)
    low = label.y * screen[1] + (place.up - {"top": 1.0, "middle": 0.5, "bottom": 0.0}[place.edge] * height)
    return left, low, left + width, low + height


def _runs_through(one: tuple[Label, LabelPlace], other: tuple[Label, LabelPlace], screen: np.ndarray) -> bool:
    """Whether the line from the point of one label to its place runs through another."""
    (label, place), (left, low, right, high) = one, _exact_box(*other, screen)
    x, y = (np.array([label.x, label.y]) * screen + labels._ALONG[:, None] * [place.right, place.up]).T
    return bool(((x > left) & (x < right) & (y > low) & (y < high)).any())


def test_of_a_text_that_is_wanted_once_the_nearest_to_what_it_names_is_written() -> None:
    # Beside a wall of lines only the first of the two has to stand far from its point.
    wall = np.array([(x, y) for x in np.linspace(0.1, 0.3, 12) for y in (0.45, 0.55)])
    crowded, free = Label(0.2, 0.5, TEXT, 12, once=True), Label(0.75, 0.3, TEXT, 12, once=True)
    (alone,) = _places([crowded], wall)
    assert alone is not None
    assert np.hypot(alone.right, alone.up) > 28
    first, second = _places([crowded, free], wall)
    assert first is None
    assert second is not None
    assert np.hypot(second.right, second.up) < np.hypot(alone.right, alone.up)
    # The other way round there is no nearer one to look for.
    assert _places([free, crowded], wall) == [second, None]
    # Each is written where none is wanted only once.
    assert None not in _places([crowded._replace(once=False), free._replace(once=False)], wall)
