"""Configurations of models from anybody: an architecture that computes, or one sentence."""

from hypothesis import given

from infecon_core.catalog import CatalogModel, StatedParams, model_of_toml, model_toml
from infecon_core.huggingface import imported
from infecon_core.schema import Provenance
from tests.support.fuzzing import assert_sentence, fuzzed, limits
from tests.support.hostile.configs import configs


@fuzzed(0.10)
@given(text=configs())
def test_any_configuration_is_read_or_refused(text: str, part: int) -> None:
    with limits():
        try:
            found = imported(text)
        except ValueError as why:
            assert_sentence(str(why))
            return
    shape = found.architecture
    assert 0 < shape.active_params <= shape.total_params
    assert shape.kv_elements(1000) >= 0
    for told in found.assumed:
        assert_sentence(told)
    # What was read can be kept.
    source = Provenance(kind="published", source="config.json", date="undated")
    entry = CatalogModel(
        id="own", family="Own", architecture=shape, precision=found.precision, provenance=source,
        stated=StatedParams(provenance=source),
    )  # fmt: skip
    assert model_of_toml(model_toml(entry)) == entry
