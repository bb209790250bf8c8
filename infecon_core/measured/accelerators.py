"""Which measured accelerators an accelerator is."""

from functools import cache, lru_cache

from infecon_core import catalog
from infecon_core.catalog.measurements import shipped_points
from infecon_core.schema import Accelerator


@lru_cache(maxsize=256)
def measured_as(accelerator: Accelerator) -> tuple[str, ...]:
    """Ids of the accelerators with shipped points that have the same numbers; none where nobody measured it.

    Args:
        accelerator (Accelerator): Its name, price and power do not count: they decide on no time.

    Returns:
        tuple of str: In the order of the alphabet.
    """
    numbers = _chip(accelerator)
    return tuple(name for name, chip in _measured() if chip == numbers)


@cache
def _measured() -> tuple[tuple[str, Accelerator], ...]:
    names = sorted(set(shipped_points()["accelerator_id"]))
    return tuple((name, _chip(catalog.accelerator(name).accelerator)) for name in names)


def _chip(accelerator: Accelerator) -> Accelerator:
    """What of an accelerator decides on times."""
    return accelerator.model_copy(update={"name": "", "price_usd_per_gpu_hour": 0.0, "board_power_w": None})
