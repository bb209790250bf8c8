"""Measured tokens a round beside constant acceptances."""

import numpy as np
import pytest

from infecon_core.catalog.acceptance import curves
from infecon_ui.charts.drawings import Bars, Lines
from infecon_ui.speculation import measured
from tests.support.speculation import asked_of


def test_every_curve_is_drawn_and_constants_follow_their_formula() -> None:
    plot = measured.tokens_plot(asked_of())
    assert isinstance(plot.drawing, Lines)
    drawn = [tuple(line.y) for line in plot.drawing.lines if line.name.endswith("measured")]
    assert sorted(drawn) == sorted(curve.accepted_lengths for curve in curves().values())
    constant = next(line for line in plot.drawing.lines if line.name == "constant 0.70")
    # 1 + 0.7 + 0.49 for two drafted tokens.
    assert constant.y[:2] == pytest.approx([1.7, 2.19])
    assert len({(line.name, line.colour) for line in plot.drawing.lines}) <= 6
    last = [curve.accepted_lengths[-1] for curve in curves().values()]
    assert f"give {np.median(last):.1f} a round in the median of {len(last)} measured curves" in plot.claim
    assert len(plot.table()) == 8 * len(last)


def test_prices_of_curves_measured_on_the_model_alone_where_there_are_some() -> None:
    own = measured.prices_plot(asked_of(model="qwen3.5-397b-a17b"))
    assert own is not None
    assert isinstance(own.drawing, Bars)
    assert {row.name for row in own.drawing.rows} == {
        "Qwen3.5-397B-A17B, MTP, direct answers",
        "Qwen3.5-397B-A17B, MTP, thinking",
    }
    assert own.source.endswith("measured on this model")
    others = measured.prices_plot(asked_of())
    assert others is not None
    assert isinstance(others.drawing, Bars)
    assert len(others.drawing.rows) == len({(curve.target, curve.method) for curve in curves().values()})
    for row, usd in zip(others.drawing.rows, others.table()["measured_usd"], strict=True):
        assert max(span.end for span in row.spans) == pytest.approx(usd)
    assert others.claim.startswith("One acceptance for every drafted token, that of the first, makes the target look ")


def test_an_engine_without_measured_curves_compares_none() -> None:
    assert measured.prices_plot(asked_of(model="llama-3.1-70b", engine="published")) is None
