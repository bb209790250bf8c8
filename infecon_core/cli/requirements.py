"""The flags of what is asked of a deployment, made from the schema, and what they give."""

import argparse
from typing import Any

from pydantic import ValidationError

from infecon_core.choices.kinds import NONE
from infecon_core.scenario import Scenario
from infecon_core.schema import sentence
from infecon_core.schema.field import FieldFacts, facts_of
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import EXAMPLE, Length, Traffic, lengths_of

CACHED = facts_of(Traffic)["cached_share"]


def flag_of(facts: FieldFacts) -> str:
    """The flag of a field of what is asked."""
    return facts.flag or "--" + facts.name.replace("_", "-")


def add_requirement_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of what is asked besides the scenario."""
    group = parser.add_argument_group("demand and limits")
    for facts in facts_of(Requirements).values():
        default = "none" if facts.default is None else facts.default
        names = f" One of {', '.join(map(str, facts.options))}." if facts.options else ""
        bounds = "" if facts.options else f" From {facts.ge:,.12g} to {facts.le:,.12g}."
        text = f"{facts.help}{names}{bounds} default: {default}".replace("%", "%%")
        group.add_argument(flag_of(facts), dest=f"asked_{facts.name}", metavar="NAME" if names else "X", help=text)
    group.add_argument(str(CACHED.flag), dest="cached", metavar="X", help=f"{CACHED.help} default: 0")
    several = f"requests of several lengths, prompt/output:share, as {EXAMPLE}; default: those of the scenario"
    group.add_argument("--lengths", metavar="LIST", help=several)
    beside = "ids of other accelerators, with commas, at prices on the same basis"
    group.add_argument("--beside", metavar="IDS", help=beside)


def asked(args: argparse.Namespace, scenario: Scenario) -> tuple[Requirements, Traffic]:
    """What is asked besides the scenario; ValueError says what is wrong in one sentence."""
    given: dict[str, Any] = {}
    for name, facts in facts_of(Requirements).items():
        text = getattr(args, f"asked_{name}")
        if text is not None:
            given[name] = None if facts.optional and text.strip().lower() in ("", NONE) else text
    if "percentile" in given and str(given["percentile"]).isascii() and str(given["percentile"]).isdigit():
        given["percentile"] = int(given["percentile"])
    own = Length(prompt_tokens=scenario.prompt_tokens, output_tokens=scenario.output_tokens)
    try:
        requirements = Requirements.model_validate(given)
        lengths = (own,) if args.lengths is None else lengths_of(args.lengths)
        return requirements, Traffic.model_validate({"lengths": lengths, "cached_share": args.cached or 0.0})
    except ValidationError as error:
        message = sentence(error)
        for name, facts in (*facts_of(Requirements).items(), ("cached_share", CACHED)):
            message = message.replace(f"'{name}'", flag_of(facts))
        raise ValueError(message) from error
