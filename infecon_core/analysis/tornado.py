"""Which number matters most: each number of the hardware and of the model changed in turn, and searched again."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

from infecon_core.analysis.design import (
    ARITHMETIC,
    LATENCY,
    Number,
    designed,
    is_price,
    numbers,
    price_at_target,
    top_speed,
)
from infecon_core.engines import engine_of
from infecon_core.scenario import Scenario

Figure = Literal["price", "speed"]
Size = Literal["tenth", "double"]
# By how much each number is changed, as two factors: less of it, and more.
SIZES: Mapping[Size, tuple[float, float]] = MappingProxyType({"tenth": (0.9, 1.1), "double": (0.5, 2.0)})
# Counts take the nearest value that they may have; one that is further from what was asked than this, in proportion,
# is left out: eight KV heads have no tenth. [1]
_NEAR = 0.1
# A smaller change of a figure is none: what follows from other arithmetic may differ in its last digits. [1]
LEAST = 1e-6


class Effect(NamedTuple):
    """What a scenario costs, or how fast it is, with one number changed.

    Attributes:
        key (str): The number.
        more (bool): Whether there is more of it.
        value (float): What it then is. [unit of the number]
        figure (float): Price [USD per million output tokens], infinite where the target is out of reach; or speed
            [tokens/s], 0 where nothing runs.
        change (float): The figure over that of today, minus 1; infinite, or -1, out of reach. [1]
    """

    key: str
    more: bool
    value: float
    figure: float
    change: float


@dataclass(frozen=True)
class Tornado:
    """The effects of all numbers on one figure.

    Args:
        figure (str): `price` at the target of speed, or the top `speed` whatever it costs.
        today (float): The figure as it is. [USD per million output tokens] or [tokens/s]
        effects (tuple of Effect): Those of one number beside each other.
    """

    figure: Figure
    today: float
    effects: tuple[Effect, ...]

    def of(self, key: str) -> tuple[Effect, ...]:
        """The effects of one number: of less, of more, or one of them."""
        return tuple(effect for effect in self.effects if effect.key == key)

    @property
    def ranked(self) -> tuple[str, ...]:
        """The numbers that change anything: what helps most first, then what harms most."""
        keys = dict.fromkeys(one.key for one in self.effects)
        sizes = {key: (max(map(self.gain, self.of(key))), max(map(self.size, self.of(key)))) for key in keys}
        moving = [key for key, (_, size) in sizes.items() if size > LEAST]
        return tuple(sorted(moving, key=lambda key: (-max(sizes[key][0], 0.0), -sizes[key][1])))

    @property
    def idle(self) -> tuple[str, ...]:
        """The numbers that change nothing."""
        ranked = self.ranked
        return tuple(key for key in dict.fromkeys(one.key for one in self.effects) if key not in ranked)

    def best(self, keys: Collection[str]) -> Effect | None:
        """What helps most of some numbers; None where none does."""
        helping = [effect for effect in self.effects if effect.key in keys and self.gain(effect) > LEAST]
        return max(helping, key=self.gain, default=None)

    def gain(self, effect: Effect) -> float:
        """By how much tokens are cheaper, or faster, in proportion; negative where they are not. [1]"""
        return -effect.change if self.figure == "price" else effect.change

    @staticmethod
    def size(effect: Effect) -> float:
        """How large a change is in proportion, whichever its sign: |ln(1 + change)|. [1]"""
        return math.inf if effect.change in (math.inf, -1.0) else abs(math.log1p(effect.change))


def varied(scenario: Scenario) -> tuple[Number, ...]:
    """The numbers that are changed: all but the price of a GPU-hour, and the parts of what is scaled together."""
    known = numbers(scenario)
    parts = {place.path for key in (ARITHMETIC, LATENCY) if key in known for place in known[key].places}
    return tuple(
        number
        for number in known.values()
        if not is_price(number) and (number.relative or number.places[0].path not in parts)
    )


def tornado(scenario: Scenario, figure: Figure = "price", size: Size = "double") -> Tornado:
    """What a tenth less and more, or half and twice, of every number does.

    Every change is searched again: layouts and batches follow. The price of a GPU-hour stays, and so does the
    correction by measurements, as nobody has measured what does not exist.

    Args:
        scenario (Scenario): What is served on what, with its target.
        figure (str): The price at the target, or the top speed.
        size (str): By how much each number is changed, a key of `SIZES`.

    Raises:
        ValueError: One sentence where there is no such figure today: the target is out of reach, or nothing runs.

    Returns:
        Tornado: The accelerator's numbers, then the model's, in the order of the schema. What does not go together,
            such as fewer experts than are active, is left out.
    """
    held = engine_of(scenario).with_held_correction(scenario)
    today = _figure(held, figure)
    if not 0 < today < math.inf:
        raise ValueError(
            f"{scenario.target_tokens_per_s_user:g} tokens/s per user are out of reach, so that they have no price; "
            "lower the target, or rank the numbers by speed."
            if figure == "price"
            else "Nothing runs as chosen, so that there is no top speed; choose more GPUs or less memory."
        )
    found = []
    for number in varied(held):
        for factor in SIZES[size]:
            value = number.near(number.value * factor)
            if value == number.value or abs(value / number.value / factor - 1) > _NEAR:
                continue
            try:
                changed = designed(held, {number.key: value})
            except ValueError:
                continue
            there = _figure(changed, figure)
            found.append(Effect(number.key, factor > 1, value, there, there / today - 1))
    return Tornado(figure, today, tuple(found))


def _figure(scenario: Scenario, figure: Figure) -> float:
    return price_at_target(scenario)[0] if figure == "price" else top_speed(scenario)[0]
