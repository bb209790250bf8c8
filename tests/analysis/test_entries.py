"""All numbers of an entry with their sources, and two entries side by side."""

import math

import pytest

from infecon_core import catalog
from infecon_core.analysis.entries import accelerator_numbers, compared, kv_bytes_per_token, model_numbers
from infecon_core.catalog import CatalogAccelerator, CatalogModel
from tests.support.catalog import ACCELERATORS, MODELS
from tests.support.own_entries import CHIP_ID, MODEL_ID


@pytest.mark.parametrize("entry", MODELS.values(), ids=MODELS)
def test_every_number_of_every_model_has_a_kind_and_a_source(entry: CatalogModel) -> None:
    numbers = model_numbers(entry)
    assert len({(one.group, one.name) for one in numbers}) == len(numbers)
    assert all(one.source and (one.date or one.kind == "computed") for one in numbers)
    groups = {one.group: one.layers for one in numbers if one.group}
    assert len(groups) == len(entry.architecture.layer_groups)
    assert all(groups.values())


@pytest.mark.parametrize("entry", ACCELERATORS.values(), ids=ACCELERATORS)
def test_every_number_of_every_accelerator_has_a_kind_and_a_source(entry: CatalogAccelerator) -> None:
    numbers = accelerator_numbers(entry)
    assert len({one.name for one in numbers}) == len(numbers)
    assert all(one.source and (one.date or one.kind in ("computed", "default")) for one in numbers)
    # Whatever has a source in the file is there with it.
    told = {one.source for one in numbers}
    assert {source.source for source in entry.provenance.values()} <= told
    assert {price.provenance.source for price in entry.prices.values()} <= told


def test_numbers_that_follow_by_hand() -> None:
    numbers = {one.name: one for one in model_numbers(catalog.model("llama-3.1-70b")) if not one.group}
    # 80 layers · 2 · 8 KV heads · 128 · 2 bytes.
    assert numbers["KV cache of a token"].value == 327_680
    assert kv_bytes_per_token(catalog.model("deepseek-v3")) == 61 * (512 + 64) * 2
    assert numbers["Parameters"].value == pytest.approx(70.55e9, rel=1e-3)
    assert numbers["Parameters"].kind == "computed"
    chip = {one.name: one for one in accelerator_numbers(catalog.accelerator("b200-hgx"))}
    assert chip["Ridge, FP8"].value == 4500 / 8
    assert (chip["HBM bandwidth"].value, chip["HBM bandwidth"].unit, chip["HBM bandwidth"].kind) == (
        8,
        "TB/s",
        "datasheet",
    )
    assert (chip["Price"].value, chip["Price: Three-year rent"].kind) == (5.5, "estimate")
    assert chip["Arithmetic cap"].kind == "default"


def test_numbers_of_one_s_own_say_so() -> None:
    chip = {one.name: one.kind for one in accelerator_numbers(catalog.accelerator(CHIP_ID))}
    assert (chip["Price"], chip["HBM bandwidth"], chip["HBM"]) == ("own", "own", "datasheet")
    model = {one.name: one.kind for one in model_numbers(catalog.model(MODEL_ID))}
    assert (model["Query heads"], model["Parameters"]) == ("own", "computed")


def test_two_side_by_side_by_hand() -> None:
    h100, b200 = (accelerator_numbers(catalog.accelerator(one)) for one in ("h100-sxm", "b200-hgx"))
    rows = {row.name: row for row in compared(h100, b200)}
    assert rows["HBM bandwidth"].ratio == pytest.approx(8 / 3.35)
    assert rows["Price"].ratio == pytest.approx(5.5 / 2.95)
    assert (rows["FP4 peak"].one, rows["FP4 peak"].other) == (None, 9000)
    assert math.isnan(rows["FP4 peak"].ratio)
    assert math.isnan(rows["Year"].ratio)
    assert "INT4 peak" not in rows  # neither has one
    # What only one of the two has stands last.
    names = [row.name for row in compared(h100, b200)]
    assert names.index("Kernel launch") < names.index("FP4 peak")


def test_groups_of_layers_are_compared_in_their_order() -> None:
    dense, sparse = (model_numbers(catalog.model(one)) for one in ("llama-3.1-70b", "deepseek-v3"))
    rows = {(row.group, row.name): row for row in compared(dense, sparse)}
    assert (rows[1, "Layers"].one, rows[1, "Layers"].other) == (80, 3)
    assert (rows[2, "Layers"].one, rows[2, "Layers"].other) == (None, 58)
    same = compared(dense, dense)
    assert all(row.ratio == 1 or math.isnan(row.ratio) for row in same)
