"""Five colours that everybody can tell apart."""

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from infecon_core.schema import FIVE_TIMES
from infecon_ui.charts.palette import LIMITS, TIME_COLUMNS, TIMES


def test_every_time_has_a_colour_of_its_own() -> None:
    assert tuple(FIVE_TIMES.values()) == LIMITS
    assert list(FIVE_TIMES) == TIME_COLUMNS
    assert len({time.colour for time in TIMES}) == 5


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
