"""Every accelerator against every other for every model: what the target costs, and which order can be told."""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from infecon_core import Scenario, catalog, pricing
from infecon_core.choices import Choices
from infecon_core.choices.registry import BASIS
from infecon_core.schema import OWN, PriceBasis
from infecon_core.validation import differences
from infecon_ui.charts.measures import OUTPUT
from infecon_ui.landscape.curves import KEPT, NONE, Array, Curves, Indices, curves
from infecon_ui.landscape.dataset import DataSet, Length, Where
from infecon_ui.landscape.question import SPEEDS, Question

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Market:
    """What some columns of the map cost: speeds at one length, or lengths at one speed.

    Args:
        data (DataSet): What was asked.
        question (Question): What was asked of it.
        columns (tuple of (float, (int, int))): Speed and length of each column. [tokens/s], [tokens]
        cost (array): By model, column and accelerator that takes part: dollars of the measure, or one over its tokens;
            infinite where out of reach.
        point (array of int): The point of the data set that has it, so; -1 where there is none.
        apart (array of bool): By model, column, accelerator and another one: whether the first is cheaper although
            both were predicted as wrongly relative to each other as measured pairs are.
    """

    data: DataSet
    question: Question
    columns: tuple[tuple[float, Length], ...]
    cost: Array
    point: Indices
    apart: Flags

    @cached_property
    def order(self) -> Indices:
        """Places of the accelerators from cheap to dear, by model and column."""
        return np.argsort(self.cost, axis=2, kind="stable")

    @cached_property
    def winner(self) -> Indices:
        """The place of the cheapest by model and column; -1 where none meets the target."""
        best = self.order[..., 0]
        return np.where(np.isfinite(np.take_along_axis(self.cost, best[..., None], 2)[..., 0]), best, NONE)

    def rivals(self, model: int, column: int) -> tuple[int, ...]:
        """Places of those that cannot be told from the winner, from cheap to dear; none where there is no winner."""
        best = self.winner[model, column]
        if best == NONE:
            return ()
        found = self.order[model, column]
        apart, cost = self.apart[model, column, best], self.cost[model, column]
        return tuple(int(one) for one in found if one != best and np.isfinite(cost[one]) and not apart[one])

    def worth(self, cost: float) -> float:
        """A value of the measure from its cost: dollars, or tokens."""
        return cost if self.question.measure.money else 1 / cost

    @property
    def asked(self) -> int:
        """The place of the column of the target and the length that are asked for."""
        return self.columns.index((self.question.target_tokens_per_s_user, self.question.length))


@KEPT.keep
def market(data: DataSet, question: Question) -> Market:
    """What the map of a question shows."""
    if question.across == "speed":
        columns = tuple((speed, question.length) for speed in question.speeds)
    else:
        columns = tuple((question.target_tokens_per_s_user, length) for length in data.lengths)
    return _market(data, question, columns)


@KEPT.keep
def colour_order(data: DataSet, question: Question) -> tuple[str, ...]:
    """Ids of those that win anywhere, most often first: at any length and any of the round speeds.

    Neither the target nor the length that is looked at changes it, so that a colour stays with its accelerator.

    Args:
        data (DataSet): What is asked.
        question (Question): Of `lasting`, so that the answer is kept.
    """
    columns = tuple((speed, length) for length in data.lengths for speed in SPEEDS)
    winner = _market(data, question, columns).winner
    counts = np.bincount(winner[winner != NONE], minlength=len(question.accelerators))
    ranked = sorted(range(len(counts)), key=lambda i: -counts[i])
    return tuple(question.accelerators[i] for i in ranked if counts[i])


def lasting(data: DataSet, question: Question) -> Question:
    """The question with everything at one value that colours do not depend on."""
    return replace(question, target_tokens_per_s_user=SPEEDS[0], length=data.lengths[0], by="active", across="speed")


def _market(data: DataSet, question: Question, columns: tuple[tuple[float, Length], ...]) -> Market:
    places = [data.accelerators.index(name) for name in question.accelerators]
    factors = told_within(data, question.accelerators, question.where)
    kinds = np.unique(factors[np.isfinite(factors)])
    shape = (len(data.models), len(columns), len(places))
    cost, point = np.empty(shape), np.empty(shape, dtype=np.intp)
    # √d·C(v·√d) of what is cheaper is less than C(v/√d)/√d of what is dearer: `analysis.compare.ratio`.
    slower, quicker = np.empty((len(kinds), *shape)), np.empty((len(kinds), *shape))
    for length in dict.fromkeys(length for _, length in columns):
        own = [i for i, column in enumerate(columns) if column[1] == length]
        speeds = np.array([columns[i][0] for i in own])
        scales = np.concatenate([[1.0], np.sqrt(kinds), 1 / np.sqrt(kinds)])
        found = curves(data, length, question.where)
        best = found.best((scales[:, None] * speeds).ravel())
        # By scale, model, speed and accelerator.
        scaled = np.moveaxis(
            _cost(data, question, length, found, best.throughput).reshape(*found.job.shape, scales.size, len(own)),
            (0, 1, 2, 3), (1, 3, 0, 2),
        )[..., places]  # fmt: skip
        cost[:, own] = scaled[0]
        point[:, own] = np.moveaxis(best.point[:, places, : len(own)], 1, 2)
        for kind in range(len(kinds)):
            slower[kind][:, own] = scales[1 + kind] * scaled[1 + kind]
            low = 1 + len(kinds) + kind
            quicker[kind][:, own] = scales[low] * scaled[low]
    apart = np.zeros((*shape, len(places)), dtype=np.bool_)
    for kind, factor in enumerate(kinds):
        apart |= (slower[kind][..., :, None] < quicker[kind][..., None, :]) & (factors == factor)
    return Market(data, question, columns, cost, point, apart)


def _cost(data: DataSet, question: Question, length: Length, found: Curves, throughput: Array) -> Array:
    """Cost of points by model, accelerator and speed; infinite where there is none, no price or no known power."""
    seconds = 1 / throughput
    if question.measure.money:
        cost = pricing.usd_per_million_tokens(seconds, 1.0) * prices(data, question.basis, found)[..., None]
        if question.y != OUTPUT:
            cost = pricing.blended_usd_per_million_tokens(cost, *length)
    elif question.y == "mw":
        chips = [catalog.accelerator(name).accelerator for name in data.accelerators]
        power = np.array([math.nan if chip.board_power_w is None else chip.board_power_w for chip in chips])
        cost = 1 / pricing.tokens_per_s_per_mw(seconds, 1.0) * power[:, None]
    else:
        cost = seconds
    return np.where(np.isfinite(cost), cost, np.inf)


def prices(data: DataSet, basis: PriceBasis, found: Curves | None = None) -> Array:
    """Prices of a GPU-hour by accelerator, or by model and accelerator for those of the data set; NaN for none. [USD/h]

    Args:
        data (DataSet): Whose accelerators.
        basis (str): What the price pays for; `own` for that of the data set.
        found (Curves, optional): Needed for `own`.
    """
    if basis == OWN:
        assert found is not None
        return found.price
    known = [catalog.accelerator(name).prices.get(basis) for name in data.accelerators]
    return np.array([math.nan if price is None else price.usd_per_gpu_hour for price in known])


@KEPT.keep
def told_within(data: DataSet, accelerators: tuple[str, ...], where: Where) -> Array:
    """Factor within which two accelerators are predicted relative to each other; NaN where no measurement tells. [1]"""
    found = curves(data, data.lengths[0], where)
    places = [data.accelerators.index(name) for name in accelerators]
    factors = np.full((len(places), len(places)), np.nan)
    for i, one in enumerate(places):
        for j, other in enumerate(places[:i]):
            both = np.flatnonzero((found.job[:, one] != NONE) & (found.job[:, other] != NONE))
            scenarios = [_scenario(str(found.link[both[0], place])) for place in (one, other)] if both.size else [None]
            if all(scenario is not None for scenario in scenarios):
                difference = differences.difference(*scenarios)
                factors[i, j] = factors[j, i] = math.nan if difference is None else difference.factor
    return factors


def choices_of(link: str, basis: PriceBasis) -> Choices:
    """The choices behind a scenario of the data set, on another price basis."""
    made, _ = Choices.parse(link)
    return made if basis == OWN else made.with_values(**{BASIS: basis})


@KEPT.keep
def _scenario(link: str) -> Scenario | None:
    try:
        return choices_of(link, OWN).scenario()
    except ValueError:  # it has no price on the basis of the data set
        return None
