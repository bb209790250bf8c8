"""What more bandwidth or fewer bits give to every model of the catalog, beside the paper's cube roots."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core import Scenario
from infecon_core.analysis.scaling.exponents import LAWS, Quantity, formats_by_bits, mean_exponent
from infecon_core.engines import engine_of
from infecon_core.schema import NothingFits
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.scaling import breaks, cache, words
from infecon_ui.scaling.section import Section
from infecon_ui.state.chosen import Chosen
from infecon_ui.text import formats

_DENSE, _MIXTURES, _LAW = VARIANTS[0], VARIANTS[1], VARIANTS[5]


class _Words(NamedTuple):
    """How one quantity is told.

    Attributes:
        name (str): Of the chart.
        change, verb (str): A factor of two for the better, at the start of a sentence, and what it does.
        axis (str): What the vertical axis shows.
    """

    name: str
    change: str
    verb: str
    axis: str


WORDS: Mapping[Quantity, _Words] = {
    "bandwidth": _Words("bandwidth", "Twice the HBM bandwidth", "makes", "Power of HBM bandwidth in top speed"),
    "bits": _Words("precision", "Half the bits of a weight", "make", "Power of bits in the time of a token"),
}


def section(quantity: Quantity, choice: Chosen, scenario: Scenario, controls: PageControls) -> Section:
    """The question about one quantity; it has no control of its own."""
    one, name = cache.asked(scenario), WORDS[quantity].name
    return Section(
        {
            name: partial(exponents, one, quantity),
            f"{name}_breaks": partial(breaks.plot, one, quantity),
        }
    )


def exponents(scenario: Scenario, quantity: Quantity) -> Plot:
    """The exponent of every model of the catalog over its parameters.

    Args:
        scenario (Scenario): As `cache.asked`.
        quantity (str): What top speed is a power of.
    """
    told, law = WORDS[quantity], abs(LAWS[quantity])
    # The time falls with bandwidth, the speed with bits: both laws as a power with a plus.
    table = cache.by_model(scenario, quantity)
    table = table.assign(exponent=table["exponent"] * np.sign(LAWS[quantity]))
    if table.empty:
        raise NothingFits(
            f"No model of the catalog runs on up to {formats.gpus(scenario.max_gpus)} of {scenario.accelerator.name} "
            "in all of these; allow a larger instance or a shorter context."
        )
    lines = []
    ends = np.array([table["total_params"].min(), table["total_params"].max()]) / 1e9
    for name, rows, colour in (
        ("Dense", table[~table["mixture"]], _DENSE),
        ("Mixtures of experts", table[table["mixture"]], _MIXTURES),
    ):
        found = mean_exponent(rows["exponent"])
        if found is not None:
            x, y = rows["total_params"].to_numpy() / 1e9, rows["exponent"].to_numpy()
            lines.append(Line(name, x, y, colour, scattered=True, notes=tuple(rows["name"])))
            mean = f"mean: {words.exponent(found.value)}"
            lines.append(Line(mean, ends, np.full(2, found.value), colour))
    lines.append(Line("paper: 0.33", ends, np.full(2, law), _LAW))
    varied = (
        "between half and twice the present bandwidth"
        if quantity == "bandwidth"
        else f"through weights of {_stored(scenario)} bits as stored"
    )
    return Plot(
        told.name,
        _claim(table, told, law),
        f"{told.axis}, {varied}. {words.conditions(scenario, model=False)}, no drafts.",
        Lines(Scale("Parameters, billions", True), Scale(told.axis), tuple(lines)),
        f"{len(table)} models of the catalog, releases of one shape once, in the same formats and without corrections. "
        f"{words.source(scenario)}",
        lambda: table,
        (scenario,),
    )


def _stored(scenario: Scenario) -> str:
    """The formats by their stored bits: "16 (BF16), 8 (FP8) and 4.5 (FP4)"."""
    engine = engine_of(scenario)
    told = [f"{engine.stored_bits(name):g} ({formats.number_format(name)})" for name in formats_by_bits(scenario)]
    return f"{', '.join(told[:-1])} and {told[-1]}"


def _claim(table: pd.DataFrame, told: _Words, law: float) -> str:
    dense = table[~table["mixture"]]
    shown = table if dense.empty else dense
    which = "mixtures" if dense.empty else "dense models"
    found = mean_exponent(shown["exponent"])
    assert found is not None  # there is a row
    least, most = (shown.iloc[int(pick(shown["exponent"].to_numpy()))] for pick in (np.argmin, np.argmax))
    how = words.against(found.value, found.standard_error, law, "cube root")
    if len(shown) == 1:
        return f"{told.change} {told.verb} {shown.iloc[0]['name']} {_gain(found.value)}, {how}"
    return (
        f"{told.change} {told.verb} {which} {_gain(found.value)} on average, {how}: from {least['name']}, "
        f"{_signed(least['exponent'])}, to {most['name']}, {_signed(most['exponent'])}"
    )


def _gain(exponent: float) -> str:
    gain = 2.0**exponent - 1
    return f"{formats.percent(gain)} faster" if gain >= 0 else f"{formats.percent(-gain)} slower"


def _signed(exponent: float) -> str:
    gain = 2.0**exponent - 1
    return f"{'+' if gain >= 0 else '−'}{formats.percent(abs(gain))}"
