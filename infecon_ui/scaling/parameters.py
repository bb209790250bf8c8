"""Top speed over parameters: every model of the catalog, the paper's square root, and fits."""

import math
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core import Scenario
from infecon_core.analysis.scaling.exponents import LAWS, SPEED
from infecon_core.analysis.scaling.power_law import PowerLaw, fitted, through_middle
from infecon_core.schema import NothingFits
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.scaling import breaks, cache, words
from infecon_ui.scaling.section import Section
from infecon_ui.state.chosen import Chosen
from infecon_ui.text import formats

BY: Mapping[str, str] = {"Active parameters": "active_params", "All parameters": "total_params"}
_DENSE, _MIXTURES, _OWN, _LAW = VARIANTS[0], VARIANTS[1], VARIANTS[2], VARIANTS[5]
_FEWEST = 3  # points of a fit that is shown: of two, none says how well it fits


class _Halves(NamedTuple):
    """The models below and above their median size, fitted apart.

    Attributes:
        middle (float): The median. [parameters]
        below, above (PowerLaw): The fits.
    """

    middle: float
    below: PowerLaw
    above: PowerLaw

    @property
    def bends(self) -> bool:
        """Whether the exponents differ by more than their errors, so that no one power describes both."""
        error = math.hypot(self.below.standard_error, self.above.standard_error)
        return abs(self.below.exponent - self.above.exponent) > max(words.NEAR, words.ERRORS * error)


def section(choice: Chosen, scenario: Scenario, controls: PageControls) -> Section:
    """The question, with the control that it has of its own."""
    by = controls.pick("Mixtures over", BY, "by", help="Of a mixture of experts, a token passes the active ones.")
    one = cache.asked(scenario)
    name = next(label for label, column in BY.items() if column == by)
    return Section(
        {
            "parameters": partial(parameters, one, choice.model_name, by, name.lower()),
            "parameters_breaks": partial(breaks.plot, one, "params"),
        }
    )


def parameters(scenario: Scenario, model_name: str, by: str, by_name: str) -> Plot:
    """Top speed of every model of the catalog over its parameters.

    Args:
        scenario (Scenario): As `cache.asked`.
        model_name (str): What its own model is called.
        by (str): The column of parameters over which mixtures stand.
        by_name (str): What these are called.
    """
    table = cache.top_speeds(scenario)
    if table.empty:
        raise NothingFits(
            f"No model of the catalog runs on up to {formats.gpus(scenario.max_gpus)} of {scenario.accelerator.name}; "
            "allow a larger instance or a shorter context."
        )
    kinds = [
        ("Dense", table[~table["mixture"]], "total_params", _DENSE),
        ("Mixtures of experts", table[table["mixture"]], by, _MIXTURES),
    ]
    lines, fits = [], {}
    for name, rows, column, colour in kinds:
        if rows.empty:
            continue
        lines.append(_points(name, rows, column, colour))
        if rows[column].nunique() >= _FEWEST:
            fits[name] = law = fitted(rows[column], rows[SPEED])
            lines.append(_line(f"fit: {words.exponent(law.exponent)}", law, rows[column], colour))
    reference = next((rows for _, rows, _, _ in kinds if not rows.empty), table)
    law = through_middle(reference["total_params"], reference[SPEED], LAWS["params"])
    lines.append(_line("paper: −0.5", law, table["total_params"], _LAW))
    own = cache.top_speed_by_gpus(scenario)
    if not own.empty:
        shape = scenario.architecture
        size = shape.active_params if kinds[1][2] == "active_params" else shape.total_params
        lines.append(
            Line(model_name, np.array([size / 1e9]), np.array([1 / own["tpot_s"].min()]), _OWN, scattered=True)
        )
    return Plot(
        "parameters",
        _claim(fits, _halves(kinds, fits), len(table)),
        f"Tokens per second of one user over parameters, billions; mixtures over {by_name}. "
        f"{words.conditions(scenario, model=False)}, no drafts. {_mixtures(kinds, fits)} "
        f"{_overhead(table)}".strip(),
        Lines(
            Scale("Parameters, billions", True),
            Scale("Fastest for one user, tokens/s", True),
            tuple(lines),
        ),
        f"{len(table)} models of the catalog, releases of one shape once, in the same formats and without corrections; "
        f"± is a standard error. {words.source(scenario)}",
        lambda: table,
        (scenario,),
    )


def _points(name: str, rows: pd.DataFrame, column: str, colour: str) -> Line:
    notes = tuple(f"{name} on {formats.gpus(n_gpu)}" for name, n_gpu in zip(rows["name"], rows["n_gpu"], strict=True))
    return Line(name, rows[column].to_numpy() / 1e9, rows[SPEED].to_numpy(), colour, scattered=True, notes=notes)


def _line(name: str, law: PowerLaw, params: pd.Series, colour: str) -> Line:
    x = np.geomspace(params.min(), params.max(), 24)
    return Line(name, x / 1e9, law.at(x), colour)


def _halves(kinds: list[tuple[str, pd.DataFrame, str, str]], fits: Mapping[str, PowerLaw]) -> _Halves | None:
    """The fits of the first kind below and above its median; None where it has too few models for both."""
    name = next(iter(fits), None)
    _, rows, column, _ = next((kind for kind in kinds if kind[0] == name), kinds[0])
    middle = float(rows[column].median())
    below, above = rows[rows[column] < middle], rows[rows[column] >= middle]
    if min(below[column].nunique(), above[column].nunique()) < _FEWEST:
        return None
    return _Halves(middle, *(fitted(half[column], half[SPEED]) for half in (below, above)))


def _claim(fits: Mapping[str, PowerLaw], halves: _Halves | None, n_models: int) -> str:
    if not fits:
        counted = "One model runs" if n_models == 1 else f"{n_models} models run"
        return f"{counted}: too few to say how top speed falls with parameters"
    name, law = next(iter(fits.items()))
    of = "a dense model's parameters" if name == "Dense" else "a mixture's parameters"
    how = words.against(-law.exponent, law.standard_error, -LAWS["params"], "square root")
    if law.exponent >= 0:
        return f"Top speed does not fall with {of} here, against the paper's square root"
    if halves is not None and halves.bends:
        low, high = (words.exponent(-half.exponent) for half in (halves.below, halves.above))
        return (
            f"Top speed falls with the power {low} of {of} below {halves.middle / 1e9:.0f} billion and {high} above; a "
            f"straight fit has {words.exponent(-law.exponent, law.standard_error)}, the paper {-LAWS['params']:.2f}"
        )
    return f"Top speed falls with the power {words.exponent(-law.exponent, law.standard_error)} of {of}, {how}"


def _overhead(table: pd.DataFrame) -> str:
    """How much of a token's time is kernel overhead, which no law knows; empty where it is not the most of it."""
    shares = table["kernel_overhead_s"] * table[SPEED]
    few = "" if shares.median() <= 0.5 else f"In the median {formats.share(shares.median())} of the time of a token is"
    return f"{few} kernel overhead." if few else ""


def _mixtures(kinds: list[tuple[str, pd.DataFrame, str, str]], fits: Mapping[str, PowerLaw]) -> str:
    """How fast mixtures are beside dense models of as many parameters; empty where either are too few."""
    rows, column = kinds[1][1], kinds[1][2]
    if "Dense" not in fits or rows.empty:
        return ""
    ratio = float(np.exp(np.log(rows[SPEED] / fits["Dense"].at(rows[column])).mean()))
    speed = f"{formats.digits(ratio, 2)} times the speed" if ratio >= 1 else f"{ratio:.0%} of the speed"
    law = fits.get("Mixtures of experts")
    power = "" if law is None else f", falling with the power {words.exponent(-law.exponent, law.standard_error)}"
    size = "as many parameters in all" if column == "total_params" else "as many active parameters"
    return f"Mixtures reach {speed} of dense models of {size}{power}."
