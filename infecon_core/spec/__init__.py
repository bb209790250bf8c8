"""The nouns: what a person chooses, and what the equations need."""

from infecon_core.spec.accelerator import Accelerator, Peaks
from infecon_core.spec.architecture import (
    Architecture,
    Attention,
    DenseFeedForward,
    FeedForward,
    GroupedQueryAttention,
    LatentAttention,
    LayerGroup,
    LinearAttention,
    MixtureOfExperts,
)
from infecon_core.spec.noun import Noun, sentence
from infecon_core.spec.precision import FORMAT_BITS, Format, Precision, format_bytes
from infecon_core.spec.provenance import Kind, Provenance
from infecon_core.spec.speculation import DraftModel

__all__ = [
    "FORMAT_BITS",
    "Accelerator",
    "Architecture",
    "Attention",
    "DenseFeedForward",
    "DraftModel",
    "FeedForward",
    "Format",
    "GroupedQueryAttention",
    "Kind",
    "LatentAttention",
    "LayerGroup",
    "LinearAttention",
    "MixtureOfExperts",
    "Noun",
    "Peaks",
    "Precision",
    "Provenance",
    "format_bytes",
    "sentence",
]
