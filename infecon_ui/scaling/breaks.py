"""Where a law breaks: its exponent over other models, and over the dense ones under other conditions."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from infecon_core import Scenario
from infecon_core.analysis.scaling.exponents import LAWS, Exponent, Quantity
from infecon_core.schema import NothingFits
from infecon_ui.charts.drawings import Bars, Row, Scale, Span
from infecon_ui.charts.palette import MUTED, VARIANTS
from infecon_ui.plots.plot import Plot
from infecon_ui.scaling import cache, words

_NAMES: Mapping[Quantity, tuple[str, str]] = {
    "params": ("parameters", "Power of parameters"),
    "bandwidth": ("bandwidth", "Power of HBM bandwidth"),
    "bits": ("precision", "Power of bits of a weight"),
}
# Why the closed form has other exponents than the law, which is its limit for many GPUs.
_OF_HOPS = "the −1 in its latency of 2·L·n·t·(√N − 1)"
_CAUSES: Mapping[Quantity, str] = {
    "params": f"layers that do not grow with the fourth root of parameters, and {_OF_HOPS}",
    "bandwidth": _OF_HOPS,
    "bits": _OF_HOPS,
}


def plot(scenario: Scenario, quantity: Quantity) -> Plot:
    """The exponents under each condition as bars.

    Args:
        scenario (Scenario): As `cache.asked`.
        quantity (str): What top speed is a power of.
    """
    name, axis = _NAMES[quantity]
    law, sign = abs(LAWS[quantity]), math.copysign(1.0, LAWS[quantity])
    found = [one._replace(value=one.value * sign) for one in cache.where_laws_break(scenario, quantity)]
    if len(found) < 2:  # the closed form needs no model to run
        raise NothingFits("No model of the catalog runs under any of these conditions; allow a larger instance.")
    rows = [Row("Law of the paper", (Span(0.0, law, MUTED, "law"),), words.exponent(law))]
    rows += [_row(one) for one in found]
    kind = "fit over" if quantity == "params" else "mean over"
    way = "grows" if sign > 0 else "falls"
    return Plot(
        f"{name}_breaks",
        _claim(found, law, "mean exponent" if quantity != "params" else "exponent"),
        f"{axis} with which top speed {way}, {kind} models; lines are two standard errors. "
        f"{words.conditions(scenario, model=False)}.",
        Bars(Scale(axis), tuple(rows)),
        "The closed form is of the weights and the latency of the network alone; its exponents differ from the law "
        f"because of {_CAUSES[quantity]}. {words.source(scenario)}",
        lambda: pd.DataFrame(found),
        (scenario,),
    )


def _row(one: Exponent) -> Row:
    half = words.ERRORS * one.standard_error
    models = "1 model" if one.n_models == 1 else f"{one.n_models} models"
    return Row(
        one.name,
        (Span(0.0, one.value, VARIANTS[0], "exponent"),),
        f"{words.exponent(one.value, one.standard_error)}, {models}",
        one.value - half,
        one.value + half,
    )


def _claim(found: Sequence[Exponent], law: float, what: str) -> str:
    known = [one for one in found if words.is_known(one.standard_error, law)]
    if not known:
        return f"In none of {len(found)} cases does the {what} tell whether the law's {law:.2f} holds"
    far = max(known, key=lambda one: abs(one.value - law))
    held = sum(words.is_law(one.value, one.standard_error, law) for one in known)
    if held == len(known):
        return f"Wherever the {what} tells, in {held} of {len(found)} cases, it is the law's {law:.2f}"
    return (
        f"The {what} is the law's {law:.2f} in {held} of {len(found)} cases; farthest from it: "
        f"{far.name[:1].lower()}{far.name[1:]}, {words.exponent(far.value)}"
    )
