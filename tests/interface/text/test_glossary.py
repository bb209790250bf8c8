"""What the terms mean."""

from infecon_core.schema.frontier import FRONTIER_COLUMNS
from infecon_ui.charts.palette import LIMITS
from infecon_ui.text.glossary import TERMS, glossary


def test_every_column_and_every_time_is_a_term() -> None:
    for column in FRONTIER_COLUMNS:
        assert TERMS[column.label] == column.meaning
    assert set(LIMITS) <= set(TERMS)


def test_a_term_begins_its_paragraph() -> None:
    assert glossary("fastest", "cheapest") == (
        "**Fastest.** The highest speed that any layout reaches, whatever it costs.\n\n"
        "**Cheapest.** The lowest price that any layout reaches, however slow."
    )
