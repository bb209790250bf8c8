"""Round constants and small systems that the tests of the physics share."""

import numpy as np

from infecon_core import catalog
from infecon_core.catalog.constants import shipped
from infecon_core.physics.deployment import Deployment, Shards
from infecon_core.schema import Precision

CONSTANTS = shipped().model_copy(
    update={
        "weight_read_efficiency": 0.8,
        "cache_read_efficiency": 0.9,
        "expert_read_efficiency": 0.85,
        "link_efficiency": 0.5,
        "all_to_all_latency_s": 30e-6,
        "attention_arithmetic_efficiency": 0.6,
        "prompt_arithmetic_efficiency": 0.5,
        "routing_exponent": 1.0,
        "expert_padding_rows": 20.0,
        "layer_overhead_s": 40e-6,
        "expert_layer_overhead_s": 10e-6,
        "expert_rank_overhead_s": 3e-6,
        "block_scale_overhead_s": 30e-6,
        "latent_attention_overhead_s": 5e-6,
        "sequence_layer_overhead_s": 1e-6,
        "overlap_across_domains": 0.5,
    }
)


def deployment(model, accelerator, weights, kv="bf16", **changes):
    return Deployment(
        catalog.model(model).architecture,
        catalog.accelerator(accelerator).accelerator,
        Precision(weights=weights, kv=kv),
        CONSTANTS,
        **changes,
    )


def shards(stages=1, tp=1, copies=1):
    return Shards(*(np.array([float(x)]) for x in (stages, tp * copies, copies, tp)))


def seconds(found, kind, m=1.0, t=1.0, touched=0.0):
    """Time of every operator, by name, over all groups."""
    total = {}
    for operator in found:
        form = getattr(operator, kind)
        total[operator.name] = total.get(operator.name, 0.0) + float(np.ravel(form.at(m, t, touched))[0])
    return total
