"""The four lines of the hover label."""

import re

import numpy as np
import pytest

from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier import hover
from tests.support.shown import shown_with


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
@pytest.mark.parametrize("prompts", [True, False])
def test_four_lines_read_what_a_point_carries(y: str, prompts: bool) -> None:
    text = hover.template(MEASURES[y], cents=True, prompts=prompts, whole=True)
    lines = text.removesuffix("<extra></extra>").split("<br>")
    assert len(lines) == 4
    assert lines[0].endswith(MEASURES[y].phrase)
    assert lines[0].startswith("<b>$" if MEASURES[y].money else "<b>%{y")
    assert lines[1] == "%{text}"
    other = "usd_per_million_tokens" if y in ("gpu", "mw") else "tokens_per_s_per_gpu"
    read = {int(i) for i in re.findall(r"customdata\[(\d+)\]", text)}
    assert read == {hover.FIELDS.index(name) for name in ("batch", other, *(["ttft_s"] if prompts else []))}
    assert ("first token ≥" in lines[3]) == prompts


def test_cents_and_fractions() -> None:
    measure = MEASURES["output"]
    assert "$%{y:,.2f}" in hover.template(measure, cents=True, prompts=True, whole=True)
    assert "$%{y:,.3~r}" in hover.template(measure, cents=False, prompts=True, whole=True)
    batch = hover.FIELDS.index("batch")
    assert f"%{{customdata[{batch}]:,d}} users" in hover.template(measure, cents=True, prompts=True, whole=True)
    assert f"%{{customdata[{batch}]:,.3~r}} users" in hover.template(measure, cents=True, prompts=True, whole=False)
