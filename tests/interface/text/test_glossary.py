"""What the terms mean."""

from infecon_core.schema.frontier import FRONTIER_COLUMNS
from infecon_ui.charts.palette import LIMITS
from infecon_ui.text.glossary import FIELD_TERMS, TERMS, entries, glossary


def test_every_column_and_every_time_is_a_term() -> None:
    for column in FRONTIER_COLUMNS:
        assert TERMS[column.label] == column.meaning
    assert set(LIMITS) <= set(TERMS)


def test_a_term_begins_its_paragraph() -> None:
    assert glossary("fastest", "cheapest") == (
        "**Fastest.** The highest speed that any layout reaches, whatever it costs.\n\n"
        "**Cheapest.** The lowest price that any layout reaches, however slow."
    )


def test_what_controls_and_columns_say_is_not_said_twice() -> None:
    assert set(FIELD_TERMS) & {column.label for column in FRONTIER_COLUMNS} == set()
    assert all(meaning.endswith(".") for meaning in FIELD_TERMS.values())


def test_terms_are_found_by_all_words_in_any_case_those_that_bear_them_first() -> None:
    assert len(entries()) == len(TERMS)
    found = [term for term, _ in entries("all-REDUCE")]
    assert found[0].startswith("all-reduce") or found[0].startswith("All-reduce")
    assert "all-gather" in found  # its meaning mentions it
    assert entries("zebra") == []
    names = [term.casefold() for term, _ in entries()]
    assert names == sorted(names)
