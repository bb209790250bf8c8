"""A step by hand: operators, collectives and prompts added up to the five times."""

import numpy as np
import pytest

from infecon_core.physics.costs import LinearTime
from infecon_core.physics.decode import FiveTimes, default_overlap, forward_pass, partial_pass
from infecon_core.schema import LayerGroup
from tests.support.physics import deployment, shards
from tests.support.round_numbers import ATTENTION, CHIP, CONSTANTS, DENSE, EXPERTS, MIXTURE, deployed, layouts


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
        # Ten layers of 40 µs, and of 1 µs for each of 8, 8 and 4 sequences.
        "kernel_overhead_s": close(480, 480, 440),
    }
    # Three new tokens a sequence: three times the arithmetic and transfer, the same reading and overhead.
    assert microseconds(one.five_times(np.array([8.0, 8, 8]), 3.0)) == {
        "arithmetic_s": close(6.624, 3.312, 1.656),
        "memory_s": close(86.6, 43.3, 36.9),
        "network_bandwidth_s": close(0, 4.8, 2.46),
        "network_latency_s": close(0, 100, 123.6),
        "kernel_overhead_s": close(480, 480, 440),
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


def test_wide_expert_parallelism_overlaps_by_default():
    # Inside a domain of eight; TP 16 beyond it; DP 8 that just fills it, DP 16, and DP 2 × TP 8 beyond it; two stages
    # that each fill one.
    rows = layouts((1, 1, 8), (1, 1, 16), (1, 8, 1), (1, 16, 1), (1, 2, 8), (2, 8, 1))
    assert default_overlap(deployed(MIXTURE), rows).tolist() == [0, 0, 0, 0.5, 0.5, 0]
    other = CONSTANTS.model_copy(update={"overlap_across_domains": 0.25})
    assert default_overlap(deployed(MIXTURE, constants=other), rows).tolist() == [0, 0, 0, 0.25, 0.25, 0]
    torus = CHIP.model_copy(update={"topology": "torus"})
    assert default_overlap(deployed(MIXTURE, chip=torus), rows).tolist() == [0] * 6

    def network(overlap):
        times = forward_pass(deployed(MIXTURE), rows, 1000, 100, overlap=overlap).five_times(np.full(6, 64.0), 1.0, 0.1)
        return (times.network_bandwidth_s + times.network_latency_s).tolist()

    shown = network(0.0)
    # There is more than twice as much network as anything to overlap it with: what is left is the difference.
    computing = forward_pass(deployed(MIXTURE), rows, 1000, 100).five_times(np.full(6, 64.0), 1.0, 0.1)
    assert computing.arithmetic_s[3] + computing.memory_s[3] < shown[3] / 2
    left = [total - float(a + b) for total, a, b in zip(shown, computing.arithmetic_s, computing.memory_s, strict=True)]
    assert network(None) == close(shown[0], shown[1], shown[2], left[3], left[4], shown[5])
    # A number of the scenario wins, zero as well, and then goes for every layout.
    assert network(0.01) == close(*(0.99 * total for total in shown))
    assert network(0.0) == shown


def test_half_of_a_wide_exchange_is_overlapped():
    # DP 16 over two domains, four layers: of 64 tokens of 2 kB each copy sends its 4 to 2 ranks, 15/16 of them others,
    # 7 of 15 of these at 200 GB/s and 8 at 50 GB/s. The dense layer of a copy moves nothing.
    still = CONSTANTS.model_copy(update={"all_to_all_latency_s": 0.0})
    rows = layouts((1, 16, 1))
    shown, half = (
        forward_pass(deployed(MIXTURE, constants=still), rows, 100_000, 0, overlap=share).five_times(
            np.array([64.0]), 1.0
        )
        for share in (0.0, None)
    )
    exchange = 4 * 64 * 2 / 16 * 2 * 15 / 16 * 1.5 * (7 / 15 / 200e3 + 8 / 15 / 50e3) * 1e3
    assert microseconds(shown)["network_bandwidth_s"] == close(exchange)
    # Two domains add 2·5 µs to each of four exchanges.
    assert microseconds(shown)["network_latency_s"] == close(40)
    assert microseconds(half)["network_bandwidth_s"] == close(exchange / 2)
    assert microseconds(half)["network_latency_s"] == close(20)
    for name in ("arithmetic_s", "memory_s", "kernel_overhead_s"):
        assert microseconds(half)[name] == microseconds(shown)[name]


def test_what_no_link_joins_takes_forever_with_any_overlap():
    closed = CHIP.model_copy(update={"scale_out_bytes_per_s": None})
    rows = layouts((1, 1, 16), (1, 16, 1), (1, 8, 1))
    for overlap in (None, 0.0, 0.5, 1.0):
        one = forward_pass(deployed(MIXTURE, chip=closed), rows, 1000, 100, overlap=overlap)
        assert np.isinf(one.five_times(np.array([16.0] * 3), 1.0, 0.1).total_s).tolist() == [True, True, False]
        assert np.isinf(one.pooled_prompt_s()).tolist() == [True, True, False]


def test_a_prompt_among_many():
    # 2000 tokens on one GPU, TP 2, and two stages of TP 2: 1408 µs of arithmetic, 36 µs of reading for every 8192
    # tokens, 400 µs of network on two GPUs; two stages work on two prompts at once.
    rows, reading = layouts((1, 1, 1), (1, 1, 2), (2, 1, 2)), 36 * 2000 / 8192
    pooled = [1408 + reading, 704 + reading / 2 + 400, (704 + reading / 2 + 400) / 2]
    assert (forward_pass(deployed(DENSE), rows, 1000, 2000).pooled_prompt_s() * 1e6).tolist() == close(*pooled)
    # Of the network what is overlapped takes no time of its own.
    half = forward_pass(deployed(DENSE), rows, 1000, 2000, overlap=0.25).pooled_prompt_s()
    assert (half * 1e6).tolist() == close(pooled[0], pooled[1] - 100, pooled[2] - 50)
    # An eighth of a pass of a mixture bears an eighth of reading 9.016 + 48 µs.
    short = forward_pass(deployed(MIXTURE), layouts((1, 1, 1)), 1000, 1024)
    assert (short.pooled_prompt_s() - short.prompt.arithmetic_s) * 1e6 == close(57.016 / 8)


def test_latency_times_a_factor():
    for factor in (2.0, 1.0, 0.5, 0.0):
        found = forward_pass(deployed(DENSE), layouts((2, 1, 2)), 1000, 0, latency_factor=factor)
        times = microseconds(found.five_times(np.array([8.0]), 1.0))
        assert times["network_latency_s"] == close(factor * 123.6)
        assert times["network_bandwidth_s"] == close(0.82)


def test_a_part_of_the_layers_and_the_whole_unembedding():
    whole = forward_pass(deployed(DENSE), layouts((2, 1, 2)), 1000, 0)
    # A tenth of the layers: a token takes 0.0176 + 0.1 µs, a step reads 3.6 + 25 µs and 0.32 µs a sequence, over TP 2;
    # one layer has 40 µs of small kernels and 1 µs for each of four sequences.
    assert microseconds(partial_pass(whole, 0.1).five_times(np.array([8.0]), 1.0)) == {
        "arithmetic_s": close(4 * (0.0176 + 0.1) / 2),
        "memory_s": close((28.6 + 4 * 0.32) / 2),
        "network_bandwidth_s": close(0.082),
        "network_latency_s": close(12.36),
        "kernel_overhead_s": close(44),
    }


def test_a_part_of_the_layers_reads_its_part_of_a_prompt():
    # Few prompts, which read once in many steps, and so many that every step reads several times.
    whole = forward_pass(deployed(MIXTURE), layouts((2, 2, 1)), 1000, 2000, overlap=0.5)
    part = partial_pass(whole, 0.25)
    assert part.prompt.passes == whole.prompt.passes
    assert part.prompt.copies == whole.prompt.copies
    ours, theirs = (one.prompts_alone(np.array([0.4, 40.0])) for one in (part, whole))
    for quarter, all_of_it in zip(ours, theirs, strict=True):
        assert quarter.tolist() == close(*(0.25 * all_of_it))
    assert part.pooled_prompt_s().tolist() == close(*(0.25 * whole.pooled_prompt_s()))


def test_prompts_without_decoding_hide_a_part_of_their_network():
    # A prompt is 320 + 200 µs on TP 2; none, a quarter or all of the network is overlapped.
    for overlap, network in ((0.0, 200), (0.25, 150), (1.0, 0)):
        one = forward_pass(deployed(DENSE), layouts((1, 1, 2)), 1000, 1000, overlap=overlap)
        assert microseconds(one.prompts_alone(np.array([0.5]))) == {
            "arithmetic_s": close(160),
            "memory_s": close(0),
            "network_bandwidth_s": close(network / 2),
            "network_latency_s": close(0),
            "kernel_overhead_s": close(0),
        }
    # No more is overlapped than the prompt computes.
    slow = CHIP.model_copy(update={"scale_up_bytes_per_s": 100e9})
    one = forward_pass(deployed(DENSE, chip=slow), layouts((1, 1, 2)), 1000, 1000, overlap=1.0)
    assert (one.prompts_alone(np.array([1.0])).network_bandwidth_s * 1e6).tolist() == close(800 - 320)


def added(one, batch, prompts):
    """What prompts add to the memory time of a step. [µs]"""
    with_them, bare = (one.five_times(batch, 1.0, w).memory_s for w in (prompts, 0.0))
    return ((with_them - bare) * 1e6).tolist()


@pytest.mark.parametrize(
    ("prompts", "reads"),
    # A prompt takes two full passes of 8192 tokens, each in a step of its own: a tenth of a prompt a step is read for
    # in a fifth of the steps, half a prompt in all of them. One prompt a step needs two passes of one copy, but one of
    # two copies that work on two prompts at once; four need eight or four. Of two stages each sees half as many a step.
    [(0.1, (0.2, 0.2, 0.1)), (0.5, (1, 1, 0.5)), (1.0, (2, 1, 1)), (4.0, (8, 4, 4))],
)
def test_long_prompts_read_the_weights_for_every_pass(prompts, reads):
    # One GPU, DP 2, and two stages, where half as many prompts come with a step; all with two sequences a stage.
    rows, batch = layouts((1, 1, 1), (1, 2, 1), (2, 1, 1)), np.array([2.0, 2, 4])
    mixture = forward_pass(deployed(MIXTURE), rows, 1000, 16_384)
    # The first reading of a step finds the dense weights read, and 1 - (7/8)² of the experts: (7/8)² of 48 µs on one
    # GPU are left, half of it on two, 1.2 times on two stages. Any more read everything: 48 µs of experts and 9.016 of
    # attention, dense layer and shared experts, which each copy of two has: 24 + 9.016.
    first, again = np.array([48, 24, 57.6]) * 49 / 64, np.array([57.016, 33.016, 68.4192])
    r = np.array(reads)
    more = np.maximum(r - 1, 0)
    assert added(mixture, batch, prompts) == pytest.approx((np.minimum(r, 1) * first + more * again).tolist())
    # A dense model spares the first reading and pays for the others: 36 µs, over TP 2 half of it.
    dense = forward_pass(deployed(DENSE), layouts((1, 1, 1), (1, 1, 2)), 1000, 16_384)
    assert added(dense, np.array([2.0, 2]), prompts) == pytest.approx([more[0] * 36, more[0] * 18], abs=1e-9)


def test_short_prompts_fill_passes_together():
    # An eighth of a pass each: one is read for in one step, eight in the same, and sixteen take two readings of one
    # copy and one of two. A thousand tokens touch all experts, of which a step of 2 tokens leaves 49/64 of 48 µs.
    one = forward_pass(deployed(MIXTURE), layouts((1, 1, 1), (1, 2, 1)), 1000, 1024)
    left, batch = 48 * 49 / 64, np.array([2.0, 2.0])
    for prompts, expected in (
        (0.25, [left / 4, left / 8]),
        (1.0, [left, left / 2]),
        (8.0, [left, left / 2]),
        (16.0, [left + 57.016, left / 2]),
    ):
        assert added(one, batch, prompts) == pytest.approx(expected)


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
