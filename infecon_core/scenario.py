"""Everything a person chose, in one frozen object."""

import math
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import ValidationError, model_validator

from infecon_core import catalog
from infecon_core.catalog.accelerators import PRICE, price_of
from infecon_core.catalog.constants import shipped
from infecon_core.schema import (
    BASIS_NAMES,
    OWN,
    Accelerator,
    Architecture,
    NothingFits,
    Precision,
    PriceBasis,
    Record,
    SelfDraft,
    Speculation,
    sentence,
)
from infecon_core.schema.field import Path, about, walk
from infecon_core.schema.options import PublishedOptions, ServingOptions
from infecon_core.schema.traffic import MAX_TOKENS

Engine = Literal["serving", "published"]

# The grid of the published search ends here; more GPUs than that are beyond any instance.
MAX_GPUS = 2**18
LEAST_TARGET = 0.01  # tokens/s

_LENGTH: dict[str, Any] = {
    "unit": "tokens",
    "ge": 0,
    "le": MAX_TOKENS,
    "section": "context",
    "scale": "round",
    "usual": 1000,
}


AnyScenario = TypeVar("AnyScenario", bound="Scenario")


class Scenario(Record):
    """A model on an accelerator, its formats, its work, and the limits of the search.

    Decoding runs at a mean context of prompt + output / 2. [tokens]
    """

    architecture: Annotated[
        Architecture, about("Model", "What is served.", link="model", flag="--model", section="model", prefix="m_")
    ]
    accelerator: Annotated[
        Accelerator,
        about("Accelerator", "What it runs on.", link="gpu", flag="--accelerator", section="accelerator", prefix="a_"),
    ]
    precision: Annotated[Precision, about("Precision", "Number formats.", section="precision")] = Precision()
    prompt_tokens: Annotated[
        int, about("Prompt", "Tokens that a request brings.", **_LENGTH, link="prompt", flag="--prompt")
    ] = 1000
    output_tokens: Annotated[
        int, about("Output", "Tokens that a request gets back.", **_LENGTH, link="output", flag="--output")
    ] = 1000
    target_tokens_per_s_user: Annotated[
        float,
        about(
            "Speed",
            "The least that every user shall get: figures are those of the cheapest setup that is as fast.",
            unit="tokens/s",
            shown="tokens/s per user",
            ge=LEAST_TARGET,
            le=1e6,
            section="target",
            link="at",
            flag="--at",
        ),
    ] = 50.0
    target_ttft_s: Annotated[
        float | None,
        about(
            "First token within",
            "The longest that the first token may take; setups that take longer are left out. Empty for no limit.",
            unit="s",
            ge=0.001,
            le=1e6,
            usual=1,
            section="target",
            link="ttft",
            flag="--ttft",
            only="serving",
        ),
    ] = None
    price_basis: Annotated[
        PriceBasis,
        about(
            "Price basis",
            "What the price of a GPU-hour pays for: rent without commitment or for three years, what an owner spends, "
            "or a number of one's own.",
            section="accelerator",
            link="basis",
            names=BASIS_NAMES,
        ),
    ] = "on_demand"
    speculation: Annotated[
        Speculation | None,
        about(
            "Speculative decoding",
            "Tokens are drafted, and the model checks them in one pass: by a smaller model, or by a few layers of its "
            "own such as MTP or EAGLE.",
            link="spec",
            section="speculation",
        ),
    ] = None
    max_gpus: Annotated[
        int,
        about(
            "Largest instance",
            "The search tries no more GPUs than this.",
            unit="1",
            shown="GPUs",
            ge=1,
            le=MAX_GPUS,
            scale="doubling",
            section="search",
            link="max",
        ),
    ] = 64
    demand_tokens_per_s: Annotated[
        float | None,
        about(
            "Demand ceiling",
            "The most that one instance can sell; empty for no ceiling.",
            unit="tokens/s",
            ge=0.001,
            le=1e15,
            usual=10_000,
            section="search",
            link="demand",
            flag="--demand",
        ),
    ] = None
    engine: Annotated[
        Engine,
        about(
            "Engine",
            "What computes the frontier.",
            section="engine",
            names={"serving": "Serving engine", "published": "Published model"},
        ),
    ] = "serving"
    serving: Annotated[
        ServingOptions, about("Serving engine", "Options of the serving engine.", section="advanced", only="serving")
    ] = ServingOptions()
    published: Annotated[
        PublishedOptions,
        about("Published model", "Options of the published model.", section="advanced", only="published"),
    ] = PublishedOptions()

    @model_validator(mode="after")
    def _draft_is_a_part(self) -> Self:
        if isinstance(self.speculation, SelfDraft) and self.speculation.layers > self.architecture.num_hidden_layers:
            raise ValueError(
                f"a model of {self.architecture.num_hidden_layers} layers cannot draft for itself with "
                f"{self.speculation.layers:g}; give at most as many, commonly 1"
            )
        return self

    @property
    def context_tokens(self) -> float:
        """Mean context while decoding: prompt + output / 2. [tokens]"""
        return self.prompt_tokens + self.output_tokens / 2

    @property
    def request_tokens(self) -> int:
        """Prompt and output of a request, whose cache is kept free so that none must be put off. [tokens]"""
        return self.prompt_tokens + self.output_tokens

    @property
    def least_tokens_per_s_user(self) -> float:
        """The speed below which nothing is searched: the least considered, or the target where lower. [tokens/s]"""
        return min(self.serving.min_tokens_per_s_user, self.target_tokens_per_s_user)

    @classmethod
    def preset(cls, model_id: str | catalog.CatalogModel, accelerator_id: str, **changes: Any) -> Self:
        """A scenario from two ids of the catalog, in the model's own formats and on the accelerator's own price basis.

        Args:
            model_id, accelerator_id (str): Ids of the catalog; for a model also an entry, such as an imported one.
            **changes: Fields of the scenario; besides these `draft` (an id of the catalog), and fields of the records
                in it, such as `weights`, `price_usd_per_gpu_hour`, `acceptance` or `overlap`: see `keywords`. A
                `price_basis` brings the catalog's price on it, and a price that is given makes the basis `own`.

        Raises:
            ValueError: One sentence that says what is wrong and what would be right.
        """
        model = catalog.model(model_id) if isinstance(model_id, str) else model_id
        accelerator = catalog.accelerator(accelerator_id)
        fields: dict[str, Any] = {
            "architecture": model.architecture,
            "accelerator": accelerator.accelerator,
            "precision": model.precision,
            "price_basis": accelerator.price_basis,
        }
        draft_id = changes.pop("draft", None)
        if draft_id is not None:
            draft = catalog.model(draft_id)
            fields["speculation"] = {
                "kind": "draft_model",
                "architecture": draft.architecture,
                "precision": draft.precision,
            }
        return _with(cls, fields, changes)

    def changed(self, **changes: Any) -> Self:
        """The same scenario with some fields changed, by the keywords of `preset` but `draft`; errors as there."""
        return _with(type(self), dict(self), changes)


def _with(schema: type[AnyScenario], fields: dict[str, Any], changes: Mapping[str, Any]) -> AnyScenario:
    places = keywords(schema)
    changes = _priced(fields["accelerator"], changes)
    inside = {name: value for name, value in changes.items() if len(places.get(name, ())) > 1}
    fields = fields | {name: value for name, value in changes.items() if name not in inside}
    for name, value in inside.items():
        if places[name][0] == "speculation" and fields.get("speculation") is None:
            raise ValueError(f"'{name}' needs a draft model; give `draft` an id of the catalog.")
        fields = replaced(fields, places[name], value)
    try:
        return schema.model_validate(fields)
    except ValidationError as error:
        text = sentence(error)
        for name in inside:
            text = text.replace(f"'{'.'.join(map(str, places[name]))}'", f"'{name}'")
        raise ValueError(text) from error


def _priced(accelerator: Accelerator, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes with the price that their basis brings, or with the basis that their price brings.

    Raises:
        ValueError: Where no price of the accelerator is known on the basis.
    """
    basis: Any = changes.get("price_basis")
    given = changes.get("accelerator")
    if PRICE in changes:
        return {**changes, "price_basis": OWN}
    if isinstance(given, Accelerator) and basis is None:
        same = given.price_usd_per_gpu_hour == accelerator.price_usd_per_gpu_hour
        return dict(changes) if same else {**changes, "price_basis": OWN}
    if given is None and basis != OWN and basis in list(BASIS_NAMES):  # whatever was given, also what has no hash
        return {**changes, PRICE: price_of(accelerator, basis)}
    return dict(changes)


def infeasible(scenario: Scenario, reason: str, changes: Mapping[str, Any]) -> NothingFits:
    """Why a scenario has no setup, with changes that would help; they must be changes that a scenario takes.

    Raises:
        ValueError: Where a change is none of a scenario's.
    """
    scenario.changed(**changes)
    return NothingFits(reason, changes)


def too_little_demand(scenario: Scenario, least_tokens_per_s: float) -> NothingFits:
    """Why a demand ceiling leaves no setup: the least that any makes, and the next power of ten above twice of it."""
    enough = 10 ** math.ceil(math.log10(least_tokens_per_s * 2))
    return infeasible(
        scenario,
        f"Every setup of {scenario.architecture.name} on {scenario.accelerator.name} makes at least "
        f"{least_tokens_per_s:,.3g} tokens/s, more than the demand of {scenario.demand_tokens_per_s:,.3g}; raise the "
        f"demand to {enough:,g} tokens/s or leave it open.",
        {"demand_tokens_per_s": enough},
    )


@cache
def keywords(schema: type[Scenario]) -> Mapping[str, Path]:
    """Every keyword of `Scenario.preset` that is the name of a field, and the path to that field.

    Fields of a layer group have none: a model may have several groups.
    """
    found: dict[str, Path] = {}
    for place in walk(schema):
        if place.path[-1] != "kind" and "layer_groups" not in place.path[:-1]:
            found.setdefault(str(place.path[-1]), place.path)
    return MappingProxyType(found)


def replaced(node: Any, path: Path, value: Any) -> Any:
    """A record with another value at one place, as plain data around its untouched parts.

    Args:
        node (Record, mapping or tuple): What is changed. Calibration constants where there are none are the shipped
            ones.
        path (tuple): Fields and indices that lead to the place.
        value (object): What shall stand there.
    """
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(node, tuple):
        return tuple(replaced(item, rest, value) if i == first else item for i, item in enumerate(node))
    fields = dict(node)
    inside = fields.get(first)
    if inside is None:
        inside = shipped() if first == "constants" and rest else {}
    return {**fields, first: replaced(inside, rest, value)}
