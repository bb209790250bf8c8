"""Entries of one's own for tests: a mixture of 30 billion parameters, and an accelerator made from B200."""

import json
from typing import Any

from infecon_core import catalog
from infecon_core.catalog.own import OwnAccelerator, OwnModel, id_of
from infecon_core.schema import Architecture, GroupedQueryAttention, LayerGroup, MixtureOfExperts

CONFIG: dict[str, Any] = {
    "architectures": ["Qwen3MoeForCausalLM"],
    "model_type": "qwen3_moe",
    "hidden_size": 2048,
    "num_hidden_layers": 48,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "vocab_size": 151936,
    "intermediate_size": 6144,
    "moe_intermediate_size": 768,
    "num_experts": 128,
    "num_experts_per_tok": 8,
    "decoder_sparse_step": 1,
    "mlp_only_layers": [],
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}
CONFIG_TEXT = json.dumps(CONFIG)
SHAPE = Architecture(
    name="Our 30B",
    hidden_size=2048,
    vocab_size=151936,
    layer_groups=(
        LayerGroup(
            num_layers=48,
            attention=GroupedQueryAttention(num_attention_heads=32, num_key_value_heads=4, head_dim=128),
            feed_forward=MixtureOfExperts(num_experts=128, num_experts_per_tok=8, moe_intermediate_size=768),
        ),
    ),
)
MODEL = OwnModel(architecture=SHAPE)
MODEL_ID = id_of(MODEL)
_B200 = catalog.accelerator("b200-hgx").accelerator
CHIP = OwnAccelerator(
    accelerator=_B200.model_copy(update={"name": "Our chip", "hbm_bytes_per_s": 16e12, "price_usd_per_gpu_hour": 7.0}),
    base="b200-hgx",
)
CHIP_ID = id_of(CHIP)
