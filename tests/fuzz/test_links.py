"""Links of anybody: what is understood is kept, what is not is told in a sentence, and nothing breaks."""

import datetime as dt
from collections.abc import Mapping
from urllib.parse import parse_qs, parse_qsl

from hypothesis import given

from infecon_core.choices.comparison import MOST_MEMBERS
from infecon_ui.compare import linked
from infecon_ui.slide.preview import head
from infecon_ui.state import links
from tests.support.fuzzing import assert_sentence, fuzzed, limits
from tests.support.hostile.links import addresses, queries


def _check(query: Mapping[str, str]) -> None:
    with limits():
        found = links.decode(query)
        members = found.comparison.members
        scenarios = [(member.scenario, member.problem) for member in members]
        again = links.decode(links.encode(found.comparison, found.view))
    assert 1 <= len(members) <= MOST_MEMBERS
    for scenario, problem in scenarios:
        if scenario is None:
            assert_sentence(problem)
    for fault in found.faults:
        assert fault.right
    # What was understood is written so that it is understood again.
    assert again.faults == ()
    assert again.view == found.view
    assert again.comparison.base == found.comparison.base
    assert again.comparison.values == found.comparison.values


@fuzzed(0.25)
@given(query=queries())
def test_any_query_is_read(query: dict[str, str], part: int) -> None:
    _check(query)


@fuzzed(0.10)
@given(address=addresses())
def test_any_address_is_read(address: str, part: int) -> None:
    # As Streamlit takes an address apart, of a key given twice the last one, and as the previews of links do.
    _check({key: found[-1] for key, found in parse_qs(address, keep_blank_values=True).items()})
    with limits():
        linked.known(dict(parse_qsl(address.encode().decode("latin-1"))))


@fuzzed(0.02, few=40)
@given(query=queries())
def test_any_link_has_a_preview_or_a_reason(query: dict[str, str], part: int) -> None:
    with limits(10):
        try:
            slide = linked.slide_of(query, "http://localhost/", dt.date(2026, 1, 2))
        except ValueError as why:
            assert_sentence(str(why))
            return
        text = head(slide, "http://localhost/preview.png")
    assert "<script" not in text
    assert text.count("<") == text.count(">") == len(text.splitlines()) + 1
