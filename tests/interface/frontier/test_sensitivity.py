"""Why a point is where it is, in sentences of known meaning."""

import math

import pandas as pd
import pytest

from infecon_core import Layout, Scenario, frontier, preferred
from infecon_core.analysis.sensitivity import elasticities, neighbours
from infecon_ui.frontier import sensitivity


def test_neighbours_are_sorted_and_say_what_they_give() -> None:
    rows = [
        ("Batch halved", 8, "", 1.041, 0.5),
        ("TP doubled", 16, "", 1.12, 1.61),
        ("Batch doubled", 8, "", 1.0, 1.0),
        ("TP halved", 4, "It lacks 3 GB; use more GPUs.", math.nan, math.nan),
        ("GPUs doubled", 16, "", 2.3, 4.61),
        ("Half the stages", 8, "", 0.7, 1.0002),
    ]
    frame = pd.DataFrame(rows, columns=["neighbour", "n_gpu", "reason", "speed_ratio", "price_ratio"])
    assert sensitivity.neighbour_lines(frame, 8) == [
        ("Twice the GPUs (16 GPUs)", "2.3 times as fast, 4.6 times the price"),
        ("Twice the tensor parallelism (16 GPUs)", "12% faster, 61% dearer"),
        ("Half the batch", "4.1% faster, 50% cheaper"),
        ("Twice the batch", "as fast, at the same price"),
        ("Half the pipeline stages", "30% slower, at the same price"),
        ("Half the tensor parallelism (4 GPUs)", "does not run: it lacks 3 GB"),
    ]


def test_hardware_is_sorted_and_says_what_it_gives() -> None:
    rows = [
        ("HBM size", "+10%", 0.0, 0.0),
        ("Arithmetic", "+10%", 0.005, -0.02),
        ("HBM bandwidth", "+10%", 0.041, -0.06),
        ("Scale-out link", "+10%", 0.0, 0.0),
        ("Network latency", "−10%", 0.012, math.nan),
    ]
    frame = pd.DataFrame(rows, columns=["hardware", "change", "speed_change", "best_price_change"])
    assert sensitivity.hardware_lines(frame) == [
        ("10% more HBM bandwidth", "4.1% faster, or 6.0% cheaper"),
        ("10% less network latency", "1.2% faster"),
        ("10% more arithmetic", "0.5% faster, or 2.0% cheaper"),
        ("10% more HBM size or 10% more scale-out bandwidth", "no difference"),
    ]


@pytest.mark.parametrize("engine", ["serving", "published"])
def test_every_neighbour_has_its_words(engine: str) -> None:
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", engine=engine)
    for point in (preferred(frontier(scenario)), frontier(scenario).iloc[-1]):
        around = neighbours(scenario, Layout.of(point), point["batch"])
        lines = sensitivity.neighbour_lines(around, point["n_gpu"])
        assert len(lines) == len(around)
        assert not {name.split(" (")[0] for name, _ in lines} & set(around["neighbour"])


def test_every_part_of_the_hardware_has_its_words() -> None:
    scenario = Scenario.preset("deepseek-v3", "h200-sxm")
    point = preferred(frontier(scenario))
    better = elasticities(scenario, Layout.of(point), point["batch"])
    text = " ".join(f"{name}: {effect}" for name, effect in sensitivity.hardware_lines(better))
    for part in ("HBM bandwidth", "arithmetic", "scale-up bandwidth", "network latency", "kernel overhead", "HBM size"):
        assert part in text
    assert "nan" not in text
