"""Entries of one's own in a visit: those of links and those just made, at most so many."""

import pytest
import streamlit as st

from infecon_core.catalog.own import OwnModel, id_of
from infecon_core.choices import Choices, Comparison, Option
from infecon_ui.state import own, session
from tests.support.own_entries import CHIP_ID, MODEL_ID, SHAPE


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit of its own."""
    monkeypatch.setattr(st, "session_state", _State())


class _State(dict[str, object]):
    def to_dict(self) -> dict[str, object]:
        return dict(self)


def _named(name: str) -> str:
    return id_of(OwnModel(architecture=SHAPE.model_copy(update={"name": name})))


def test_what_a_link_opened_is_listed_and_stays() -> None:
    assert own.ids("models") == ()
    session.open_comparison(Comparison(Choices().with_values(model=MODEL_ID, gpu=CHIP_ID)))
    assert (own.ids("models"), own.ids("accelerators")) == ((MODEL_ID,), (CHIP_ID,))
    session.open_comparison(Comparison(Choices()))
    assert (own.ids("models"), own.ids("accelerators")) == ((MODEL_ID,), (CHIP_ID,))


def test_values_of_a_comparison_and_drafts_are_listed() -> None:
    other = _named("Other")
    session.open_comparison(Comparison(Choices()).with_values("model", ("llama-3.1-70b", MODEL_ID)))
    assert own.ids("models") == (MODEL_ID,)
    session.open_comparison(Comparison(Choices().with_values(spec="draft", draft=other)))
    assert own.ids("models") == (other, MODEL_ID)


def test_entries_of_the_catalog_are_not_listed_twice_and_no_more_than_a_few() -> None:
    own.remember("models", "llama-3.1-70b")
    own.remember("models", MODEL_ID)
    own.remember("models", MODEL_ID)
    assert own.ids("models") == (MODEL_ID,)
    for i in range(own.MOST):
        own.remember("models", _named(f"Model {i}"))
    assert len(own.ids("models")) == own.MOST
    assert MODEL_ID not in own.ids("models")


def test_what_is_being_made_takes_the_place_of_what_it_was() -> None:
    own.remember("models", MODEL_ID)
    for name in ("A", "A 1", "A 12"):
        own.propose("models", _named(name))
    assert own.ids("models") == (_named("A 12"), MODEL_ID)
    own.forget("models", MODEL_ID)
    assert own.ids("models") == (_named("A 12"),)


def test_lists_of_controls_begin_with_one_s_own() -> None:
    own.remember("models", MODEL_ID)
    choice = Choices().all["model"]
    assert isinstance(choice, Option)
    listed = own.listed(choice, "serving")
    assert listed[0] == MODEL_ID
    assert listed[1:] == choice.known_to("serving")
    weights = Choices().all["w"]
    assert isinstance(weights, Option)
    assert own.listed(weights, "serving") == weights.known_to("serving")
