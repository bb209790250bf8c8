"""Every line of the breakdown of one dense and one sparse pass, worked out by hand."""

import numpy as np
import pytest

from infecon_core.paper.breakdown import TimesByName, sum_times, take_apart
from infecon_core.paper.system import Best, Points
from infecon_core.paper.variants import best_layouts, published_system

US = 1e-6
# H100 of the paper: 2.475 TB/s are reached, all-reduces run at 225 and 25 GB/s.
HBM, NODE, NET = 2.475e12, 225e9, 25e9


def at(
    n_gpu: float, batch: float, context: float, *, stages: float, scaledown: float, one_d: bool
) -> tuple[Points, Best]:
    """One setup and its layout."""
    points = Points(np.array([n_gpu]), np.array([batch]), np.array([context]), 1.0)
    return points, Best(np.array([np.nan]), np.array([stages]), np.array([scaledown]), np.array([one_d]))


def shown(operators: dict[str, TimesByName]) -> dict[str, dict[str, float]]:
    """The times of each operator that are not 0."""
    return {name: {key: float(t[0]) for key, t in times.items() if t[0]} for name, times in operators.items()}


def test_dense_model_in_one_dimension():
    # Llama 3 70B in 8 bits with 16-bit activations on one node of 8; 32 sequences of 1,000 tokens.
    system = published_system("reference", "erdil-Llama_3_70B_8_bit", "erdil-H100")
    taken = take_apart(system, *at(8, 32, 1000, stages=1, scaledown=1, one_d=True))
    layers, d, d_ff, tokens = 80, 8192, 28672, 32
    # √(m·tp/k) copies of the inputs and tp over that of the outputs, 2 bytes each.
    qkv = 10240 * d + (np.sqrt(10) * d + 8 / np.sqrt(10) * 10240) * 2 * tokens
    output = d * d + (np.sqrt(8) * d + np.sqrt(8) * d) * 2 * tokens
    inner = d * d_ff + (np.sqrt(8 * 8192 / 28672) * d_ff + 8 / np.sqrt(8 * 8192 / 28672) * d) * 2 * tokens
    moved = {
        "Attention projections": layers * (qkv + output),
        "Attention over KV cache": 2 * 8 * 128 * layers * 2 * 1000 * 32,
        "Feed-forward": layers * 3 * inner,
        "Unembedding": 128256 * d,
    }
    # 8 ranks in LL, where the flags take half of the bandwidth; d·t·2 bytes.
    reduce = {
        "network_latency_s": layers * (2 * 7 * 0.6 + 6.8) * US,
        "network_bandwidth_s": layers * 7 / 8 * (d * tokens * 2) / NODE / 0.5,
    }
    assert shown(taken.operators) == {
        **{name: {"memory_s": pytest.approx(n_bytes / (8 * HBM))} for name, n_bytes in moved.items()},
        "All-reduce after attention": pytest.approx(reduce),
        "All-reduce after feed-forward": pytest.approx(reduce),
        "Pipeline send": {},
        "Kernel launches": {"kernel_overhead_s": pytest.approx(layers * 4 * 4 * US)},
    }
    assert float(taken.moved_bytes[0]) == pytest.approx(sum(moved.values()))
    assert float(taken.ep[0]) == 1


def test_experts_over_gpus_in_two_dimensions_and_stages():
    # Mixtral 8x7B in 16 bits on 32 GPUs in 2 stages: 8 groups of experts of 2 shards each, attention on 4 shards.
    system = published_system("reference", "erdil-Mixtral_8x7B", "erdil-H100", pipeline=True)
    taken = take_apart(system, *at(32, 64, 1000, stages=2, scaledown=4, one_d=False))
    layers, d, d_ff, tokens = 32, 4096, 14336, 32
    column = tokens * 2
    qkv = 6144 * d * 2 + (np.sqrt(6) * d + 4 / np.sqrt(6) * 6144) * column
    output = d * d * 2 + (2 * d + 2 * d) * column
    # A quarter of the tokens at each expert; 1 copy of the inputs, for √(2·4096/14336) is less than that.
    expert = d * d_ff * 2 + (1 * d_ff + 2 * d) * column / 4
    touched = 1 - 0.75**tokens
    moved = {
        "Attention projections": 2 * 4 * layers * (qkv + output),
        "Attention over KV cache": 2 * 8 * 128 * layers * 2 * 1000 * 64,
        "Feed-forward": 2 * layers * touched * 8 * 3 * expert,
        "Unembedding": 2 * 32000 * d * 2,
    }

    def reduce(ranks: float, *n_bytes: float) -> object:
        """All-reduces of a layer one after another, all in LL on one node."""
        return pytest.approx(
            {
                "network_latency_s": layers * len(n_bytes) * (2 * (ranks - 1) * 0.6 + 6.8) * US,
                "network_bandwidth_s": layers * sum(n_bytes) * (ranks - 1) / ranks / NODE / 0.5,
            }
        )

    root = np.sqrt(2)
    assert shown(taken.operators) == {
        **{name: {"memory_s": pytest.approx(n_bytes / (32 * HBM))} for name, n_bytes in moved.items()},
        "All-reduce after attention": reduce(2, d * column / 2, 6144 * column / 2),
        "All-reduce after feed-forward": reduce(root, 2 * 2 * d_ff * column * root / 16, 2 * d * column * root / 16),
        # Over the 2 ranks that a token goes to, there and back; half the steps and half the transfer of an all-reduce.
        "Expert all-to-all": pytest.approx(
            {
                "network_latency_s": layers * 2 * (0.6 + 6.8) * US,
                "network_bandwidth_s": layers * 2 * (d * column * 2 / 16) / 2 / NODE,
            }
        ),
        "Pipeline send": pytest.approx(
            {"network_latency_s": (5 + 6.8) * US, "network_bandwidth_s": (d * column / 16) / 2 / NET}
        ),
        "Kernel launches": {"kernel_overhead_s": pytest.approx(layers * 4 * 4 * US)},
    }
    assert float(taken.ep[0]) == 8


def test_arithmetic_of_large_batches():
    # Attention on half of the shards takes twice as long; both embedding tables count.
    system = published_system("reference", "erdil-Llama_3_70B_8_bit", "erdil-H100")
    taken = take_apart(system, *at(8, 4000, 100, stages=1, scaledown=2, one_d=True))
    flop = {
        "Attention projections": 2 * 2 * 80 * (10240 + 8192) * 8192,
        "Attention over KV cache": 4 * 64 * 128 * 80 * 100,
        "Feed-forward": 2 * 80 * 3 * 8192 * 28672,
        "Unembedding": 2 * 2 * 2 * 128256 * 8192,
    }
    lines = shown(taken.operators)
    assert {name: lines[name] for name in flop} == {
        name: {"arithmetic_s": pytest.approx(4000 * value / (8 * 1.4e15))} for name, value in flop.items()
    }


@pytest.mark.parametrize("variant", ["toy", "printed", "reference_2d", "reference_pipeline", "reference"])
@pytest.mark.parametrize(("n_gpu", "batch"), [(8, 1), (24, 300), (64, 50_000)])
def test_lines_sum_to_the_time_that_the_search_finds(variant, n_gpu, batch):
    system = published_system(variant, "erdil-Mixtral_8x22B", "erdil-H100", pipeline=True)
    points, _ = at(n_gpu, batch, 0, stages=1, scaledown=1, one_d=True)
    found = best_layouts(system, points)
    taken = take_apart(system, points, found)
    assert float(sum(sum_times(taken.operators).values())[0]) == pytest.approx(float(found.latency_s[0]), rel=1e-12)
    # Only the longer of memory and arithmetic counts.
    assert sum(bool(sum_times(taken.operators)[name][0]) for name in ("memory_s", "arithmetic_s")) == 1
