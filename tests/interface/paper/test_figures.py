"""The charts of the paper's figures."""

import numpy as np
import pytest

from infecon_core.paper.exhibits.values import exhibit
from infecon_ui.charts.lines import lines_figure
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.paper import exhibits
from infecon_ui.paper.figures import OBSERVED, PRINTED, curves_drawing, drawing_of
from infecon_ui.paper.shown import shown_curves, shown_exhibit
from tests.support.figures import assert_valid


def test_printed_points_stand_on_the_curves() -> None:
    curves = exhibits.curves(exhibit("figure-1"))
    drawing = drawing_of(exhibit("figure-1"), exhibits.table("figure-1"), curves)
    assert drawing is not None
    assert_valid(lines_figure(drawing))
    for (name, frame), line in zip(curves.items(), drawing.lines, strict=False):
        assert line.name == name
        assert line.x[[0, -1]] == pytest.approx(frame["tokens_per_s_user"].to_numpy()[[0, -1]])
    printed = next(line for line in drawing.lines if line.name == PRINTED)
    assert printed.x.tolist() == [149.66, 134, 517.27, 352]
    assert printed.y[1] == 0.89
    assert printed.y[0] == pytest.approx(1.7935, rel=1e-4)
    assert drawing.lines[-1].name == OBSERVED


def test_curves_come_in_pairs_or_each_in_a_colour_of_its_own() -> None:
    curves = exhibits.curves(exhibit("figure-1"))
    pairs = curves_drawing(curves, pairs=True).lines
    assert [(line.colour, line.dashed is not None) for line in pairs] == [
        (VARIANTS[0], False),
        (VARIANTS[0], True),
        (VARIANTS[1], False),
        (VARIANTS[1], True),
    ]
    drawing = curves_drawing(curves)
    assert_valid(lines_figure(drawing))
    assert [line.colour for line in drawing.lines] == list(VARIANTS[:4])
    assert all(line.dashed is None for line in drawing.lines)


def test_law_runs_through_the_measurements() -> None:
    drawing = drawing_of(exhibit("figure-2"), exhibits.table("figure-2"), {})
    assert drawing is not None
    law, measured = drawing.lines
    assert measured.y.tolist() == [4, 13, 32]
    # A line of slope one half in logarithms.
    np.testing.assert_allclose(np.diff(np.log(law.y)) / np.diff(np.log(law.x)), 0.5)


def test_tables_have_no_chart() -> None:
    assert drawing_of(exhibit("table-1"), exhibits.table("table-1"), {}) is None
    assert shown_exhibit("table-1").plot is None


def test_a_chart_claims_what_the_exhibit_answers_and_has_its_points_as_a_table() -> None:
    plot = shown_exhibit("figure-2").plot
    assert plot is not None
    assert plot.claim.endswith("4 to 11% off the law.")
    assert len(plot.table())
    curves = shown_curves(exhibits.drawn().sets[0].label).plot
    assert {"curve", "tokens_per_s_user", "source_date"} <= set(curves.table())
