"""Which part of a model is kept in which format.

Facts about released checkpoints, not fits: the unembedding stays in 16 bits; 4-bit mixtures of experts keep
attention in BF16, 4-bit dense models do not; FP8 mixtures of experts carry block scales.
"""

from infecon_core.spec import Architecture, Format, MixtureOfExperts, Precision

HEAD_FORMAT: Format = "bf16"


def has_experts(architecture: Architecture) -> bool:
    """Whether any layer is a mixture of experts."""
    return any(isinstance(group.feed_forward, MixtureOfExperts) for group in architecture.layer_groups)


def attention_format(architecture: Architecture, precision: Precision) -> Format:
    """Format of the attention projections."""
    if has_experts(architecture) and precision.weights in ("fp4", "int4"):
        return "bf16"
    return precision.weights


def block_scaled(architecture: Architecture, precision: Precision) -> bool:
    """Whether expert layers quantise activations in blocks on the way in."""
    return has_experts(architecture) and precision.weights == "fp8"
