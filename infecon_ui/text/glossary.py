"""What the terms mean."""

from collections.abc import Mapping
from types import MappingProxyType

from infecon_core.scenario import Scenario
from infecon_core.schema.field import walk
from infecon_core.schema.frontier import FRONTIER_COLUMNS

# The schema says what a scenario's fields and a frontier's columns mean; here stand the other terms.
TERMS: Mapping[str, str] = MappingProxyType(
    {
        **{place.facts.label: place.facts.help for place in walk(Scenario)},
        **{column.label: column.meaning for column in FRONTIER_COLUMNS},
        "frontier": "For every speed, the cheapest way to serve it. Nothing lies below and to the right of it.",
        "fastest": "The highest speed that any layout reaches, whatever it costs.",
        "preferred": "The point with the most speed³ per dollar: beyond it, more speed gets expensive quickly; "
        "before it, less speed saves little.",
        "cheapest": "The lowest price that any layout reaches, however slow.",
        "spread": "Where this curve would lie if servers were as much faster or slower than predicted as the middle "
        "80% of comparable measurements are: every point gets slower and dearer, or faster and cheaper. The whiskers "
        "read the target's price and speed off the moved curves. The constants were fitted with these measurements.",
        "neighbours": "The same with one number of its setup changed, whatever the largest instance allows.",
        "sensitivity": "What each part of the hardware, made 10% better, gives this setup; and the best price at no "
        "less than this speed if all setups are searched again. The price of a GPU-hour stays as it is.",
    }
)


def glossary(*terms: str) -> str:
    """What some terms mean, as Markdown paragraphs."""
    return "\n\n".join(f"**{term[:1].upper()}{term[1:]}.** {TERMS[term]}" for term in terms)
