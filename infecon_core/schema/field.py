"""What is said of a field, once: label, help, unit, bounds, link key, flag; and the way back from a class to it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, Union, cast, get_args, get_origin

from pydantic import BaseModel, Field

Section = Literal[
    "model",
    "context",
    "target",
    "accelerator",
    "search",
    "precision",
    "speculation",
    "engine",
    "advanced",
    "constants",
]
Kind = Literal["option", "switch", "number", "record", "list"]
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class FieldFacts:
    """What is said of a field: in words by `about`, the last seven parts by its annotation.

    Args:
        label, help (str): What people call it, and a sentence or two on what it is.
        unit (str): Unit of its numbers, SI where there is one, "1" for counts and shares; data files state it.
        shown (str): Unit on screen and in links; `unit` where empty.
        per_shown (float): How many of `unit` are one of `shown`.
        ge, le (number): Least and greatest value of a number, both allowed. [unit]
        link, flag (str or None): Key in links, and flag of the command line; None for none. Where empty they follow
            from the field's name for options, switches and numbers (a flag not under a `prefix`), and there is none for
            records and lists.
        section (str): Part of the sidebar; that of the record around it where empty, `advanced` where there is none
            around it.
        only (str): The engine that reads it; that of the record around it where empty, and all engines where that has
            none. Said of the `kind` of a record, it holds for all its fields.
        prefix (str): Of a record: how the link keys of its fields begin.
        closed (bool): Of a record: filled from the catalog as a whole; its fields are not chosen one by one.
        step (float): Of a number all of whose values make sense: the step of a slider over them; 0 for one around the
            default. [shown]
        scale (str): Of a whole number: stops of a slider at `round` numbers, or by `doubling`; empty for one around
            the default.
        usual (float): Of a number: one that is usual, to begin with where there is none at present; 0 for none. [unit]
        with_option (str): Link key and value of the option with which alone it enters: "correction own"; empty for all.
        names (mapping): Of an option: what its values are called; the values themselves, with a capital, where empty.
        name (str): The field.
        kind (str): `option` (a Literal), `switch` (bool), `number`, `record`, or `list` (of records or numbers).
        options (tuple of str): Values of an option.
        whole (bool or None): Of a number: whole ones only, or any; None where an int stays an int and a float a float.
        optional (bool): Whether there may be none.
        records (tuple of type): Of a record, or a list of records: the classes that may stand there.
        default (object): What it is where nothing is given; None where something must be.
    """

    label: str
    help: str
    unit: str = ""
    shown: str = ""
    per_shown: float = 1
    ge: float = -math.inf
    le: float = math.inf
    link: str | None = ""
    flag: str | None = ""
    section: Section | Literal[""] = ""
    only: str = ""
    prefix: str = ""
    closed: bool = False
    step: float = 0
    scale: Literal["", "round", "doubling"] = ""
    usual: float = 0
    with_option: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    kind: Kind = "record"
    options: tuple[str, ...] = ()
    whole: bool | None = None
    optional: bool = False
    records: tuple[type[BaseModel], ...] = ()
    default: Any = None

    @property
    def title(self) -> str:
        """The label with the unit on screen: "HBM (GB)"."""
        unit = self.shown or self.unit
        return self.label if unit in ("", "1") else f"{self.label} ({unit})"


class Place(NamedTuple):
    """A field where it stands among records that hold others.

    Attributes:
        path (tuple): Names of fields, and indices of lists, that lead to it.
        facts (FieldFacts): Of the field, with link key, flag, section and engine as they follow from the records around
            it.
        value (object): What stands there; None where a class was walked.
    """

    path: Path
    facts: FieldFacts
    value: Any = None


def about(label: str, help: str, *, ge: float | None = None, le: float | None = None, **facts: Any) -> Any:
    """What is said of a field, for `Annotated`: label, help, bounds, and other parts of `FieldFacts` by name.

    All that people read or write of the field follows from it: controls, links, flags, help, glossary, units of data
    files and the JSON schema.
    """
    FieldFacts(label, help, **facts)  # refuses what it does not know
    return Field(title=label, description=help, ge=ge, le=le, json_schema_extra=facts)


@cache
def facts_of(record: type[BaseModel]) -> Mapping[str, FieldFacts]:
    """What is said of the fields of one class, by name; fields of which nothing is said are left out.

    Raises:
        TypeError: For a number without bounds.
    """
    found = {}
    for name, info in record.model_fields.items():
        if info.title is not None and info.description is not None:
            bounds = {key: getattr(mark, key) for mark in info.metadata for key in ("ge", "le") if hasattr(mark, key)}
            facts = FieldFacts(
                info.title,
                info.description,
                name=name,
                default=None if info.is_required() else info.default,
                **bounds,
                **cast(dict[str, Any], info.json_schema_extra or {}),
                **_annotated(info.annotation),
            )
            if facts.kind == "number" and bounds.keys() < {"ge", "le"}:
                raise TypeError(f"{record.__name__}.{name} is a number without bounds; give `ge` and `le`")
            found[name] = facts
    return MappingProxyType(found)


def walk(record: type[BaseModel], value: BaseModel | None = None, start: Place | None = None) -> Iterator[Place]:
    """Every field of which something is said, in a class and in the records inside it.

    Args:
        record (type): The class.
        value (Record, optional): One of this class: only what stands in it is walked, each record of a list for itself.
            Otherwise all classes are walked that may stand somewhere.
        start (Place, optional): The field that holds the record; it begins the path and passes on section, engine and
            prefix.
    """
    facts = facts_of(record)
    around = start.facts if start else FieldFacts("", "", section="advanced")
    if "kind" in facts and facts["kind"].only:
        around = replace(around, only=facts["kind"].only)
    for name, own in facts.items():
        place = Place((*(start.path if start else ()), name), _reached(own, around), getattr(value, name, None))
        yield place
        if own.closed:
            continue
        if value is None:
            for member in own.records:
                yield from walk(member, None, place)
        elif isinstance(place.value, BaseModel):
            yield from walk(type(place.value), place.value, place)
        elif isinstance(place.value, tuple) and own.records:
            for index, item in enumerate(place.value):
                yield from walk(type(item), item, place._replace(path=(*place.path, index)))


def _reached(own: FieldFacts, around: FieldFacts) -> FieldFacts:
    """Facts of a field with what follows from the record around it."""
    named = own.kind in ("option", "switch", "number")
    link = (around.prefix + own.name if named else None) if own.link == "" else own.link
    flag = ("--" + own.name.replace("_", "-") if named and not around.prefix else None) if own.flag == "" else own.flag
    return replace(
        own,
        link=link,
        flag=flag,
        section=own.section or around.section,
        only=own.only or around.only,
        prefix=own.prefix or around.prefix,
    )


def _annotated(annotation: Any) -> dict[str, Any]:
    """Kind, options, whole, optional and records of an annotation."""
    members, optional = _members(annotation)
    found: dict[str, Any] = {"optional": optional}
    if all(get_origin(member) is Literal for member in members):
        return {**found, "kind": "option", "options": tuple(v for member in members for v in get_args(member))}
    if members == [bool]:
        return {**found, "kind": "switch"}
    if set(members) <= {int, float}:
        return {**found, "kind": "number", "whole": None if len(members) > 1 else members == [int]}
    if all(get_origin(member) is tuple for member in members):
        inside, _ = _members(get_args(members[0])[0])
        return {**found, "kind": "list", "records": tuple(m for m in inside if issubclass(m, BaseModel))}
    return {**found, "kind": "record", "records": tuple(members)}


def _members(annotation: Any) -> tuple[list[Any], bool]:
    """The types that a union joins, without None, and whether None is among them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin not in (Union, UnionType):
        return [annotation], False
    parts = [_members(part) for part in get_args(annotation) if part is not NoneType]
    optional = NoneType in get_args(annotation) or any(part[1] for part in parts)
    return [member for part in parts for member in part[0]], optional
