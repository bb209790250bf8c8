"""Prices and energy by hand."""

import numpy as np
import pytest

from infecon_core.pricing import (
    blended_usd_per_million_tokens,
    kwh_per_million_tokens,
    tokens_per_s_per_gpu,
    tokens_per_s_per_mw,
    usd_per_million_tokens,
)


def test_a_million_tokens_cost_their_gpu_hours():
    # 2 ms of a GPU a token are 2000 s a million: 5/9 of an hour.
    assert usd_per_million_tokens(2e-3, 3.6) == pytest.approx(2.0)
    assert usd_per_million_tokens(np.array([2e-3, 4e-3]), 1.8).tolist() == pytest.approx([1.0, 2.0])


def test_the_blended_price_counts_prompt_tokens_too():
    assert blended_usd_per_million_tokens(3.0, 1000, 500) == pytest.approx(1.0)
    assert blended_usd_per_million_tokens(3.0, 0, 500) == 3
    # Less than one token of output counts as one.
    assert blended_usd_per_million_tokens(3.0, 2, 0) == pytest.approx(1.0)
    assert blended_usd_per_million_tokens(3.0, 2, 0.5) == pytest.approx(1.0)


def test_energy_is_power_times_gpu_seconds():
    # 2000 s of 900 W are 1.8 MJ, half a kWh.
    assert kwh_per_million_tokens(2e-3, 900) == pytest.approx(0.5)
    assert np.isnan(kwh_per_million_tokens(2e-3, np.nan))


def test_throughput_is_the_inverse_of_gpu_seconds():
    # 4 ms of a GPU a token are 250 tokens a second; 2,000 boards of 500 W draw a megawatt.
    assert tokens_per_s_per_gpu(4e-3) == pytest.approx(250)
    assert tokens_per_s_per_mw(4e-3, 500) == pytest.approx(500_000)
    assert tokens_per_s_per_mw(np.array([4e-3, 2e-3]), 500).tolist() == pytest.approx([500_000, 1_000_000])
    assert np.isnan(tokens_per_s_per_mw(4e-3, np.nan))
