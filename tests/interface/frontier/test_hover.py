"""The lines of the hover label."""

import re

import numpy as np
import pytest

from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier import hover
from tests.support.shown import beyond, shown_with


def test_a_point_carries_its_row() -> None:
    points = shown_with(prompt=8000).points
    rows = np.array([0, 7, len(points) - 1])
    for fields, row in zip(hover.carried(points, rows), rows, strict=True):
        expected = {name: points[row][name] for name in hover.FIELDS}
        assert dict(zip(hover.FIELDS, fields, strict=True)) == pytest.approx(expected)
    texts = hover.layouts(points, rows)
    for text, row in zip(texts, rows, strict=True):
        assert text.startswith(f"{points[row]['n_gpu']:.0f} GPU")


def test_the_layout_says_what_is_drafted() -> None:
    points = shown_with(prompt=8000, spec="self").points
    assert any("tokens drafted" in text or "token drafted" in text for text in hover.layouts(points, np.arange(5)))


@pytest.mark.parametrize("y", list(MEASURES))
@pytest.mark.parametrize("first", ["first token", "first token ≥", ""])
def test_four_lines_read_what_a_point_carries(y: str, first: str) -> None:
    text = hover.template(MEASURES[y], first_token=first, whole=True)
    lines = text.removesuffix("<extra></extra>").split("<br>")
    assert len(lines) == 4
    assert lines[0].endswith(MEASURES[y].phrase)
    assert lines[0].startswith("<b>$" if MEASURES[y].money else "<b>%{y")
    assert lines[1] == "%{text}"
    other = "usd_per_million_tokens" if y in ("gpu", "mw") else "tokens_per_s_per_gpu"
    read = {int(i) for i in re.findall(r"customdata\[(\d+)\]", text)}
    assert read == {
        hover.FIELDS.index(name) for name in ("batch", other, *(["ttft_s", "end_to_end_s"] if first else []))
    }
    assert (f", {first} %{{customdata" in lines[3]) == bool(first)


def test_values_have_two_digits() -> None:
    assert "<b>$%{y:,.2~r}</b>" in hover.template(MEASURES["output"], first_token="", whole=True)
    assert "<b>%{y:,.2~r}</b>" in hover.template(MEASURES["gpu"], first_token="", whole=True)


def test_fractions_of_users() -> None:
    measure = MEASURES["output"]
    batch = hover.FIELDS.index("batch")
    assert f"%{{customdata[{batch}]:,d}} users" in hover.template(measure, first_token="", whole=True)
    assert f"%{{customdata[{batch}]:,.3~r}} users" in hover.template(measure, first_token="", whole=False)


def test_a_point_beyond_what_was_measured_says_why() -> None:
    points = beyond(shown_with(prompt=8000), {1: "more GPUs than any measured"}).points
    inside, outside = hover.layouts(points, np.array([0, 1]))
    assert "<br>" not in inside
    assert outside.endswith("<br>beyond what was measured: more GPUs than any measured")
