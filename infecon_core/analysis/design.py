"""Hypothetical accelerators and models: which numbers a scenario has, and the scenario with some of them changed.

The numbers are those of the schema, with its labels, units and bounds. Layers of several shapes share a number where it
has the same name in each: what is said of it holds for all of them.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from pydantic import ValidationError

from infecon_core.catalog.accelerators import PRICE
from infecon_core.catalog.constants import shipped
from infecon_core.engines import engine_of
from infecon_core.pareto import at_speed, fastest
from infecon_core.scenario import Scenario, replaced
from infecon_core.schema import OWN, GroupedQueryAttention, sentence
from infecon_core.schema.constants import STEP_OVERHEADS
from infecon_core.schema.field import FieldFacts, Path, Place, walk

Group = Literal["accelerator", "model"]

# Keys of numbers that stand for several of the schema, which are scaled together.
ARITHMETIC, OVERHEAD, LATENCY = "arithmetic", "overhead", "latency"
_LATENCIES = ("allreduce_latency_s", "allreduce_latency_s_per_rank", "all_to_all_latency_s")
_TOGETHER: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        ARITHMETIC: ("Arithmetic of all formats", "Dense arithmetic peaks of all formats that the chip has."),
        LATENCY: (
            "Network latency",
            "Latency of a small all-reduce inside the scale-up domain and of the exchange among experts; what switches "
            "between domains add stays.",
        ),
        OVERHEAD: ("Kernel overhead", "Launches, scheduling and small kernels of every layer."),
    }
)
# Neither a price nor a speed follows from it.
_IDLE = frozenset({"board_power_w"})
_LAYERS, _KV_HEADS = "num_layers", "num_key_value_heads"
_HEADS = ("num_attention_heads", "num_heads")
# Whole numbers move in steps of at most this part of themselves, and of the largest power of two that divides them:
# widths that no power of two divides could not be cut over GPUs.
_FINENESS = 64
# Heads stay divisible by so many GPUs as they are now, up to this.
_CUT_HEADS = 8


@dataclass(frozen=True)
class Steps:
    """The whole values that one place may take.

    Args:
        step (int): They are multiples of it; 0 where the value need not be whole.
        only (tuple of int): All that there are, where they are few.
    """

    step: int = 0
    only: tuple[int, ...] = ()

    def near(self, value: float) -> float:
        """The nearest of them, in proportion."""
        if self.only:
            return float(min(self.only, key=lambda one: abs(math.log(one / max(value, 1e-9)))))
        return float(max(round(value / self.step), 1) * self.step) if self.step else value


@dataclass(frozen=True)
class Number:
    """A number of an accelerator or a model.

    Args:
        key (str): In links: that of its choice, or one of those that scale several together.
        name, help (str): What people call it, without a unit, and what it is.
        unit (str): As on screen; "×" where only multiples of several different numbers can be given.
        group (str): Whether it is the accelerator's or the model's; overheads are the accelerator's.
        value (float): What it is now: the sum of all layers, 1 where multiples are given. [unit]
        places (tuple of Place): Where it stands in a scenario.
        steps (tuple of Steps): The whole values that each place may take.
    """

    key: str
    name: str
    help: str
    unit: str
    group: Group
    value: float
    places: tuple[Place, ...]
    steps: tuple[Steps, ...]

    @property
    def label(self) -> str:
        """Its name with the unit: "HBM bandwidth (TB/s)"."""
        return self.name if self.unit in ("", "1", "×") else f"{self.name} ({self.unit})"

    @property
    def relative(self) -> bool:
        """Whether only multiples of it can be given."""
        return self.unit == "×"

    @property
    def whole(self) -> bool:
        """Whether it is a count."""
        return not self.relative and any(steps.step or steps.only for steps in self.steps)

    @property
    def better_when_less(self) -> bool:
        """Whether less of it makes tokens cheaper or faster: latencies, overheads, prices, and all of a model."""
        return self.group == "model" or self.places[0].facts.unit in ("s", "USD/h")

    @property
    def low(self) -> float:
        """The least value that all its places may take. [unit]"""
        found = float(f"{self.value * max(place.facts.ge / place.value for place in self.places):.12g}")
        return float(math.ceil(found)) if self.whole else found

    @property
    def high(self) -> float:
        """The greatest value that all its places may take. [unit]"""
        found = float(f"{self.value * min(place.facts.le / place.value for place in self.places):.12g}")
        return float(math.floor(found)) if self.whole else found

    def near(self, value: float) -> float:
        """The nearest value that it may take: within its bounds, whole where it is a count. [unit]"""
        bounded = min(max(value, self.low), self.high)
        return bounded if self.relative else self._shown(self._values(bounded))

    def stored(self, value: float) -> Iterator[tuple[Path, float | int]]:
        """What stands at each of its places for a value, in the units of the schema."""
        for place, stored, steps in zip(self.places, self._values(value), self.steps, strict=True):
            yield place.path, (round(stored) if steps.step or steps.only else float(f"{stored:.12g}"))

    def _values(self, value: float) -> list[float]:
        """The values of all places. [units of the schema]"""
        factor = value / self.value
        found = [steps.near(place.value * factor) for place, steps in zip(self.places, self.steps, strict=True)]
        if len(found) > 1 and self.places[0].facts.name == _LAYERS:
            # The shape with the most layers takes what rounding leaves, so that the sum is what was asked for.
            most = max(range(len(found)), key=lambda i: self.places[i].value)
            found[most] = max(1.0, round(value) - (sum(found) - found[most]))
        return found

    def _shown(self, values: list[float]) -> float:
        """The value of the number where its places have these."""
        value = sum(values) if self.places[0].facts.name == _LAYERS else values[0]
        return float(f"{value / self.places[0].facts.per_shown:.12g}")


@lru_cache(maxsize=128)
def numbers(scenario: Scenario) -> Mapping[str, Number]:
    """The numbers of the accelerator and the model that the engine of a scenario reads, by key.

    Args:
        scenario (Scenario): What is served on what. Numbers that it does not have, such as the peak of a format that
            the chip lacks, are left out.

    Returns:
        mapping: The accelerator's first, among them those that scale several together before these.
    """
    filled = scenario.model_copy(
        update={"serving": scenario.serving.model_copy(update={"constants": scenario.serving.constants or shipped()})}
    )
    places = [place for place in walk(type(scenario), filled) if _counts(place, scenario.engine)]
    made = [*_together(places), *_single(filled, places)]
    made.sort(key=lambda number: number.group == "model")
    return MappingProxyType({number.key: number for number in made})


def designed(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """A scenario with some numbers changed.

    Args:
        scenario (Scenario): What is changed. Its price and price basis stay unless the price is one of them.
        values (mapping): Values by key of `numbers`, in the units of those. [unit]

    Raises:
        ValueError: One sentence that says what does not go together.
    """
    known, made = numbers(scenario), scenario
    # What is said of one format comes after what is said of all of them.
    for key in sorted(values, key=list(known).index):
        for path, stored in known[key].stored(values[key]):
            made = replaced(made, path, stored)
        if is_price(known[key]):
            made = replaced(made, ("price_basis",), OWN)
    try:
        return type(scenario).model_validate(made)
    except ValidationError as error:
        text = sentence(error)
        raise ValueError(text[:1].upper() + text[1:]) from error


def paths_of(scenario: Scenario, values: Mapping[str, float]) -> dict[Path, float | int]:
    """What stands where after some numbers are changed, in the units of the schema; arguments as for `designed`."""
    known = numbers(scenario)
    order = sorted(values, key=list(known).index)
    return {path: stored for key in order for path, stored in known[key].stored(values[key])}


def price_at_target(scenario: Scenario) -> tuple[float, Mapping[str, Any] | None]:
    """The least price at which a scenario meets its target of speed, and the point; infinite and None where none does.

    Args:
        scenario (Scenario): With its target. Points of its frontier count, each with its own layout and batch.

    Returns:
        usd_per_million_tokens, point: Price of a million output tokens [USD], and the columns of the point.
    """
    try:
        frame = engine_of(scenario).fast_enough(scenario)
    except ValueError:  # also NothingFits
        frame = None
    point = None if frame is None else at_speed(frame, scenario.target_tokens_per_s_user)
    if point is None:
        return math.inf, None
    return float(point["usd_per_million_tokens"]), {str(name): value for name, value in point.items()}


def top_speed(scenario: Scenario) -> tuple[float, Mapping[str, Any] | None]:
    """The most tokens per second that one user can get, and the point; 0 and None where nothing runs. [tokens/s]"""
    try:
        point = fastest(engine_of(scenario).frontier(scenario))
    except ValueError:
        return 0.0, None
    return float(point["tokens_per_s_user"]), {str(name): value for name, value in point.items()}


def _counts(place: Place, engine: str) -> bool:
    """Whether a place holds a number of the accelerator or the model that an engine reads, or a latency or overhead."""
    facts, first = place.facts, place.path[0]
    hardware = first == "accelerator" or facts.name in (*STEP_OVERHEADS, *_LATENCIES)
    return (
        (hardware or first == "architecture")
        and facts.kind == "number"
        and facts.link is not None
        and facts.name not in _IDLE
        and facts.only in ("", engine)
        and bool(place.value)
    )


def _together(places: Iterable[Place]) -> Iterator[Number]:
    """Numbers that scale several, where there are several."""
    found: dict[str, list[Place]] = {key: [] for key in _TOGETHER}
    for place in places:
        if place.path[:2] == ("accelerator", "peaks"):
            found[ARITHMETIC].append(place)
        elif place.facts.name in _LATENCIES:
            found[LATENCY].append(place)
        elif place.facts.name in STEP_OVERHEADS:
            found[OVERHEAD].append(place)
    for key, several in found.items():
        if len(several) > 1:
            name, help = _TOGETHER[key]
            yield Number(key, name, help, "×", "accelerator", 1.0, tuple(several), (Steps(),) * len(several))


def _single(scenario: Scenario, places: Iterable[Place]) -> Iterator[Number]:
    """Every number by itself, those of all layers as one."""
    found: dict[str, list[Place]] = {}
    for place in places:
        # Overheads of the serving engine are only scaled together; nobody knows one without the others.
        if place.path[0] != "serving":
            found.setdefault(str(place.facts.link), []).append(place)
    for key, several in found.items():
        facts, values = several[0].facts, [place.value for place in several]
        group: Group = "model" if several[0].path[0] == "architecture" else "accelerator"
        steps = tuple(_steps(place, _record(scenario, place.path[:-1])) for place in several)
        if len(set(values)) == 1 or facts.name == _LAYERS:
            total = sum(values) if facts.name == _LAYERS else values[0]
            value, unit = float(f"{total / facts.per_shown:.12g}"), facts.shown or facts.unit
        else:
            value, unit = 1.0, "×"
        yield Number(key, facts.label, facts.help, unit, group, value, tuple(several), steps)


def _record(node: Any, path: Path) -> Any:
    for part in path:
        node = node[part] if isinstance(part, int) else getattr(node, part)
    return node


def _steps(place: Place, record: Any) -> Steps:
    """The whole values that a place may take: those that layouts can cut as they cut the present one."""
    facts, value = place.facts, place.value
    if not _whole(facts, value):
        return Steps()
    value = int(value)
    # The paper's scaled models have heads that no group of them divides: there nothing is kept.
    grouped = isinstance(record, GroupedQueryAttention) and record.num_attention_heads % record.num_key_value_heads == 0
    if facts.name == _KV_HEADS and grouped:
        heads = int(record.num_attention_heads)
        return Steps(only=tuple(n for n in range(1, heads + 1) if heads % n == 0))
    if facts.name in _HEADS:
        return Steps(math.lcm(int(record.num_key_value_heads) if grouped else 1, _power_of_two(value, _CUT_HEADS)))
    if facts.shown == "GPUs":  # servers and domains grow by doubling
        return Steps(
            only=tuple(value * 2**i for i in range(17)) + tuple(value >> i for i in range(1, 17) if value >> i)
        )
    return Steps(_power_of_two(value, max(value // _FINENESS, 1)))


def _whole(facts: FieldFacts, value: float) -> bool:
    return (
        facts.whole if facts.whole is not None else value == int(value) and facts.per_shown == 1 and facts.unit != "B"
    )


def _power_of_two(value: int, most: int) -> int:
    """The largest power of two that divides a value and is no more than another."""
    step = 1
    while value % (2 * step) == 0 and 2 * step <= most:
        step *= 2
    return step


def is_price(number: Number) -> bool:
    """Whether a number is the price of a GPU-hour."""
    return number.places[0].path == ("accelerator", PRICE)
