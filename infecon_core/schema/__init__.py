"""What goes in and what comes out: scenarios and their parts, layouts, steps, the columns of a frontier."""

from infecon_core.schema.accelerator import Accelerator, Peaks
from infecon_core.schema.architecture import (
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
from infecon_core.schema.constants import ServingConstants
from infecon_core.schema.feasibility import NothingFits
from infecon_core.schema.layout import Layout
from infecon_core.schema.precision import FORMAT_BITS, Format, Precision, format_bytes
from infecon_core.schema.price import BASIS_NAMES, OWN, PriceBasis
from infecon_core.schema.provenance import Kind, Provenance
from infecon_core.schema.record import Record, sentence
from infecon_core.schema.speculation import DraftModel, SelfDraft, Speculation
from infecon_core.schema.step import FIVE_TIMES, Limit, Operator, Step, Times

__all__ = [
    "BASIS_NAMES",
    "FIVE_TIMES",
    "FORMAT_BITS",
    "OWN",
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
    "Operator",
    "Peaks",
    "Precision",
    "PriceBasis",
    "Provenance",
    "Record",
    "SelfDraft",
    "ServingConstants",
    "Speculation",
    "Step",
    "Times",
    "format_bytes",
    "sentence",
]
