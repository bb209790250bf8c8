"""The numbers of an accelerator that a reader can change."""

from functools import lru_cache
from typing import Any

from infecon_core import catalog
from infecon_core.spec import FORMAT_BITS, Accelerator
from infecon_ui.parameters.kinds import Quantity, in_units

PRICE = "price"
# The published model's constants belong to the accelerator, but stand among the advanced choices.
CONSTANTS = ("acap", "bcap", "launch")

# key, label, help; range in the label's unit; SI units in one of it; whether there may be none
_NUMBERS = {
    "price_usd_per_gpu_hour": (
        (PRICE, "Price (USD per GPU-hour)", "What one GPU costs for one hour, busy or idle."),
        (0.001, 10_000.0, 1, False),
    ),
    "hbm_bytes": (
        ("a_hbm", "HBM (GB)", "Memory of one GPU, for weights and KV cache."),
        (0.1, 1e6, 1e9, False),
    ),
    "hbm_bytes_per_s": (
        ("a_bandwidth", "HBM bandwidth (TB/s)", "Peak rate at which one GPU reads its memory."),
        (0.001, 1e4, 1e12, False),
    ),
    "scale_up_bytes_per_s": (
        (
            "a_scaleup",
            "Scale-up link (GB/s, one direction)",
            "NVLink and the like, of one GPU; empty where there is none.",
        ),
        (0.001, 1e6, 1e9, True),
    ),
    "scale_out_bytes_per_s": (
        (
            "a_scaleout",
            "Scale-out link (GB/s, one direction)",
            "Network between domains, of one GPU; empty where there is none.",
        ),
        (0.001, 1e6, 1e9, True),
    ),
    "board_power_w": (
        ("a_power", "Board power (W)", "Kept with the scenario; the price does not follow from it."),
        (1.0, 1e5, 1, True),
    ),
    "arithmetic_cap": (
        ("acap", "Arithmetic cap", "Share of the arithmetic peak that can be reached."),
        (0.01, 1.0, 1, False),
    ),
    "bandwidth_cap": (
        ("bcap", "Bandwidth cap", "Share of the memory bandwidth that can be reached."),
        (0.01, 1.0, 1, False),
    ),
    "kernel_launch_s": (
        ("launch", "Kernel launch (µs)", "Time that every kernel costs before it starts."),
        (0.0, 1e6, 1e-6, False),
    ),
}


@lru_cache(maxsize=512)
def accelerator_numbers(accelerator_id: str) -> tuple[Quantity, ...]:
    """All numbers of one accelerator, its price first, the published model's constants last.

    Parameters
    ----------
    accelerator_id : str
        Id of the catalog.
    """
    chip = catalog.accelerator(accelerator_id).accelerator
    peaks = [
        Quantity(
            f"a_{name}",
            f"{name.upper()} peak (TFLOP/s)",
            f"Dense {name.upper()} arithmetic, without sparsity; empty where the chip has no such path.",
            in_units(chip.peaks.of(name), 1e12),
            0.001,
            1e8,
            optional=True,
            per_unit=1e12,
            path=("peaks", name),
        )
        for name in FORMAT_BITS
    ]
    domain = Quantity(
        "a_domain",
        "Scale-up domain (GPUs)",
        "GPUs that the fast links join.",
        chip.scale_up_domain,
        1,
        100_000,
        whole=True,
        path=("scale_up_domain",),
    )
    numbers = {
        field: Quantity(
            *words,
            in_units(getattr(chip, field), per_unit),
            low,
            high,
            optional=optional,
            per_unit=per_unit,
            path=(field,),
        )
        for field, (words, (low, high, per_unit, optional)) in _NUMBERS.items()
    }
    price = numbers.pop("price_usd_per_gpu_hour")
    memory = [numbers.pop(field) for field in ("hbm_bytes", "hbm_bytes_per_s")]
    scale_up = numbers.pop("scale_up_bytes_per_s")
    return (price, *peaks, *memory, scale_up, domain, *numbers.values())


@lru_cache(maxsize=512)
def customised_accelerator(accelerator_id: str, values: tuple[tuple[str, float | None], ...]) -> Accelerator:
    """An accelerator with some numbers changed.

    Parameters
    ----------
    accelerator_id : str
        Id of the catalog.
    values : tuple of (key, value)
        Changed numbers, in the units of their labels.

    Raises
    ------
    ValidationError
        Where the numbers make no accelerator.
    """
    preset = catalog.accelerator(accelerator_id).accelerator
    if not values:
        return preset
    fields = preset.model_dump()
    numbers = {number.key: number for number in accelerator_numbers(accelerator_id)}
    for key, value in values:
        *parents, last = numbers[key].path
        place: Any = fields
        for parent in parents:
            place = place[parent]
        place[last] = numbers[key].si(value)
    # Apart from the rest, so that a fault is named by its own sentence and not by its place in the record.
    fields["peaks"] = type(preset.peaks).model_validate(fields["peaks"])
    return Accelerator.model_validate(fields)
