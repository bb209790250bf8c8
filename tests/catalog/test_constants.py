"""The shipped constants: few are fitted, each has its evidence, and new values go into the file."""

import tomllib

import pytest

from infecon_core.catalog.constants import FITTED, FITTED_TTFT, records, shipped, with_values
from infecon_core.schema import ServingConstants
from tests.support.repository import ROOT


def test_few_constants_are_fitted_and_none_is_a_model_s_or_a_chip_s() -> None:
    assert len(FITTED) <= 15
    assert len(FITTED_TTFT) == 2
    assert not set(FITTED) & set(FITTED_TTFT)
    assert {*FITTED, *FITTED_TTFT} < set(ServingConstants.model_fields) == set(records())
    for name, record in records().items():
        assert {"value", "unit", "kind", "meaning", "evidence", "date"} <= set(record), name
        assert ("prior" in record) == (name in {*FITTED, *FITTED_TTFT})


def test_new_values_go_into_the_file_and_nothing_else_changes() -> None:
    text = (ROOT / "data" / "calibration" / "serving.toml").read_text(encoding="utf-8")
    moved = shipped().model_copy(update={"layer_overhead_s": 1.25e-5, "ttft_overhead_s": 0.5})
    before, after = tomllib.loads(text), tomllib.loads(with_values(text, moved))
    assert after["layer_overhead_s"].pop("value") == 1.25e-5
    assert after["ttft_overhead_s"].pop("value") == 0.5
    del before["layer_overhead_s"]["value"], before["ttft_overhead_s"]["value"]
    assert after == before
    with pytest.raises(ValueError, match="no value of weight_read_efficiency"):
        with_values("", moved)
