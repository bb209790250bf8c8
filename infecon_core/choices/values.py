"""What somebody chose, as a value: a model, an accelerator, and what differs from their defaults."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple, Self, cast

from pydantic import BaseModel, ValidationError

from infecon_core import catalog
from infecon_core.catalog.acceptance import AcceptanceCurve, curves
from infecon_core.choices import registry
from infecon_core.choices.kinds import Choice, Option, Quantity, Value
from infecon_core.choices.price import Priced, follow
from infecon_core.choices.registry import (
    ACCELERATOR,
    BASIS,
    CONSTANT_RATE,
    CURVE,
    DRAFT,
    MODEL,
    NO_DRAFT,
    PRICE,
    SPECULATION,
)
from infecon_core.scenario import Scenario, keywords, replaced
from infecon_core.schema import OWN, PriceBasis, sentence
from infecon_core.schema.field import facts_of, walk


class Fault(NamedTuple):
    """What was not understood in a link: as it stands there, and what would be right."""

    given: str
    right: str


@dataclass(frozen=True)
class Choices:
    """Everything that can be chosen for one scenario; equal where all of it is equal.

    Args:
        model_id, accelerator_id (str): Ids of the catalog.
        changes (tuple of (key, value)): What differs from the defaults of these two, in the order of the sidebar,
            numbers in the units of their labels; made by `with_values`.
        schema (type): The scenario's class.
        basis_chosen (bool): Whether somebody chose the price basis, also where it is now the accelerator's own: then
            the next accelerator is on it too.
    """

    model_id: str = registry.DEFAULT_MODEL
    accelerator_id: str = registry.DEFAULT_ACCELERATOR
    changes: tuple[tuple[str, Value], ...] = ()
    schema: type[Scenario] = field(default=Scenario, repr=False)
    basis_chosen: bool = field(default=False, repr=False, compare=False)

    @property
    def all(self) -> Mapping[str, Choice]:
        """All choices by key, with the defaults of this model, accelerator, price basis and kind of draft."""
        return registry.choices(self.model_id, self.accelerator_id, self.schema, self.basis, self.drafts)

    def value(self, key: str) -> Value:
        """What is chosen for one key, or its default; KeyError for a key that there is not."""
        return self._values[key] if key in self._values else self.all[key].default

    @cached_property
    def _values(self) -> dict[str, Value]:
        return {MODEL: self.model_id, ACCELERATOR: self.accelerator_id, **dict(self.changes), BASIS: self.basis}

    @cached_property
    def basis(self) -> PriceBasis:
        """What the price pays for: `own` where the price was set by hand."""
        chosen = dict(self.changes)
        own = catalog.accelerator(self.accelerator_id).price_basis
        return OWN if PRICE in chosen else cast(PriceBasis, chosen.get(BASIS, own))

    @cached_property
    def drafts(self) -> str:
        """Who drafts: an option of speculative decoding."""
        return str(dict(self.changes).get(SPECULATION, NO_DRAFT))

    @property
    def engine(self) -> str:
        """The engine that is chosen."""
        return str(self.value("engine"))

    @property
    def curve(self) -> AcceptanceCurve | None:
        """The measured acceptance that is chosen; None without a draft or where the engine takes none."""
        return curves()[str(self.value(CURVE))] if self.enters(CURVE) and self.value(CURVE) != CONSTANT_RATE else None

    def enters(self, key: str) -> bool:
        """Whether a choice has a part in what is computed: for this engine, and with this kind of draft."""
        choice = self.all[key]
        engines = choice.facts.only in ("", self.engine)
        return engines and (not choice.drafts or self.value(SPECULATION) in choice.drafts)

    def idle(self, key: str) -> bool:
        """Whether a choice changes nothing now, because an option beside it stands at another value."""
        other, _, wanted = self.all[key].facts.with_option.partition(" ")
        return bool(other) and self.value(other) != wanted

    def changed(self, base: Self | None = None) -> dict[str, Value]:
        """What differs from all defaults, or from other choices carried over to this model and this accelerator."""
        return dict(self._changed) if base is None else self._changed_from(base)

    @cached_property
    def _changed(self) -> dict[str, Value]:
        return self._changed_from(type(self)(schema=self.schema))

    def _changed_from(self, base: Self) -> dict[str, Value]:
        start = base.with_values(**{MODEL: self.model_id, ACCELERATOR: self.accelerator_id})
        presets = {key: self.value(key) for key in (MODEL, ACCELERATOR) if self.value(key) != base.value(key)}
        # Another kind of draft brings its own defaults, which need not be told.
        drafted = start.with_values(**{SPECULATION: self.value(SPECULATION)})
        numbers = {
            key
            for key, choice in self.all.items()
            if self.value(key) != (drafted if choice.drafts else start).value(key)
        }
        if numbers & {PRICE, BASIS}:
            numbers = numbers - {PRICE, BASIS} | self._price_keys(start)
        return {**presets, **{key: self.value(key) for key in self.all if key in numbers}}

    def _price_keys(self, start: Self) -> set[str]:
        """What brings the price of these choices to others: a basis, or a number where that alone makes it `own`."""
        if self.basis != OWN:
            return {BASIS}
        alone = PRICE in dict(self.changes) and start.with_values(**{PRICE: self.value(PRICE)}).basis == OWN
        return {PRICE} if alone else {PRICE, BASIS}

    def with_values(self, **values: Value) -> Self:
        """The same with other values by key, numbers in the units of their labels.

        Another model drops what was changed of the last one's shape, another accelerator what was changed of the last
        one's numbers; formats that are not chosen follow the model. A kind of draft that the engine does not know is
        none. A price basis brings the accelerator's price on it; a price that differs makes the basis `own`. Another
        accelerator is on the basis that was chosen, and on its own one where none was.

        Raises:
            ValueError: For a key that there is not.
        """
        model_id = str(values.pop(MODEL, self.model_id))
        accelerator_id = str(values.pop(ACCELERATOR, self.accelerator_id))
        dropped = {
            record
            for record, before, now in (
                ("architecture", self.model_id, model_id),
                ("accelerator", self.accelerator_id, accelerator_id),
            )
            if before != now
        }
        kept = {key: value for key, value in self.changes if self.all[key].path[0] not in dropped}
        basis, price = follow(
            Priced(self.accelerator_id, self.basis, dict(self.changes).get(PRICE), self.basis_chosen),
            accelerator_id,
            values,
        )
        wanted = {**kept, **values, PRICE: price, BASIS: basis}
        if price is not None:
            del wanted[BASIS]
        known = registry.choices(model_id, accelerator_id, self.schema, basis)
        if unknown := wanted.keys() - known:
            raise ValueError(f"There is no choice '{min(unknown)}' here.")
        engine, drafts = str(wanted.get("engine", known["engine"].default)), wanted.get(SPECULATION, NO_DRAFT)
        if not _unknown_to(engine, known[SPECULATION], drafts):
            known = registry.choices(model_id, accelerator_id, self.schema, basis, str(drafts))
        clean = {key: choice.cleaned(wanted[key]) for key, choice in known.items() if key in wanted}
        changes = tuple(
            (key, value)
            for key, value in clean.items()
            if value != known[key].default and not _unknown_to(engine, known[key], value)
        )
        own = basis == catalog.accelerator(accelerator_id).price_basis
        chosen = not own if BASIS in values else self.basis_chosen or BASIS in dict(changes)
        return type(self)(model_id, accelerator_id, changes, self.schema, chosen)

    def apply(self, changes: Mapping[str, Any]) -> Self:
        """The same with changes as `Scenario.preset` takes them, and as an engine offers them where nothing fits.

        Args:
            changes (mapping): Keywords of `Scenario.preset`, in SI units; `model` and `accelerator` for its two ids. A
                number of GPUs is rounded up to the next power of two.

        Raises:
            ValueError: For a keyword that `Scenario.preset` does not know or that cannot be chosen.
        """
        values: dict[str, Value] = {}
        for name, wanted in changes.items():
            if name in ("model", "accelerator"):
                values[MODEL if name == "model" else ACCELERATOR] = wanted
            elif name == "draft":
                values |= {SPECULATION: NO_DRAFT} if wanted is None else {SPECULATION: "draft", DRAFT: wanted}
            elif name == "speculation" and wanted is None:
                values[SPECULATION] = NO_DRAFT
            else:
                path = keywords(self.schema).get(name)
                if path is None:
                    raise ValueError(f"'{name}' is no keyword of Scenario.preset.")
                kind = str(values.get(SPECULATION, self.value(SPECULATION)))
                values |= self._chosen(path, wanted, kind)
        return self.with_values(**values)

    def _chosen(self, path: tuple[str | int, ...], wanted: Any, kind: str) -> dict[str, Value]:
        """Values by key of what shall stand at one place of the scenario."""
        if isinstance(wanted, BaseModel | Mapping):
            parts = [self._chosen((*path, name), inside, kind) for name, inside in dict(wanted).items()]
            return {key: value for part in parts for key, value in part.items()}
        for key, choice in self.all.items():
            if choice.path == path and (not choice.drafts or kind in choice.drafts):
                if not isinstance(choice, Quantity) or wanted is None:
                    return {key: wanted}
                if choice.facts.scale == "doubling":
                    wanted = min(1 << max(0, int(wanted) - 1).bit_length(), int(choice.maximum))
                return {key: choice.shown(wanted)}
        raise ValueError(f"'{'.'.join(map(str, path))}' cannot be chosen here.")

    def scenario(self) -> Scenario:
        """The scenario.

        Raises:
            ValueError: One sentence on why the numbers make none.
        """
        return _scenario(self)

    def query(self, base: Self | None = None, *, whole: bool = False) -> dict[str, str]:
        """Parameters of a link: what differs from all defaults or from other choices, or the whole of it."""
        # A price that is not known on the chosen basis is left out.
        known = (key for key in self.all if key != PRICE or self.value(key) is not None)
        wanted = {key: self.value(key) for key in known} if whole else self.changed(base)
        return {key: self.all[key].text(value) for key, value in wanted.items()}

    def text(self) -> str:
        """What differs from all defaults, in one line: `gpu=b200-hgx&prompt=2000`."""
        return "&".join(f"{key}={text}" for key, text in self.query().items())

    @classmethod
    def parse(cls, text: str, schema: type[Scenario] = Scenario) -> tuple[Self, tuple[Fault, ...]]:
        """Read what `text` writes; what is not understood keeps its default and is a fault."""
        pairs = (part.partition("=") for part in text.split("&") if part)
        return cls(schema=schema).read({key: value for key, _, value in pairs})

    def read(self, query: Mapping[str, str]) -> tuple[Self, tuple[Fault, ...]]:
        """The same with the values of a link.

        Args:
            query (mapping): Parameters of the link; those that are nothing like a key are left alone.

        Returns:
            choices (Choices): What was understood.
            faults (tuple of Fault): What was not.
        """
        values: dict[str, Value] = {}
        faults: list[Fault] = []

        def take(known: Mapping[str, Choice], key: str) -> None:
            try:
                values[key] = known[key].parse(query[key])
            except ValueError as right:
                faults.append(Fault(f"{key}={query[key]}", f"{key} {right}"))

        for key in (MODEL, ACCELERATOR):
            if key in query:
                take(self.all, key)
        made = self.with_values(**values)
        prefixes = _prefixes(self.schema)
        # Numbers of a model that is not understood would bend another one.
        orphaned = tuple(prefixes[key] for key in (MODEL, ACCELERATOR) if key in query and key not in values)
        for key in query:
            if key in (MODEL, ACCELERATOR) or key.startswith(orphaned):
                continue
            if key in made.all:
                take(made.all, key)
            elif is_ours(key, self.schema) or difflib.get_close_matches(key, made.all, n=1, cutoff=0.8):
                near = difflib.get_close_matches(key, made.all, n=1, cutoff=0.6)
                faults.append(Fault(key, f"perhaps {near[0]}" if near else "no such number here"))
        made = self.with_values(**values)
        for key, value in values.items():
            choice = made.all[key]
            if isinstance(choice, Option) and not choice.knows(value, made.engine):
                known = " or ".join(choice.known_to(made.engine))
                faults.append(Fault(f"{key}={value}", f"{key} is {known} with the {made.engine} engine"))
        return made, tuple(faults)


def is_ours(key: str, schema: type[Scenario] = Scenario) -> bool:
    """Whether a key of a link can only be meant for a choice: it begins as those of a model's numbers and the like."""
    return key.startswith(tuple(_prefixes(schema).values()))


@cache
def _prefixes(schema: type[Scenario]) -> Mapping[str, str]:
    """How keys begin, by the key of the record that they belong to, or its field."""
    return {place.facts.link or facts.name: facts.prefix for place in walk(schema) if (facts := place.facts).prefix}


def _unknown_to(engine: str, choice: Choice, value: Value) -> bool:
    return isinstance(choice, Option) and not choice.knows(value, engine)


@lru_cache(maxsize=256)
def _scenario(chosen: Choices) -> Scenario:
    made: Any = registry.preset(chosen.model_id, chosen.accelerator_id, chosen.schema, chosen.basis)
    for key, value in chosen.changes:
        choice = chosen.all[key]
        if key not in (SPECULATION, BASIS) and not choice.drafts:
            made = replaced(made, choice.path, _stored(choice, value))
    if chosen.value(SPECULATION) != NO_DRAFT:
        made = replaced(made, chosen.all[SPECULATION].path, _draft(chosen))
    if isinstance(made, Scenario):
        return made
    try:
        return chosen.schema.model_validate(made)
    except ValidationError as error:
        text = sentence(error)
        raise ValueError(text[:1].upper() + text[1:]) from error


def _draft(chosen: Choices) -> dict[str, Any]:
    """The record of the chosen draft."""
    word = str(chosen.value(SPECULATION))
    draft = registry.draft_kinds(chosen.all[SPECULATION].facts)[word]
    fields: dict[str, Any] = {"kind": facts_of(draft)["kind"].default}
    for key, choice in chosen.all.items():
        if word not in choice.drafts:
            continue
        if key == DRAFT:
            entry = catalog.model(str(chosen.value(DRAFT)))
            fields |= {"architecture": entry.architecture, "precision": entry.precision}
        elif key == CURVE:
            if chosen.curve is not None:
                fields |= {"accepted_lengths": chosen.curve.accepted_lengths, "measured_on": chosen.curve.name}
        else:
            fields[str(choice.path[-1])] = _stored(choice, chosen.value(key))
    return fields


def _stored(choice: Choice, value: Value) -> Value:
    return choice.stored(value) if isinstance(choice, Quantity) else value
