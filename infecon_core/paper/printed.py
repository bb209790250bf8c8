"""The equations as printed in the paper: 2-D tensor parallelism, one protocol, plain feed-forward.

Source: Erdil 2025, arXiv:2506.04645, section 3.6, equations (29) to (44). Where (27) and (42) differ, (42) is right.
"""

import numpy as np

from infecon_core.paper.specs import Array, PublishedAccelerator, PublishedModel
from infecon_core.spec import NothingFits

REDUCE_BASE_S = 6.8e-6


def printed_parts(
    model: PublishedModel,
    accelerator: PublishedAccelerator,
    n_gpu: Array,
    batch: Array,
    context_tokens: Array,
    *,
    tokens_per_pass: float = 1.0,
    gated: bool = False,
) -> dict[str, Array]:
    """The parts of one token's latency by the printed equations.

    T = L·n_red·t_kernel + L·n_red·t_reduce + inter/(N·W_inter) + intra/(N·W_intra) + max(bytes/(N·B), FLOP/(N·C))

    Parameters
    ----------
    model, accelerator : PublishedModel, PublishedAccelerator
        B and C are after the caps; W are twice the all-reduce bandwidths.
    n_gpu, batch, context_tokens : array
        GPUs N, sequences b [1] and context n. [tokens]
    tokens_per_pass : float
        New tokens of each sequence; the cache is read once a sequence all the same. [tokens]
    gated : bool
        Add the gate's d_ff, which the print leaves out, in `bytes` and in the reduced words.

    Returns
    -------
    dict of arrays
        `kernel_overhead_s`, `network_latency_s`, `network_bandwidth_s`, `memory_s`, `arithmetic_s`. [s]

    Raises
    ------
    NothingFits
        For an accelerator without a bandwidth inside a node, which the equations do not cover.
    """
    if accelerator.torus or not accelerator.node_allreduce_bytes_per_s:
        raise NothingFits(
            "The printed equations need a bandwidth inside a node, and this accelerator has none; "
            "choose one with a switched scale-up link, or another rung of the ladder."
        )
    n, b = n_gpu, batch * tokens_per_pass
    nodes = np.maximum(1.0, np.ceil(n / accelerator.node_size))
    nodes_root, local_root = np.sqrt(nodes), np.sqrt(n / nodes)
    width = model.width
    inner = 2 if gated else 1
    attention_words = sum(a.count * (2 * width + a.qkv_width + a.output_width) for a in model.attentions)
    ff_words = sum(f.count * (2 * width + (1 + inner) * (f.width + f.shared_width)) for f in model.feed_forwards)
    reduced_words = sum(a.count * (a.qkv_width + width) for a in model.attentions) + sum(
        f.count * (width + inner * (f.width + f.shared_width)) for f in model.feed_forwards
    )
    unembedding = model.vocabulary * width
    ff_read: Array = np.zeros(())
    ff_active = 0.0
    for layer in model.feed_forwards:
        # E/k as a real number here, not rounded down.
        sparsity = layer.experts / layer.active
        routed = layer.count * layer.experts * layer.matrices * width * layer.width
        shared = layer.count * layer.matrices * width * layer.shared_width
        ff_read = ff_read + (1 - (1 - 1 / sparsity) ** b) * routed + shared
        ff_active += routed / sparsity + shared
    # The print knows no compressed cache: latent attention stands with all its heads.
    cache_bytes, cache_flop = model.plain_cache(context_tokens)
    n_bytes = (
        model.weight_bytes * (model.attention_params + ff_read + unembedding)
        + cache_bytes * batch
        + model.activation_bytes * b * (attention_words + ff_words)
    )
    flop = b * (2 * (model.attention_params + ff_active + unembedding) + cache_flop)
    # Four kernels and four reductions a layer (n_red = 4).
    reduces = model.kernels
    reduce_s = REDUCE_BASE_S + 1.2e-6 * (local_root - 1) + 10e-6 * np.log2(nodes_root)
    reduced = reduced_words * b * model.activation_bytes
    inter = 2 * (nodes_root - 1) * reduced
    intra = 2 * (local_root - 1) * nodes_root * reduced
    inter_s = np.zeros(())
    if accelerator.net_allreduce_bytes_per_s > 0:
        inter_s = inter / (n * 2 * accelerator.net_allreduce_bytes_per_s)
    elif np.any(nodes > 1):
        inter_s = np.where(nodes > 1, np.inf, 0.0)
    shape = np.broadcast(n, b, context_tokens).shape
    return {
        "kernel_overhead_s": np.full(shape, reduces * accelerator.kernel_launch_s),
        "network_latency_s": np.broadcast_to(reduces * reduce_s, shape),
        "network_bandwidth_s": inter_s + intra / (n * 2 * accelerator.node_allreduce_bytes_per_s),
        "memory_s": n_bytes / (n * accelerator.hbm_bytes_per_s),
        "arithmetic_s": np.broadcast_to(flop / (n * accelerator.flop_per_s), shape),
    }
