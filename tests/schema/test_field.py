"""What is said of a field, once, and what follows from it."""

from typing import Annotated, Literal

import pytest
from pydantic import ValidationError

from infecon_core.engines import ENGINES
from infecon_core.scenario import Scenario, keywords
from infecon_core.schema import Record, SelfDraft, ServingConstants
from infecon_core.schema.field import about, facts_of, walk


class Inner(Record):
    size: Annotated[int | float, about("Size", "How large.", unit="B", shown="GB", per_shown=1e9, ge=1, le=1e12)]
    on: Annotated[bool, about("On", "Whether.", link="switch", flag="--switch")] = False


class Outer(Record):
    kind: Annotated[Literal["a", "b"], about("Kind", "Which.", names={"a": "The first"})] = "a"
    count: Annotated[int | None, about("Count", "How many.", unit="1", ge=0, le=9)] = None
    inner: Annotated[Inner, about("Inner", "A part.", section="search", prefix="i_", only="serving")]
    several: Annotated[tuple[Inner, ...], about("Several", "Parts.")] = ()
    unsaid: int = 0


def test_a_field_is_read_back_as_it_was_said() -> None:
    facts = facts_of(Outer)
    assert list(facts) == ["kind", "count", "inner", "several"]
    assert (facts["kind"].kind, facts["kind"].options, facts["kind"].default) == ("option", ("a", "b"), "a")
    count = facts["count"]
    assert (count.kind, count.whole, count.optional, count.ge, count.le) == ("number", True, True, 0, 9)
    assert (facts["inner"].records, facts["several"].records, facts["several"].kind) == ((Inner,), (Inner,), "list")
    size = facts_of(Inner)["size"]
    assert (size.title, size.help, size.unit, size.per_shown, size.whole) == ("Size (GB)", "How large.", "B", 1e9, None)
    assert facts_of(Inner)["on"].kind == "switch"


def test_bounds_and_words_are_those_of_the_record() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 9"):
        Outer(count=10, inner=Inner(size=1))
    described = Outer.model_json_schema()["properties"]["count"]
    assert (described["title"], described["description"], described["unit"]) == ("Count", "How many.", "1")


def test_what_is_not_known_cannot_be_said() -> None:
    with pytest.raises(TypeError, match="colour"):
        about("A", "B", colour="red")


def test_a_number_needs_bounds() -> None:
    class Open(Record):
        count: Annotated[int, about("Count", "How many.", ge=0)] = 0

    with pytest.raises(TypeError, match=r"Open\.count is a number without bounds"):
        facts_of(Open)


def test_keys_flags_sections_and_engines_follow_from_the_records_around() -> None:
    found = {place.path: place.facts for place in walk(Outer)}
    assert (found["kind",].link, found["kind",].flag) == ("kind", "--kind")
    assert (found["inner",].link, found["inner",].flag) == (None, None)
    size, on = found["inner", "size"], found["inner", "on"]
    assert (size.link, size.flag, size.section, size.only) == ("i_size", None, "search", "serving")
    assert (on.link, on.flag) == ("switch", "--switch")


def test_a_record_is_walked_as_it_is() -> None:
    value = Outer(inner=Inner(size=1), several=(Inner(size=2), Inner(size=3)))
    sizes = {place.path: place.value for place in walk(Outer, value) if place.path[-1] == "size"}
    assert sizes == {("inner", "size"): 1, ("several", 0, "size"): 2, ("several", 1, "size"): 3}


def test_a_draft_for_one_engine_passes_that_on_to_its_fields() -> None:
    assert {place.facts.only for place in walk(SelfDraft)} == {"serving"}
    (speculation,) = (place for place in walk(Scenario) if place.path == ("speculation",))
    kinds = {facts_of(draft)["kind"].default: facts_of(draft)["kind"].only for draft in speculation.facts.records}
    assert kinds == {"draft_model": "", "self_draft": "serving"}


def test_every_number_of_a_scenario_has_words_a_unit_and_bounds() -> None:
    for place in walk(Scenario):
        facts = place.facts
        assert facts.label[0].isupper(), place.path
        assert facts.help.endswith("."), place.path
        if facts.kind == "number":
            assert facts.unit, place.path
        if facts.link is not None:
            assert facts.section, place.path
        assert facts.only in ("", *ENGINES)


def test_every_field_that_can_be_reached_has_its_own_name() -> None:
    links: dict[str, set[str]] = {}
    for place in walk(Scenario):
        if place.facts.link is not None and "layer_groups" not in place.path:
            links.setdefault(place.facts.link, set()).add(".".join(map(str, place.path)))
    assert all(len(paths) == 1 for paths in links.values())
    for constant in ServingConstants.model_fields:
        assert keywords(Scenario)[constant] == ("serving", "constants", constant)
