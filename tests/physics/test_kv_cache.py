"""What one sequence keeps and reads, for every kind of attention."""

import numpy as np
import pytest

from infecon_core import catalog
from infecon_core.physics.kv_cache import bytes_read, cache_shards, resident_bytes_per_gpu, sequence_bytes
from infecon_core.physics.operators import cache_flop
from infecon_core.schema import LayerGroup, LinearAttention
from tests.support.round_numbers import ATTENTION, DENSE, FEED_FORWARD

STATE = LinearAttention(num_heads=4, layer_params=1e6, state_bytes=5e6)


def test_kv_heads_are_whole_and_replicated_beyond_their_number():
    attention = catalog.model("llama-3.1-70b").architecture.layer_groups[0].attention
    tp = np.array([1.0, 2, 3, 4, 6, 8, 16, 64])
    assert cache_shards(attention, tp).tolist() == pytest.approx([1, 2, 8 / 3, 4, 4, 8, 8, 8])
    assert cache_shards(attention, tp, context_parallel=True).tolist() == tp.tolist()


def test_a_latent_cache_lies_on_every_rank():
    attention = catalog.model("deepseek-v3").architecture.layer_groups[0].attention
    tp = np.array([1.0, 8, 128])
    assert cache_shards(attention, tp).tolist() == [1, 1, 1]
    assert cache_shards(attention, tp, context_parallel=True).tolist() == [1, 8, 128]
    assert sequence_bytes(attention, "bf16", 1000) == (512 + 64) * 2 * 1000
    assert cache_flop(attention, 1000) == 2 * (2 * 512 + 64) * 128 * 1000


def test_a_sparse_latent_cache_is_kept_whole_and_read_in_part():
    attention = catalog.model("deepseek-v3.2").architecture.layer_groups[0].attention
    assert attention.index_topk == 2048
    kept, read = (f(attention, "fp8", 100_000) for f in (sequence_bytes, bytes_read))
    assert kept == (576 + 128) * 100_000
    assert read == 576 * 2048 + 128 * 100_000
    assert bytes_read(attention, "bf16", [1000]).tolist() == [2 * (576 + 128) * 1000]
    assert cache_flop(attention, 100_000) == 2 * 1088 * 128 * 2048 + 2 * 64 * 128 * 100_000


def test_a_window_caps_cache_and_arithmetic():
    wide, narrow = (g.attention for g in catalog.model("gpt-oss-120b").architecture.layer_groups)
    assert (wide.sliding_window, narrow.sliding_window) == (None, 128)
    for context, seen in ((100, 100), (10_000, 128)):
        assert sequence_bytes(narrow, "bf16", context) == bytes_read(narrow, "bf16", context) == 2 * 8 * 64 * 2 * seen
        assert cache_flop(narrow, context) == 4 * 64 * 64 * seen
        assert sequence_bytes(wide, "bf16", context) == 2 * 8 * 64 * 2 * context


def test_a_linear_layer_does_not_grow_with_context():
    groups = catalog.model("qwen3-next-80b-a3b").architecture.layer_groups
    linear = next(g.attention for g in groups if g.attention.kind == "linear")
    assert sequence_bytes(linear, "bf16", 10) == sequence_bytes(linear, "bf16", 10**6) == linear.state_bytes
    assert cache_flop(linear, 10**6) == 0


def test_a_state_is_cut_with_its_heads_whatever_the_context():
    tp = np.array([1.0, 2, 4, 8])
    for partitioned in (False, True):
        assert cache_shards(STATE, tp, context_parallel=partitioned).tolist() == [1, 2, 4, 4]


def test_cache_of_one_gpu_over_groups_ranks_and_stages():
    groups = (
        LayerGroup(num_layers=2, attention=STATE, feed_forward=FEED_FORWARD),
        LayerGroup(num_layers=7, attention=ATTENTION, feed_forward=FEED_FORWARD),
        LayerGroup(num_layers=1, feed_forward=FEED_FORWARD),
    )
    model = DENSE.model_copy(update={"layer_groups": groups})
    tp, stages = np.array([1.0, 2, 8, 1]), np.array([1.0, 1, 1, 4])
    # Whole: 2 · 5 MB + 7 · 800 B · 1000 = 15.6 MB. Over 8 ranks both are cut in 4. Of 4 stages the fullest holds 3/10.
    assert resident_bytes_per_gpu(model, "fp8", 1000, tp, stages).tolist() == [15.6e6, 7.8e6, 3.9e6, 4.68e6]
    partitioned = resident_bytes_per_gpu(model, "fp8", 1000, tp, stages, context_parallel=True)
    assert partitioned.tolist() == [15.6e6, 7.8e6, 2.5e6 + 0.7e6, 4.68e6]
    # One context a layout.
    assert resident_bytes_per_gpu(DENSE, "bf16", [10, 1000], np.ones(1), np.ones(1)).tolist() == [0.16e6, 16e6]
