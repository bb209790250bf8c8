"""Assumptions of the engines: evidence, direction, and alternatives that a scenario takes."""

import pytest

from infecon_core import Scenario
from infecon_core.catalog.assumptions import Assumption, assumptions
from infecon_core.engines import ENGINES
from infecon_core.scenario import keywords

ALL = [(engine, name, said) for engine, known in assumptions().items() for name, said in known.items()]


def test_every_engine_says_what_it_assumes() -> None:
    assert set(assumptions()) == set(ENGINES)
    assert min(len(known) for known in assumptions().values()) >= 10


@pytest.mark.parametrize(("engine", "name", "said"), ALL, ids=[f"{engine}-{name}" for engine, name, _ in ALL])
def test_every_alternative_is_a_change_of_a_scenario(engine: str, name: str, said: Assumption) -> None:
    known = {*keywords(Scenario), *Scenario.model_fields}
    for alternative in said.alternatives:
        assert {*alternative.set, *alternative.times} <= known
        assert alternative.set or alternative.times
        assert all(factor > 0 and factor != 1 for factor in alternative.times.values())
    for text in (said.title, said.states, said.why, said.source, said.date):
        assert text
        assert text == text.strip()
    assert said.states.endswith(".")
    assert said.why.endswith(".")


def test_what_stands_on_screen_stands_once() -> None:
    for known in assumptions().values():
        titles = [said.title for said in known.values()]
        words = [alternative.words for said in known.values() for alternative in said.alternatives]
        assert len(set(titles)) == len(titles)
        assert len(set(words)) == len(words)
