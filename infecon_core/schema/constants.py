"""The few numbers of the serving engine that no datasheet gives."""

from typing import Annotated, Any

from infecon_core.schema.field import about
from infecon_core.schema.record import Record


def _share(label: str, help: str) -> Any:
    return about(label, help, unit="1", ge=0.01, le=2)


def _seconds(label: str, help: str) -> Any:
    return about(label, help, unit="s", shown="µs", per_shown=1e-6, ge=0, le=0.01)


# What the kernels and the scheduling of a decoding step take; what a first token waits for besides is none of it.
STEP_OVERHEADS = (
    "layer_overhead_s",
    "expert_layer_overhead_s",
    "expert_rank_overhead_s",
    "block_scale_overhead_s",
    "latent_attention_overhead_s",
    "sequence_layer_overhead_s",
)


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
    expert_rank_overhead_s: Annotated[
        float,
        _seconds(
            "Expert overhead of doubling",
            "What every doubling of the GPUs that share the experts adds to one mixture-of-experts layer.",
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
    sequence_layer_overhead_s: Annotated[
        float,
        _seconds("Sequence overhead", "What attention takes for one sequence in one layer, however short."),
    ]
    link_efficiency: Annotated[
        float,
        _share(
            "Link efficiency",
            "Share of the scale-up link that collectives reach inside a step, waiting for the slowest rank included; "
            "alone they reach 0.5 to 0.7.",
        ),
    ]
    rocm_memory_factor: Annotated[float, _share("ROCm memory factor", "Factor on the memory shares under ROCm.")]
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
    overlap_across_domains: Annotated[
        float,
        about(
            "Overlap across domains",
            "Share of the network's time that runs under arithmetic and memory where experts are spread over several "
            "scale-up domains and a scenario sets none.",
            unit="1",
            ge=0,
            le=1,
        ),
    ]
    ttft_overhead_s: Annotated[
        float,
        about(
            "First-token overhead",
            "Tokenising, scheduling and sending that every request waits for before its first token.",
            unit="s",
            shown="ms",
            per_shown=1e-3,
            ge=0,
            le=10,
        ),
    ]
    ttft_expert_prompt_factor: Annotated[
        float,
        about(
            "Expert prompt factor",
            "How many times its work alone a prompt of a mixture of experts takes until its first token.",
            unit="1",
            ge=0.01,
            le=100,
        ),
    ]
