"""A step by hand: operators, collectives and prompts added up to the five times."""

import numpy as np
import pytest

from infecon_core.physics.costs import LinearTime
from infecon_core.physics.decode import FiveTimes, forward_pass, partial_pass
from infecon_core.schema import LayerGroup
from tests.support.physics import deployment, shards
from tests.support.round_numbers import ATTENTION, DENSE, EXPERTS, MIXTURE, deployed, layouts


def microseconds(times):
    """The five times of each layout. [µs]"""
    return {name: (np.ravel(values) * 1e6).tolist() for name, values in times._asdict().items()}


def close(*values):
    return pytest.approx(list(values), rel=1e-12, abs=1e-15)


def test_a_linear_form():
    form = LinearTime(1.0, 2.0, 3.0, np.array([4.0, 5.0]))
    assert form.at(np.array(10.0), np.array(100.0), np.array(0.5)).tolist() == [1 + 20 + 300 + 2, 1 + 20 + 300 + 2.5]
    assert form.scaled(2.0).at(np.array(10.0), np.array(100.0), np.array(0.5)).tolist() == [646, 647]
    assert LinearTime().at(np.array(1.0), np.array(1.0), np.array(1.0)) == 0


def test_the_total_is_the_sum_of_the_five():
    assert FiveTimes(*(np.array(x) for x in (1.0, 20.0, 300.0, 4000.0, 50000.0))).total_s == 54321


def test_a_step_of_a_dense_model():
    # Eight sequences on one GPU; on TP 2; and on PP 2 × TP 2, where four are in each stage.
    one = forward_pass(deployed(DENSE), layouts((1, 1, 1), (1, 1, 2), (2, 1, 2)), 1000, 2000)
    assert microseconds(one.five_times(np.array([8.0, 8, 8]), 1.0)) == {
        # A token: 0.024 + 0.032 + 0.12 + 0.1 = 0.276 µs on one GPU.
        "arithmetic_s": close(2.208, 1.104, 0.552),
        # 6 + 30 + 25 = 61 µs and 3.2 µs a sequence on one GPU.
        "memory_s": close(86.6, 43.3, 36.9),
        # 20 all-reduces of 2 kB a token over 200 GB/s; sends of 1 kB over 400 GB/s to 2 stages.
        "network_bandwidth_s": close(0, 1.6, 0.8 + 0.02),
        "network_latency_s": close(0, 100, 100 + 23.6),
        # 400 µs and 2 µs a sequence.
        "kernel_overhead_s": close(416, 416, 408),
    }
    # Three new tokens a sequence: three times the arithmetic and transfer, the same reading and overhead.
    assert microseconds(one.five_times(np.array([8.0, 8, 8]), 3.0)) == {
        "arithmetic_s": close(6.624, 3.312, 1.656),
        "memory_s": close(86.6, 43.3, 36.9),
        "network_bandwidth_s": close(0, 4.8, 2.46),
        "network_latency_s": close(0, 100, 123.6),
        "kernel_overhead_s": close(416, 416, 408),
    }


def test_prompts_come_with_a_step():
    one = forward_pass(deployed(DENSE), layouts((1, 1, 1), (1, 1, 2), (2, 1, 2)), 1000, 2000)
    batch = np.array([8.0, 8, 8])
    bare, carrying = one.five_times(batch, 1.0), one.five_times(batch, 1.0, 0.5)
    # Half a prompt of 1408 µs on one GPU; of two stages each works on a quarter while the other does.
    assert microseconds(FiveTimes(*(a - b for a, b in zip(carrying, bare, strict=True)))) == {
        "arithmetic_s": pytest.approx([704, 352, 176], rel=1e-9),
        "memory_s": [0, 0, 0],
        "network_bandwidth_s": pytest.approx([0, 200, 100], rel=1e-9),
        "network_latency_s": [0, 0, 0],
        "kernel_overhead_s": [0, 0, 0],
    }


def test_prompts_read_only_experts_that_the_step_does_not_touch():
    one = forward_pass(deployed(MIXTURE), layouts((1, 1, 1)), 1000, 3)
    # Two tokens touch 1 - (7/8)² = 120/512 of 48 µs, three 169/512.
    bare = one.five_times(np.array([2.0]), 1.0)
    # Attention 3 + dense 3 + shared 3.016 + head 25 µs, cache 5 · 0.32 µs a sequence.
    assert float(bare.memory_s[0]) * 1e6 == pytest.approx(34.016 + 3.2 + 48 * 120 / 512, rel=1e-12)
    for prompts, share in ((0.0, 0), (0.5, 0.5), (1.0, 1), (3.0, 1)):
        more = one.five_times(np.array([2.0]), 1.0, prompts).memory_s - bare.memory_s
        assert float(more[0]) * 1e6 == pytest.approx(share * 48 * 49 / 512, rel=1e-9, abs=1e-12)
    # Four tokens touch more than the prompt does.
    assert np.array_equal(*(one.five_times(np.array([4.0]), 1.0, w).memory_s for w in (0.0, 1.0)))


def test_each_routing_has_its_own_touched_share():
    wide = EXPERTS.model_copy(update={"num_experts": 32})
    groups = tuple(LayerGroup(num_layers=1, attention=ATTENTION, feed_forward=layer) for layer in (EXPERTS, wide))
    model = MIXTURE.model_copy(update={"layer_groups": groups})
    one = forward_pass(deployed(model), layouts((1, 1, 1)), 0, 1)
    # 2 · 0.6 µs of attention, 25 of the head; shared experts 3.016 and 3.032 MB.
    still = 1.2 + 25 + (3.016 + 3.032) / 4
    # One token touches 1/8 of 12 and 1/16 of 24 µs.
    assert float(one.five_times(np.array([1.0]), 1.0).memory_s[0]) * 1e6 == pytest.approx(still + 1.5 + 1.5, rel=1e-12)
    # Two touch 15/64 and 31/256.
    two = float(one.five_times(np.array([2.0]), 1.0).memory_s[0]) * 1e6
    assert two == pytest.approx(still + 12 * 15 / 64 + 24 * 31 / 256, rel=1e-12)


def test_overlapped_communication_leaves_its_rest():
    rows = layouts((1, 1, 2))
    plain, half, full = (
        forward_pass(deployed(DENSE), rows, 1000, 0, overlap=share).five_times(np.array([8.0]), 1.0)
        for share in (0.0, 0.25, 1.0)
    )
    assert microseconds(half) == {
        **microseconds(plain),
        "network_bandwidth_s": close(0.75 * 1.6),
        "network_latency_s": close(75),
    }
    # No more than the 44.404 µs of arithmetic and memory runs beside it.
    exposed = 1 - 44.404 / 101.6
    assert microseconds(full)["network_latency_s"] == close(100 * exposed)
    assert microseconds(full)["network_bandwidth_s"] == close(1.6 * exposed)
    alone = forward_pass(deployed(DENSE), layouts((1, 1, 1)), 1000, 0, overlap=1.0).five_times(np.array([8.0]), 1.0)
    assert microseconds(alone)["network_latency_s"] == [0]


def test_latency_times_a_factor():
    for factor in (2.0, 1.0, 0.5, 0.0):
        found = forward_pass(deployed(DENSE), layouts((2, 1, 2)), 1000, 0, latency_factor=factor)
        times = microseconds(found.five_times(np.array([8.0]), 1.0))
        assert times["network_latency_s"] == close(factor * 123.6)
        assert times["network_bandwidth_s"] == close(0.82)


def test_a_part_of_the_layers_and_the_whole_unembedding():
    whole = forward_pass(deployed(DENSE), layouts((2, 1, 2)), 1000, 0)
    # A tenth of the layers: a token takes 0.0176 + 0.1 µs, a step reads 3.6 + 25 µs and 0.32 µs a sequence, over TP 2.
    assert microseconds(partial_pass(whole, 0.1).five_times(np.array([8.0]), 1.0)) == {
        "arithmetic_s": close(4 * (0.0176 + 0.1) / 2),
        "memory_s": close((28.6 + 4 * 0.32) / 2),
        "network_bandwidth_s": close(0.082),
        "network_latency_s": close(12.36),
        "kernel_overhead_s": close(40.8),
    }


def test_prompts_of_one_pass_share_the_experts_that_they_touch():
    where = deployment("deepseek-v3", "h200-sxm", "fp8")
    one = forward_pass(where, shards(tp=8), 1000, 500)
    batch = np.array([4.0])
    memories = [float(one.five_times(batch, 1.0, w).memory_s[0]) for w in (0.0, 0.5, 1.0, 3.0)]
    assert memories[1] - memories[0] == pytest.approx((memories[2] - memories[0]) / 2)
    assert memories[3] == pytest.approx(memories[2])
    share = one.routings[0].touched_share(500) - one.routings[0].touched_share(4)
    experts = 58 * 256 * 3 * 7168 * 2048 / 8 / (0.85 * where.accelerator.hbm_bytes_per_s)
    assert memories[2] - memories[0] == pytest.approx(float(share) * experts)
