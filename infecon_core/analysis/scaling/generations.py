"""What each generation of accelerators gives: speed at the price of the one before, and price at its speed."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.accelerators import PRICE
from infecon_core.paper.exhibits.claims import CLAIMS, within_price
from infecon_core.paper.exhibits.kept import curve
from infecon_core.paper.exhibits.values import exhibit
from infecon_core.pareto import at_speed, preferred
from infecon_core.scenario import Scenario
from infecon_core.schema import OWN

# One of each generation of NVIDIA, as most of it was sold, oldest first; the two Blackwells differ in their domain.
GENERATIONS = ("v100-sxm-32gb", "a100-sxm-80gb", "h100-sxm", "b200-hgx", "gb300-nvl72")
SPEED, USD = "tokens_per_s_user", "usd_per_million_tokens"


class OnGeneration(NamedTuple):
    """A scenario on one generation.

    Attributes:
        id, name (str): The accelerator.
        year (int or None): Of its release.
        scenario (Scenario or None): None where no price of it is known on the scenario's basis.
        problem (str): Why there is none; empty where there is one.
    """

    id: str
    name: str
    year: int | None
    scenario: Scenario | None
    problem: str = ""


class Step(NamedTuple):
    """From one generation to the next, at the older one's preferred point: that of most speed³ a dollar.

    Attributes:
        old, new (str): Their names.
        tokens_per_s, usd (float): Speed [tokens/s] and price of a million tokens of that point. [USD]
        speed_ratio (float): Speed that the new one reaches at that price, over it; NaN where it reaches no such price.
        price_ratio (float): Price of the new one at that speed, over it; NaN where it reaches no such speed. [1]
    """

    old: str
    new: str
    tokens_per_s: float
    usd: float
    speed_ratio: float
    price_ratio: float


def on_generations(scenario: Scenario, *, same_price: bool = False) -> tuple[OnGeneration, ...]:
    """A scenario on every generation, in its own formats and at its own lengths.

    Args:
        scenario (Scenario): Its price basis is that of all; its own price, where it has one, is everybody's.
        same_price (bool): Whether a GPU-hour of each costs what that of the scenario does, so that the hardware alone
            differs.
    """
    found = []
    for accelerator_id in GENERATIONS:
        entry = catalog.accelerator(accelerator_id)
        chip = entry.accelerator
        basis, problem, one = scenario.price_basis, "", None
        try:
            usd = (
                scenario.accelerator.price_usd_per_gpu_hour
                if same_price or basis == OWN
                else entry.price(basis).usd_per_gpu_hour
            )
            priced = chip.model_copy(update={PRICE: usd})
            one = scenario.changed(accelerator=priced, price_basis=OWN if same_price else basis)
        except ValueError as reason:
            problem = str(reason)
        found.append(OnGeneration(entry.id, chip.name, chip.year, one, problem))
    return tuple(found)


def steps(frontiers: Sequence[tuple[str, pd.DataFrame]]) -> tuple[Step, ...]:
    """What each generation gives over the one before it.

    Args:
        frontiers (sequence of (str, DataFrame)): Names and frontiers, oldest first; columns as in `schema.frontier`.

    Source: The comparison is the paper's: "25% more tokens per second at equal cost" a generation, arXiv:2506.04645.
    """
    return tuple(_step(*pair) for pair in pairwise(frontiers))


def _step(old: tuple[str, pd.DataFrame], new: tuple[str, pd.DataFrame]) -> Step:
    point = preferred(old[1])
    speed, usd = float(point[SPEED]), float(point[USD])
    affordable = new[1][new[1][USD] <= usd]
    reached = float(within_price(new[1], usd)[SPEED]) if len(affordable) else math.nan
    cheapest = at_speed(new[1], speed)
    price = math.nan if cheapest is None else float(cheapest[USD])
    return Step(old[0], new[0], speed, usd, reached / speed, price / usd)


def mean_ratio(ratios: Sequence[float]) -> float:
    """The geometric mean of ratios that are known; NaN where none is. [1]

    Examples:
        >>> mean_ratio([2.0, 8.0, float("nan")])
        4.0
    """
    known = np.array([ratio for ratio in ratios if math.isfinite(ratio) and ratio > 0])
    return float(np.exp(np.log(known).mean())) if known.size else math.nan


class Printed(NamedTuple):
    """What the paper prints of a generation.

    Attributes:
        label (str): Which generation over which.
        printed, computed (float): Speed at equal cost over that of the one before, as printed and as the published
            model computes it. [1]
    """

    label: str
    printed: float
    computed: float


def printed_steps() -> tuple[Printed, ...]:
    """The gains of a generation that the paper prints, of Llama 3 70B in 8 bits."""
    found = []
    for row in exhibit("claims").rows:
        if row.compute is not None and row.compute.startswith("generation_speed"):
            gain = CLAIMS[f"{row.compute}_same_price"](curve)
            number = next(iter(row.printed.values()))
            found.append(Printed(row.label.partition(": ")[2], 1 + number.value / 100, 1 + gain / 100))
    return tuple(found)
