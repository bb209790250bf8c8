"""Ids of entries of one's own from anybody: an entry that computes, or one sentence."""

from hypothesis import given

from infecon_core import NothingFits, Scenario, catalog, frontier
from infecon_core.analysis.entries import accelerator_numbers, model_numbers
from infecon_core.choices import Choices
from infecon_ui.data import entries
from infecon_ui.data import given as given_entry
from tests.support.fuzzing import assert_sentence, fuzzed, limits
from tests.support.hostile.own import own_ids


@fuzzed(0.06)
@given(entry_id=own_ids())
def test_any_id_is_an_entry_or_a_sentence(entry_id: str, part: int) -> None:
    for key, look_up in (("model", catalog.model), ("gpu", catalog.accelerator)):
        with limits():
            chosen, faults = Choices().read({key: entry_id})
            try:
                look_up(entry_id)
            except ValueError as why:
                assert_sentence(str(why))
                assert len(faults) == 1
                assert chosen == Choices()
                continue
        assert faults == ()
        assert chosen.query() == {key: entry_id}
        _usable(key, entry_id)


def _usable(key: str, entry_id: str) -> None:
    """Its numbers, its data file and its frontier."""
    kind = "models" if key == "model" else "accelerators"
    with limits():
        numbers = (
            model_numbers(catalog.model(entry_id))
            if key == "model"
            else accelerator_numbers(catalog.accelerator(entry_id))
        )
        assert numbers
        saved = given_entry.read(entries.file_of(kind, entry_id))
        assert saved.kind == kind
        pair = (entry_id, "h100-sxm") if key == "model" else ("llama-3.1-8b", entry_id)
        try:
            frontier(Scenario.preset(*pair, engine="published", published={"variant": "toy", "pipeline": False}))
        except (NothingFits, ValueError) as why:
            assert_sentence(str(why))
