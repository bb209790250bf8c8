"""Which measured accelerators an accelerator is."""

from infecon_core import catalog
from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.accelerators import measured_as


def test_every_measured_accelerator_is_itself():
    for name in set(shipped_points()["accelerator_id"]):
        assert name in measured_as(catalog.accelerator(name).accelerator)


def test_name_price_and_power_do_not_count():
    chip = catalog.accelerator("h100-sxm").accelerator
    other = chip.model_copy(update={"name": "Ours", "price_usd_per_gpu_hour": 9.0, "board_power_w": 1.0})
    assert measured_as(other) == ("h100-sxm",)


def test_other_numbers_were_never_measured():
    chip = catalog.accelerator("h100-sxm").accelerator
    assert measured_as(chip.model_copy(update={"hbm_bytes_per_s": 2 * chip.hbm_bytes_per_s})) == ()
    assert measured_as(catalog.accelerator("tpu-v7x").accelerator) == ()
