"""Board power by hand."""

import numpy as np
import pytest

from infecon_core import catalog
from infecon_core.catalog.power import drawn_power
from infecon_core.power import power_share


def times(arithmetic: float, memory: float, transfer: float) -> dict[str, float]:
    return {"arithmetic_s": arithmetic, "memory_s": memory, "network_bandwidth_s": transfer}


def test_a_board_draws_more_while_it_works() -> None:
    cuda, rocm = drawn_power()["cuda"], drawn_power()["rocm"]
    assert (cuda.waiting, cuda.working, rocm.waiting, rocm.working) == (0.32, 1.0, 0.25, 0.73)
    assert power_share(times(0, 0, 0), 0.01, "cuda") == pytest.approx(0.32)
    assert power_share(times(0.002, 0.005, 0.003), 0.01, "cuda") == pytest.approx(1.0)
    assert power_share(times(0.001, 0.002, 0.001), 0.01, "cuda") == pytest.approx(0.32 + 0.68 * 0.4)
    assert power_share(times(0.001, 0.002, 0.001), 0.01, "rocm") == pytest.approx(0.25 + 0.48 * 0.4)
    # No more than its full power, also where times overlap.
    assert power_share(times(0.01, 0.01, 0), 0.01, "cuda") == pytest.approx(1.0)


def test_boards_that_were_not_measured_are_not_known() -> None:
    assert np.isnan(power_share(times(0.001, 0.002, 0.001), 0.01, "other"))
    measured = {entry.accelerator.stack for entry in catalog.accelerators().values()} & drawn_power().keys()
    assert measured == {"cuda", "rocm"}


def test_arrays_broadcast() -> None:
    arrays = {name: np.array([value, 0.0]) for name, value in times(0.001, 0.002, 0.001).items()}
    assert power_share(arrays, np.array([0.01, 0.01]), "cuda").tolist() == pytest.approx([0.592, 0.32])
