"""How each engine runs: which form of its model, what it searches, what it leaves open."""

from typing import Annotated, Literal

from infecon_core.schema.constants import ServingConstants
from infecon_core.schema.field import about
from infecon_core.schema.record import Record

Variant = Literal["toy", "printed", "reference_2d", "reference_pipeline", "reference"]


class PublishedOptions(Record):
    """Which variant of the published model is computed, and how."""

    variant: Annotated[
        Variant,
        about(
            "Published model",
            "The published model from its simplest form to its full one.",
            names={
                "toy": "Toy (paper 2.2)",
                "printed": "Printed equations (3.6)",
                "reference_2d": "2-D tensor parallel",
                "reference_pipeline": "With pipelines",
                "reference": "Full reference",
            },
        ),
    ] = "reference"
    pipeline: Annotated[
        bool, about("Pipelines", "Search pipeline depths above 1 (the two fullest variants).", link="pp")
    ] = True
    attention_scaledown: Annotated[
        bool,
        about(
            "Attention scale-down",
            "Attention may use fewer GPUs than the feed-forward layers (the full reference only).",
            link="scaledown",
        ),
    ] = True
    traffic: Annotated[
        Literal["final", "early"],
        about(
            "Memory traffic",
            "Form of the memory traffic: the paper's final one, or the early one behind its Table 5.",
            names={"final": "Final", "early": "Early (the paper's Table 5)"},
        ),
    ] = "final"


class ServingOptions(Record):
    """How the serving engine runs, and what it leaves to the open questions."""

    disaggregated: Annotated[
        bool,
        about(
            "Prompts on GPUs of their own",
            "Disaggregated serving: prompts leave the GPUs that decode, and their own GPUs are counted in the price.",
            link="disagg",
            section="search",
        ),
    ] = False
    overlap: Annotated[
        float | None,
        about(
            "Overlapped communication",
            "Share of the network's time that runs under arithmetic and memory. Empty for what engines do: about half "
            "where experts are spread over several scale-up domains, none elsewhere.",
            unit="1",
            ge=0,
            le=1,
            step=0.05,
        ),
    ] = None
    context_parallel: Annotated[
        bool,
        about(
            "Context parallel",
            "GPUs that would hold copies of the same KV cache share it along the context instead.",
            link="cp",
        ),
    ] = False
    pipelines: Annotated[
        bool,
        about(
            "Pipelines",
            "Layouts that cut the layers into stages are searched too. Hardly any measurement has them.",
            section="search",
        ),
    ] = False
    max_sequences_per_rank: Annotated[
        int,
        about(
            "Most sequences per attention rank",
            "The largest batch of one copy of attention that the search tries. Servers schedule 256 to 1,024 by "
            "default; measurements beyond 512 are few.",
            unit="1",
            ge=1,
            le=2048,
            scale="doubling",
            section="search",
        ),
    ] = 512
    min_tokens_per_s_user: Annotated[
        float,
        about(
            "Least speed considered",
            "Setups that give a user less are left out, unless the speed that is asked for is lower still; 0 for none.",
            unit="tokens/s",
            shown="tokens/s per user",
            ge=0,
            le=1e6,
            section="search",
        ),
    ] = 10.0
    correction: Annotated[
        Literal["measured", "off", "own"],
        about(
            "Correction",
            "All times are multiplied by what measured builds of serving software say of the same model on the same "
            "accelerator, where at least two of them are shipped; or by a factor of one's own.",
            names={"measured": "From measurements", "off": "None", "own": "Own factor"},
        ),
    ] = "measured"
    time_factor: Annotated[
        float,
        about(
            "Own factor",
            "Measured over predicted time of one's own servers; it enters where the correction is one's own factor.",
            unit="1",
            ge=0.2,
            le=5,
            link="factor",
            with_option="correction own",
        ),
    ] = 1.0
    constants: Annotated[
        ServingConstants | None,
        about(
            "Calibration constants",
            "Constants of the serving engine; none for the shipped ones.",
            prefix="s_",
            section="constants",
        ),
    ] = None
