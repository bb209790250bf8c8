"""Columns that follow from others."""

import numpy as np
import pandas as pd
import pytest

from infecon_core.frontier_table import frontier_columns
from infecon_core.schema.frontier import COLUMNS
from tests.support.round_numbers import DENSE, scenario

POINTS = {
    "n_gpu": np.array([16.0, 16.0]),
    "pp": np.array([2.0, 1.0]),
    "ep": np.array([8.0, 4.0]),
    "dp_attn": np.array([4.0, 2.0]),
    "batch": np.array([5.0, 6.0]),
    "arithmetic_s": np.array([1e-3, 5e-3]),
    "memory_s": np.array([2e-3, 4e-3]),
    "network_bandwidth_s": np.array([3e-3, 3e-3]),
    "network_latency_s": np.array([4e-3, 2e-3]),
    "kernel_overhead_s": np.array([0.5e-3, 1e-3]),
}
GPU_SECONDS = np.array([2e-3, 4e-3])


def test_columns_that_follow():
    table = pd.DataFrame(frontier_columns(scenario(DENSE), {**POINTS, "ttft_s": 0.1}, GPU_SECONDS))
    assert list(table.columns) == list(COLUMNS)
    assert table["tpot_s"].tolist() == pytest.approx([10.5e-3, 15e-3])
    assert table["tokens_per_s_user"].tolist() == pytest.approx([1 / 10.5e-3, 1 / 15e-3])
    # 0.001 USD and 1000 J a GPU-second; a third of the tokens is output.
    assert table["usd_per_million_tokens"].tolist() == pytest.approx([2, 4])
    assert table["usd_per_million_tokens_blended"].tolist() == pytest.approx([2 / 3, 4 / 3])
    assert table["kwh_per_million_tokens"].tolist() == pytest.approx([2e6 / 3.6e6, 4e6 / 3.6e6])
    # They work 6 of 10.5 and 12 of 15 ms: 0.32 + 0.68 of that of their full power.
    shares = [0.32 + 0.68 * 6 / 10.5, 0.32 + 0.68 * 12 / 15]
    assert table["power_share"].tolist() == pytest.approx(shares)
    drawn = [share * kwh for share, kwh in zip(shares, table["kwh_per_million_tokens"], strict=True)]
    assert table["kwh_per_million_tokens_drawn"].tolist() == pytest.approx(drawn)
    assert table["tokens_per_s_per_mw_drawn"].tolist() == pytest.approx([500_000 / shares[0], 250_000 / shares[1]])
    # 2 and 4 ms of a GPU a token; a thousand boards of 1000 W draw a megawatt.
    assert table["tokens_per_s_per_gpu"].tolist() == pytest.approx([500, 250])
    assert table["tokens_per_s_per_mw"].tolist() == pytest.approx([500_000, 250_000])
    # Eight and sixteen GPUs a stage.
    assert table["tp"].tolist() == [2, 8]
    assert table["tp_ff"].tolist() == [1, 4]
    assert table["limit"].tolist() == ["network latency", "arithmetic"]
    assert table["ttft_s"].tolist() == [0.1, 0.1]
    assert table["mfu"].isna().all()


def test_what_an_engine_does_not_know_is_missing():
    chosen = scenario(DENSE)
    powerless = chosen.model_copy(update={"accelerator": chosen.accelerator.model_copy(update={"board_power_w": None})})
    table = pd.DataFrame(frontier_columns(powerless, POINTS, GPU_SECONDS))
    missing = {name for name in COLUMNS if table[name].isna().all()}
    assert {"kwh_per_million_tokens_drawn", "power_share", "tokens_per_s_per_mw_drawn"} <= missing
    assert {"ttft_s", "usd_per_million_tokens_blended", "kwh_per_million_tokens", "tokens_per_s_per_mw"} <= missing
    assert "tokens_per_s_per_gpu" not in missing
    assert all(table[name].dtype == np.float64 for name in missing)
    assert table["usd_per_million_tokens"].tolist() == pytest.approx([2, 4])


def test_a_time_per_token_that_is_given_counts():
    table = pd.DataFrame(frontier_columns(scenario(DENSE), {**POINTS, "tpot_s": np.array([0.02, 0.04])}, GPU_SECONDS))
    assert table["tpot_s"].tolist() == [0.02, 0.04]
    assert table["tokens_per_s_user"].tolist() == pytest.approx([50, 25])
