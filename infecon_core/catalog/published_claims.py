"""What others published on the throughput of their own servers: one statement a file in `data/published_claims/`."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from infecon_core.catalog.files import records
from infecon_core.schema import Format, Kind, Record
from infecon_core.schema.speculation import AcceptedLength

ClaimUnit = Literal[
    "tokens/s per 8 GPUs",
    "tokens/s per GPU",
    "tokens/s per user",
    "tokens/s per GPU, input + output",
    "GPUs",
]
Positive = Annotated[float, Field(gt=0)]


class ClaimedLayout(Record):
    """GPUs of one instance, copies of attention and expert-parallel groups, as stated. [1]"""

    n_gpu: Positive
    dp_attn: Positive
    ep: Positive


class _Claim(Record):
    """What every published statement has.

    Args:
        id, label, what (str): Its file's name; in a few words; what is stated.
        model_id, accelerator_id (str): Ids of the catalog.
        weights, kv (str): Formats.
        unit, value: The figure that was published, and its unit.
        kind, publisher, source, url, date (str): What kind of number it is; who says so, where, and in which month.
        note (str): What else was stated.
        assumptions (tuple of str): What was not stated and had to be taken.
        reason (str): What is known of a difference.
    """

    id: str
    label: Annotated[str, Field(max_length=27)]
    what: str
    model_id: str
    accelerator_id: str
    weights: Format
    kv: Format
    unit: ClaimUnit
    value: Positive
    kind: Kind
    publisher: str
    source: str
    url: Annotated[str, Field(pattern="^https://")]
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    note: str = ""
    assumptions: tuple[str, ...] = ()
    reason: str


class DecodeClaim(_Claim):
    """Tokens/s of GPUs that decode, in one layout.

    Args:
        layout (ClaimedLayout): The instance.
        context_tokens (float): Mean context. [tokens]
        prompt_tokens (int): The prompt's part of it, half of the output being the rest; 0 where not stated. [tokens]
        batch (float or None): Sequences of the instance; where None, those with the most tokens/s that memory and the
            least speed of the search allow. [1]
        tokens_per_s_user (float): Least speed of one user where the batch is not stated. [tokens/s]
        draft_tokens (int): Tokens that the model drafts for itself with one layer; 0 for none. [tokens]
        accepted_lengths (tuple of float): Measured tokens a round for 1, 2, ... drafts. [tokens]
    """

    quantity: Literal["decode"]
    layout: ClaimedLayout
    context_tokens: Positive
    prompt_tokens: int = 0
    batch: Positive | None = None
    tokens_per_s_user: float = 0.0
    draft_tokens: int = 0
    accepted_lengths: tuple[AcceptedLength, ...] = ()


class PromptClaim(_Claim):
    """Prompt tokens/s of GPUs that do nothing else, in one layout.

    Args:
        layout (ClaimedLayout): The instance.
        prompt_tokens (int): Length of a prompt. [tokens]
    """

    quantity: Literal["prompts"]
    layout: ClaimedLayout
    prompt_tokens: int


class FrontierClaim(_Claim):
    """Tokens/s of the best layout at a speed.

    Args:
        tokens_per_s_user (float): The speed. [tokens/s]
        prompt_tokens, output_tokens (int): Lengths. [tokens]
        max_gpus (int): Largest instance. [1]
        disaggregated (bool): Whether prompts run on GPUs of their own, which are counted.
        draft_tokens, accepted_lengths: As of `DecodeClaim`; the longest draft.
    """

    quantity: Literal["frontier"]
    tokens_per_s_user: Positive
    prompt_tokens: int
    output_tokens: int
    max_gpus: int
    disaggregated: bool
    draft_tokens: int = 0
    accepted_lengths: tuple[AcceptedLength, ...] = ()


class FleetClaim(_Claim):
    """GPUs that do a day's work in two pools.

    Args:
        output_tokens_per_day, prompt_tokens_per_day (float): The work. [tokens]
        decode_claim, prompt_claim (str): The claims on the two pools.
    """

    quantity: Literal["fleet"]
    output_tokens_per_day: Positive
    prompt_tokens_per_day: Positive
    decode_claim: str
    prompt_claim: str


PublishedClaim = Annotated[DecodeClaim | PromptClaim | FrontierClaim | FleetClaim, Field(discriminator="quantity")]
_ADAPTER: TypeAdapter[PublishedClaim] = TypeAdapter(PublishedClaim)


def _build(table: dict[str, Any]) -> PublishedClaim:
    return _ADAPTER.validate_python(table)


@cache
def published_claims() -> Mapping[str, PublishedClaim]:
    """All statements of `data/published_claims/` by id, the oldest first.

    Raises:
        ValueError: One sentence that names the faulty file.
    """
    found = records("published_claims", _build)
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: item[1].date)))
