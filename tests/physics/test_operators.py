"""Operators of a pass worked out by hand, and against sums over real models."""

import numpy as np
import pytest

from infecon_core.physics.operators import cache_flop, operators
from infecon_core.schema import LatentAttention, LayerGroup, LinearAttention, Precision
from tests.support.physics import deployment, seconds, shards
from tests.support.round_numbers import (
    ATTENTION,
    CHIP,
    DENSE,
    EXPERTS,
    FEED_FORWARD,
    MIXTURE,
    deployed,
    layouts,
)

KINDS = ("memory", "arithmetic", "overhead")


def microseconds(where, rows, context=1000, *, sequences=4.0, tokens=4.0, touched=0.25):
    """Every operator by name and group: its times in µs on each layout, zeros left out."""
    found = {}
    for operator in operators(where, rows, context)[0]:
        for kind in KINDS:
            times = getattr(operator, kind).at(sequences, tokens, touched) * 1e6 + np.zeros(rows.gpus.size)
            if times.any():
                found[operator.name, operator.group, kind] = pytest.approx(times, rel=1e-12)
    return found


def test_a_dense_model_on_one_two_and_eight_gpus_and_along_the_pipeline():
    # 1 GPU, TP 2, TP 8, PP 2 × TP 2, and PP 4, whose fullest stage holds 3 of 10 layers: 12 instead of 10.
    rows = layouts((1, 1, 1), (1, 1, 2), (1, 1, 8), (2, 1, 2), (4, 1, 1))
    group = "10 layers, full attention, dense"
    assert microseconds(deployed(DENSE), rows) == {
        # 24e6 B / 4 TB/s = 6 µs; 2 FLOP · 24e6 · 4 tokens / 2 PFLOP/s = 0.096 µs.
        ("Attention projections", group, "memory"): [6, 3, 0.75, 3, 7.2],
        ("Attention projections", group, "arithmetic"): [0.096, 0.048, 0.012, 0.048, 0.1152],
        # 10 layers · 800 B · 1000 tokens · 4 sequences / 2.5 TB/s = 12.8 µs; 4 KV heads cut in 4 at most.
        ("Attention over KV cache", group, "memory"): [12.8, 6.4, 3.2, 6.4, 15.36],
        # 10 layers · 4·8·100·1000 FLOP · 4 tokens / 1 PFLOP/s = 0.128 µs; the 8 heads cut in 8.
        ("Attention over KV cache", group, "arithmetic"): [0.128, 0.064, 0.016, 0.064, 0.1536],
        # 10 layers · 4 sequences · 1 µs on every rank, however many share the heads.
        ("Attention over KV cache", group, "overhead"): [40, 40, 40, 40, 48],
        # 120e6 B / 4 TB/s = 30 µs; 2 · 120e6 · 4 / 2 PFLOP/s = 0.48 µs.
        ("Feed-forward", group, "memory"): [30, 15, 3.75, 15, 36],
        ("Feed-forward", group, "arithmetic"): [0.48, 0.24, 0.06, 0.24, 0.576],
        ("Small kernels and launches", group, "overhead"): [400, 400, 400, 400, 480],
        # 50e6 · 2 B / 4 TB/s = 25 µs; 2 · 50e6 · 4 / 1 PFLOP/s = 0.4 µs.
        ("Unembedding", "once a step", "memory"): [25, 12.5, 3.125, 12.5, 25],
        ("Unembedding", "once a step", "arithmetic"): [0.4, 0.2, 0.05, 0.2, 0.4],
    }


def test_a_mixture_on_one_two_and_eight_gpus_with_copies_of_attention():
    # 1 GPU, TP 2, TP 8, DP 2, DP 4 × TP 2, and PP 2 × DP 2, whose fullest stage holds 3 of 5 layers: 6 instead of 5.
    rows = layouts((1, 1, 1), (1, 1, 2), (1, 1, 8), (1, 2, 1), (1, 4, 2), (2, 2, 1))
    dense, experts = "1 layers, full attention, dense", "4 layers, full attention, 16 experts"
    assert microseconds(deployed(MIXTURE), rows) == {
        # 2.4e6 B / 4 TB/s = 0.6 µs a layer: every copy reads its own, but works on its own tokens only.
        ("Attention projections", dense, "memory"): [0.6, 0.3, 0.075, 0.6, 0.3, 0.72],
        ("Attention projections", experts, "memory"): [2.4, 1.2, 0.3, 2.4, 1.2, 2.88],
        # 2 · 2.4e6 · 4 / 2 PFLOP/s = 0.0096 µs a layer.
        ("Attention projections", dense, "arithmetic"): [0.0096, 0.0048, 0.0012, 0.0048, 0.0012, 0.00576],
        ("Attention projections", experts, "arithmetic"): [0.0384, 0.0192, 0.0048, 0.0192, 0.0048, 0.02304],
        # 800 B · 1000 · 4 / 2.5 TB/s = 1.28 µs a layer, over KV heads and copies.
        ("Attention over KV cache", dense, "memory"): [1.28, 0.64, 0.32, 0.64, 0.16, 0.768],
        ("Attention over KV cache", experts, "memory"): [5.12, 2.56, 1.28, 2.56, 0.64, 3.072],
        # 3.2e6 FLOP · 4 / 1 PFLOP/s = 0.0128 µs a layer, over heads and copies.
        ("Attention over KV cache", dense, "arithmetic"): [0.0128, 0.0064, 0.0016, 0.0064, 0.0016, 0.00768],
        ("Attention over KV cache", experts, "arithmetic"): [0.0512, 0.0256, 0.0064, 0.0256, 0.0064, 0.03072],
        # 4 sequences · 1 µs a layer; each copy has its own of them.
        ("Attention over KV cache", dense, "overhead"): [4, 4, 4, 2, 1, 2.4],
        ("Attention over KV cache", experts, "overhead"): [16, 16, 16, 8, 4, 9.6],
        # 12e6 B / 4 TB/s = 3 µs over the shards of a copy.
        ("Feed-forward", dense, "memory"): [3, 1.5, 0.375, 3, 1.5, 3.6],
        ("Feed-forward", dense, "arithmetic"): [0.048, 0.024, 0.006, 0.024, 0.006, 0.0288],
        # 4 layers · 3.016e6 B / 4 TB/s = 3.016 µs, on every GPU where attention has copies;
        # 4 · 2 · 3.016e6 · 4 / 2 PFLOP/s = 0.048256 µs.
        ("Router and shared experts", experts, "memory"): [3.016, 1.508, 0.377, 3.016, 3.016, 3.6192],
        ("Router and shared experts", experts, "arithmetic"): [
            0.048256, 0.024128, 0.006032, 0.024128, 0.006032, 0.0289536,
        ],
        # A quarter of 4 layers · 16 · 1.5e6 B = 24e6 B / 2 TB/s = 12 µs.
        ("Routed experts", experts, "memory"): [12, 6, 1.5, 6, 1.5, 7.2],
        # 4 layers · 2 · 1.5e6 FLOP · (4 tokens · 2 + 4 touched experts · 10 rows) / 2 PFLOP/s = 0.288 µs.
        ("Routed experts", experts, "arithmetic"): [0.288, 0.144, 0.036, 0.144, 0.036, 0.1728],
        # 40 µs a layer, and 10 + 20 more for experts with block scales, and 3 for each doubling of the stage's GPUs:
        # 4 · 70, 4 · 73 on two, 4 · 79 on eight, 4.8 · 73 on two of each of two stages.
        ("Small kernels and launches", dense, "overhead"): [40, 40, 40, 40, 40, 48],
        ("Small kernels and launches", experts, "overhead"): [280, 292, 316, 292, 316, 350.4],
        # 100e6 B / 4 TB/s = 25 µs and 2 · 50e6 · 4 / 1 PFLOP/s = 0.4 µs over the stage.
        ("Unembedding", "once a step", "memory"): [25, 12.5, 3.125, 12.5, 3.125, 12.5],
        ("Unembedding", "once a step", "arithmetic"): [0.4, 0.2, 0.05, 0.2, 0.05, 0.2],
    }  # fmt: skip


def test_redundant_experts_are_read_and_padded():
    # 16 experts on 3 GPUs are 6 each, of which 4 tokens and a touched quarter as in `microseconds`: 4 layers · 6 ·
    # 1.5e6 B / 4 / 2 TB/s = 4.5 µs, 4 layers · 2 · 1.5e6 FLOP · (4 · 2 / 3 + 6 / 4 · 10 rows) / 2 PFLOP/s.
    found = microseconds(deployed(MIXTURE), layouts((1, 3, 1)))
    group = "4 layers, full attention, 16 experts"
    assert found["Routed experts", group, "memory"] == [4.5]
    assert found["Routed experts", group, "arithmetic"] == [0.006 * (8 / 3 + 15)]


def test_context_parallel_cuts_the_cache_among_all_ranks():
    rows = layouts((1, 1, 2), (1, 1, 8))
    group = "10 layers, full attention, dense"
    found = microseconds(deployed(DENSE, context_parallel=True), rows)
    # 12.8 µs on one GPU; TP 8 would cut it in 4 only.
    assert found["Attention over KV cache", group, "memory"] == [6.4, 1.6]
    assert found["Attention over KV cache", group, "arithmetic"] == [0.064, 0.016]


def test_layers_of_one_half_have_half_of_the_small_kernels():
    groups = (
        LayerGroup(num_layers=6, attention=ATTENTION),
        LayerGroup(num_layers=3, feed_forward=FEED_FORWARD),
        LayerGroup(num_layers=1, feed_forward=EXPERTS),
    )
    found = microseconds(deployed(DENSE.model_copy(update={"layer_groups": groups})), layouts((1, 1, 1)))
    assert {key[:2]: times for key, times in found.items() if key[2] == "overhead"} == {
        ("Small kernels and launches", "6 layers, full attention, no feed-forward"): [120],
        ("Small kernels and launches", "3 layers, no attention, dense"): [60],
        ("Small kernels and launches", "1 layers, no attention, 16 experts"): [50],
        # Sequences cost by themselves where there is attention: 6 layers · 4 · 1 µs.
        ("Attention over KV cache", "6 layers, full attention, no feed-forward"): [24],
    }
    assert ("Feed-forward", "3 layers, no attention, dense", "memory") in found
    assert ("Attention projections", "3 layers, no attention, dense", "memory") not in found


def test_a_recurrent_state_is_read_and_written():
    linear = LinearAttention(num_heads=4, layer_params=1e6, state_bytes=5e6)
    latent = LatentAttention(
        num_attention_heads=8, kv_lora_rank=450, qk_rope_head_dim=50, qk_nope_head_dim=80, v_head_dim=100
    )
    groups = (
        LayerGroup(num_layers=2, attention=linear, feed_forward=FEED_FORWARD),
        LayerGroup(num_layers=3, attention=latent, feed_forward=FEED_FORWARD),
    )
    where = deployed(DENSE.model_copy(update={"layer_groups": groups}))
    found = microseconds(where, layouts((1, 1, 1), (1, 1, 8)))
    state, compressed = "2 layers, linear attention, dense", "3 layers, latent attention, dense"
    # 2 layers · 2 · 5e6 B · 4 sequences / 2.5 TB/s = 32 µs, its 4 heads cut in 4; no arithmetic beside the projections.
    assert found["Attention over KV cache", state, "memory"] == [32, 8]
    assert ("Attention over KV cache", state, "arithmetic") not in found
    assert found["Attention projections", state, "memory"] == [0.5, 0.0625]
    assert found["Small kernels and launches", state, "overhead"] == [80, 80]
    assert found["Attention over KV cache", state, "overhead"] == [8, 8]
    # 3 layers · 500 B · 1000 · 4 / 2.5 TB/s = 2.4 µs on every rank.
    assert found["Attention over KV cache", compressed, "memory"] == [2.4, 2.4]
    # 3 layers · 2·(2·450 + 50)·8·1000 FLOP · 4 / 1 PFLOP/s = 0.1824 µs.
    assert found["Attention over KV cache", compressed, "arithmetic"] == [0.1824, 0.0228]
    assert found["Small kernels and launches", compressed, "overhead"] == [135, 135]
    assert found["Attention over KV cache", compressed, "overhead"] == [12, 12]


def test_formats_decide_bytes_and_rates():
    dense, experts, once = "1 layers, full attention, dense", "4 layers, full attention, 16 experts", "once a step"
    rows = layouts((1, 1, 1))
    wide = microseconds(deployed(MIXTURE, precision=Precision()), rows)
    four = microseconds(deployed(MIXTURE, precision=Precision(weights="fp4", kv="fp8")), rows)
    # BF16: two bytes, half the FP8 rate, and no block scales.
    assert wide["Feed-forward", dense, "memory"] == [6]
    assert wide["Feed-forward", dense, "arithmetic"] == [0.096]
    assert wide["Attention over KV cache", dense, "memory"] == [2.56]
    assert wide["Attention over KV cache", dense, "arithmetic"] == [0.0256]
    assert wide["Small kernels and launches", experts, "overhead"] == [200]
    # FP4: 0.5625 bytes at 4 PFLOP/s for feed-forward layers, BF16 for attention and unembedding.
    assert four["Feed-forward", dense, "memory"] == [1.6875]
    assert four["Feed-forward", dense, "arithmetic"] == [0.024]
    assert four["Routed experts", experts, "memory"] == [6.75]
    assert four["Attention projections", dense, "memory"] == [1.2]
    assert four["Attention projections", dense, "arithmetic"] == [0.0192]
    assert four["Attention over KV cache", dense, "arithmetic"] == [0.0128]
    assert four["Unembedding", once, "memory"] == [25]
    assert four["Small kernels and launches", experts, "overhead"] == [200]


def test_rocm_reaches_less_of_its_memory_and_of_nothing_else():
    rows, group = layouts((1, 1, 1)), "10 layers, full attention, dense"
    rocm = microseconds(deployed(DENSE, chip=CHIP.model_copy(update={"stack": "rocm"})), rows)
    assert rocm["Feed-forward", group, "memory"] == [60]
    assert rocm["Attention over KV cache", group, "memory"] == [25.6]
    assert rocm["Feed-forward", group, "arithmetic"] == [0.48]
    assert rocm["Unembedding", "once a step", "memory"] == [50]
    assert rocm["Small kernels and launches", group, "overhead"] == [400]
    assert rocm["Attention over KV cache", group, "overhead"] == [40]


def test_layers_of_different_routing_keep_their_own_touched_share():
    wide = EXPERTS.model_copy(update={"num_experts": 32})
    groups = tuple(LayerGroup(num_layers=1, attention=ATTENTION, feed_forward=layer) for layer in (EXPERTS, wide))
    found = operators(deployed(MIXTURE.model_copy(update={"layer_groups": groups})), layouts((1, 1, 1)), 0)[0]
    assert [operator.routing for operator in found if operator.name == "Routed experts"] == [0, 1]


def test_flop_over_the_cache_of_sliding_windows_and_indexers():
    narrow = ATTENTION.model_copy(update={"sliding_window": 300})
    assert cache_flop(narrow, [100, 1000]).tolist() == [4 * 8 * 100 * 100, 4 * 8 * 100 * 300]
    sparse = LatentAttention(
        num_attention_heads=8,
        kv_lora_rank=450,
        qk_rope_head_dim=50,
        qk_nope_head_dim=80,
        v_head_dim=100,
        index_n_heads=3,
        index_head_dim=20,
        index_topk=200,
    )
    # (2·450 + 50)·8·2 FLOP a chosen token, and 2·3·20 for every token of the context.
    assert cache_flop(sparse, [100, 1000]).tolist() == [15200 * 100 + 120 * 100, 15200 * 200 + 120 * 1000]


def test_llama_70b_in_fp8_on_eight_h100_by_hand():
    where = deployment("llama-3.1-70b", "h100-sxm", "fp8", "fp8")
    found, _ = operators(where, shards(tp=8), 1000)
    bandwidth = where.accelerator.hbm_bytes_per_s
    attention = 80 * 8192 * 128 * (64 + 8 + 8 + 64)
    feed_forward = 80 * 3 * 8192 * 28672
    read = seconds(found, "memory", m=3)
    assert read["Attention projections"] == pytest.approx(attention / 8 / (0.8 * bandwidth))
    assert read["Feed-forward"] == pytest.approx(feed_forward / 8 / (0.8 * bandwidth))
    # Eight KV heads on eight ranks: one each, keys and values of 128 wide in one byte.
    assert read["Attention over KV cache"] == pytest.approx(3 * 80 * 2 * 128 * 1000 / (0.9 * bandwidth))


def test_shared_experts_dense_layers_and_padding_of_deepseek():
    where = deployment("deepseek-v3", "h200-sxm", "fp8")
    found, _ = operators(where, shards(tp=8), 1000)
    bandwidth, rate = where.accelerator.hbm_bytes_per_s, where.accelerator.peaks.fp8
    width, one = 7168, 3 * 7168 * 2048
    read, work = (seconds(found, kind, m=16, t=16, touched=0.4) for kind in ("memory", "arithmetic"))
    assert read["Feed-forward"] == pytest.approx(3 * 3 * width * 18432 / 8 / (0.8 * bandwidth))
    assert read["Router and shared experts"] == pytest.approx(58 * (one + width * 256) / 8 / (0.8 * bandwidth))
    assert read["Routed experts"] == pytest.approx(0.4 * 58 * 256 * one / 8 / (0.85 * bandwidth))
    rows = 16 * 8 + 20 * 0.4 * 256
    assert work["Routed experts"] == pytest.approx(58 * 2 * one * rows / 8 / rate)
    overhead = seconds(found, "overhead", m=0)["Small kernels and launches"]
    # Eight ranks are three doublings; m = 0 sequences.
    assert overhead == pytest.approx(61 * 45e-6 + 58 * (40e-6 + 3 * 3e-6))


def test_small_kernels_of_experts_grow_with_the_gpus_that_share_them():
    # Doublings of the GPUs of a stage, copies of attention or not: 1, 2, 3, 8, 72, and 2 stages of 8.
    rows = layouts((1, 1, 1), (1, 1, 2), (1, 3, 1), (1, 2, 4), (1, 72, 1), (2, 1, 8))
    found = microseconds(deployed(MIXTURE, precision=Precision()), rows)
    # 50 µs and 3 · log2 G; in stages of 3 of 5 layers 4.8 count in place of 4.
    doublings = [0, 1, np.log2(3), 3, 3 + 2 * np.log2(3), 3]
    layers = [4, 4, 4, 4, 4, 4.8]
    assert found["Small kernels and launches", "4 layers, full attention, 16 experts", "overhead"] == [
        n * (50 + 3 * doubling) for n, doubling in zip(layers, doublings, strict=True)
    ]
    # Dense layers are spared.
    assert found["Small kernels and launches", "1 layers, full attention, dense", "overhead"] == [40] * 5 + [48]


def test_a_sequence_takes_its_time_however_short_its_context():
    group, rows = "10 layers, full attention, dense", layouts((1, 1, 4))
    # Three sequences with two new tokens each: 10 layers · 3 · 1 µs, whatever the context.
    for context in (0, 1000):
        found = microseconds(deployed(DENSE), rows, context, sequences=3.0, tokens=6.0)
        assert found["Attention over KV cache", group, "overhead"] == [30]
