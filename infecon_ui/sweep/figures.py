"""What can be shown of every scenario of a sweep: numbers at the target, and two properties in words."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from infecon_core.sweep.grid import AtTarget
from infecon_ui.charts import axes
from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier.words import in_words, short
from infecon_ui.text import formats


class Figure(NamedTuple):
    """A number of each scenario.

    Attributes:
        label, title (str): On a control, and over an axis.
        subject, phrase (str): What it is, as the subject of a sentence, and what follows a value in one.
        number (callable): Its value; NaN where there is none.
        words (callable): A value as people read it.
        ticks (callable): What writes the values at an axis.
        at_target (bool): Whether it is that of the cheapest setup that meets the target; else of the whole frontier.
        best (str): Whether its "lowest" or its "highest" value is the one that is wanted; empty where none is.
    """

    label: str
    title: str
    subject: str
    phrase: str
    number: Callable[[AtTarget], float]
    words: Callable[[float], str]
    ticks: axes.Words
    at_target: bool
    best: str = ""


class Property(NamedTuple):
    """A property of each scenario in words.

    Attributes:
        label, subject (str): On a control, and as the subject of a sentence.
        word, told (callable): What it is in a cell, and in a sentence; empty where there is none.
    """

    label: str
    subject: str
    word: Callable[[AtTarget], str]
    told: Callable[[AtTarget], str]


Shown = Figure | Property


def _of(column: str) -> Callable[[AtTarget], float]:
    return lambda one: math.nan if one.point is None else float(one.point[column])


def _measure(key: str, subject: str) -> Figure:
    measure = MEASURES[key]
    words, ticks = (formats.about, axes.dollars) if measure.money else (_two, axes.plain)
    number, best = _of(measure.column), "lowest" if measure.money else "highest"
    return Figure(measure.label, measure.title, subject, measure.phrase, number, words, ticks, True, best)


def _speed(value: float) -> str:
    return f"{_two(value)} tok/s"


def _two(value: float) -> str:
    return formats.digits(value, 2)


def _limit(one: AtTarget) -> str:
    return str(one.point["limit"]) if one.point else ""


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "output": _measure("output", "the price"),
        "total": _measure("total", "the price"),
        "gpu": _measure("gpu", "the throughput"),
        "mw": _measure("mw", "the throughput"),
        "fastest": Figure(
            "Fastest speed", "Fastest, tokens/s per user", "the fastest speed", "",
            lambda one: one.fastest, _speed, axes.plain, False, "highest",
        ),
        "n_gpu": Figure(
            "GPUs", "GPUs of one instance", "the size of the cheapest instance", "",
            _of("n_gpu"), formats.gpus, axes.plain, True,
        ),
        "batch": Figure(
            "Users at once", "Users at once on one instance", "the number of users at once", "",
            _of("batch"), formats.number, axes.plain, True,
        ),
        "ttft": Figure(
            "First token", "Time to first token, s", "the time to the first token", "",
            _of("ttft_s"), lambda value: f"{_two(value)} s", axes.plain, True, "lowest",
        ),
    }
)  # fmt: skip
PROPERTIES: Mapping[str, Property] = MappingProxyType(
    {
        "layout": Property(
            "Best layout", "the best layout",
            lambda one: short(one.point) if one.point else "", lambda one: in_words(one.point) if one.point else "",
        ),
        "limit": Property("Slowest part", "the slowest part", _limit, _limit),
    }
)  # fmt: skip
SHOWN: Mapping[str, Shown] = MappingProxyType({**FIGURES, **PROPERTIES})
