"""Predicted collectives beside measured ones."""

from infecon_core.validation import collective_tables
from infecon_core.validation.scores import errors

# A table that lost its rows would agree with anything.
DATACENTRE = {"h100-sxm", "h200-sxm", "b200-hgx", "b300-hgx", "gb200-nvl72", "gb300-nvl72"}


def test_small_all_reduces_are_near_the_tables() -> None:
    table = collective_tables.all_reduces_compared()
    small = table[(table["bytes"] <= collective_tables.SMALL_BYTES) & (table["implementation"] != "nccl")]
    assert set(small["accelerator_id"]) == {*DATACENTRE, "a100-sxm-80gb", "l40s", "rtx-pro-6000-server"}
    for name, part in small.groupby("accelerator_id"):
        found = errors(part["predicted_us"], part["latency_us"])
        assert found.median < 0.15, name
        assert abs(found.bias - 1) < 0.15, name


def test_expert_exchanges_are_near_the_tables() -> None:
    table = collective_tables.expert_exchanges_compared()
    assert set(table["accelerator_id"]) == DATACENTRE
    for name, part in table.groupby("accelerator_id"):
        found = errors(part["predicted_us"], part["latency_us"])
        assert found.median < 0.25, name
        assert abs(found.bias - 1) < 0.25, name
