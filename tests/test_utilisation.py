"""Utilisation by hand."""

import numpy as np
import pytest

from infecon_core.utilisation import mbu, mfu


def test_mfu_is_the_time_of_computing_at_the_peak_over_the_time_taken():
    # 8 GPUs of 1 PFLOP/s could do 80e12 FLOP in 10 ms.
    assert mfu(20e12 / (8 * 1e15), 0.01) == pytest.approx(0.25)
    assert mfu(np.array([0.0025, 0.005]), 0.01).tolist() == pytest.approx([0.25, 0.5])


def test_mbu_is_the_time_of_reading_at_the_peak_over_the_time_taken():
    assert mbu(0.004, 0.016) == pytest.approx(0.25)
    assert mbu(np.array([0.004, 0.008]), 0.016).tolist() == pytest.approx([0.25, 0.5])
