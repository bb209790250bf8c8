"""The shipped constants: few are fitted, each has its evidence, and new values go into the file."""

import tomllib

import pytest

from infecon_core.catalog.constants import FITTED, records, shipped, with_values
from infecon_core.schema import ServingConstants
from tests.support.repository import ROOT


def test_few_constants_are_fitted_and_none_is_a_model_s_or_a_chip_s() -> None:
    assert len(FITTED) <= 15
    assert set(FITTED) < set(ServingConstants.model_fields) == set(records())
    for name, record in records().items():
        assert {"value", "unit", "kind", "meaning", "evidence", "date"} <= set(record), name
        assert ("prior" in record) == (name in FITTED)


def test_new_values_go_into_the_file_and_nothing_else_changes() -> None:
    text = (ROOT / "data" / "calibration" / "serving.toml").read_text(encoding="utf-8")
    moved = shipped().model_copy(update={"layer_overhead_s": 1.25e-5, "allreduce_efficiency": 0.5})
    before, after = tomllib.loads(text), tomllib.loads(with_values(text, moved))
    assert after["layer_overhead_s"].pop("value") == 1.25e-5
    assert after["allreduce_efficiency"].pop("value") == 0.5
    del before["layer_overhead_s"]["value"], before["allreduce_efficiency"]["value"]
    assert after == before
    with pytest.raises(ValueError, match="no value of weight_read_efficiency"):
        with_values("", moved)
