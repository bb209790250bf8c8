"""The equations as printed in the paper: 2-D tensor parallelism, one protocol, plain feed-forward.

Source: Erdil 2025, arXiv:2506.04645, section 3.6, equations (29) to (44). Where (27) and (42) differ, (42) is right.
"""

import numpy as np

from infecon_core.catalog.collectives import protocols
from infecon_core.paper.inputs import Array, PublishedAccelerator, PublishedModel
from infecon_core.schema import NothingFits

# The one protocol of the printed equations; an all-reduce passes every link twice.
LL = protocols("nccl")["LL"]


def printed_times(
    model: PublishedModel,
    accelerator: PublishedAccelerator,
    n_gpu: Array,
    batch: Array,
    context_tokens: Array,
    *,
    tokens_per_pass: float = 1.0,
) -> dict[str, Array]:
    """The five times of one pass by the printed equations; of memory and arithmetic only the longer counts.

    T = L·n_red·t_kernel + L·n_red·t_reduce + inter/(N·W_inter) + intra/(N·W_intra) + max(bytes/(N·B), FLOP/(N·C))

    - bytes = w·(N_attn + u·N_ff + N_unembed) + a·(kv(n)·b + L·b·(2d + (1 + 2/g)·h·d_h + h·d_h + 2d + 2·d_ff)),
      with the share u = 1 - (1 - 1/s)^b of experts touched, s = E/k
    - FLOP = b·(2·(N_attn + N_ff/s + N_unembed) + 4·L·h·d_h·n)
    - t_reduce = 6.8 µs + 1.2 µs·(√(N/q) - 1) + 10 µs·log2 √q, NCCL's LL on q = max(1, ceil(N / node)) nodes
    - inter = 2·(√q - 1)·reduced, intra = 2·(√(N/q) - 1)·√q·reduced, with
      reduced = ((1 + 2/g)·h·d_h + 2d + d_ff)·b·L·a

    Args:
        model, accelerator (PublishedModel, PublishedAccelerator): N_unembed is one table; B and C are after the caps; W
            are twice the all-reduce bandwidths.
        n_gpu, batch, context_tokens (array): GPUs N of at least 1, sequences b [1] and context n. [tokens]
        tokens_per_pass (float): New tokens of each sequence; the cache is read once a sequence all the same. [tokens]

    Returns:
        dict of arrays: `kernel_overhead_s`, `network_latency_s`, `network_bandwidth_s`, `memory_s`, `arithmetic_s`. [s]

    Raises:
        NothingFits: For an accelerator without a bandwidth inside a node, which the equations do not cover.

    Notes:
        t_reduce is also charged at N = 1, as printed; a gated feed-forward counts as a plain one in all but its
        weights, and latent attention stands with all its heads.
    """
    if accelerator.torus or not accelerator.node_allreduce_bytes_per_s:
        raise NothingFits(
            "The printed equations need a bandwidth inside a node, and this accelerator has none; "
            "choose one with a switched scale-up link, or another variant of the published model."
        )
    n, b = n_gpu, batch * tokens_per_pass
    nodes = np.maximum(1.0, np.ceil(n / accelerator.node_size))
    nodes_root, local_root = np.sqrt(nodes), np.sqrt(n / nodes)
    width, unembedding = model.hidden_size, model.vocab_size * model.hidden_size
    moved_words = sum(a.num_layers * (2 * width + a.qkv_width + a.output_width) for a in model.attentions)
    reduced_words = sum(a.num_layers * (a.qkv_width + width) for a in model.attentions)
    ff_read: Array = np.zeros(())
    ff_active = 0.0
    for layer in model.feed_forwards:
        intermediate = layer.intermediate_size + layer.shared_intermediate_size
        moved_words += layer.num_layers * (2 * width + 2 * intermediate)
        reduced_words += layer.num_layers * (width + intermediate)
        # E/k as a real number here, not rounded down.
        sparsity = layer.num_experts / layer.num_experts_per_tok
        routed, shared = layer.routed_params(width), layer.shared_params(width)
        ff_read = ff_read + (1 - (1 - 1 / sparsity) ** b) * routed + shared
        ff_active += routed / sparsity + shared
    cache_bytes, cache_flop = model.plain_cache(context_tokens)
    n_bytes = (
        model.weight_bytes * (model.attention_params + ff_read + unembedding)
        + cache_bytes * batch
        + model.activation_bytes * b * moved_words
    )
    flop = b * (2 * (model.attention_params + ff_active + unembedding) + cache_flop)
    # Four kernels and four reductions a layer (n_red = 4).
    reduces = model.kernels
    reduce_s = LL.base_s + 2 * LL.rank_s * (local_root - 1) + 2 * LL.node_s * np.log2(nodes_root)
    reduced = reduced_words * b * model.activation_bytes
    inter = 2 * (nodes_root - 1) * reduced
    intra = 2 * (local_root - 1) * nodes_root * reduced
    if accelerator.net_allreduce_bytes_per_s > 0:
        inter_s = inter / (n * 2 * accelerator.net_allreduce_bytes_per_s)
    else:
        inter_s = np.where(nodes > 1, np.inf, 0.0)
    shape = np.broadcast(n, b, context_tokens).shape
    return {
        "kernel_overhead_s": np.full(shape, reduces * accelerator.kernel_launch_s),
        "network_latency_s": np.broadcast_to(reduces * reduce_s, shape),
        "network_bandwidth_s": inter_s + intra / (n * 2 * accelerator.node_allreduce_bytes_per_s),
        "memory_s": n_bytes / (n * accelerator.hbm_bytes_per_s),
        "arithmetic_s": np.broadcast_to(flop / (n * accelerator.flop_per_s), shape),
    }
