"""Number formats: bytes of a stored element, and which part of a released checkpoint is kept in which format.

The rules are facts about released checkpoints, read from their configurations, not fits: the unembedding stays in
16 bits; 4-bit mixtures of experts (gpt-oss MXFP4, DeepSeek NVFP4) keep attention in BF16, 4-bit dense models do not;
FP8 mixtures of experts (DeepSeek, MiniMax, Qwen3) carry block scales.
"""

from infecon_core.schema import Architecture, Format, MixtureOfExperts, Precision

HEAD_FORMAT: Format = "bf16"
# Activations travel between GPUs in 16 bits. [B]
ACTIVATION_BYTES = 2.0
# Bytes of one stored element with its block scales: NVFP4 has one FP8 scale for 16 elements, INT4 one FP16 for 128.
STORED_BYTES: dict[Format, float] = {
    "bf16": 2.0,
    "fp16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "fp4": 0.5 + 1 / 16,
    "int4": 0.5 + 2 / 128,
}


def has_experts(architecture: Architecture) -> bool:
    """Whether any layer is a mixture of experts."""
    return any(isinstance(group.feed_forward, MixtureOfExperts) for group in architecture.layer_groups)


def attention_format(architecture: Architecture, precision: Precision) -> Format:
    """Format of the attention projections: that of the weights, but BF16 in 4-bit mixtures of experts."""
    if has_experts(architecture) and precision.weights in ("fp4", "int4"):
        return "bf16"
    return precision.weights


def block_scaled(architecture: Architecture, precision: Precision) -> bool:
    """Whether expert layers quantise their activations block by block on the way in: FP8 mixtures of experts."""
    return has_experts(architecture) and precision.weights == "fp8"
