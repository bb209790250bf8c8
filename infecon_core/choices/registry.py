"""Every choice of a scenario by its key, made from the schema, with the defaults of one model and one accelerator."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import get_args

from pydantic import BaseModel

from infecon_core import catalog
from infecon_core.catalog.acceptance import curves
from infecon_core.catalog.constants import records, shipped
from infecon_core.choices.kinds import Choice, Option, Quantity, Switch, Value
from infecon_core.scenario import Scenario
from infecon_core.schema import (
    FORMAT_BITS,
    OWN,
    Architecture,
    GroupedQueryAttention,
    LatentAttention,
    LayerGroup,
    MixtureOfExperts,
    Precision,
    PriceBasis,
)
from infecon_core.schema.field import FieldFacts, Place, Section, facts_of, walk

MODEL, ACCELERATOR, SPECULATION, DRAFT, CURVE = "model", "gpu", "spec", "draft", "curve"
PRICE, BASIS = "price", "basis"
SELF_LAYERS = "selflayers"
NO_DRAFT = "off"
# Where the calibration constants stand in a scenario.
CONSTANTS = ("serving", "constants")
CONSTANT_RATE = "rate"  # in place of the id of a measured acceptance curve

DEFAULT_MODEL = "llama-3.1-70b"
DEFAULT_ACCELERATOR = "h100-sxm"
DEFAULT_DRAFT = "llama-3.2-1b"
# How models released in 16 bits are usually served.
SERVED = Precision(weights="fp8", kv="bf16", activations="bf16")


@lru_cache(maxsize=128)
def preset(
    model_id: str, accelerator_id: str, schema: type[Scenario] = Scenario, basis: PriceBasis | None = None
) -> Scenario:
    """The scenario of two ids before anything is changed; models released in 16 bits as they are usually served.

    Raises:
        ValueError: Where the accelerator has no price on the basis.
    """
    released = catalog.model(model_id).precision
    widths = {FORMAT_BITS[name] for name in (released.weights, released.kv, released.activations)}
    served = widths == {16} and not model_id.startswith("erdil-")
    start = schema.preset(model_id, accelerator_id, precision=SERVED if served else released)
    return start if basis is None else start.changed(price_basis=basis)


# A hundred choices take 0.1 MB: as many pairs of model and accelerator as visitors look at, and not all that there are.
@lru_cache(maxsize=128)
def choices(
    model_id: str = DEFAULT_MODEL,
    accelerator_id: str = DEFAULT_ACCELERATOR,
    schema: type[Scenario] = Scenario,
    basis: PriceBasis | None = None,
    drafts: str = NO_DRAFT,
) -> Mapping[str, Choice]:
    """All choices by key, in the order of the sidebar, with the defaults of one model and one accelerator.

    Args:
        model_id, accelerator_id (str): Ids of the catalog.
        schema (type): The scenario's class.
        basis (str, optional): Price basis of the default of the price, which is None where no price is known on it; the
            accelerator's own where None.
        drafts (str): Who drafts, an option of speculative decoding: what several drafts have in common is at the
            default of this one.
    """
    if drafts != NO_DRAFT:
        found = dict(choices(model_id, accelerator_id, schema, basis))
        return MappingProxyType(found | _defaults_of(drafts, found))
    if basis is not None:
        found = dict(choices(model_id, accelerator_id, schema))
        price = found[PRICE]
        if basis != OWN and isinstance(price, Quantity):
            known = catalog.accelerator(accelerator_id).prices.get(basis)
            found[PRICE] = replace(price, default=known.usd_per_gpu_hour if known else None)
        return MappingProxyType(found)
    start = preset(model_id, accelerator_id, schema)
    start = start.model_copy(update={"serving": start.serving.model_copy(update={"constants": shipped()})})
    headings = layer_headings(start.architecture)
    made: dict[str, Choice] = {}
    for place in walk(schema, start):
        for choice in _choices_at(place, headings):
            made[choice.key] = _joined(made[choice.key], choice) if choice.key in made else choice
    made |= _drafts_of(model_id, made)
    sections = get_args(Section)
    return MappingProxyType(dict(sorted(made.items(), key=lambda item: sections.index(item[1].facts.section))))


@cache
def names(kind: str) -> Mapping[str, str]:
    """Names by id of `models`, `accelerators` or acceptance `curves`, no two the same."""
    if kind == "models":
        found = {key: entry.architecture.name for key, entry in catalog.models().items()}
    elif kind == "accelerators":
        found = {key: entry.accelerator.name for key, entry in catalog.accelerators().items()}
    else:
        found = {key: curve.name for key, curve in curves().items()}
    often = Counter(found.values())
    listed = {key: f"{name} ({key})" if often[name] > 1 else name for key, name in found.items()}
    return _Names(kind, listed)


class _Names(Mapping[str, str]):
    """Names by id: of the entries that are listed, and of those of one's own, which their ids hold."""

    def __init__(self, kind: str, listed: Mapping[str, str]) -> None:
        self._kind, self._listed = kind, listed

    def __getitem__(self, key: str) -> str:
        if key in self._listed or not catalog.is_own(key):
            return self._listed[key]
        try:
            if self._kind == "models":
                return catalog.model(key).architecture.name
            return catalog.accelerator(key).accelerator.name
        except ValueError as error:
            raise KeyError(key) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


def layer_headings(shape: Architecture) -> tuple[str, ...]:
    """What every group of layers is called, such as "52 sliding-window layers"."""
    labels = [_layers(group) for group in shape.layer_groups]
    often = Counter(labels)
    return tuple(f"{label} ({i + 1})" if often[label] > 1 else label for i, label in enumerate(labels))


def _choices_at(place: Place, headings: tuple[str, ...]) -> Iterator[Choice]:
    """The choices that a place of the preset gives: none, one, or those of all drafts."""
    facts, path = place.facts, place.path
    if facts.link is None:
        return
    if path == ("architecture",):
        yield Option(facts.link, facts, path, DEFAULT_MODEL, names("models"), catalog="models")
    elif path == ("accelerator",):
        yield Option(facts.link, facts, path, DEFAULT_ACCELERATOR, names("accelerators"), catalog="accelerators")
    elif path == ("speculation",):
        yield from _drafts(place)
    else:
        yield _choice(place, place.value, headings)


def draft_kinds(speculation: FieldFacts) -> Mapping[str, type[BaseModel]]:
    """The classes of drafts by the first word of their kind, which stands in links: `draft` and `self`."""
    return {str(facts_of(draft)["kind"].default).split("_")[0]: draft for draft in speculation.records}


def _drafts(place: Place) -> Iterator[Choice]:
    """Who drafts, and the numbers of every kind of draft."""
    drafts = draft_kinds(place.facts)
    kinds = {word: facts_of(draft)["kind"] for word, draft in drafts.items()}
    labels = {NO_DRAFT: "Off", **{word: kind.label for word, kind in kinds.items()}}
    engines = {word: kind.only for word, kind in kinds.items() if kind.only}
    yield Option(SPECULATION, place.facts, place.path, NO_DRAFT, labels, engines)
    for word, draft in drafts.items():
        for inner in walk(draft, start=place):
            if inner.facts.link == DRAFT:
                yield Option(
                    DRAFT, inner.facts, inner.path, DEFAULT_DRAFT, names("models"), catalog="models", drafts=(word,)
                )
            elif inner.facts.link == CURVE:
                options = {CONSTANT_RATE: "Constant rate", **names("curves")}
                yield Option(CURVE, inner.facts, inner.path, CONSTANT_RATE, options, drafts=(word,))
            elif inner.facts.link is not None:
                yield replace(_choice(inner, inner.facts.default, ()), drafts=(word,))


def _drafts_of(model_id: str, made: Mapping[str, Choice]) -> dict[str, Choice]:
    """The choices of drafts as one model has them: its own layers, and the curves measured on it before all others."""
    found: dict[str, Choice] = {}
    curve, layers = made.get(CURVE), made.get(SELF_LAYERS)
    if isinstance(curve, Option):
        own = {key: name for key, name in names("curves").items() if model_id in curves()[key].model_ids}
        others = {key: f"{name} (another model)" for key, name in names("curves").items() if key not in own}
        found[CURVE] = replace(curve, options={CONSTANT_RATE: curve.options[CONSTANT_RATE], **own, **others})
    mtp = catalog.model(model_id).mtp
    if isinstance(layers, Quantity) and mtp is not None:
        found[SELF_LAYERS] = replace(layers, default=layers.shown(mtp.layers))
    return found


def _defaults_of(word: str, made: Mapping[str, Choice]) -> dict[str, Choice]:
    """The numbers that several drafts have, at the defaults of one of them."""
    found: dict[str, Choice] = {}
    kinds = draft_kinds(made[SPECULATION].facts)
    for key, choice in made.items():
        if isinstance(choice, Quantity) and len(choice.drafts) > 1 and word in choice.drafts:
            default = facts_of(kinds[word])[str(choice.path[-1])].default
            found[key] = replace(choice, default=choice.cleaned(choice.shown(default)))
    return found


def _choice(place: Place, default: Value, headings: tuple[str, ...]) -> Choice:
    facts, path, heading = place.facts, place.path, ""
    key = str(facts.link)
    groups = [part for part in path if isinstance(part, int)]
    if groups:
        key, heading = key + (f"_{groups[0] + 1}" if groups[0] else ""), headings[groups[0]]
    elif path[: len(CONSTANTS)] == CONSTANTS:
        heading = "Calibration constants"
        record = records()[facts.name]
        facts = replace(facts, help=f"{facts.help} {record['kind'].capitalize()}: {record['evidence']}")
    if facts.kind == "option":
        options = {name: facts.names.get(name, name.capitalize()) for name in facts.options}
        return Option(key, facts, path, str(default), options, heading=heading)
    if facts.kind == "switch":
        return Switch(key, facts, path, bool(default), heading=heading)
    # Released models have whole shapes; the paper's scaled ones have fractions.
    whole = facts.whole if facts.whole is not None else default is None or default == int(default)
    number = Quantity(key, facts, path, None, whole, heading=heading)
    if default is None:
        return number
    return replace(number, default=int(default) if whole else number.shown(float(default)))


def _joined(one: Choice, other: Choice) -> Choice:
    """A choice that several drafts have: for all of them, and for every engine that one of them is for.

    Its default is that of the first; `_defaults_of` knows those of the others.
    """
    only = one.facts.only if one.facts.only == other.facts.only else ""
    return replace(one, drafts=(*one.drafts, *other.drafts), facts=replace(one.facts, only=only))


def _layers(group: LayerGroup) -> str:
    attention, feed_forward = group.attention, group.feed_forward
    if isinstance(attention, GroupedQueryAttention):
        kind = "full" if attention.sliding_window is None else "sliding-window"
    elif isinstance(attention, LatentAttention):
        kind = "latent-attention"
    else:
        kind = "linear-attention" if attention is not None else "feed-forward"
    if attention is not None and isinstance(feed_forward, MixtureOfExperts):
        kind += " expert"
    return f"{group.num_layers:,} {kind} {'layer' if group.num_layers == 1 else 'layers'}"
