"""The two maps as charts of slides and files: the winner of every cell, and what the target costs."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from infecon_ui.charts.drawings import Cell, Cells
from infecon_ui.charts.palette import shade
from infecon_ui.landscape import grid, words
from infecon_ui.landscape.curves import NONE, details
from infecon_ui.landscape.dataset import BEYOND, DataSet
from infecon_ui.landscape.maps import model_order, on_accelerator, strength
from infecon_ui.landscape.market import Market, colour_order, lasting, market
from infecon_ui.landscape.question import Question
from infecon_ui.plots.plot import Plot
from infecon_ui.text import formats

_NONE = Cell("–")
# Rows of models that can be read on a slide; the file has all. A choice.
MOST_ROWS = 12
# How strong the colour of a winner is: told from every other, from every other maker's, or from neither.
_STRENGTHS = {grid.ALONE: 1.0, grid.MAKER: 0.4, grid.OPEN: 0.12}


def wins(data: DataSet, question: Question) -> Plot:
    """Who wins: models by speeds or lengths, the colour that of the winner."""
    found = market(data, question)
    order = colour_order(data, lasting(data, question))
    colours = {name: grid.COLOURS[min(i, len(grid.COLOURS) - 1)] for i, name in enumerate(order)}

    def cell(i: int, j: int) -> Cell:
        best = int(found.winner[i, j])
        if best == NONE:
            return _NONE
        name = question.accelerators[best]
        full = colours.get(name, grid.COLOURS[-1])
        sure = words.sure(found, i, j)
        colour = full if words.alone(question) else _paler(full, _STRENGTHS[sure])
        return Cell(words.accelerator(name), colour, words.worth(question, found.worth(float(found.cost[i, j, best]))))

    there = {question.accelerators[int(one)] for one in found.winner.ravel() if one != NONE}
    key = tuple((colour, words.accelerator(name)) for name, colour in colours.items() if name in there)
    certain = "" if words.alone(question) else "; strong colours lead by more than the model's error"
    what = "least" if question.measure.money else "most"
    return Plot(
        name="wins",
        claim=words.claim(found),
        subtitle=f"Who has the {what} {question.measure.title} · {words.chosen(question)}{certain}{_shown(data)}",
        drawing=_cells(found, cell, key),
        source=words.source(data, question),
        table=lambda: _table(found, found.winner),
    )


def costs(data: DataSet, question: Question, accelerator: str) -> Plot:
    """What the target costs over models and lengths on one accelerator, or on the cheapest of all.

    Args:
        data (DataSet): What is asked.
        question (Question): Of `lengths`.
        accelerator (str): An id of those that take part, or `CHEAPEST`.
    """
    found = market(data, question)
    own, places, cost = on_accelerator(found, question, accelerator)
    reached = np.where(np.isfinite(cost), places, NONE)

    def cell(i: int, j: int) -> Cell:
        if not math.isfinite(cost[i, j]):
            return _NONE
        value = words.worth(question, found.worth(float(cost[i, j])))
        small = words.accelerator(question.accelerators[int(places[i, j])]) if own is None else ""
        return Cell(value, shade(strength(float(cost[i, j]), cost)), small)

    on = "the cheapest accelerator" if own is None else words.accelerator(accelerator)
    return Plot(
        name="costs",
        claim=_costs_claim(found, cost, on),
        subtitle=f"{question.measure.title} · {words.chosen(question, lengths=False)}{_shown(data)}",
        drawing=_cells(found, cell, ()),
        source=words.source(data, question),
        table=lambda: _table(found, reached),
    )


def _costs_claim(found: Market, cost: np.ndarray, on: str) -> str:
    """From what to what the target costs."""
    question = found.question
    asked = formats.user_speed(question.target_tokens_per_s_user)
    known = cost[np.isfinite(cost)]
    if not known.size:
        return f"{on[0].upper()}{on[1:]} serves none of these models at {asked}"
    least, most = (words.worth(question, found.worth(float(one))) for one in (known.min(), known.max()))
    said = least if least == most else f"{least} to {most}" if question.measure.money else f"{most} to {least}"
    return f"At {asked}, {on} gives {said} {question.measure.phrase}, by model and length"


def _shown(data: DataSet) -> str:
    """How many of the models have room; empty where all have."""
    count = len(data.models)
    return f" · the {MOST_ROWS} largest of {count} models" if count > MOST_ROWS else ""


def _cells(found: Market, cell: Callable[[int, int], Cell], key: tuple[tuple[str, str], ...]) -> Cells:
    question, data = found.question, found.data
    order = model_order(data, question)[:MOST_ROWS]
    of_speed = question.across == "speed"
    return Cells(
        x_title="tokens/s per user" if of_speed else "Tokens of a request",
        y_title="Model",
        columns=tuple(f"{speed:g}" if of_speed else words.length(length) for speed, length in found.columns),
        rows=tuple(words.model(data.models[i]) for i in order),
        cells=tuple(tuple(cell(i, j) for j in range(len(found.columns))) for i in order),
        key=key,
        now=(None, found.asked),
    )


def _table(found: Market, places: np.ndarray) -> pd.DataFrame:
    """One row a cell: model, speed, length, accelerator and its value; empty where there is none."""
    question, data = found.question, found.data
    points = details(data, np.take_along_axis(found.point, np.maximum(places, 0)[..., None], 2))
    rows: list[dict[str, Any]] = []
    for i in model_order(data, question):
        for j, (speed, (prompt, output)) in enumerate(found.columns):
            place = int(places[i, j])
            there = place != NONE
            rows.append(
                {
                    "model": data.models[i],
                    "target_tokens_per_s_user": speed,
                    "prompt_tokens": prompt,
                    "output_tokens": output,
                    **dict(question.where),
                    "accelerator": question.accelerators[place] if there else "",
                    question.measure.column: found.worth(float(found.cost[i, j, place])) if there else math.nan,
                    "lead": words.sure(found, i, j) if there and place == found.winner[i, j] else "",
                    "beyond_measured": points[int(found.point[i, j, place])][BEYOND] if there else "",
                }
            )
    return pd.DataFrame(rows)


def _paler(colour: str, strength: float) -> str:
    """A colour of some strength on white."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - strength * (255 - part)):02X}" for part in parts)
