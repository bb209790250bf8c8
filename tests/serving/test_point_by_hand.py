"""Every column of a frontier and every line of its breakdown, worked out by hand for a few points.

The model, chip and rates stand in `tests.support.round_numbers`. A request has 1000 prompt and 500 output tokens, so
that decoding runs at a context of 1250. Times are in µs.
"""

import numpy as np
import pandas as pd
import pytest

from infecon_core import Layout, frontier, step
from infecon_core.schema import FIVE_TIMES, DraftModel, SelfDraft
from infecon_core.schema.frontier import COLUMNS
from infecon_core.serving import frontier as search
from infecon_core.serving.breakdown import evaluator_at
from tests.support.round_numbers import CHIP, DENSE, FP8, MIXTURE, scenario

# One layer of the dense model, with smaller tables: 2.4e6 + 12e6 weights, and 10e6 in the unembedding.
DRAFT = DENSE.model_copy(
    update={
        "name": "Draft",
        "vocab_size": 10_000,
        "layer_groups": (DENSE.layer_groups[0].model_copy(update={"num_layers": 1}),),
    }
)


def close(value):
    return pytest.approx(value, rel=1e-11, abs=1e-18)


def columns(chosen, layout, batch, draft_tokens=0):
    """The row of a frontier at one point."""
    engine = evaluator_at(chosen, Layout(scheme="1-D", **layout))
    row = pd.DataFrame(search.columns(engine, np.array([float(batch)]), np.array([draft_tokens])))
    assert list(row) == list(COLUMNS)
    return row.iloc[0].to_dict()


def lines(chosen, layout, batch):
    """Every line of the breakdown at one point: its times that are not 0. [µs]"""
    found = step(chosen, Layout(scheme="1-D", **layout), batch)
    return {
        (line.name, line.group): {name: close(1e6 * getattr(line, name)) for name in FIVE_TIMES if getattr(line, name)}
        for line in found.operators
    }


def test_a_dense_model_on_two_gpus():
    # 8 sequences; beside each of them 7 others bring 7/500 = 0.014 prompts a step.
    # A prompt on two GPUs: projections 2 · 24e6 · 1000 / 0.5 PFLOP/s = 96 µs, scores 10 · 3200 · 1000²/2 / 0.25 PFLOP/s
    # = 64 µs, feed-forward 480 µs, over two: 320 µs; 20 all-reduces of 2 MB over 200 GB/s: 200 µs.
    one = "10 layers, full attention, dense"
    layout = {"n_gpu": 2, "tp": 2}
    assert lines(scenario(DENSE), layout, 8) == {
        # 2 · 24e6 · 8 / 2 / 2 PFLOP/s; 24e6 B / 2 / 4 TB/s.
        ("Attention projections", one): {"arithmetic_s": 0.096, "memory_s": 3},
        # 10 · 3200 · 1250 · 8 / 2 / 1 PFLOP/s; 10 · 800 B · 1250 · 8 / 2 / 2.5 TB/s; 10 · 8 · 1 µs.
        ("Attention over KV cache", one): {"arithmetic_s": 0.16, "memory_s": 16, "kernel_overhead_s": 80},
        ("Feed-forward", one): {"arithmetic_s": 0.48, "memory_s": 15},
        ("Small kernels and launches", one): {"kernel_overhead_s": 400},
        ("Unembedding", "once a step"): {"arithmetic_s": 0.4, "memory_s": 12.5},
        # 10 times 16 kB / 200 GB/s and 5 µs.
        ("All-reduce after attention", one): {"network_bandwidth_s": 0.8, "network_latency_s": 50},
        ("All-reduce after feed-forward", one): {"network_bandwidth_s": 0.8, "network_latency_s": 50},
        # 0.014 of the prompt.
        ("Prompts of other users", ""): {"arithmetic_s": 4.48, "network_bandwidth_s": 2.8},
    }
    tpot = 5.616 + 46.5 + 4.4 + 100 + 480
    # The sequence's own prompt takes 320 + 200 µs, 1.04 a token; two GPUs for eight sequences.
    gpu_seconds = 2 * (tpot + 1.04) / 8 * 1e-6
    # Eight users keep the instance at prompts for 1.5% of the time; 20 ms of the server, 1.5 steps, the prompt.
    load = 8 * 520 / (500 * tpot + 520)
    first = 20e3 + 1.5 * tpot + 520 * (1 + load / (2 * (1 - load)) * 7 / 8)
    assert columns(scenario(DENSE), layout, 8) == {
        "tokens_per_s_user": close(1e6 / tpot),
        # 3.6 USD an hour is 0.001 a second.
        "usd_per_million_tokens": close(gpu_seconds * 1e6 * 0.001),
        # 500 of 1500 tokens are output.
        "usd_per_million_tokens_blended": close(gpu_seconds * 1e6 * 0.001 / 3),
        "kwh_per_million_tokens": close(gpu_seconds * 1e6 * 1000 / 3.6e6),
        # Of 636.516 µs it works 56.516.
        "power_share": close(0.32 + 0.68 * 56.516 / tpot),
        "kwh_per_million_tokens_drawn": close(gpu_seconds * 1e6 * 1000 / 3.6e6 * (0.32 + 0.68 * 56.516 / tpot)),
        "tokens_per_s_per_mw_drawn": close(1000 / gpu_seconds / (0.32 + 0.68 * 56.516 / tpot)),
        "tokens_per_s_per_gpu": close(1 / gpu_seconds),
        # A thousand boards of 1000 W.
        "tokens_per_s_per_mw": close(1000 / gpu_seconds),
        "n_gpu": 2,
        "idle_gpus": 0,
        "tp": 2,
        "tp_ff": 2,
        "pp": 1,
        "ep": 1,
        "dp_attn": 1,
        "batch": 8,
        "scheme": "1-D",
        "beyond_measured": "accelerator never measured",
        "draft_tokens": 0,
        "arithmetic_s": close(5.616e-6),
        "memory_s": close(46.5e-6),
        "network_bandwidth_s": close(4.4e-6),
        "network_latency_s": close(100e-6),
        "kernel_overhead_s": close(480e-6),
        "tpot_s": close(tpot * 1e-6),
        "ttft_s": close(first * 1e-6),
        # The other 499 tokens.
        "end_to_end_s": close((first + 499 * tpot) * 1e-6),
        "limit": "kernel overhead",
        # 144e6 B of layers and 200e6 B of tables.
        "weight_bytes_per_gpu": close(172e6),
        # 10 · 800 B · 1500 · 8 / 2: prompt and output of every request.
        "kv_bytes_per_gpu": close(48e6),
        # 8192 · 6 · 1000 · 2 B, 256 · 50,000 · 4 B / 2, 8% of 10 GB.
        "workspace_bytes_per_gpu": close(98.304e6 + 25.6e6 + 0.8e9),
        "hbm_bytes_per_gpu": 10e9,
        # 2 · (24 + 120)e6 + 10 · 3200 · 1250 FLOP a token in FP8, 2 · 50e6 in 16 bits at half that rate.
        "mfu": close(8 * (328e6 / 2e15 + 100e6 / 1e15) / (2 * tpot * 1e-6)),
        # 244e6 B of weights and 80e6 B of cache over two GPUs of 5 TB/s.
        "mbu": close((244e6 + 80e6) / (2 * 5e12 * tpot * 1e-6)),
    }


def test_a_mixture_on_two_stages_of_four_gpus():
    # 16 sequences: 8 in each stage, 4 of them on each of two copies of attention, each copy on two GPUs. The fuller
    # stage holds 3 of 5 layers, counted as 6 of 5: times 1.2. Eight tokens touch 1 - (7/8)**8 of the experts.
    dense, experts = "1 layers, full attention, dense", "4 layers, full attention, 16 experts"
    u = 1 - (7 / 8) ** 8
    layout = {"n_gpu": 8, "tp": 2, "dp_attn": 2, "pp": 2, "ep": 4}
    # A prompt, on four GPUs and times 1.2: projections 48 and scores 32 µs, 24 of attention; feed-forward
    # 2 · 36.064e6 · 1000 / 0.5 PFLOP/s = 144.256 µs, 43.2768; all experts 96e6 B / 2 TB/s = 48 µs, 14.4. Network, for
    # each of two copies at once: 7.2 layers · 2 · 1/2 · 2 MB/2 / 200 GB/s = 36 µs after attention and the dense layer,
    # 4.8 layers · 2 ranks · 3/4 · 1.5 · 2 MB/4 / 200 GB/s = 27 µs to experts and back, and 4.8 · 1/2 · 2 MB/2 /
    # 200 GB/s = 12 to gather: 75. 15 others bring 0.03 of one, half a stage a step, less than one reading of the
    # experts.
    w = 0.015
    assert lines(scenario(MIXTURE), layout, 16) == {
        ("Attention projections", dense): {"arithmetic_s": 0.00576, "memory_s": 0.36},
        ("Attention projections", experts): {"arithmetic_s": 0.02304, "memory_s": 1.44},
        # 3200 · 1250 · 8 / 4 / 1 PFLOP/s · 1.2; 800 B · 1250 · 8 / 4 / 2.5 TB/s · 1.2, a layer.
        # 1.2 and 4.8 layers · 4 sequences of a copy · 1 µs.
        ("Attention over KV cache", dense): {"arithmetic_s": 0.0096, "memory_s": 0.96, "kernel_overhead_s": 4.8},
        ("Attention over KV cache", experts): {"arithmetic_s": 0.0384, "memory_s": 3.84, "kernel_overhead_s": 19.2},
        ("Feed-forward", dense): {"arithmetic_s": 0.0288, "memory_s": 1.8},
        ("Router and shared experts", experts): {"arithmetic_s": 0.0289536, "memory_s": 3.6192},
        # 4 · 2 · 1.5e6 FLOP · (8 · 2 + 160·u rows) / 4 / 2 PFLOP/s · 1.2.
        ("Routed experts", experts): {"arithmetic_s": 0.0288 + 0.288 * u, "memory_s": 14.4 * u},
        ("Small kernels and launches", dense): {"kernel_overhead_s": 48},
        # 4.8 layers of 40 + 10 + 20 µs, and 3 for each of two doublings to four GPUs.
        ("Small kernels and launches", experts): {"kernel_overhead_s": 364.8},
        ("Unembedding", "once a step"): {"arithmetic_s": 0.2, "memory_s": 6.25},
        # Four tokens of 2 kB over 200 GB/s between two GPUs.
        ("All-reduce after attention", dense): {"network_bandwidth_s": 0.048, "network_latency_s": 6},
        ("All-reduce after attention", experts): {"network_bandwidth_s": 0.192, "network_latency_s": 24},
        ("All-reduce after feed-forward", dense): {"network_bandwidth_s": 0.048, "network_latency_s": 6},
        # 4 kB to 2 ranks, 3/4 of them others, 3 bytes for 2, over 200 GB/s, 4.8 times.
        ("Expert dispatch and combine", experts): {"network_bandwidth_s": 0.216, "network_latency_s": 144},
        # Half of 8 kB from the other shard.
        ("Gather after combine", experts): {"network_bandwidth_s": 0.096, "network_latency_s": 24},
        # To two stages, 16 kB over four GPUs and 400 GB/s.
        ("Pipeline sends", "once a step"): {"network_bandwidth_s": 0.02, "network_latency_s": 23.6},
        ("Prompts of other users", ""): {
            "arithmetic_s": 67.2768 * w,
            "memory_s": 14.4 * (1 - u) * w,
            "network_bandwidth_s": 75 * w,
        },
    }
    times = {
        "arithmetic_s": 0.00576 + 0.02304 + 0.0096 + 0.0384 + 0.0288 + 0.0289536 + 0.0288 + 0.288 * u + 0.2 + 1.009152,
        "memory_s": 0.36 + 1.44 + 0.96 + 3.84 + 1.8 + 3.6192 + 14.4 * u + 6.25 + 0.216 * (1 - u),
        "network_bandwidth_s": 0.048 + 0.192 + 0.048 + 0.216 + 0.096 + 0.02 + 1.125,
        "network_latency_s": 6 + 24 + 6 + 144 + 24 + 23.6,
        "kernel_overhead_s": 48 + 364.8 + 24,
    }
    tpot = sum(times.values())
    # One sequence a stage touches 1/8 of the experts; its prompt adds 67.2768 + 7/8 · 14.4 + 75 µs to two stages each.
    gpu_seconds = 8 * (tpot + (67.2768 + 12.6 + 75) / 2 / 500) / 16 * 1e-6
    found = columns(scenario(MIXTURE), layout, 16)
    assert {name: found[name] for name in times} == {name: close(1e-6 * time) for name, time in times.items()}
    assert {name: found[name] for name in ("n_gpu", "tp", "tp_ff", "pp", "ep", "dp_attn", "batch")} == {
        "n_gpu": 8, "tp": 2, "tp_ff": 1, "pp": 2, "ep": 4, "dp_attn": 2, "batch": 16,
    }  # fmt: skip
    assert found["limit"] == "kernel overhead"
    assert found["tpot_s"] == close(tpot * 1e-6)
    assert found["usd_per_million_tokens"] == close(1e6 * gpu_seconds * 0.001)
    assert found["usd_per_million_tokens_blended"] == close(1e6 * gpu_seconds * 0.001 / 3)
    assert found["kwh_per_million_tokens"] == close(1e6 * gpu_seconds * 1000 / 3.6e6)
    # Of its way through both stages, only one copy works on the attention and sends: 24 and 75 µs count twice. Prompts
    # of a mixture take twice their work; two stages work on two prompts at once.
    shared = (67.2768 + 12.6 + 75) / 2
    passed = 2 * shared + 24 + 75
    # Beside 16 sequences they share more of the experts than alone.
    beside = (67.2768 + 14.4 * (1 - u) + 75) / 2
    load = 16 * beside / (500 * tpot + beside)
    # Of the 8 users of a copy 7 are others; both copies' next prompts enter the first stage after two of its times.
    first = 20e3 + 1.5 * tpot + 2 * (passed + load / (2 * (1 - load)) * 7 / 8 * 2 * shared)
    assert found["ttft_s"] == close(first * 1e-6)
    assert found["end_to_end_s"] == close((first + 499 * tpot) * 1e-6)
    # Attention and dense layer on two GPUs, shared experts on each, experts on four, 3 of 5 layers; one table of
    # 100e6 B on four.
    assert found["weight_bytes_per_gpu"] == close((12e6 + 12.064e6 + 24e6) * 0.6 + 25e6)
    # 8 sequences a copy · 3 layers · 800 B · 1500 over two GPUs.
    assert found["kv_bytes_per_gpu"] == close(14.4e6)
    assert (found["idle_gpus"], found["beyond_measured"]) == (0, "accelerator never measured, pipeline stages")
    assert found["workspace_bytes_per_gpu"] == close(98.304e6 + 12.8e6 + 0.8e9)
    # 2 · (12 + 36.064)e6 + 5 · 3200 · 1250 FLOP a token in FP8, 2 · 50e6 in 16 bits at half that rate.
    assert found["mfu"] == close(16 * (116.128e6 / 2e15 + 100e6 / 1e15) / (8 * tpot * 1e-6))
    # At 5 TB/s: attention 1.44, dense layer 1.44, shared 2.89536, experts 5.76·u, unembedding 5, cache 2.4 µs.
    assert found["mbu"] == close((1.44 + 1.44 + 2.89536 + 5.76 * u + 5 + 2.4) / tpot)


def test_prompts_on_gpus_of_their_own():
    apart = scenario(DENSE, serving={"disaggregated": True})
    layout = {"n_gpu": 2, "tp": 2}
    assert ("Prompts of other users", "") not in lines(apart, layout, 8)
    found = columns(apart, layout, 8)
    # Without 4.48 µs of arithmetic and 2.8 of network. The prompt's own GPUs work 520 µs for 500 tokens, and read the
    # layers' 144e6 B, 18 µs over two GPUs, once for every 8192 tokens of prompts.
    tpot = 636.516 - 7.28
    assert found["tpot_s"] == close(tpot * 1e-6)
    assert found["usd_per_million_tokens"] == close(2 * (tpot / 8 + (520 + 18 * 1000 / 8192) / 500) * 0.001)
    # A lower bound, one sequence and its prompt: 0.142 + 320, 30.5 + 2, 0.2 + 200, 100, 410.
    assert found["ttft_s"] == close(1062.842e-6)
    assert found["end_to_end_s"] == close((1062.842 + 499 * tpot) * 1e-6)
    # One sequence in each of two stages, on one of two copies.
    found = columns(
        scenario(MIXTURE, serving={"disaggregated": True}), {"n_gpu": 8, "tp": 2, "dp_attn": 2, "pp": 2, "ep": 4}, 16
    )
    reading = 0.36 + 1.44 + 0.12 + 0.48 + 1.8 + 3.6192 + 14.4 / 8 + 6.25
    working = (0.00576 + 0.02304 + 0.0096 + 0.0384 + 0.0288 + 0.0289536 + 0.0288 + 0.2) / 8 + 0.288 / 8
    moving = (0.048 + 0.192 + 0.048 + 0.216 + 0.096 + 0.02) / 8
    # Overhead: 48 + 364.8 µs, and six layers of half a sequence a copy. The prompt as beside decoding.
    first = working + reading + moving + 227.6 + 415.8 + 67.2768 + 12.6 + 75 + 24 + 75
    assert found["ttft_s"] == close(first * 1e-6)


def test_utilisation_under_rocm_is_of_the_same_peak():
    rocm = scenario(DENSE, accelerator=CHIP.model_copy(update={"stack": "rocm"}))
    # Half of the bandwidth.
    tpot = 5.616 + 93 + 104.4 + 480
    found = columns(rocm, {"n_gpu": 2, "tp": 2}, 8)
    assert found["tpot_s"] == close(tpot * 1e-6)
    assert found["mbu"] == close((244e6 + 80e6) / (2 * 5e12 * tpot * 1e-6))


def test_overlap_takes_from_every_collective_alike():
    plain = lines(scenario(DENSE), {"n_gpu": 2, "tp": 2}, 8)
    half = lines(scenario(DENSE, serving={"overlap": 0.25}), {"n_gpu": 2, "tp": 2}, 8)
    for key, times in plain.items():
        for name, value in times.items():
            factor = 0.75 if name.startswith("network") else 1.0
            assert half[key][name] == factor * value.expected, (key, name)
    whole = columns(scenario(DENSE, serving={"overlap": 1.0}), {"n_gpu": 2, "tp": 2}, 8)
    # 104.4 µs of network beside 52.116 of arithmetic and memory.
    assert whole["tpot_s"] == close((104.4 + 480) * 1e-6)


def test_context_parallel_at_one_point():
    on = scenario(DENSE, serving={"context_parallel": True})
    layout = {"n_gpu": 8, "tp": 8}
    assert columns(scenario(DENSE), layout, 8)["kv_bytes_per_gpu"] == close(24e6)
    assert columns(on, layout, 8)["kv_bytes_per_gpu"] == close(12e6)
    # Two ranks share what 4 KV heads leave to 8: 800 · 2/8 · 2 B · 8 tokens / 200 GB/s, ten times.
    exchange = lines(on, layout, 8)["Exchange of partial attention", "10 layers, full attention, dense"]
    assert exchange == {"network_bandwidth_s": 0.16, "network_latency_s": 50}


def test_a_draft_model_runs_the_fastest_way_that_fits():
    speculation = DraftModel(architecture=DRAFT, precision=FP8, acceptance=0.5, max_draft_tokens=2)
    drafted, layout = scenario(DENSE, speculation=speculation), {"n_gpu": 2, "tp": 2}
    # A draft token: (0.0024 + 0.004 + 0.012 + 0.02) µs of arithmetic. Cut over two GPUs, eight sequences take 0.1536 +
    # 4.3 + 1.6 + 0.16 + 10 + 48 = 64.2136 µs; whole on each GPU, four take 0.1536 + 8.6 + 1.6 + 44 = 54.3536 µs.
    # A round of one: 2 · 1.136 + 46.5 + 3.2 + 100 + 480 and 0.021 prompts of 520 µs, for 1.5 tokens; of two:
    # 3 · 1.136 + 46.5 + 4.8 + 100 + 480 and 0.0245 prompts, for 1.75.
    # The draft, cut over two GPUs, reads a prompt in a tenth of the model's 520 µs: it has one layer of ten.
    one = (2.272 + 46.5 + 3.2 + 580 + 0.021 * (520 + 52) + 54.3536) / 1.5
    two = (3.408 + 46.5 + 4.8 + 580 + 0.0245 * (520 + 52) + 2 * 54.3536) / 1.75
    found = step(drafted, Layout(scheme="1-D", **layout), 8)
    assert found.draft_tokens == 2
    assert found.tpot_s == close(two * 1e-6)
    assert columns(drafted, layout, 8, 1)["tpot_s"] == close(one * 1e-6)
    assert lines(drafted, layout, 8)["Drafting", ""] == {
        "arithmetic_s": 2 * 0.1536 / 1.75,
        "memory_s": 2 * 10.2 / 1.75,
        "kernel_overhead_s": 2 * 44 / 1.75,
    }
    assert lines(drafted, layout, 8)["Prompts of other users", ""]["arithmetic_s"] == 0.0245 * 320 / 1.75
    assert lines(drafted, layout, 8)["Prompts of other users, draft", ""] == {
        "arithmetic_s": 0.0245 * 32 / 1.75,
        "network_bandwidth_s": 0.0245 * 20 / 1.75,
    }
    # Its own prompt, through both; the first token waits for 1.5 rounds of drafts and their check.
    gpu_seconds = 2 * (two + (520 + 52) / 500) / 8 * 1e-6
    assert found.usd_per_million_tokens == close(gpu_seconds * 1e6 * 0.001)
    load = 8 * 572 / (500 * two + 572)
    assert found.ttft_s == close((20e3 + 1.5 * 1.75 * two + 572 * (1 + load / (2 * (1 - load)) * 7 / 8)) * 1e-6)
    # At the least one sequence's pass of both with the prompt; the draft's: 0.0192 + 32, 4.3 + 0.2, 0.02 + 20, 10, 41.
    apart = drafted.changed(serving=drafted.serving.model_copy(update={"disaggregated": True}))
    assert columns(apart, layout, 8, 2)["ttft_s"] == close((1062.842 + 107.5392) * 1e-6)
    assert lines(drafted, layout, 8)["Attention projections", "10 layers, full attention, dense"] == {
        "arithmetic_s": 3 * 0.096 / 1.75,
        "memory_s": 3 / 1.75,
    }
    # The draft's 14.4e6 + 40e6 B of weights, and 1.2e6 B for each of four sequences.
    assert found.workspace_bytes_per_gpu == close(98.304e6 + 25.6e6 + 0.8e9 + 59.2e6)
    # What is useful is read once in a round; the draft is not useful.
    assert found.mbu == close((244e6 + 80e6) / (2 * 5e12 * 1.75 * two * 1e-6))
    assert found.mfu == close(8 * (328e6 / 2e15 + 100e6 / 1e15) / (2 * two * 1e-6))


def test_a_draft_that_does_not_fit_whole_is_cut():
    # 8% of 420e6 B, 172e6 of weights, 48e6 of cache and 123.904e6 of workspace leave 42.496e6: enough for half a draft,
    # 27.2e6 + 4.8e6, and too little for a whole one.
    speculation = DraftModel(architecture=DRAFT, precision=FP8, acceptance=0.5, max_draft_tokens=2)
    chosen = scenario(DENSE, speculation=speculation)
    small = chosen.model_copy(update={"accelerator": chosen.accelerator.model_copy(update={"hbm_bytes": 420e6})})
    found = step(small, Layout(n_gpu=2, tp=2, scheme="1-D"), 8)
    two = (3.408 + 46.5 + 4.8 + 580 + 0.0245 * (520 + 52) + 2 * 64.2136) / 1.75
    assert found.tpot_s == close(two * 1e-6)
    assert found.workspace_bytes_per_gpu == close(123.904e6 + 0.08 * 420e6 + 32e6)


def test_drafts_that_are_always_wrong_are_not_made():
    speculation = DraftModel(architecture=DRAFT, precision=FP8, acceptance=0.0, max_draft_tokens=2)
    found = step(scenario(DENSE, speculation=speculation), Layout(n_gpu=2, tp=2, scheme="1-D"), 8)
    assert found.draft_tokens == 0
    # The draft is loaded and reads the prompts all the same: 0.014 of them a step.
    assert found.tpot_s == close((636.516 + 0.014 * 52) * 1e-6)
    assert found.workspace_bytes_per_gpu == close(98.304e6 + 25.6e6 + 0.8e9 + 59.2e6)


def test_a_draft_of_its_own_layers():
    speculation = SelfDraft(layers=2, acceptance=0.5, max_draft_tokens=1)
    drafted, layout = scenario(DENSE, speculation=speculation), {"n_gpu": 2, "tp": 2}
    # A fifth of the layers and the whole unembedding: (0.184 / 5 + 0.1) · 4 = 0.5472 µs, (36 / 5 + 25 + 32 / 5) / 2 =
    # 19.3, 1.6 / 5, 100 / 5 and 480 / 5.
    drafting = 0.5472 + 19.3 + 0.32 + 20 + 96
    # A fifth of the layers reads the prompts in a fifth of the time.
    tpot = (2.272 + 46.5 + 3.2 + 580 + 0.021 * 520 * 1.2 + drafting) / 1.5
    found = step(drafted, Layout(scheme="1-D", **layout), 8)
    assert found.draft_tokens == 1
    assert found.tpot_s == close(tpot * 1e-6)
    assert found.usd_per_million_tokens == close(2 * (tpot + 520 * 1.2 / 500) / 8 * 1e-3)
    # A step is a round of a draft and its check.
    load = 8 * 624 / (500 * tpot + 624)
    assert found.ttft_s == close((20e3 + 1.5 * 1.5 * tpot + 624 * (1 + load / (2 * (1 - load)) * 7 / 8)) * 1e-6)
    # A fifth of weights and cache.
    assert found.workspace_bytes_per_gpu == close(98.304e6 + 25.6e6 + 0.8e9 + (172e6 + 48e6) / 5)


def test_what_a_draft_reads_is_overlapped_in_the_step_as_in_the_price():
    speculation = SelfDraft(layers=2, acceptance=0.5, max_draft_tokens=1)
    drafted, layout = scenario(DENSE, speculation=speculation, serving={"overlap": 0.25}), {"n_gpu": 2, "tp": 2}
    # A prompt takes the model 320 + 200 µs, of which 50 are overlapped, and the draft a fifth: 64 + 40, without 10.
    assert lines(drafted, layout, 8)["Prompts of other users, draft", ""] == {
        "arithmetic_s": 0.021 * 64 / 1.5,
        "network_bandwidth_s": 0.021 * 30 / 1.5,
    }
    # A quarter of 3.2 + 100 µs of the check's network, and of 0.32 + 20 of the draft's.
    drafting = 0.5472 + 19.3 + 0.75 * 20.32 + 96
    tpot = (2.272 + 46.5 + 0.75 * 103.2 + 480 + 0.021 * (470 + 94) + drafting) / 1.5
    found = columns(drafted, layout, 8, 1)
    assert found["tpot_s"] == close(tpot * 1e-6)
    assert found["usd_per_million_tokens"] == close(2 * (tpot + (470 + 94) / 500) / 8 * 1e-3)
    # On GPUs of their own prompts read the layers, 18 µs and a fifth, once for every 8192 tokens.
    apart = drafted.changed(serving=drafted.serving.model_copy(update={"disaggregated": True}))
    found = columns(apart, layout, 8, 1)
    pooled = (470 + 94 + 18 * 1.2 * 1000 / 8192) / 500
    tpot = (2.272 + 46.5 + 0.75 * 103.2 + 480 + drafting) / 1.5
    assert found["usd_per_million_tokens"] == close(2 * (tpot / 8 + pooled) * 1e-3)
    # At the least one sequence's pass of both with the prompt, the draft with the unembedding: 0.142 + 320, 30.5 + 2,
    # 0.75 of 0.2 + 200 + 100, 410; of the draft 0.092 / 5 + 0.05 + 64, 18 / 5 + 12.5 + 0.4, 0.75 of 60.04, 82.
    assert found["ttft_s"] == close((320.142 + 32.5 + 225.15 + 410 + 64.0684 + 16.5 + 45.03 + 82) * 1e-6)


def test_measured_tokens_a_round_in_place_of_the_acceptance():
    layout = {"n_gpu": 2, "tp": 2}
    curve = SelfDraft(layers=2, acceptance=0.0, max_draft_tokens=3, accepted_lengths=(1.5, 1.75))
    rate = SelfDraft(layers=2, acceptance=0.5, max_draft_tokens=2)
    measured, given = (scenario(DENSE, speculation=speculation) for speculation in (curve, rate))
    assert columns(measured, layout, 8, 2) == columns(given, layout, 8, 2)


def test_a_frontier_holds_the_rows_of_its_points():
    chosen = scenario(DENSE, max_gpus=2)
    frame = frontier(chosen)
    for _, row in frame.iloc[::7].iterrows():
        layout = {name: row[name] for name in ("n_gpu", "tp", "pp", "ep", "dp_attn")}
        here = columns(chosen, layout, row["batch"], int(row["draft_tokens"]))
        assert {
            name: value if isinstance(value, str) else close(value) for name, value in here.items()
        } == row.to_dict()
