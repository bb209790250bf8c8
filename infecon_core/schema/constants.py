"""The few numbers of the serving engine that no datasheet gives."""

from typing import Annotated, Any

from infecon_core.schema.field import about
from infecon_core.schema.record import Record


def _share(label: str, help: str) -> Any:
    return about(label, help, unit="1", ge=0.01, le=2)


def _seconds(label: str, help: str) -> Any:
    return about(label, help, unit="s", shown="µs", per_shown=1e-6, ge=0, le=0.01)


class ServingConstants(Record):
    """Constants of the serving engine; the fitted ones come from `python -m infecon_core calibrate`.

    Values, priors and evidence stand in `data/calibration/serving.toml`.
    """

    weight_read_efficiency: Annotated[
        float, _share("Weight read efficiency", "Share of the HBM peak at which dense weights are read.")
    ]
    cache_read_efficiency: Annotated[
        float, _share("Cache read efficiency", "Share of the HBM peak at which the KV cache is read.")
    ]
    prompt_arithmetic_efficiency: Annotated[
        float,
        _share("Prompt arithmetic efficiency", "Share of the arithmetic peak that prompts reach, scheduling included."),
    ]
    layer_overhead_s: Annotated[
        float, _seconds("Layer overhead", "Norms, rope, small kernels and launch gaps of one layer.")
    ]
    expert_layer_overhead_s: Annotated[
        float,
        _seconds(
            "Expert layer overhead", "Router, top-k, permutation and finalisation of one mixture-of-experts layer."
        ),
    ]
    block_scale_overhead_s: Annotated[
        float, _seconds("Block scale overhead", "Quantisation and block scales of one FP8 mixture-of-experts layer.")
    ]
    latent_attention_overhead_s: Annotated[
        float,
        _seconds("Latent attention overhead", "Extra kernels of one layer of latent attention; only DeepSeek pins it."),
    ]
    expert_padding_rows: Annotated[
        float,
        about("Expert padding", "Rows by which each touched expert is padded to a tile.", unit="rows", ge=0, le=10_000),
    ]
    sequence_overhead_s: Annotated[
        float,
        _seconds("Sequence overhead", "Scheduling and sampling of one sequence on one attention rank; poorly pinned."),
    ]
    allreduce_efficiency: Annotated[
        float,
        _share(
            "All-reduce efficiency",
            "Share of the scale-up link that all-reduces reach inside a step; "
            "the tables alone say 0.7, the rest is skew.",
        ),
    ]
    all_to_all_efficiency: Annotated[
        float, _share("All-to-all efficiency", "Share of the link that dispatch and combine reach, hot ranks included.")
    ]
    rocm_memory_factor: Annotated[float, _share("ROCm memory factor", "Factor on the memory shares under ROCm.")]
    rocm_overhead_factor: Annotated[
        float, _share("ROCm overhead factor", "Factor on the overhead of layers under ROCm.")
    ]
    expert_read_efficiency: Annotated[
        float, _share("Expert read efficiency", "Share of the HBM peak at which touched experts are read.")
    ]
    attention_arithmetic_efficiency: Annotated[
        float, _share("Attention arithmetic efficiency", "Share of the arithmetic peak of attention over the cache.")
    ]
    routing_exponent: Annotated[
        float,
        _share(
            "Routing exponent",
            "Tokens of a batch do not draw experts independently: t of them touch as many as t**x that did.",
        ),
    ]
    all_to_all_latency_s: Annotated[
        float, _seconds("All-to-all latency", "Latency of dispatch and combine of one layer.")
    ]
