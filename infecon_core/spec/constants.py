"""The few numbers of the serving engine that no datasheet gives."""

from typing import Annotated

from pydantic import Field

from infecon_core.spec.noun import Noun

Share = Annotated[float, Field(gt=0, le=2)]
Seconds = Annotated[float, Field(ge=0, le=0.01)]
Rows = Annotated[float, Field(ge=0, le=10_000)]


class ServingConstants(Noun):
    """Constants of the serving engine; the fitted ones come from `python -m infecon_core calibrate`.

    Parameters
    ----------
    weight_read_share : float
        Share of the HBM peak at which dense weights are read. [1]
    cache_read_share : float
        Share of the HBM peak at which the KV cache is read. [1]
    prompt_arithmetic_share : float
        Share of the arithmetic peak that prompts reach, scheduling included. [1]
    layer_s : float
        Norms, rope, small kernels and launch gaps of one layer. [s]
    expert_layer_s : float
        Router, top-k, permutation and finalisation of one mixture-of-experts layer. [s]
    block_scale_layer_s : float
        Quantisation of activations and block scales in one FP8 mixture-of-experts layer. [s]
    latent_layer_s : float
        Extra kernels of one layer of latent attention. [s]
    expert_padding_rows : float
        Rows by which each touched expert's product is padded to a tile. [rows]
    sequence_s : float
        Scheduling and sampling of one sequence on one attention rank. [s]
    link_share : float
        Share of the scale-up link that all-reduces reach inside a step, skew included. [1]
    exchange_share : float
        Share of the link that dispatch and combine reach, hot ranks included. [1]
    rocm_memory_factor : float
        Factor on the shares of memory bandwidth under ROCm. [1]
    rocm_overhead_factor : float
        Factor on the overhead of layers under ROCm. [1]
    expert_read_share : float
        Share of the HBM peak at which touched experts are read; not fitted. [1]
    attention_arithmetic_share : float
        Share of the arithmetic peak of attention over the cache; not fitted. [1]
    routing_exponent : float
        Tokens of a batch do not draw experts independently: t of them touch as many as t**x that did; not fitted. [1]
    exchange_latency_s : float
        Latency of dispatch and combine of one layer; read from the exchange tables, not fitted. [s]
    """

    weight_read_share: Share
    cache_read_share: Share
    prompt_arithmetic_share: Share
    layer_s: Seconds
    expert_layer_s: Seconds
    block_scale_layer_s: Seconds
    latent_layer_s: Seconds
    expert_padding_rows: Rows
    sequence_s: Seconds
    link_share: Share
    exchange_share: Share
    rocm_memory_factor: Share
    rocm_overhead_factor: Share
    expert_read_share: Share
    attention_arithmetic_share: Share
    routing_exponent: Share
    exchange_latency_s: Seconds
