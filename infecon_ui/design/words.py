"""Words for changed numbers: "twice the HBM bandwidth", "96 layers instead of 80"."""

import math

from infecon_core.analysis.design import Number, is_price
from infecon_ui.text import formats

_TIMES = {0.5: "half the", 2.0: "twice the", 3.0: "three times the", 4.0: "four times the"}
# So near to a round multiple a number is called by it: counts take the nearest value that they may have. [1]
_NEAR = 0.002


def name(number: Number) -> str:
    """The name of a number inside a sentence: "HBM bandwidth", "layers", "KV heads".

    Abbreviations keep their capitals.
    """
    if number.name == "HBM":  # its size, which nobody calls by the memory's name alone
        return "HBM size"
    return number.name if number.name[:2].isupper() else number.name[:1].lower() + number.name[1:]


def of_amount(number: Number, value: float) -> str:
    """A number with a value, to follow "with": "30 layers", "HBM size of 80 GB", "1.5× the network latency"."""
    if several(number):
        return f"{amount(number, value)} {name(number)}"
    shown = amount(number, value)
    return f"{shown} the {name(number)}" if number.relative else f"{name(number)} of {shown}"


def article(text: str) -> str:
    """Which article goes before a name: "an" before "HBM bandwidth", "a" before "scale-up link"."""
    return "an" if text.startswith(("HBM", "FP", "a", "e", "i", "o", "I")) else "a"


def several(number: Number) -> bool:
    """Whether a number counts things that its name is the plural of: "96 layers", but "a width of 96"."""
    return number.whole and number.name.endswith("s")


def amount(number: Number, value: float) -> str:
    """A value with its unit: "3.35 TB/s", "80", "1.5×"."""
    shown = f"{round(value):,}" if number.whole else formats.digits(value)
    if number.relative:
        return f"{shown}×"
    unit = number.unit.partition(",")[0]
    if unit == "GPUs" and shown == "1":
        return "1 GPU"
    return shown if unit in ("", "1") else f"{shown} {unit}"


def change(number: Number, value: float) -> str:
    """A changed number, to follow "with": "twice the HBM bandwidth", "10% less kernel overhead", "HBM of 200 GB".

    Multiples are told as such, counts as they are.
    """
    ratio = value / number.value
    for factor, words in _TIMES.items():
        if abs(ratio / factor - 1) < _NEAR:
            return f"{words} {name(number)}"
    if several(number):
        return f"{amount(number, value)} {name(number)} instead of {amount(number, number.value)}"
    if not number.whole and abs(ratio - 1) < 0.5001 and math.isclose(ratio * 20, round(ratio * 20), rel_tol=1e-6):
        share = formats.percent(abs(ratio - 1))
        if is_price(number):
            return f"a {share} {'higher' if ratio > 1 else 'lower'} {name(number)}"
        return f"{share} {'more' if ratio > 1 else 'less'} {name(number)}"
    if number.relative:
        return f"{formats.digits(ratio)} times the {name(number)}"
    return f"{name(number)} of {amount(number, value)} instead of {amount(number, number.value)}"


def listed(parts: list[str]) -> str:
    """Some things in a sentence: "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def capital(text: str) -> str:
    """A sentence with its first letter as a capital."""
    return text[:1].upper() + text[1:]
