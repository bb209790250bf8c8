"""Accelerators: every number says where it comes from and is plausible."""

from typing import get_args

import pytest

from infecon_core import catalog
from infecon_core.catalog import CatalogAccelerator
from infecon_core.schema import PriceBasis
from tests.support.catalog import ACCELERATORS, REAL_ACCELERATORS, check_provenance


@pytest.mark.parametrize("entry", ACCELERATORS.values(), ids=ACCELERATORS)
def test_accelerators_say_where_they_come_from(entry: CatalogAccelerator) -> None:
    prices = {f"price {basis}": price.provenance for basis, price in entry.prices.items()}
    for key, provenance in {**entry.provenance, **prices}.items():
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


# The price model that gives rents and owner's costs has nine accelerators; estimates scaled from them stand beside.
MODELLED = {
    "h100-sxm": (1.78, 1.17, 1.55),
    "h200-sxm": (2.05, 1.22, 1.59),
    "b200-hgx": (2.60, 1.73, 2.07),
    "b300-hgx": (3.00, 2.26, 2.52),
    "gb200-nvl72": (2.60, 1.86, 2.26),
    "gb300-nvl72": (3.30, 2.31, 2.79),
    "mi300x": (1.30, 0.95, 1.16),
    "mi325x": (1.60, 1.10, 1.32),
    "mi355x": (2.10, 1.50, 2.09),
}
SCALED = {"mi350x", "mi455x", "rubin-vr200"}
NOT_ON_DEMAND = {"mi350x", "mi355x", "mi455x"}


@pytest.mark.parametrize("entry", REAL_ACCELERATORS.values(), ids=REAL_ACCELERATORS)
def test_prices_are_plausible(entry: CatalogAccelerator) -> None:
    usd = {basis: price.usd_per_gpu_hour for basis, price in entry.prices.items()}
    most = {"on_demand": 25, "rent_3y": 10}  # what is announced is estimated high
    assert all(0.3 <= price <= most.get(basis, 5) for basis, price in usd.items())
    if "owner_neocloud" in usd:
        assert usd["owner_hyperscaler"] < usd["owner_neocloud"] < usd["rent_3y"]
    if "on_demand" in usd and "rent_3y" in usd:
        assert 1.2 < usd["on_demand"] / usd["rent_3y"] < 3


def test_nine_accelerators_have_modelled_prices_of_one_date() -> None:
    for key, expected in MODELLED.items():
        prices = catalog.accelerator(key).prices
        modelled = [prices[basis] for basis in ("rent_3y", "owner_hyperscaler", "owner_neocloud")]
        assert tuple(price.usd_per_gpu_hour for price in modelled) == expected
        assert {price.provenance.date for price in modelled} == {"2026-07-31"}
        assert {price.provenance.kind for price in modelled} == {"estimate"}
        assert all("not a quote" in price.provenance.note for price in modelled)


def test_the_gaps_are_these() -> None:
    with_rent = {key for key, entry in ACCELERATORS.items() if "rent_3y" in entry.prices}
    with_costs = {
        key for key, entry in ACCELERATORS.items() if {"owner_hyperscaler", "owner_neocloud"} & {*entry.prices}
    }
    assert with_rent == MODELLED.keys() | SCALED
    assert with_costs == MODELLED.keys()
    assert {key for key, entry in ACCELERATORS.items() if "on_demand" not in entry.prices} == NOT_ON_DEMAND


def test_an_accelerator_s_own_basis_is_the_first_that_is_known() -> None:
    for key, entry in ACCELERATORS.items():
        assert entry.price_basis == ("rent_3y" if key in NOT_ON_DEMAND else "on_demand")
        assert entry.price(entry.price_basis).usd_per_gpu_hour == entry.accelerator.price_usd_per_gpu_hour
        assert list(entry.prices) == [basis for basis in get_args(PriceBasis) if basis in entry.prices]


def test_estimated_prices_of_racks_follow_from_each_other() -> None:
    gb200, gb300, rubin = (catalog.accelerator(key) for key in ("gb200-nvl72", "gb300-nvl72", "rubin-vr200"))
    assert gb200.price("on_demand").usd_per_gpu_hour == (42.00 / 4 + 9.08 / 2) / 2  # the median of two
    # 7.52 · 3.30 / 2.60 = 9.54
    assert gb300.price("on_demand").usd_per_gpu_hour == pytest.approx(7.52 * 3.30 / 2.60, abs=0.005)
    # BF16 4,000 to 2,500 TFLOP/s, memory 22 to 8 TB/s: the mean of 1.6 and 2.75 is 2.175.
    assert rubin.price("on_demand").usd_per_gpu_hour == pytest.approx(9.54 * 2.175, abs=0.005)
    assert rubin.price("rent_3y").usd_per_gpu_hour == pytest.approx(3.30 * 2.175, abs=0.005)


def test_a_price_that_is_not_known_says_which_are() -> None:
    with pytest.raises(ValueError, match=r"^MI355X has no price for 'on demand'") as refused:
        catalog.accelerator("mi355x").price("on_demand")
    assert "three-year rent at 2.10 USD/h" in str(refused.value)
    assert "owner's cost (hyperscaler) at 1.50 USD/h" in str(refused.value)
    with pytest.raises(ValueError, match=r"^L40S has no price for 'three-year rent': choose on demand at 1\.55 USD/h"):
        catalog.accelerator("l40s").price("rent_3y")


def test_a_number_needs_a_source() -> None:
    entry = catalog.accelerator("h100-sxm")
    sources = {key: value for key, value in entry.provenance.items() if key != "hbm_bytes"}
    with pytest.raises(ValueError, match="hbm_bytes of h100-sxm without a source"):
        CatalogAccelerator(
            id=entry.id,
            vendor=entry.vendor,
            status=entry.status,
            accelerator=entry.accelerator,
            provenance=sources,
            prices=entry.prices,
        )
