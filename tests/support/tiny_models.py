"""Small models with every kind of layer, and the parts of the measuring tool that need PyTorch."""

import importlib.util
from typing import Any

import pytest

from infecon_core.schema import (
    Architecture,
    DenseFeedForward,
    GroupedQueryAttention,
    LatentAttention,
    LayerGroup,
    LinearAttention,
    MixtureOfExperts,
)

torch: Any = importlib.import_module("torch") if importlib.util.find_spec("torch") else None
timing: Any = torch and importlib.import_module("tools.measure_decode.timing")
layers: Any = torch and importlib.import_module("tools.measure_decode.layers")
needs_torch = pytest.mark.skipif(
    torch is None,
    reason="PyTorch is not installed; pip install -r requirements-measure.txt gives it",
)
GROUPED = GroupedQueryAttention(num_attention_heads=4, num_key_value_heads=2, head_dim=16)
WINDOWED = GROUPED.model_copy(update={"sliding_window": 8, "attn_output_gate": True})
LATENT = LatentAttention(
    num_attention_heads=4, q_lora_rank=32, kv_lora_rank=32, qk_nope_head_dim=16, qk_rope_head_dim=16, v_head_dim=16
)
SPARSE = LATENT.model_copy(update={"q_lora_rank": None, "index_n_heads": 2, "index_head_dim": 16, "index_topk": 8})
LINEAR = LinearAttention(num_heads=4, layer_params=64 * 256, state_bytes=64 * 8 * 4)
DENSE = DenseFeedForward(intermediate_size=128)
MIXTURE = MixtureOfExperts(
    num_experts=8, num_experts_per_tok=2, moe_intermediate_size=32, shared_expert_intermediate_size=48
)


def shape(*groups: tuple[int, Any, Any], **changes: Any) -> Architecture:
    layers = tuple(LayerGroup(num_layers=n, attention=a, feed_forward=f) for n, a, f in groups)
    fields = {"name": "Tiny", "hidden_size": 64, "vocab_size": 96, "layer_groups": layers} | changes
    return Architecture.model_validate(fields)


TINY = {
    "tiny-dense": shape((2, GROUPED, DENSE), (1, WINDOWED, DENSE), tie_word_embeddings=True),
    "tiny-parallel": shape((2, GROUPED, DENSE.model_copy(update={"gated": False})), parallel_attn=True),
    "tiny-latent": shape((1, LATENT, DENSE), (2, SPARSE, MIXTURE)),
    "tiny-linear": shape((2, LINEAR, None), (2, None, MIXTURE), vocab_size=0),
}
