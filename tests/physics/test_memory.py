"""Weights, KV cache and workspace of one GPU against sums worked out by hand."""

import numpy as np
import pytest

from infecon_core.physics.kv_cache import resident_bytes_per_gpu
from infecon_core.physics.memory import memory, weight_bytes_per_gpu
from infecon_core.schema import Precision
from tests.support.physics import deployment, shards
from tests.support.round_numbers import DENSE, MIXTURE, deployed, layouts


def test_weights_of_a_dense_model():
    # 1 GPU, TP 2, TP 8, PP 2 × TP 2, and PP 4, whose fullest stage holds 3 of 10 layers.
    rows = layouts((1, 1, 1), (1, 1, 2), (1, 1, 8), (2, 1, 2), (4, 1, 1))
    # 144e6 B of layers, and two tables of 100e6 B, which several stages part.
    held = [344e6, 172e6, 43e6, 36e6 + 50e6, 43.2e6 + 100e6]
    assert weight_bytes_per_gpu(deployed(DENSE), rows).tolist() == pytest.approx(held, rel=1e-12)
    tied = DENSE.model_copy(update={"tie_word_embeddings": True})
    held = [244e6, 122e6, 30.5e6, 86e6, 143.2e6]
    assert weight_bytes_per_gpu(deployed(tied), rows).tolist() == pytest.approx(held, rel=1e-12)


def test_weights_of_a_mixture_with_copies_of_attention():
    rows = layouts((1, 1, 1), (1, 2, 1), (1, 4, 2), (2, 2, 1))
    # On every copy 12e6 B of attention and 12e6 of the dense layer, on every GPU 12.064e6 of shared experts; 96e6 of
    # experts and 200e6 of tables on all. Of 2 stages the fullest holds 3/5.
    held = [332.064e6, 36.064e6 + 48e6 + 100e6, 12e6 + 12.064e6 + 12e6 + 25e6, (36.064e6 + 48e6) * 0.6 + 50e6]
    assert weight_bytes_per_gpu(deployed(MIXTURE), rows).tolist() == pytest.approx(held, rel=1e-12)
    four = deployed(MIXTURE, precision=Precision(weights="fp4"))
    assert weight_bytes_per_gpu(four, rows)[0] == pytest.approx(24e6 + 120.064e6 * 0.5625 + 200e6, rel=1e-12)


def test_weights_of_redundant_experts():
    # 16 experts on 3 GPUs are 6 each, of 1.5e6 B in 4 layers; on 2 stages of 3 GPUs the fullest holds 3 of 5 layers.
    held = weight_bytes_per_gpu(deployed(MIXTURE), layouts((1, 3, 1), (2, 3, 1)))
    always = 12e6 + 4 * 3.016e6
    layers = 12e6 + always + 4 * 6 * 1.5e6
    assert held.tolist() == pytest.approx([layers + 200e6 / 3, layers * 0.6 + 100e6 / 3], rel=1e-12)
    # In FP4 both copies are narrow.
    four = weight_bytes_per_gpu(deployed(MIXTURE, precision=Precision(weights="fp4")), layouts((1, 3, 1)))
    assert four[0] == pytest.approx(24e6 + (always + 36e6) * 0.5625 + 200e6 / 3, rel=1e-12)


def test_workspace_reserve_and_cache():
    held = memory(deployed(MIXTURE), layouts((1, 1, 1), (1, 2, 1)), 1000)
    # 8192 tokens · 6 · 1000 · 2 B, and 256 rows · 50,000 · 4 B of logits over the GPUs.
    assert held.workspace_bytes.tolist() == [98.304e6 + 51.2e6, 98.304e6 + 25.6e6]
    assert held.reserve_bytes == 0.8e9
    assert held.hbm_bytes == 10e9
    # 5 layers · 800 B · 1000; three sequences on two copies: one holds two.
    assert held.sequence_bytes.tolist() == [4e6, 4e6]
    copies = np.array([1.0, 2.0])
    assert held.cache_bytes(np.array([3.0, 3.0]), copies).tolist() == [12e6, 8e6]
    left = [10e9 - 332.064e6 - 149.504e6 - 0.8e9 - 12e6, 10e9 - 184.064e6 - 123.904e6 - 0.8e9 - 8e6]
    assert held.free_bytes(np.array([3.0, 3.0]), copies).tolist() == pytest.approx(left, rel=1e-12)


def test_the_cache_of_memory_knows_the_context_is_partitioned():
    rows = layouts((1, 1, 8), (1, 1, 16))
    plain, partitioned = (memory(deployed(DENSE, context_parallel=on), rows, 1000) for on in (False, True))
    assert plain.sequence_bytes.tolist() == [2e6, 2e6]
    assert partitioned.sequence_bytes.tolist() == [1e6, 0.5e6]


def test_weights_and_cache_of_llama_70b_fill_what_they_should():
    where = deployment("llama-3.1-70b", "h100-sxm", "fp8", "fp8")
    body = 80 * (8192 * 128 * 144 + 3 * 8192 * 28672)
    table = 128256 * 8192 * 2
    assert weight_bytes_per_gpu(where, shards(tp=8))[0] == pytest.approx((body + 2 * table) / 8)
    # 80 layers on 32 stages: the fullest holds three.
    assert weight_bytes_per_gpu(where, shards(stages=32))[0] == pytest.approx(body * 3 / 80 + table)
    cache = resident_bytes_per_gpu(where.architecture, "fp8", 1000, np.array([8.0]), np.array([1.0]))
    assert cache[0] == 80 * 2 * 128 * 1000


def test_memory_of_deepseek_adds_up():
    where = deployment("deepseek-v3", "h200-sxm", "fp8", "fp8")
    held = memory(where, shards(tp=1, copies=8), 4000)
    assert held.sequence_bytes[0] == pytest.approx(61 * 576 * 4000)
    # Attention, dense layers, routers and shared experts are whole on each of eight copies.
    experts, tables = 58 * 256 * 3 * 7168 * 2048, where.architecture.embedding_params
    whole = where.architecture.attention_params + where.architecture.feed_forward_params - experts
    assert held.weight_bytes[0] == pytest.approx(whole + experts / 8 + tables * 2 / 8)
