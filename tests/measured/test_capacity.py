"""Rows that memory cannot hold: worked by hand, refused in a sentence, kept where asked for."""

import numpy as np
import pytest

from infecon_core import predict
from infecon_core.catalog.measurements import parse, shipped_points
from infecon_core.measured.capacity import lacking_bytes, shortage
from infecon_core.measured.rows import read_rows

HEADER = "model_id,accelerator_id,weight_precision,gpus_per_instance,batch_per_instance,context_len,kv_format"


def test_what_lacks_by_hand() -> None:
    """Llama 3.1 8B in 16 bits on 80 GB: 8.03e9 weights, and 2·8·128·32 of cache a token, of 2 bytes each."""
    rows = ("llama-3.1-8b,h100-sxm,bf16,1,50,10000,bf16", "llama-3.1-8b,h100-sxm,bf16,1,40,10000,bf16")
    (group,), faults = read_rows(parse("\n".join((HEADER, *rows)).encode()))
    assert faults == ["", ""]
    weights, hbm = 2 * group.deployment.architecture.total_params, group.deployment.accelerator.hbm_bytes
    sequence = 2 * 2 * 8 * 128 * 32 * 10000
    expected = [weights + 50 * sequence - hbm, weights + 40 * sequence - hbm]
    lacking = lacking_bytes(group.deployment, group.shards, group.batch, group.context_tokens)
    assert lacking == pytest.approx(expected, rel=1e-3)
    assert expected[0] > 0 > expected[1]


def test_a_row_that_memory_cannot_hold_is_refused_and_kept_where_asked_for() -> None:
    rows = ("llama-3.1-70b,h100-sxm,bf16,1,1,1000,", "llama-3.1-70b,h100-sxm,bf16,2,1,1000,")
    table = parse("\n".join((HEADER, *rows)).encode())
    refused, kept = predict(table), predict(table, keep=True)
    assert refused["error"].tolist()[1] == ""
    assert refused["error"].iloc[0].startswith("weights and KV cache need 141.4 GB of each GPU, ")
    assert np.isnan(refused[["predicted_tpot_ms", "memory_s"]].iloc[0]).all()
    assert kept["error"].tolist() == ["", ""]
    assert kept["predicted_tpot_ms"].iloc[0] > kept["predicted_tpot_ms"].iloc[1] == refused["predicted_tpot_ms"].iloc[1]


def test_a_shortage_is_told_in_its_size() -> None:
    assert shortage(2e6, 80e9) == "weights and KV cache need 80.0 GB of each GPU, 2.0 MB more than its 80 GB"


def test_no_measured_point_is_refused() -> None:
    # They ran, so nothing about them is impossible.
    assert (predict(shipped_points())["error"] == "").all()
