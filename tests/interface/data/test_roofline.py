"""The charts of the roofline: true sentences for any accelerators, and points that lie below their roof."""

import numpy as np
import pytest

from infecon_core import Scenario, catalog
from infecon_core.analysis.roofline import Roof
from infecon_core.choices import Choices
from infecon_ui.charts.drawings import Bars, Lines
from infecon_ui.data import roofline
from infecon_ui.state.chosen import chosen

IDS = ("h100-sxm", "b200-hgx", "mi355x")


def test_lines_are_roofs_and_points_lie_below_that_of_the_scenario() -> None:
    choice = chosen(Choices())
    assert choice.scenario is not None
    found = roofline.point_of(choice.scenario)
    assert found is not None
    plot = roofline.roofline(choice, found, IDS, "fp8")
    assert plot is not None
    assert isinstance(plot.drawing, Lines)
    lines = [line for line in plot.drawing.lines if not line.scattered]
    assert [line.name for line in lines] == ["H100 SXM", "B200", "MI355X"]
    for line, accelerator_id in zip(lines, IDS, strict=True):
        chip = catalog.accelerator(accelerator_id).accelerator
        roof = Roof(float(chip.peaks.fp8 or 0), chip.hbm_bytes_per_s)
        np.testing.assert_allclose(line.y, roof.attainable(line.x) / 1e12)
        assert line.point == pytest.approx((roof.ridge, roof.flop_per_s / 1e12))
    points = [line for line in plot.drawing.lines if line.scattered]
    assert sum(len(line.x) for line in points) == len(found.operators) + 1
    h100 = Roof(1979e12, 3.35e12)
    for line in points:
        assert (line.y * 1e12 <= h100.attainable(line.x)).all()
        assert len(line.notes) == len(line.x)
    table = plot.table()
    assert set(table["what"]) == {"roof", "operator"}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({}, "No accelerator here lists a rate at which FP8 weights compute"),
        ({"A": Roof(1e15, 1e12)}, "A computes FP8 weights at up to 1,000 TFLOP/s, from 1,000 FLOP per byte"),
        (
            {"A": Roof(1e15, 1e12), "B": Roof(1e15, 2e12)},
            "None here computes FP8 weights faster than A: 1,000 TFLOP/s, from 1,000 FLOP per byte",
        ),
    ],
)
def test_the_sentence_over_the_roofs(shown: dict[str, Roof], expected: str) -> None:
    assert roofline.roof_claim(shown, "fp8") == expected


@pytest.mark.parametrize("accelerator_id", catalog.accelerators())
def test_every_accelerator_has_ridges_and_a_roof_or_a_sentence(accelerator_id: str) -> None:
    plot = roofline.ridges((accelerator_id,))
    assert isinstance(plot.drawing, Bars)
    formats = {16, 8, 4}
    chip = catalog.accelerator(accelerator_id).accelerator
    assert len(plot.drawing.rows) == sum(chip.peaks.of_bits(bits) is not None for bits in formats)
    roofline.roofline(chosen(Choices()), None, (accelerator_id,), "fp4")


def test_where_the_target_is_out_of_reach_the_fastest_setup_is_shown() -> None:
    found = roofline.point_of(Scenario.preset("llama-3.1-70b", "h100-sxm", target_tokens_per_s_user=5000))
    assert found is not None
    assert found.words == "at its fastest setup"
    assert roofline.point_of(Scenario.preset("llama-3.1-405b", "l4", max_gpus=1)) is None


def test_the_title_counts_operators() -> None:
    choice = chosen(Choices())
    assert choice.scenario is not None
    found = roofline.point_of(choice.scenario)
    assert found is not None
    title, _ = roofline.said_of(choice, found)
    assert title == "All 4 operators of Llama 3.1 70B are bound by the memory of H100 SXM at 50 tokens/s per user"
    fast = found._replace(operators=tuple(one._replace(read_bytes=one.read_bytes / 1e4) for one in found.operators))
    assert roofline.said_of(choice, fast)[0].startswith("None of the 4 operators of Llama 3.1 70B is bound")
    one = fast._replace(operators=(*fast.operators[1:], found.operators[0]))
    assert roofline.said_of(choice, one)[0].startswith("1 of the 4 operators of Llama 3.1 70B is bound")
    assert "above its ridge" in roofline.said_of(choice, None)[0]
