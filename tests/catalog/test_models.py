"""Models: every number says where it comes from, every count agrees with what the makers state."""

import pytest

from infecon_core.catalog import CatalogModel
from tests.support.catalog import MODELS, REAL_MODELS, check_provenance


@pytest.mark.parametrize("entry", MODELS.values(), ids=MODELS)
def test_models_say_where_they_come_from(entry: CatalogModel) -> None:
    check_provenance(entry.provenance)
    check_provenance(entry.stated.provenance)
    if entry.provenance.kind == "estimate":
        assert entry.note or entry.provenance.note


@pytest.mark.parametrize("entry", REAL_MODELS.values(), ids=REAL_MODELS)
def test_parameter_counts_agree_or_the_file_says_why(entry: CatalogModel) -> None:
    shape, stated = entry.architecture, entry.stated
    input_table = 0 if shape.tie_word_embeddings else shape.vocab_size * shape.hidden_size
    active = {
        "all": shape.active_params,
        "without input embedding": shape.active_params - input_table,
        "without embeddings": shape.active_params - shape.embedding_params,
    }[stated.active_counts]
    off = [
        abs(ours / theirs - 1)
        for ours, theirs in ((shape.total_params, stated.total), (active, stated.active))
        if theirs is not None
    ]
    # A reason stands where one is needed, and only there.
    assert bool(stated.difference) == any(error > 0.01 for error in off)
    # Nothing is so far off that rounding or an uncounted vision tower would not explain it.
    assert all(error < 0.25 for error in off)


def test_most_models_state_a_count() -> None:
    assert sum(entry.stated.total is not None for entry in REAL_MODELS.values()) >= 60
