"""The time of a prompt by hand."""

import numpy as np
import pytest

from infecon_core.physics.memory import CHUNK_TOKENS
from infecon_core.physics.prefill import prompt_attention_flop, prompt_time
from infecon_core.schema import LatentAttention, LayerGroup, LinearAttention, Precision
from tests.support.physics import deployment, shards
from tests.support.round_numbers import ATTENTION, CHIP, CONSTANTS, DENSE, EXPERTS, MIXTURE, deployed, layouts

LATENT = LatentAttention(
    num_attention_heads=8, kv_lora_rank=450, qk_rope_head_dim=50, qk_nope_head_dim=80, v_head_dim=110
)


def microseconds(values):
    return (values * 1e6).tolist()


def close(*values):
    return pytest.approx(list(values), rel=1e-12)


def test_flop_of_attention_over_a_prompt():
    n = [100, 1000]
    assert prompt_attention_flop(ATTENTION, n).tolist() == [16e6, 1.6e9]
    # Whole numbers of this size are beyond 64 bits.
    many = ATTENTION.model_copy(update={"num_attention_heads": 1024})
    assert prompt_attention_flop(many, 10_000_000) == 4 * 1024 * 100 * 1e14 / 2
    # A window of 300 lets the 600 nearest through, half of which lie ahead.
    narrow = ATTENTION.model_copy(update={"sliding_window": 300})
    assert prompt_attention_flop(narrow, n).tolist() == [16e6, 0.96e9]
    # Keys of 80 + 50 and values of 110: 120 on average.
    assert prompt_attention_flop(LATENT, n).tolist() == [19.2e6, 1.92e9]
    sparse = LATENT.model_copy(update={"index_n_heads": 3, "index_head_dim": 20, "index_topk": 200})
    assert prompt_attention_flop(sparse, n).tolist() == [19.2e6 + 60 * 1e4, 0.768e9 + 60 * 1e6]
    assert prompt_attention_flop(LinearAttention(num_heads=4, layer_params=1e6, state_bytes=5e6), n).tolist() == [0, 0]


def test_a_prompt_on_a_dense_model():
    # 1 GPU, TP 2, TP 8, PP 2 × TP 2, and PP 4, whose fullest stage holds 3 of 10 layers: 12 instead of 10.
    prompt = prompt_time(deployed(DENSE), layouts((1, 1, 1), (1, 1, 2), (1, 1, 8), (2, 1, 2), (4, 1, 1)), 2000)
    # Projections 2 · 24e6 · 2000 / 0.5 PFLOP/s = 192 µs; scores 10 · 4·8·100 · 2000²/2 / 0.25 PFLOP/s = 256 µs.
    assert microseconds(prompt.attention_s) == close(448, 224, 56, 224, 537.6)
    # Feed-forward 2 · 120e6 · 2000 / 0.5 PFLOP/s = 960 µs.
    assert microseconds(prompt.arithmetic_s) == close(1408, 704, 176, 704, 1689.6)
    # 10 layers · 2 all-reduces · 2·(G - 1)/G · 2000 · 1000 · 2 B / 200 GB/s.
    assert microseconds(prompt.network_bandwidth_s) == close(0, 400, 700, 400, 0)
    assert prompt.memory_s.tolist() == [0] * 5
    assert prompt.all_experts_s == ()


def test_a_prompt_half_of_which_is_cached():
    # As above for 1 GPU: half of the products, and three quarters of the scores, as the new half attends to both.
    prompt = prompt_time(deployed(DENSE), layouts((1, 1, 1), (1, 1, 2)), 2000, 1000)
    assert microseconds(prompt.attention_s) == close(96 + 192, 48 + 96)
    assert microseconds(prompt.arithmetic_s) == close(288 + 480, 144 + 240)
    assert microseconds(prompt.network_bandwidth_s) == close(0, 200)
    assert prompt.passes.tolist() == [1000 / CHUNK_TOKENS] * 2
    whole = prompt_time(deployed(DENSE), layouts((1, 1, 1)), 2000, 2000)
    assert whole.arithmetic_s.tolist() == whole.weights_s.tolist() == [0]


def test_a_prompt_on_a_mixture_with_copies_of_attention():
    # 1 GPU, TP 2, DP 2, DP 4 × TP 2, and PP 2 × DP 2, whose fullest stage holds 3 of 5 layers: 6 instead of 5.
    prompt = prompt_time(deployed(MIXTURE), layouts((1, 1, 1), (1, 1, 2), (1, 2, 1), (1, 4, 2), (2, 2, 1)), 3)
    # Projections 2 · 12e6 · 3 / 0.5 PFLOP/s = 0.144 µs; scores 5 · 3200 · 9/2 / 0.25 PFLOP/s = 0.000288 µs.
    assert microseconds(prompt.attention_s) == close(*(0.144288 / g for g in (1, 2, 2, 8, 2 / 1.2)))
    # Dense layer 12e6, and 4 · (2 · 1.5e6 + 3.016e6) weights a token: 2 · 36.064e6 · 3 / 0.5 PFLOP/s = 0.432768 µs.
    assert microseconds(prompt.arithmetic_s) == close(*(0.577056 / g for g in (1, 2, 2, 8, 2 / 1.2)))
    # 4 layers · 16 · 1.5e6 B / 2 TB/s = 48 µs, of which three tokens touch 1 - (7/8)³ = 169/512.
    (everything,) = prompt.all_experts_s
    assert microseconds(everything) == close(*(48 / g for g in (1, 2, 2, 8, 2 / 1.2)))
    assert microseconds(prompt.memory_s) == close(*(48 * 169 / 512 / g for g in (1, 2, 2, 8, 2 / 1.2)))
    # TP 2: 5 layers · 2 all-reduces · 2·1/2 · 6 kB / 200 GB/s = 0.3 µs.
    # Copies sum attention and the dense layer among their own shards, each its own prompts: (5 + 1) · 2·1/2 · 6 kB/4 /
    # 200 GB/s = 0.045 µs of DP 4 × TP 2. GPUs dispatch to 2 ranks, (G - 1)/G of them others, 3 bytes for 2:
    # 4 layers · 6 kB/2 · 2·1/2·1.5 / 200 GB/s = 0.09 µs of two, 4 · 6 kB/8 · 2·7/8·1.5 / 200 GB/s = 0.039375 of eight,
    # 1.2 · 0.09 along two stages. Two shards gather 4 · 1/2 · 6 kB/4 / 200 GB/s = 0.015.
    assert microseconds(prompt.network_bandwidth_s) == close(0, 0.3, 0.09, 0.045 + 0.039375 + 0.015, 0.108)


def test_where_nothing_but_prompts_fills_the_passes():
    # 1 GPU, TP 2, and PP 4, whose fullest stage holds 3 of 10 layers: 24e6 B of attention and 120e6 of feed-forward
    # take 36 µs, once for every 8192 tokens of prompts.
    prompt = prompt_time(deployed(DENSE), layouts((1, 1, 1), (1, 1, 2), (4, 1, 1)), 2048)
    assert microseconds(prompt.weights_s) == close(36, 18, 43.2)
    assert microseconds(prompt.pooled_memory_s) == close(9, 4.5, 10.8)
    # A mixture on 1 GPU, DP 2 and DP 4 × TP 2: attention and dense layer 3 µs each over the shards of a copy, shared
    # experts 3.016 on each GPU and all experts 48 µs over the stage; a pass holds 8192 tokens of each copy, and touches
    # every expert.
    prompt = prompt_time(deployed(MIXTURE), layouts((1, 1, 1), (1, 2, 1), (1, 4, 2)), 2048)
    plain = [6 + 3.016, 6 + 3.016, 3 + 3.016]
    assert microseconds(prompt.weights_s) == close(*plain)
    passes = [(plain[0] + 48) / 4, (plain[1] + 24) / 8, (plain[2] + 6) / 16]
    assert microseconds(prompt.pooled_memory_s) == close(*passes)
    # In 4 bits attention stays in 16, two bytes a weight, and all else takes 0.5625.
    four = prompt_time(deployed(MIXTURE, precision=Precision(weights="fp4")), layouts((1, 1, 1)), 2048)
    assert microseconds(four.pooled_memory_s) == close((6 + 0.5625 * 54.016) / 4)
    # Of 2**17 experts 8192 tokens of 2 touch 1 - (1 - 2**-16)**8192, close to 1 - exp(-1/8).
    many = EXPERTS.model_copy(update={"num_experts": 2**17, "moe_intermediate_size": 1e-3})
    group = LayerGroup(num_layers=1, feed_forward=many)
    where = deployed(MIXTURE.model_copy(update={"layer_groups": (group,)}))
    few = prompt_time(where, layouts((1, 1, 1)), 2048)
    # 3 weights an expert, 2**17 of them at 2 TB/s; besides 3e6 + 2**17·1000 that every token passes, at 4 TB/s.
    everything = 3 * 2**17 / 2e6
    router = (3e6 + 2**17 * 1000) / 4e6
    share = 1 - (1 - 2**-16) ** 8192
    assert microseconds(few.pooled_memory_s) == pytest.approx([(router + share * everything) / 4])
    assert share == pytest.approx(1 - np.exp(-1 / 8), rel=1e-4)


def test_prompts_are_sent_to_experts_at_the_share_of_the_links_that_is_reached():
    prompt = prompt_time(deployed(MIXTURE), layouts((1, 2, 1)), 1000)
    # 4 layers · 2 MB/2 · 2 ranks · 1/2 · 1.5 / 200 GB/s.
    assert microseconds(prompt.network_bandwidth_s) == close(30)
    fast = CONSTANTS.model_copy(update={"link_efficiency": 1.0})
    prompt = prompt_time(deployed(MIXTURE, constants=fast), layouts((1, 2, 1)), 1000)
    assert microseconds(prompt.network_bandwidth_s) == close(15)


def test_no_prompt_costs_nothing():
    prompt = prompt_time(deployed(MIXTURE), layouts((1, 1, 1), (1, 4, 2)), [0, 3])
    for part in (
        prompt.attention_s,
        prompt.arithmetic_s,
        prompt.memory_s,
        prompt.network_bandwidth_s,
        prompt.weights_s,
        prompt.pooled_memory_s,
        *prompt.all_experts_s,
    ):
        assert part[0] == 0
        assert part[1] > 0
    # Not even experts that every token passes.
    every = MIXTURE.layer_groups[1].model_copy(
        update={"feed_forward": EXPERTS.model_copy(update={"num_experts_per_tok": 16})}
    )
    where = deployed(MIXTURE.model_copy(update={"layer_groups": (every,)}))
    assert prompt_time(where, layouts((1, 1, 1)), [0]).memory_s.tolist() == [0]


def test_formats_decide_the_rates_of_a_prompt():
    where = deployed(MIXTURE, precision=Precision(weights="fp4"))
    prompt = prompt_time(where, layouts((1, 1, 1)), 3)
    # Attention projections in BF16: 2 · 12e6 · 3 / 0.25 PFLOP/s = 0.288 µs; the rest at 4 PFLOP/s · 0.25.
    assert microseconds(prompt.attention_s) == close(0.288288)
    assert microseconds(prompt.arithmetic_s) == close(0.288288 + 0.216384)
    assert microseconds(prompt.all_experts_s[0]) == close(27)


def test_experts_are_read_by_their_routing():
    wide = EXPERTS.model_copy(update={"num_experts": 32})
    groups = (
        LayerGroup(num_layers=1, feed_forward=EXPERTS),
        LayerGroup(num_layers=2, feed_forward=wide),
        LayerGroup(num_layers=3, attention=ATTENTION),
        LayerGroup(num_layers=1, attention=ATTENTION, feed_forward=EXPERTS),
    )
    prompt = prompt_time(deployed(MIXTURE.model_copy(update={"layer_groups": groups})), layouts((1, 1, 1)), 1)
    # 12 µs a layer of 16 experts, 24 µs one of 32; a token touches 1/8 of the former and 1/16 of the latter.
    assert [microseconds(read) for read in prompt.all_experts_s] == [close(24), close(48)]
    assert microseconds(prompt.memory_s) == close(24 / 8 + 48 / 16)
    assert microseconds(prompt.attention_s) == close(4 * (2 * 2.4e6 / 0.5e9 + 1600 / 0.25e9))


def test_a_prompt_across_domains_takes_the_slow_link():
    small = CHIP.model_copy(update={"scale_up_domain": 4})
    prompt = prompt_time(deployed(DENSE, chip=small), layouts((1, 1, 4), (1, 1, 8)), 2000)
    # 140 MB to 7 others, of which 4 are outside: 60 MB over 200 GB/s and 80 MB over 50 GB/s.
    assert microseconds(prompt.network_bandwidth_s) == close(600, 300 + 1600)
    closed = prompt_time(
        deployed(DENSE, chip=small.model_copy(update={"scale_out_bytes_per_s": None})),
        layouts((1, 1, 4), (1, 1, 8)),
        2000,
    )
    assert microseconds(closed.network_bandwidth_s) == close(600, np.inf)
    alone = CHIP.model_copy(update={"scale_up_bytes_per_s": None, "scale_out_bytes_per_s": None, "scale_up_domain": 1})
    assert prompt_time(deployed(DENSE, chip=alone), layouts((1, 1, 1)), 2000).network_bandwidth_s.tolist() == [0]


def test_a_prompt_of_llama_70b_by_hand():
    where = deployment("llama-3.1-70b", "h100-sxm", "fp8")
    prompt = prompt_time(where, shards(tp=8), 2000)
    body = 80 * (8192 * 128 * 144 + 3 * 8192 * 28672)
    scores = 80 * 4 * 64 * 128 * 2000 * 2000 / 2
    peaks = where.accelerator.peaks
    assert prompt.arithmetic_s[0] == pytest.approx((2 * body * 2000 / peaks.fp8 + scores / peaks.bf16) / 8 / 0.5)
    moved = 80 * 2 * 2 * 7 / 8 * 2000 * 8192 * 2
    assert prompt.network_bandwidth_s[0] == pytest.approx(moved / (450e9 * 0.5))


def test_a_prompt_of_deepseek_across_domains():
    where = deployment("deepseek-v3", "h200-sxm", "fp8")
    prompt = prompt_time(where, shards(tp=1, copies=64), 1000)
    # 58 layers send a prompt's activations to 8 ranks, 63/64 of them others, and get them back, 3 bytes for 2; 64
    # copies do so at once.
    moved = 58 / 64 * 1000 * 7168 * 2 * 8 * 63 / 64 * 1.5
    assert prompt.network_bandwidth_s[0] == pytest.approx(moved * (7 / 63 / (450e9 * 0.5) + 56 / 63 / 50e9))
