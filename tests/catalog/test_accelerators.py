"""Accelerators: every number says where it comes from and is plausible."""

import pytest

from infecon_core import catalog
from infecon_core.catalog import CatalogAccelerator
from tests.support.catalog import ACCELERATORS, REAL_ACCELERATORS, check_provenance


@pytest.mark.parametrize("entry", ACCELERATORS.values(), ids=ACCELERATORS)
def test_accelerators_say_where_they_come_from(entry: CatalogAccelerator) -> None:
    for key, provenance in entry.provenance.items():
        check_provenance(provenance)
        if provenance.kind == "estimate":
            assert provenance.note, f"{key} is an estimate: say why"


@pytest.mark.parametrize("entry", REAL_ACCELERATORS.values(), ids=REAL_ACCELERATORS)
def test_accelerators_are_plausible(entry: CatalogAccelerator) -> None:
    chip = entry.accelerator
    sram = entry.id == "groq-lpu-v1"  # no HBM: little memory, much bandwidth
    assert (100e6 if sram else 16e9) <= chip.hbm_bytes <= 500e9
    assert 250e9 <= chip.hbm_bytes_per_s <= (100e12 if sram else 25e12)
    peak = chip.peaks.of_bits(16)
    assert peak is not None
    assert 50e12 <= peak <= 6e15
    assert (1 if sram else 30) <= peak / chip.hbm_bytes_per_s <= 600  # [FLOP/B]
    for narrow, wide in ((8, 16), (4, 8)):
        slower, faster = chip.peaks.of_bits(wide), chip.peaks.of_bits(narrow)
        if slower and faster:
            assert 1 <= faster / slower <= 4.5
    assert 0.3 <= chip.price_usd_per_gpu_hour <= 20
    assert chip.year is None or 2015 <= chip.year <= 2027
    assert chip.board_power_w is None or 50 <= chip.board_power_w <= 2000
    if chip.scale_up_bytes_per_s is not None:
        assert 20e9 <= chip.scale_up_bytes_per_s <= 2e12
        if chip.scale_out_bytes_per_s is not None and chip.scale_up_bytes_per_s > 64e9:
            assert chip.scale_out_bytes_per_s < chip.scale_up_bytes_per_s
    assert (chip.topology == "torus") == (entry.vendor in ("Google", "Groq"))


def test_known_datasheets() -> None:
    h100 = catalog.accelerator("h100-sxm").accelerator
    assert h100.peaks.bf16 == 989.5e12
    assert h100.hbm_bytes_per_s == 3.35e12
    assert h100.scale_up_bytes_per_s == 450e9  # 900 GB/s in both directions together
    b200 = catalog.accelerator("b200-hgx").accelerator
    assert b200.peaks.of_bits(4) == 4 * b200.peaks.of_bits(16)
    assert catalog.accelerator("gb200-nvl72").accelerator.scale_up_domain == 72


def test_a_number_needs_a_source() -> None:
    entry = catalog.accelerator("h100-sxm")
    sources = {key: value for key, value in entry.provenance.items() if key != "hbm_bytes"}
    with pytest.raises(ValueError, match="hbm_bytes of h100-sxm without a source"):
        CatalogAccelerator(
            id=entry.id, vendor=entry.vendor, status=entry.status, accelerator=entry.accelerator, provenance=sources
        )
