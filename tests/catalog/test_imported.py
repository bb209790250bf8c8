"""Imported models as entries of the catalog."""

import pytest

from infecon_core.catalog import model_of_toml, model_toml
from infecon_core.catalog.imported import model_of
from infecon_core.huggingface import imported
from tests.support.configs import RELEASED, TOY, text_of


def test_an_entry_says_where_it_comes_from() -> None:
    entry = model_of(imported(text_of(TOY), name="Our (new) Model, 2!"), source="ours.json")
    assert entry.id == "our-new-model-2"
    assert (entry.family, entry.provenance.kind, entry.provenance.source) == ("llama", "published", "ours.json")
    assert (entry.note, entry.mtp) == ("", None)
    assert model_of_toml(model_toml(entry)) == entry


def test_what_was_assumed_is_its_note() -> None:
    found = imported(text_of(RELEASED["gpt-oss-20b"].fields))
    assert model_of(found).note == "All weights are counted as FP4, also those that stay in BF16."


@pytest.mark.parametrize("entry_id", ["A", "a b", "../a", ".a", "a" * 81, "é"])
def test_an_id_is_the_name_of_a_file(entry_id: str) -> None:
    with pytest.raises(ValueError, match="is no id: give small letters"):
        model_of(imported(text_of(TOY)), entry_id)


def test_names_of_other_letters_have_an_id_too() -> None:
    assert model_of(imported(text_of(TOY), name="漢字")).id == "model"
