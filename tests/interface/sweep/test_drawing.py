"""A sweep as a drawing: which form, what stands where, what has no value, and where cells lead."""

import math

import pytest

from infecon_core.choices import Choices
from infecon_core.sweep.grid import Axis
from infecon_ui.charts.drawings import Bars, Cells, Lines, Panels
from infecon_ui.charts.palette import MUTED, SHADES, TIMES, VARIANTS
from infecon_ui.plots.cells import NO_VALUE
from infecon_ui.sweep import drawing
from infecon_ui.sweep.asked import LINES, MAP, PANELS
from infecon_ui.sweep.figures import SHOWN
from tests.support.swept import point, swept

PROMPT = Axis("prompt", (1000, 4000, 2000))
GPU = Axis("gpu", ("h100-sxm", "b200-hgx"))
WEIGHTS = Axis("w", ("fp8", "fp4"))
BOTH = swept(
    PROMPT,
    GPU,
    answer=lambda prompt, gpu: 31.5 if (prompt, gpu) == (4000, "h100-sxm") else point(prompt / 1000),
)


@pytest.mark.parametrize(
    ("axes", "show", "form", "kind"),
    [
        ((PROMPT,), "output", LINES, Lines),
        ((PROMPT,), "output", PANELS, Lines),
        ((PROMPT,), "output", MAP, Cells),
        ((PROMPT,), "limit", LINES, Cells),
        ((GPU,), "output", LINES, Bars),
        ((GPU,), "layout", PANELS, Cells),
        ((PROMPT, GPU), "output", LINES, Lines),
        ((GPU, PROMPT), "output", LINES, Lines),
        ((PROMPT, GPU), "output", PANELS, Panels),
        ((GPU, WEIGHTS), "output", LINES, Cells),
        ((GPU, WEIGHTS), "output", PANELS, Cells),
        ((PROMPT, Axis("output", (1, 2, 3, 4, 5, 6, 7))), "output", LINES, Panels),
        ((PROMPT, Axis("output", tuple(range(1, 12)))), "output", PANELS, Cells),
        ((Axis("ttft", (None, 0.5)),), "output", LINES, Bars),
        ((Axis("prompt", (1000,)),), "output", LINES, Bars),
        ((Axis("output", (0, 100)),), "output", LINES, Lines),
    ],
)
def test_the_form_is_one_that_can_be_drawn(axes: tuple[Axis, ...], show: str, form: str, kind: type) -> None:
    found = swept(*axes, answer=lambda *_: point(1.0))
    assert isinstance(drawing.drawing(found, SHOWN[show], form), kind)
    # Where nothing has a value, the reasons are what can be shown.
    nothing = swept(*axes, answer=lambda *_: "It does not fit.")
    assert isinstance(drawing.drawing(nothing, SHOWN[show], form), Cells)


def test_lines_rise_along_the_numbers_and_stop_where_there_is_no_value() -> None:
    drawn = drawing.drawing(BOTH, SHOWN["output"], LINES)
    assert isinstance(drawn, Lines)
    assert [line.name for line in drawn.lines] == ["H100 SXM", "B200"]
    first = drawn.lines[0]
    assert list(first.x) == [1000, 2000, 4000]
    assert list(first.y[:2]) == [1.0, 2.0]
    assert math.isnan(first.y[2])
    assert first.notes[2] == "It cannot reach 50 tokens/s per user: its fastest is 31.5."
    assert (drawn.at, drawn.at_words) == (1000.0, "now 1,000")


def test_numbers_run_across_whichever_axis_they_are_on() -> None:
    found = swept(GPU, PROMPT, answer=lambda gpu, prompt: point(prompt / 1000))
    drawn = drawing.drawing(found, SHOWN["output"], LINES)
    assert isinstance(drawn, Lines)
    assert [line.name for line in drawn.lines] == ["H100 SXM", "B200"]
    assert list(drawn.lines[1].y) == [1.0, 2.0, 4.0]


def test_small_charts_hold_one_value_before_all_others() -> None:
    drawn = drawing.drawing(BOTH, SHOWN["output"], PANELS)
    assert isinstance(drawn, Panels)
    assert [title for title, _ in drawn.panels] == ["H100 SXM", "B200"]
    for _, lines in drawn.panels:
        assert len(lines.lines) == 2
        assert lines.lines[-1].marked
        assert not lines.lines[0].marked


def test_a_small_chart_whose_values_all_fail_says_so() -> None:
    found = swept(PROMPT, GPU, answer=lambda prompt, gpu: 31.5 if gpu == "b200-hgx" else point(prompt / 1000))
    drawn = drawing.drawing(found, SHOWN["output"], PANELS)
    assert isinstance(drawn, Panels)
    assert [title for title, _ in drawn.panels] == ["H100 SXM", "B200: none reaches it"]


def test_bars_are_sorted_and_say_why_there_is_none() -> None:
    prices = {"h100-sxm": point(2.0), "b200-hgx": point(1.0), "l4": 31.5, "mi355x": "No price."}
    found = swept(Axis("gpu", tuple(prices)), answer=lambda gpu: prices[str(gpu)])
    drawn = drawing.drawing(found, SHOWN["output"], LINES)
    assert isinstance(drawn, Bars)
    assert [(row.name, row.text) for row in drawn.rows] == [
        ("B200", "$1.0"),
        ("H100 SXM", "$2.0"),
        ("L4", "32 tok/s at most"),
        ("MI355X", "no price"),
    ]
    assert [len(row.spans) for row in drawn.rows] == [1, 1, 0, 0]


def test_a_map_has_the_values_where_they_belong() -> None:
    drawn = drawing.cells(BOTH, SHOWN["output"])
    assert (drawn.columns, drawn.rows) == (("1,000", "4,000", "2,000"), ("H100 SXM", "B200"))
    assert [[cell.text for cell in row] for row in drawn.cells] == [
        ["$1.0", NO_VALUE, "$2.0"],
        ["$1.0", "$4.0", "$2.0"],
    ]
    assert drawn.cells[1][1].colour == SHADES[-1]
    assert drawn.cells[0][0].colour == SHADES[0]
    lost = drawn.cells[0][1]
    assert (lost.small, lost.colour) == ("32 tok/s at most", "")
    assert lost.more[1] == "It cannot reach 50 tokens/s per user: its fastest is 31.5."
    assert drawn.now == (0, 0)


def test_every_cell_leads_to_its_frontier() -> None:
    drawn = drawing.cells(BOTH, SHOWN["output"])
    links = [cell.link for row in drawn.cells for cell in row]
    assert len(set(links)) == 6
    for j, gpu in enumerate(GPU.values):
        for i, prompt in enumerate(PROMPT.values):
            query = drawn.cells[j][i].link.partition("?")[2].partition("&v=")[0]
            assert drawn.cells[j][i].link.startswith("./?")
            assert Choices.parse(query)[0] == Choices().with_values(gpu=gpu, prompt=prompt)


def test_one_choice_is_a_table_of_what_is_known() -> None:
    found = swept(PROMPT, answer=lambda n: 31.5 if n == 4000 else point(n / 1000, limit="arithmetic"))
    drawn = drawing.cells(found, SHOWN["output"])
    assert drawn.rows == ("1,000", "4,000", "2,000")
    assert drawn.columns[:3] == ("$ per M output", "Best layout", "Slowest part")
    assert [cell.text for cell in drawn.cells[0][:3]] == ["$1.0", "8 · TP 8", "arithmetic"]
    assert drawn.cells[0][2].colour == next(time.colour for time in TIMES if time.limit == "arithmetic")
    assert {cell.text for cell in drawn.cells[1][:5]} == {NO_VALUE}
    # The fastest speed is known where the target is not reached.
    assert drawn.cells[1][5].text == "32 tok/s"


def test_layouts_have_a_colour_each_and_the_rest_one_together() -> None:
    found = swept(Axis("prompt", tuple(range(1, 10))), answer=lambda n: point(1.0, n_gpu=n, tp=1))
    drawn = drawing.drawing(found, SHOWN["layout"], MAP)
    assert isinstance(drawn, Cells)
    own = [row[0].colour if drawn.columns[0] == "Best layout" else row[1].colour for row in drawn.cells]
    assert own[: len(VARIANTS)] == list(VARIANTS)
    assert set(own[len(VARIANTS) :]) == {MUTED}
    assert drawn.key[-1] == (MUTED, "others")


def test_what_lies_beyond_measurements_is_marked() -> None:
    found = swept(PROMPT, GPU, answer=lambda n, _: point(1.0, beyond_measured="more than 8 GPUs" if n > 3000 else ""))
    drawn = drawing.cells(found, SHOWN["output"])
    assert [cell.sign for cell in drawn.cells[0]] == ["", "*", ""]
    assert "more than 8 GPUs" in " ".join(drawn.cells[0][1].more)
    assert drawing.has_beyond(found)
    assert not drawing.has_beyond(BOTH)
    lines = drawing.drawing(found, SHOWN["output"], LINES)
    assert isinstance(lines, Lines)
    assert lines.lines[0].dashed is not None
    assert list(lines.lines[0].dashed) == [False, False, True]
