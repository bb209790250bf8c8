"""The flags of a scenario, made from the schema, and the scenario that they give."""

import argparse
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from infecon_core import catalog
from infecon_core.catalog.accelerators import PRICE as PRICE_FIELD
from infecon_core.catalog.accelerators import price_of
from infecon_core.choices.kinds import NONE
from infecon_core.cli.models import model
from infecon_core.given_files import content_of
from infecon_core.scenario import Scenario, replaced
from infecon_core.schema import BASIS_NAMES, OWN, Architecture, DraftModel, SelfDraft, sentence
from infecon_core.schema.field import FieldFacts, Place, walk

# Flags that take an id of the catalog, the one that makes a self-draft, and those of the price: they change more than
# one field.
MODEL, ACCELERATOR, DRAFT, SELF_DRAFT = "--model", "--accelerator", "--draft", "--self-draft"
PRICE, BASIS = "--price", "--price-basis"
TIME_FACTOR = "--time-factor"
# A scenario with every field has some 10 kB; what is larger is none. [B]
LARGEST_FILE = 1_000_000
# What a draft model and a self-draft have in common stays where one takes the place of the other.
_ANY_DRAFT = (DraftModel.model_fields.keys() & SelfDraft.model_fields.keys()) - {"kind"}
_METAVARS = {"option": "NAME", "record": "ID"}


@cache
def scenario_flags(schema: type[Scenario]) -> Mapping[str, Place]:
    """Every field with a flag, by flag; for all engines where one of several places with the same flag is."""
    found: dict[str, Place] = {}
    for place in walk(schema):
        flag = place.facts.flag
        if flag and (flag not in found or not place.facts.only):
            found[flag] = place
    return MappingProxyType(found)


def add_scenario_flags(parser: argparse.ArgumentParser, schema: type[Scenario]) -> None:
    """Add all flags of a scenario to a command."""
    group = parser.add_argument_group("scenario")
    group.add_argument("--scenario", metavar="FILE", help="A scenario as JSON; flags given beside it change it.")
    for flag, place in scenario_flags(schema).items():
        facts = place.facts
        if facts.kind == "switch":
            group.add_argument(flag, action=argparse.BooleanOptionalAction, help=_help(facts))
        else:
            metavar = _METAVARS.get(facts.kind, "N" if facts.whole else "X")
            group.add_argument(flag, metavar=metavar, help=_help(facts))


def scenario_of(args: argparse.Namespace, schema: type[Scenario]) -> Scenario:
    """The scenario of a file or of two ids, changed by the flags; ValueError says what is wrong in one sentence."""
    given = _given(args, schema)
    record: Any
    if args.scenario is not None:
        record = _read(args.scenario, schema)
    elif MODEL in given and ACCELERATOR in given:
        record = schema.preset(model(given[MODEL]), given[ACCELERATOR])
    else:
        raise ValueError("Give --model and --accelerator, or --scenario with a file.")
    if MODEL in given:
        record = replaced(record, ("architecture",), model(given[MODEL]).architecture)
    record = _with_draft(_with_price(dict(record), given), given)
    flags = scenario_flags(schema)
    for flag, text in given.items():
        path = flags[flag].path
        if flags[flag].facts.kind == "record" or flag == BASIS:
            continue
        if path[0] == "speculation" and record["speculation"] is None:
            raise ValueError(f"{flag} needs a draft: name a model with --draft, or give --self-draft.")
        # As in links, `none` is the number that is not there.
        none = flags[flag].facts.optional and text.strip().lower() in ("", NONE)
        record = replaced(record, path, None if none else text)
    try:
        return schema.model_validate(record)
    except ValidationError as error:
        message = sentence(error)
        for flag, place in flags.items():
            message = message.replace(f"'{'.'.join(map(str, place.path))}'", flag)
        raise ValueError(message) from error


def computed(args: argparse.Namespace, schema: type[Scenario]) -> Scenario:
    """The scenario to compute; refuses flags that its engine does not look at."""
    scenario = scenario_of(args, schema)
    for flag in _given(args, schema):
        if scenario_flags(schema)[flag].facts.only not in ("", scenario.engine):
            refuse(flag, scenario_flags(schema)[flag].facts.only)
    if TIME_FACTOR in _given(args, schema) and scenario.serving.correction != "own":
        raise ValueError(f"{TIME_FACTOR} is for a correction of one's own; give --correction own beside it.")
    return scenario


def refuse(flag: str, engine: str) -> None:
    """Say that a flag is for another engine."""
    raise ValueError(f"{flag} is for the {engine} engine; give --engine {engine} beside it.")


def scenario_json(_: argparse.Namespace, scenario: Scenario) -> str:
    """The command `scenario`."""
    return scenario.model_dump_json(indent=2) + "\n"


def _given(args: argparse.Namespace, schema: type[Scenario]) -> dict[str, Any]:
    """What was given, by flag."""
    names = {flag: flag.removeprefix("--").replace("-", "_") for flag in scenario_flags(schema)}
    return {flag: value for flag, name in names.items() if (value := getattr(args, name)) is not None}


def _with_price(record: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario on the accelerator and the price basis that are asked for.

    Another accelerator stays on the basis of the scenario, unless that is a price by hand, which was the last one's.
    """
    basis = given.get(BASIS)
    if PRICE in given:
        if basis not in (None, OWN):
            raise ValueError(f"Give {PRICE} or {BASIS}: a price of your own is on no other basis.")
        basis = OWN
    if ACCELERATOR in given:
        entry = catalog.accelerator(given[ACCELERATOR])
        record = {**record, "accelerator": entry.accelerator}
        basis = basis or (record["price_basis"] if record["price_basis"] != OWN else entry.price_basis)
    if basis is not None and basis in BASIS_NAMES and basis != OWN:
        record = replaced(record, ("accelerator", PRICE_FIELD), price_of(record["accelerator"], basis))
    return {**record, "price_basis": basis or record["price_basis"]}


def _with_draft(record: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario with the draft that --draft or --self-draft asks for."""
    if DRAFT in given and SELF_DRAFT in given:
        raise ValueError("Only one drafts: give --draft or --self-draft.")
    if DRAFT not in given and SELF_DRAFT not in given:
        return record
    kept = {name: value for name, value in dict(record["speculation"] or {}).items() if name in _ANY_DRAFT}
    if SELF_DRAFT in given:
        return {**record, "speculation": {"kind": "self_draft", **kept}}
    entry = model(given[DRAFT])
    draft = {"kind": "draft_model", "architecture": entry.architecture, "precision": entry.precision}
    return {**record, "speculation": {**draft, **kept}}


def _read(name: str, schema: type[Scenario]) -> Scenario:
    content = content_of(Path(name), "a scenario", LARGEST_FILE)
    try:
        return schema.model_validate_json(content)
    except ValidationError as error:
        raise ValueError(f"{name} is not a scenario: {sentence(error)}") from error


def _help(facts: FieldFacts) -> str:
    parts = [facts.help]
    if facts.kind == "record":
        file = ", a data file (.toml), or a config.json of Hugging Face" if Architecture in facts.records else ""
        parts.append(f"An id of the catalog{file}.")
    if facts.options:
        parts.append(f"One of {', '.join(facts.options)}.")
    if facts.kind == "number":
        none = f", or {NONE}" if facts.optional else ""
        parts.append(f"From {facts.ge:,.12g} to {facts.le:,.12g} {facts.unit.removeprefix('1')}".rstrip() + none + ".")
    if facts.only:
        parts.append(f"For the {facts.only} engine.")
    return " ".join(parts).replace("%", "%%")
