"""Everything a person chose, in one frozen object."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from infecon_core import catalog
from infecon_core.spec import (
    Accelerator,
    Architecture,
    DraftModel,
    Noun,
    Precision,
    SelfDraft,
    ServingConstants,
    Speculation,
    sentence,
)

Engine = Literal["serving", "published"]
Variant = Literal["toy", "printed", "reference_2d", "reference_pipeline", "reference"]

# The grid of the published search ends here; more GPUs than that are beyond any instance.
MAX_GPUS = 2**18
MAX_TOKENS = 10_000_000


class PublishedOptions(Noun):
    """Which rung of the published ladder is computed, and how.

    Parameters
    ----------
    variant : str
        `toy`, `printed`, `reference_2d`, `reference_pipeline` or `reference`.
    pipeline : bool
        Search pipeline depths above 1 (the two upper rungs only).
    attention_scaledown : bool
        Let attention use fewer shards than the feed-forward layers (the top rung only).
    traffic : str
        `final`, or `early` for the form that made the paper's Table 5.
    """

    variant: Variant = "reference"
    pipeline: bool = True
    attention_scaledown: bool = True
    traffic: Literal["final", "early"] = "final"


class ServingOptions(Noun):
    """How the serving engine runs, and what it leaves to the open questions.

    Parameters
    ----------
    disaggregated : bool
        Prompts run on GPUs of their own, counted in the price; otherwise they share those that decode.
    hidden_share : float
        Share of the network's time that runs under arithmetic and memory. [1]
    context_parallel : bool
        Ranks that would hold copies of the KV cache share it along the context.
    constants : ServingConstants or None
        Constants of the engine; None for the shipped ones.
    """

    disaggregated: bool = False
    hidden_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    context_parallel: bool = False
    constants: ServingConstants | None = None


class Scenario(Noun):
    """A model on an accelerator, its formats, its work, and the limits of the search.

    Parameters
    ----------
    architecture, accelerator, precision
        What is served, on what, in which formats.
    prompt_tokens, output_tokens : int
        Length of a request. Decoding runs at a mean context of prompt + output / 2. [tokens]
    demand_tokens_per_s : float or None
        The most tokens per second that one instance can sell; None for no ceiling. [tokens/s]
    speculation : DraftModel, SelfDraft or None
        Speculative decoding.
    max_gpus : int
        The largest instance. [1]
    engine : str
        `serving`: layouts that can be launched, calibrated on measurements; `published`: arXiv:2506.04645.
    serving : ServingOptions
        Options of the serving engine.
    published : PublishedOptions
        Options of the published one.
    """

    architecture: Architecture
    accelerator: Accelerator
    precision: Precision = Precision()
    prompt_tokens: Annotated[int, Field(ge=0, le=MAX_TOKENS)] = 1000
    output_tokens: Annotated[int, Field(ge=0, le=MAX_TOKENS)] = 1000
    demand_tokens_per_s: Annotated[float, Field(gt=0, le=1e15)] | None = None
    speculation: Speculation | None = None
    max_gpus: Annotated[int, Field(ge=1, le=MAX_GPUS)] = 64
    engine: Engine = "serving"
    serving: ServingOptions = ServingOptions()
    published: PublishedOptions = PublishedOptions()

    @model_validator(mode="after")
    def _draft_is_a_part(self) -> Self:
        if isinstance(self.speculation, SelfDraft) and self.speculation.layers > self.architecture.layers:
            raise ValueError(
                f"a model of {self.architecture.layers} layers cannot draft for itself with "
                f"{self.speculation.layers:g}; give at most as many, commonly 1"
            )
        return self

    @property
    def context_tokens(self) -> float:
        """Mean context while decoding: prompt + output / 2. [tokens]"""
        return self.prompt_tokens + self.output_tokens / 2

    @classmethod
    def preset(cls, model_id: str, accelerator_id: str, **changes: Any) -> Self:
        """A scenario from two ids of the catalog, in the model's own formats.

        Parameters
        ----------
        model_id, accelerator_id : str
            Ids of the catalog.
        **changes
            Fields of the scenario; besides these `weights`, `kv` and `activations` (formats),
            `price_usd_per_gpu_hour`, and `draft` (an id), `acceptance` and `max_draft_tokens`.

        Raises
        ------
        ValueError
            One sentence that says what is wrong and what would be right.
        """
        model = catalog.model(model_id)
        accelerator = catalog.accelerator(accelerator_id).accelerator
        formats = {name: changes.pop(name) for name in ("weights", "kv", "activations") if name in changes}
        numbers = {name: changes.pop(name) for name in ("price_usd_per_gpu_hour",) if name in changes}
        draft_id = changes.pop("draft", None)
        draft_numbers = {name: changes.pop(name) for name in ("acceptance", "max_draft_tokens") if name in changes}
        if draft_numbers and draft_id is None:
            raise ValueError(f"'{next(iter(draft_numbers))}' needs a draft model; give `draft` an id of the catalog.")
        try:
            fields: dict[str, Any] = {
                "architecture": model.architecture,
                "accelerator": Accelerator.model_validate({**accelerator.model_dump(exclude_unset=True), **numbers}),
                "precision": Precision.model_validate({**model.precision.model_dump(), **formats}),
            }
            if draft_id is not None:
                draft = catalog.model(draft_id)
                fields["speculation"] = DraftModel(
                    architecture=draft.architecture, precision=draft.precision, **draft_numbers
                )
            return cls.model_validate({**fields, **changes})
        except ValidationError as error:
            raise ValueError(sentence(error)) from error
