"""The published model: Erdil, "Inference economics of language models", arXiv:2506.04645 (2025)."""

from infecon_core.paper.collectives import collective_time
from infecon_core.paper.frontier import frontier
from infecon_core.paper.speculation import speculative_token_latency
from infecon_core.paper.system import VARIANTS
from infecon_core.paper.toy import closed_form, critical_batch, single_gpu_latency
from infecon_core.paper.variants import token_latency
from infecon_core.schema.options import Variant

__all__ = [
    "VARIANTS",
    "Variant",
    "closed_form",
    "collective_time",
    "critical_batch",
    "frontier",
    "single_gpu_latency",
    "speculative_token_latency",
    "token_latency",
]
