"""The values of one choice that is swept: as somebody writes them in one line, and those to begin with."""

from typing import TypeAlias

from infecon_core import catalog
from infecon_core.choices import Choice, Choices, Option, Quantity, Switch, Value
from infecon_core.choices.registry import ACCELERATOR, BASIS, DRAFT, MODEL
from infecon_core.schema import OWN
from infecon_core.sweep.specification import Range, is_range, read_range

Values: TypeAlias = tuple[Value, ...]

# So many names to begin with: more have no room on a chart. A choice.
MOST_NAMES = 8
# Whole numbers that may be so far apart are all tried; others at factors around the present one.
_ALL_BETWEEN = 16
# How far below and above the present value numbers go, by their scale, as factors.
_AROUND = {"round": (4, 32), "doubling": (8, 8)}
_STEPS = 10  # of a number all of whose values make sense


def read_values(choice: Choice, text: str) -> Values:
    """The values that a text gives: a list "fp8,fp4", or a range "1000..8000*2" or "0..1+0.1".

    Args:
        choice (Choice): What is swept; numbers are in the unit of its label.
        text (str): What somebody wrote.

    Raises:
        ValueError: What would be right, after the name of the choice: "prompt is a whole number from 0 to 10".

    Examples:
        >>> from infecon_core.choices import choices
        >>> read_values(choices()["prompt"], "1000..4000*2"), read_values(choices()["w"], "FP8, fp4")
        ((1000, 2000, 4000), ('fp8', 'fp4'))
    """
    if is_range(text):
        if not isinstance(choice, Quantity):
            raise ValueError(f"{choice.key} takes words, which have no range; give a list")
        spread = read_range(text).values
        parts = [repr(round(value) if choice.whole else value) for value in spread]
    else:
        parts = [part for part in text.split(",") if part.strip()]
    if not parts:
        raise ValueError(f"{choice.key} has no value; {_example(choice)}")
    try:
        return tuple(dict.fromkeys(choice.parse(part) for part in parts))
    except ValueError as right:
        raise ValueError(f"{choice.key} {right}") from right


def values_text(choice: Choice, values: Values | Range) -> str:
    """Values as `read_values` reads them.

    Examples:
        >>> from infecon_core.choices import choices
        >>> values_text(choices()["prompt"], (1000, 2000))
        '1000,2000'
    """
    return values.text if isinstance(values, Range) else ",".join(choice.text(value) for value in values)


def usual_values(choices: Choices, key: str) -> Values | Range:
    """The values to begin with: names that are used now, or numbers around the present one within its bounds.

    Tokens are doubled from a quarter of the present ones to 32 times, GPUs from an eighth to eight times; numbers all
    of whose values make sense go from end to end; others from a quarter to four times.

    Args:
        choices (Choices): What is chosen now.
        key (str): What is swept.

    Returns:
        tuple or Range: Empty for a number that is not there and for which the schema names no usual one.
    """
    choice = choices.all[key]
    if isinstance(choice, Switch):
        return (False, True)
    if isinstance(choice, Option):
        return _names(choices, choice)
    return _numbers(choice, choices.value(key))


def _numbers(choice: Quantity, now: Value) -> Values | Range:
    low, high = choice.minimum, choice.maximum
    if choice.facts.step or (choice.whole and high - low <= _ALL_BETWEEN):
        return Range.model_validate({"from": low, "to": high, "step": 1 if choice.whole else (high - low) / _STEPS})
    middle = float(now) if isinstance(now, int | float) and now else choice.shown(choice.facts.usual)
    if not middle:
        return () if now is None else (now,)
    below, above = _AROUND.get(choice.facts.scale, (4, 4))
    first = middle / below
    while first < low or (choice.whole and (first < 1 or first != int(first))):
        first *= 2
        if first > middle:  # an odd number has no whole half
            first = middle
            break
    last = min(middle * above, high)
    return Range.model_validate({"from": first, "to": last, "factor": 2}) if last > first else (middle,)


def _names(choices: Choices, choice: Option) -> Values:
    """The present name and those that are used now, in the order of the catalog, as many as have room."""
    now, known = str(choices.value(choice.key)), list(choice.known_to(choices.engine))
    if choice.key in (MODEL, DRAFT):
        current = [name for name in known if catalog.model(name).current is not None]
        if choice.key == DRAFT:
            shape = catalog.model(choices.model_id).architecture
            current = [name for name in known if catalog.model(name).architecture.vocab_size == shape.vocab_size]
        known = [name for name in current if name != now]
    elif choice.key == ACCELERATOR:
        entries = catalog.accelerators()
        basis = choices.basis
        known = [
            name
            for name in known
            if name != now and entries[name].status == "shipping" and (basis == OWN or basis in entries[name].prices)
        ]
    elif choice.key == BASIS:
        known = [name for name in known if name in catalog.accelerator(choices.accelerator_id).prices and name != now]
    else:
        return tuple(known[:MOST_NAMES])
    kept = {now, *known[: MOST_NAMES - 1]}
    # An entry of one's own is not listed.
    own = () if now in list(choice.options) else (now,)
    return (*own, *(name for name in choice.options if name in kept))


def _example(choice: Choice) -> str:
    if isinstance(choice, Quantity):
        return f"give a list such as {choice.text(choice.minimum)},{choice.text(choice.maximum)}"
    return f"give a list such as {choice.text(choice.default)}"
