"""A chip, two small models and constants of round numbers, so that every result can be worked out by hand.

Reached rates: weights 4 TB/s (5 · 0.8), cache 2.5 TB/s (5 · 0.5), experts 2 TB/s (5 · 0.4), links 200 GB/s
(400 · 0.5), attention over the cache 1 PFLOP/s in FP8 (2 · 0.5), prompts 0.5 PFLOP/s in FP8 (2 · 0.25) and 0.25 in
BF16. One GPU-second costs 0.001 USD and takes 1000 J.
"""

import numpy as np

from infecon_core import Scenario
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.schema import (
    Accelerator,
    Architecture,
    DenseFeedForward,
    GroupedQueryAttention,
    LayerGroup,
    MixtureOfExperts,
    Peaks,
    Precision,
    ServingConstants,
)

CHIP = Accelerator(
    name="Round",
    peaks=Peaks(bf16=1e15, fp8=2e15, fp4=4e15),
    hbm_bytes=10e9,
    hbm_bytes_per_s=5e12,
    scale_up_bytes_per_s=400e9,
    scale_up_domain=8,
    scale_out_bytes_per_s=50e9,
    price_usd_per_gpu_hour=3.6,
    board_power_w=1000,
    allreduce_latency_s=5e-6,
    allreduce_latency_s_per_rank=1e-6,
)

CONSTANTS = ServingConstants(
    weight_read_efficiency=0.8,
    cache_read_efficiency=0.5,
    expert_read_efficiency=0.4,
    link_efficiency=0.5,
    all_to_all_latency_s=30e-6,
    overlap_across_domains=0.5,
    attention_arithmetic_efficiency=0.5,
    prompt_arithmetic_efficiency=0.25,
    routing_exponent=1.0,
    expert_padding_rows=10,
    layer_overhead_s=40e-6,
    expert_layer_overhead_s=10e-6,
    expert_rank_overhead_s=3e-6,
    block_scale_overhead_s=20e-6,
    latent_attention_overhead_s=5e-6,
    sequence_layer_overhead_s=1e-6,
    rocm_memory_factor=0.5,
    ttft_overhead_s=20e-3,
    ttft_expert_prompt_factor=2.0,
)

# (2·8 + 2·4)·100·1000 = 2.4e6 weights; 2·4·100 = 800 cache elements a token.
ATTENTION = GroupedQueryAttention(num_attention_heads=8, num_key_value_heads=4, head_dim=100)
# 3·1000·4000 = 12e6 weights.
FEED_FORWARD = DenseFeedForward(intermediate_size=4000)
# 3·1000·500 = 1.5e6 weights an expert, 16 of them; 3·1000·1000 + 16·1000 = 3.016e6 that every token passes.
EXPERTS = MixtureOfExperts(
    num_experts=16, num_experts_per_tok=2, moe_intermediate_size=500, shared_expert_intermediate_size=1000
)

# 24e6 weights of attention, 120e6 of feed-forward, 50e6 of each table.
DENSE = Architecture(
    name="Dense",
    hidden_size=1000,
    vocab_size=50_000,
    layer_groups=(LayerGroup(num_layers=10, attention=ATTENTION, feed_forward=FEED_FORWARD),),
)
# 12e6 weights of attention, 12e6 of the dense layer, 4·27.016e6 of the others.
MIXTURE = Architecture(
    name="Mixture",
    hidden_size=1000,
    vocab_size=50_000,
    layer_groups=(
        LayerGroup(num_layers=1, attention=ATTENTION, feed_forward=FEED_FORWARD),
        LayerGroup(num_layers=4, attention=ATTENTION, feed_forward=EXPERTS),
    ),
)
FP8 = Precision(weights="fp8", kv="fp8", activations="fp8")


def deployed(architecture, *, chip=CHIP, precision=FP8, constants=CONSTANTS, context_parallel=False):
    """A model on the round chip."""
    return Deployment(architecture, chip, precision, constants, context_parallel)


def layouts(*rows):
    """Layouts as arrays, one (stages, copies of attention, shards of a copy) each."""
    stages, copies, shards = np.array(rows, dtype=np.float64).T
    return Shards(stages, copies * shards, copies, shards)


def scenario(architecture, **changes):
    """A scenario on the round chip, 1000 prompt and 500 output tokens."""
    options = {"constants": CONSTANTS, **changes.pop("serving", {})}
    return Scenario(
        architecture=architecture,
        **{
            "accelerator": CHIP,
            "precision": FP8,
            "prompt_tokens": 1000,
            "output_tokens": 500,
            "serving": options,
            **changes,
        },
    )
