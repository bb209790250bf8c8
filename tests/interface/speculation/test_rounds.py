"""Gains over length, acceptance and batch as they are drawn and said."""

import pytest

from infecon_core.analysis.draft_candidates import at_acceptance
from infecon_core.analysis.draft_gains import gains, limits
from infecon_ui.charts.drawings import Bars, Lines, Panels
from infecon_ui.speculation import rounds
from tests.support.speculation import asked_of


def test_a_small_chart_a_batch_with_a_line_an_acceptance() -> None:
    asked = asked_of()
    plot = rounds.panels_plot(asked)
    assert plot is not None
    assert isinstance(plot.drawing, Panels)
    batches = asked.some_batches(6)
    assert [title for title, _ in plot.drawing.panels] == [f"batch {batch:,.0f}" for batch in batches]
    for (_, lines), batch in zip(plot.drawing.panels, batches, strict=True):
        assert [line.name for line in lines.lines] == [f"acceptance {value}" for value in (0.6, 0.7, 0.8, 0.9)]
        found = gains(at_acceptance(asked.scenario, 0.7), asked.layout, [batch], 8)
        assert lines.lines[1].y == pytest.approx(found.relative[:, 0])
    assert len(plot.table()) == 4 * 8 * len(batches)
    assert plot.claim.startswith("At an acceptance of 0.7 the best draft makes this setup ")
    # That of the scenario is shown and told, whatever else is side by side.
    other = rounds.panels_plot(asked_of(spec="self", acceptance=0.75))
    assert other is not None
    assert other.claim.startswith("At an acceptance of 0.75 ")


def test_what_was_measured_has_a_line_of_its_own() -> None:
    plot = rounds.panels_plot(asked_of(model="qwen3.5-397b-a17b"))
    assert plot is not None
    assert isinstance(plot.drawing, Panels)
    assert plot.drawing.panels[0][1].lines[-1].name == "as measured"


def test_the_batch_from_which_a_length_costs_is_named() -> None:
    asked = asked_of()
    plot = rounds.limits_plot(asked)
    assert plot is not None
    assert isinstance(plot.drawing, Lines)
    found = limits(asked.scenario, asked.layout, 8)
    assert f"8 tokens a round cost more than they give from {found.costs_from:,.0f} on" in plot.claim
    assert plot.drawing.at == asked.batch


def test_drafts_that_never_pay_are_named_with_the_reason() -> None:
    plot = rounds.limits_plot(asked_of(spec="self", acceptance=0.0))
    assert plot is not None
    assert plot.claim.startswith("Every draft costs more than it gives, at every batch that fits: their check ")
    assert "touches more experts" in plot.claim
    dense = rounds.limits_plot(asked_of(model="llama-3.1-70b", spec="self", acceptance=0.0))
    assert dense is not None
    assert "experts" not in dense.claim


def test_drafts_that_pay_in_small_batches_alone_have_their_batch_named() -> None:
    asked = asked_of(spec="self", acceptance=0.3, prompt=100, output=100, disagg=True)
    plot = rounds.limits_plot(asked)
    found = limits(asked.scenario, asked.layout)
    assert plot is not None
    assert found.costs_from is not None
    assert plot.claim.startswith(f"From a batch of {found.costs_from:,.0f} on every draft costs more than it gives")


def test_the_parts_of_a_token_add_up_to_its_time() -> None:
    asked = asked_of()
    plot = rounds.times_plot(asked)
    assert plot is not None
    assert isinstance(plot.drawing, Bars)
    batches = asked.some_batches(3)
    found = gains(asked.scenario, asked.layout, batches, 8)
    ends = [max(span.end for span in row.spans) for row in plot.drawing.rows]
    for i in range(len(batches)):
        assert ends[2 * i] == pytest.approx(1e3 * found.plain_s[i])
        assert ends[2 * i + 1] == pytest.approx(1e3 * found.tpot_s[:, i].min())
    assert "% of the experts instead of 19%" in plot.claim
    assert plot.table()["s"].sum() == pytest.approx(sum(ends) / 1e3)
