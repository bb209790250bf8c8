"""Collectives of a pass worked out by hand: how often, at what latency, about how many bytes."""

import numpy as np
import pytest

from infecon_core.physics.operators import operators
from infecon_core.schema import LatentAttention, LayerGroup, LinearAttention
from tests.support.round_numbers import ATTENTION, CHIP, DENSE, FEED_FORWARD, MIXTURE, deployed, layouts

ATTENTION_NAME, FEED_FORWARD_NAME = "All-reduce after attention", "All-reduce after feed-forward"
EXCHANGE, GATHER = "Expert dispatch and combine", "Gather after combine"
CONTEXT, SENDS = "Exchange of partial attention", "Pipeline sends"


def microseconds(where, rows, tokens=4.0):
    """Latency and transfer of every collective by name and group, in µs on each layout."""
    found = {}
    for collective in operators(where, rows, 1000)[1]:
        latency, transfer = collective.time(tokens + np.zeros(rows.gpus.size))
        found[collective.name, collective.group] = tuple(
            pytest.approx(part * 1e6, rel=1e-12, abs=1e-15) for part in (latency, transfer)
        )
    return found


def test_a_dense_model_on_one_two_and_eight_gpus_and_along_the_pipeline():
    # 1 GPU, TP 2, TP 8, PP 2 × TP 2, and PP 4, whose fullest stage holds 3 of 10 layers.
    rows = layouts((1, 1, 1), (1, 1, 2), (1, 1, 8), (2, 1, 2), (4, 1, 1))
    group = "10 layers, full attention, dense"
    # 4 tokens · 1000 · 2 B = 8 kB; in one shot (g - 1) · 8 kB / 200 GB/s = 0.04 or 0.28 µs; 5 µs for 2 ranks, 11 for 8.
    reduced = ([0, 50, 110, 50, 0], [0, 0.4, 2.8, 0.4, 0])
    # As many sends as stages, 6.8 + 5 µs each; 8 kB / TP over 400 GB/s.
    sent = ([0, 0, 0, 23.6, 47.2], [0, 0, 0, 0.02, 0.08])
    assert microseconds(deployed(DENSE), rows) == {
        (ATTENTION_NAME, group): reduced,
        (FEED_FORWARD_NAME, group): reduced,
        (SENDS, "once a step"): sent,
    }


def test_a_mixture_dispatches_where_attention_has_copies():
    # 1 GPU, TP 2, DP 2, DP 4 × TP 2, and PP 2 × DP 2, whose fullest stage holds 3 of 5 layers: 6 instead of 5.
    rows = layouts((1, 1, 1), (1, 1, 2), (1, 2, 1), (1, 4, 2), (2, 2, 1))
    dense, experts = "1 layers, full attention, dense", "4 layers, full attention, 16 experts"
    assert microseconds(deployed(MIXTURE), rows) == {
        # Each copy sums the activations of its own tokens: a quarter of 8 kB.
        (ATTENTION_NAME, dense): ([0, 5, 0, 5, 0], [0, 0.04, 0, 0.01, 0]),
        (ATTENTION_NAME, experts): ([0, 20, 0, 20, 0], [0, 0.16, 0, 0.04, 0]),
        # A dense layer is cut over the shards of a copy; experts among copies are reached by dispatch.
        (FEED_FORWARD_NAME, dense): ([0, 5, 0, 5, 0], [0, 0.04, 0, 0.01, 0]),
        (FEED_FORWARD_NAME, experts): ([0, 20, 0, 0, 0], [0, 0.16, 0, 0, 0]),
        # 8 kB / G · 2 ranks · (G - 1)/G · 1.5 over 200 GB/s: 0.03 µs of 2, 0.013125 of 8; 30 µs each.
        (EXCHANGE, experts): ([0, 0, 120, 120, 144], [0, 0, 0.12, 0.0525, 0.144]),
        # Half of the 2 kB of a copy come from its other shard.
        (GATHER, experts): ([0, 0, 0, 20, 0], [0, 0, 0, 0.02, 0]),
        (SENDS, "once a step"): ([0, 0, 0, 0, 23.6], [0, 0, 0, 0, 0.02]),
    }


def test_a_mixture_without_copies_has_no_exchange():
    names = {name for name, _ in microseconds(deployed(MIXTURE), layouts((1, 1, 2), (2, 1, 4)))}
    assert names == {ATTENTION_NAME, FEED_FORWARD_NAME, SENDS}


def test_tokens_go_to_no_more_ranks_than_there_are():
    many = MIXTURE.layer_groups[1].feed_forward.model_copy(update={"num_experts_per_tok": 4})
    group = MIXTURE.layer_groups[1].model_copy(update={"feed_forward": many, "num_layers": 1})
    where = deployed(MIXTURE.model_copy(update={"layer_groups": (group,)}))
    found = microseconds(where, layouts((1, 2, 1), (1, 8, 1)))
    # 4 kB to 2 ranks, half of them others, and 1 kB to 4 ranks, 7/8 of them others.
    assert found[EXCHANGE, "1 layers, full attention, 16 experts"] == ([30, 30], [0.03, 0.02625])


def test_context_parallel_sums_what_ranks_computed_for_each_other():
    rows = layouts((1, 1, 2), (1, 1, 8), (2, 2, 8))
    found = microseconds(deployed(DENSE, context_parallel=True), rows)
    # 4 KV heads: only beyond TP 4 do ranks hold copies. Two share a cache at TP 8: 800 of attention's width · 2/8
    # · 2 B · 4 tokens = 1.6 kB over 200 GB/s, 0.008 µs; half of it with two copies of attention.
    assert found[CONTEXT, "10 layers, full attention, dense"] == ([0, 50, 50], [0, 0.08, 0.04])
    # All ranks share a latent cache and pass on all heads: 8·450·2 B·4 = 28.8 kB, 0.144 µs between two ranks.
    latent = LatentAttention(num_attention_heads=8, kv_lora_rank=450, qk_nope_head_dim=80, v_head_dim=100)
    linear = LinearAttention(num_heads=4, layer_params=1e6, state_bytes=5e6)
    groups = tuple(LayerGroup(num_layers=1, attention=one, feed_forward=FEED_FORWARD) for one in (latent, linear))
    where = deployed(DENSE.model_copy(update={"layer_groups": groups}), context_parallel=True)
    found = microseconds(where, layouts((1, 1, 1), (1, 1, 2), (1, 1, 8)))
    assert found[CONTEXT, "1 layers, latent attention, dense"] == ([0, 5, 11], [0, 0.144, 1.008])
    # A state is cut with its 4 heads; beyond them ranks wait for each other, but pass on nothing.
    assert found[CONTEXT, "1 layers, linear attention, dense"] == ([0, 0, 5], [0, 0, 0])


def test_an_instance_beyond_one_domain_sends_over_the_slow_link():
    rows = layouts((2, 1, 4), (2, 1, 8), (4, 2, 2))
    # 8 kB / TP / DP over 400 GB/s within eight GPUs, over 50 GB/s beyond.
    _, sent = microseconds(deployed(DENSE), rows)[SENDS, "once a step"]
    assert sent == [2 * 2 / 0.4e3, 2 * 1 / 0.05e3, 4 * 2 / 0.05e3]
    closed = CHIP.model_copy(update={"scale_out_bytes_per_s": None})
    latency, sent = microseconds(deployed(DENSE, chip=closed), layouts((1, 1, 8), (2, 1, 8)))[SENDS, "once a step"]
    assert latency == [0, 23.6]
    assert sent == [0, np.inf]


def test_experts_that_no_link_joins_are_never_reached():
    closed = CHIP.model_copy(update={"scale_out_bytes_per_s": None})
    group = "4 layers, full attention, 16 experts"
    found = microseconds(deployed(MIXTURE, chip=closed), layouts((1, 8, 1), (1, 16, 1)))
    assert found[FEED_FORWARD_NAME, group] == ([0, 0], [0, 0])
    assert found[EXCHANGE, group][1] == [4 * 2 * 7 / 8 * 1.5 * 1 / 0.2e3, np.inf]


def test_layers_without_attention_exchange_nothing_for_it():
    groups = (LayerGroup(num_layers=2, attention=ATTENTION), LayerGroup(num_layers=3, feed_forward=FEED_FORWARD))
    found = microseconds(deployed(DENSE.model_copy(update={"layer_groups": groups})), layouts((1, 1, 2)))
    assert found == {
        (ATTENTION_NAME, "2 layers, full attention, no feed-forward"): ([10], [0.08]),
        (FEED_FORWARD_NAME, "3 layers, no attention, dense"): ([15], [0.12]),
        (SENDS, "once a step"): ([0], [0]),
    }
