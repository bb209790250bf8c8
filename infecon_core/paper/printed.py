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

    Layers of several kinds are summed, and four kernels and reductions a layer (n_red = 4) counted.

    Equation:
        T = T_k + T_l + T_n + max(T_m, T_c)
        T_k = K·t_kernel, K = L·n_red kernels
        T_l = K·t_reduce, as many reductions
        T_n = inter/(N·2·W_net) + intra/(N·2·W_node), network bandwidth
        T_m = bytes/(N·B), memory
        T_c = FLOP/(N·C), arithmetic
        bytes = w·(N_attn + u·N_ff + N_unembed) + a·(kv(n)·b + L·b·(2·d + (1 + 2/g)·h·d_h + h·d_h + 2·d + 2·d_ff))
        u = 1 - (1 - 1/s)^b, share of experts touched with s = E/k
        FLOP = b·(2·(N_attn + N_ff/s + N_unembed) + 4·L·h·d_h·n)
        t_reduce = t_base + 2·t_rank·(√(N/q) - 1) + 2·t_node·log2(√q), NCCL's LL on q nodes
        q = max(1, ⌈N/n_node⌉), nodes
        inter = 2·(√q - 1)·reduced
        intra = 2·(√(N/q) - 1)·√q·reduced
        reduced = ((1 + 2/g)·h·d_h + 2·d + d_ff)·b·L·a

    Where:
        T_k (return[kernel_overhead_s]): Kernel overhead. [s]
        T_l (return[network_latency_s]): Network latency. [s]
        T_n (return[network_bandwidth_s]): Network bandwidth. [s]
        T_m (return[memory_s]): Memory. [s]
        T_c (return[arithmetic_s]): Arithmetic. [s]
        K (reduces): Kernels, and reductions, of a pass. [1]
        t_kernel (accelerator.kernel_launch_s): Launch of a kernel. [s]
        t_reduce (reduce_s): Latency of an all-reduce. [s]
        bytes (n_bytes): Bytes that all GPUs read. [B]
        B (accelerator.hbm_bytes_per_s): Memory bandwidth after the cap. [B/s]
        FLOP (flop): Arithmetic of a pass. [FLOP]
        C (accelerator.flop_per_s): Arithmetic rate after the cap. [FLOP/s]
        W_net (accelerator.net_allreduce_bytes_per_s): All-reduce bandwidth between nodes. [B/s]
        W_node (accelerator.node_allreduce_bytes_per_s): All-reduce bandwidth inside a node. [B/s]
        t_base (LL.base_s): Latency once. [s]
        t_rank (LL.rank_s): Latency of a further rank. [s]
        t_node (LL.node_s): Latency of a doubling of the nodes. [s]
        N (n): GPUs. [1]
        q (nodes): Nodes. [1]
        n_node (accelerator.node_size): Accelerators of a node. [1]
        inter (inter): Bytes between nodes. [B]
        intra (intra): Bytes inside nodes. [B]
        reduced (reduced): Bytes of the activations that are reduced. [B]

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
