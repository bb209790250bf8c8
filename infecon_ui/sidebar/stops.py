"""Where a slider stops: few values around a default, for a number whose exact value stands in a field beside it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from infecon_core.choices import Quantity

Stops: TypeAlias = tuple[int | float, ...]

# The slider ends where hardly anybody goes further; the field beside it takes more.
_MOST_TOKENS = 2**17
_MOST_GPUS = 2**10
_DIGITS = (10, 15, 20, 25, 30, 35, 40, 50, 60, 80)
SCALES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        # About equal factors from stop to stop, round numbers, and the powers of two that benchmarks use.
        "round": tuple(
            n
            for n in sorted({0, *(d * 10**p for p in range(1, 5) for d in _DIGITS), *(2**p for p in range(7, 18))})
            if n <= _MOST_TOKENS
        ),
        "doubling": tuple(2**power for power in range(_MOST_GPUS.bit_length())),
    }
)
# From a quarter of a default to four times, in eight equal steps to every doubling: 64, 72, 80, ..., 128, 144.
_FACTORS = (*(2.0**octave * (1 + step / 8) for octave in (-2, -1, 0, 1) for step in range(8)), 4.0)


def stops(choice: Quantity) -> Stops:
    """The stops of the slider of a number, rising; none where it has no slider.

    Those of its scale; equal steps over all its values; or from a quarter of a default above 0 to four times, rounded
    to three digits or to whole numbers, the default itself among them.
    """
    facts, default = choice.facts, choice.default
    if facts.scale:
        found: set[int | float] = set(SCALES[facts.scale])
    elif facts.step:
        count = round((choice.maximum - choice.minimum) / facts.step)
        found = {float(f"{choice.minimum + facts.step * i:.12g}") for i in range(count + 1)}
    elif default:
        scaled = [default * factor for factor in _FACTORS]
        found = {default, *(round(n) if choice.whole else float(f"{n:.3g}") for n in scaled)}
    else:
        return ()
    return tuple(sorted(stop for stop in found if choice.minimum <= stop <= choice.maximum))


def nearest(rising: Stops, value: int | float) -> int | float:
    """The stop nearest to a value: the first or the last one where the value lies beyond them."""
    return min(rising, key=lambda stop: abs(stop - value))
