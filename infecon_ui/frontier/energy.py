"""What boards draw, in words that claim no more than is known of it."""

import math

from infecon_core.schema.frontier import COLUMNS
from infecon_ui.frontier.points import Point
from infecon_ui.text import formats


def per_million(point: Point) -> str:
    """Energy of a million output tokens, as boards draw it and at their full power: "about 0.41 to 0.71 kWh"."""
    full, drawn = point["kwh_per_million_tokens"], point["kwh_per_million_tokens_drawn"]
    if not math.isfinite(full):
        return ""
    if not math.isfinite(drawn):
        return f"at most {formats.energy(full)}"
    least, most = formats.energy(drawn), formats.energy(full)
    return f"about {most}" if least == most else f"about {least.removesuffix(' kWh')} to {most}"


def drawn(point: Point) -> str:
    """What boards draw of their full power at a point: "boards draw about 60% of it"; empty where nobody measured it.

    In steps of 5%, since measured boards lie up to 30% from the form.
    """
    share = point["power_share"]
    if not math.isfinite(share):
        return ""
    return f"boards draw about {5 * round(20 * share):g}% of their full power"


def meaning() -> str:
    """What the two ends are, for a help text."""
    return f"About what boards draw, and what they take at most. {COLUMNS['kwh_per_million_tokens_drawn'].meaning}"
