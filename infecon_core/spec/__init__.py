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
from infecon_core.spec.constants import ServingConstants
from infecon_core.spec.layout import Layout
from infecon_core.spec.noun import Noun, sentence
from infecon_core.spec.precision import FORMAT_BITS, Format, Precision, format_bytes
from infecon_core.spec.problem import NothingFits
from infecon_core.spec.provenance import Kind, Provenance
from infecon_core.spec.speculation import DraftModel, SelfDraft, Speculation
from infecon_core.spec.step import FIVE_TIMES, Limit, Operator, Step, Times

__all__ = [
    "FIVE_TIMES",
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
    "Layout",
    "Limit",
    "LinearAttention",
    "MixtureOfExperts",
    "NothingFits",
    "Noun",
    "Operator",
    "Peaks",
    "Precision",
    "Provenance",
    "SelfDraft",
    "ServingConstants",
    "Speculation",
    "Step",
    "Times",
    "format_bytes",
    "sentence",
]
