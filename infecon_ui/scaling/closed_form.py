"""The closed form of the paper with the scenario's numbers, and what engines that leave less out say instead."""

import math
from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from infecon_core import Scenario
from infecon_core.analysis.scaling.closed_form import Fastest, terms_of
from infecon_core.paper.toy import SQUARE, ClosedFormTerms
from infecon_core.physics.formats import has_experts
from infecon_core.schema import FIVE_TIMES, NothingFits
from infecon_ui.charts.drawings import Bars, Row, Scale, Span
from infecon_ui.charts.palette import TIMES
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.scaling import cache, words
from infecon_ui.scaling.section import Section
from infecon_ui.state.chosen import Chosen
from infecon_ui.text import formats
from infecon_ui.text.formulas import FORMULAS

_MS = 1e3


def section(choice: Chosen, scenario: Scenario, controls: PageControls) -> Section:
    """The question; it has no control of its own."""
    one = scenario.model_copy(update={"speculation": None})
    return Section({"closed_form": partial(forms, one, choice.model_name)}, partial(_show_equations, one))


def equations(terms: ClosedFormTerms) -> tuple[str, str, str, str]:
    """The closed form in LaTeX: T(N) and N*, then both with numbers.

    Args:
        terms (ClosedFormTerms): The numbers.
    """
    best = terms.best
    hops = rf"{terms.layers} \cdot {terms.reductions} \cdot {SQUARE.rank_s * 1e6:g}\,\mathrm{{\mu s}}"
    size, rate = _size(terms.weights_bytes), _rate(terms.bytes_per_s)
    gpus, milliseconds = formats.digits(best.n_gpu), formats.digits(_MS / best.tokens_per_s)
    return (
        r"\vphantom{\Bigg(} T(N) = 2 L\, n_\mathrm{red}\, t_\mathrm{hop} \left(\sqrt{N} - 1\right) + \frac{w P}{N B}",
        r"N^* = \left(\frac{w P}{B\, L\, n_\mathrm{red}\, t_\mathrm{hop}}\right)^{2/3}",
        rf"\small N^* = \left(\frac{{{size}}}{{{rate} \cdot {hops}}}\right)^{{2/3}} = {_number(gpus)}",
        rf"T(N^*) = {_number(milliseconds)}\,\mathrm{{ms}}, \quad {_number(formats.digits(best.tokens_per_s))}\,"
        r"\mathrm{tokens/s}",
    )


def _number(text: str) -> str:
    """A number whose commas part thousands and no list."""
    return text.replace(",", "{,}")


def _size(n_bytes: float) -> str:
    return rf"{_number(formats.digits(n_bytes / 1e9))}\,\mathrm{{GB}}"


def _rate(bytes_per_s: float) -> str:
    return rf"{_number(formats.digits(bytes_per_s / 1e12))}\,\mathrm{{TB/s}}"


def _show_equations(scenario: Scenario) -> None:
    try:
        terms = terms_of(scenario)
    except NothingFits:  # the page says why
        return
    st.html(f"<style>{FORMULAS}</style>")
    symbols, numbers = st.columns(2)
    total, best, best_here, total_here = equations(terms)
    for place, text in ((symbols, total), (symbols, best), (numbers, best_here), (numbers, total_here)):
        place.latex(text)


def forms(scenario: Scenario, model_name: str) -> Plot:
    """Where the time of the fastest token goes, by the closed form and by each engine.

    Args:
        scenario (Scenario): Without drafts.
        model_name (str): What its model is called.
    """
    found = cache.forms(scenario)
    shown = [one for one in found if not one.problem]
    missing = [f"{one.name}: {one.problem}" for one in found if one.problem]
    return Plot(
        "closed_form",
        _claim(found, model_name, ", which reads all experts," if has_experts(scenario.architecture) else ""),
        f"Time of the fastest token of one user, ms, by what takes it. {words.conditions(scenario)}, no drafts.",
        Bars(Scale("Time of a token, ms"), tuple(map(_row, shown))),
        " ".join(
            [
                "The closed form knows neither context nor memory size, and any number of GPUs; w·P are all weights, "
                "n_red 4 all-reduces a layer, t_hop 1 µs (arXiv:2506.04645, section 2.2).",
                *missing,
                words.source(scenario),
            ]
        ),
        lambda: _table(found),
        (scenario,),
    )


def _row(one: Fastest) -> Row:
    spans, start = [], 0.0
    for time in TIMES:
        length = one.times_s.get(time.column, 0.0) * _MS
        if length > 0:
            spans.append(Span(start, start + length, time.colour, time.limit))
        start += length
    return Row(one.name, tuple(spans), f"{formats.number(one.tokens_per_s)} tok/s on {formats.gpus(one.n_gpu)}")


def _claim(found: Sequence[Fastest], model_name: str, mixture: str) -> str:
    first, own = found[0], found[-1]
    said = (
        f"The paper's closed form{mixture} gives {model_name} {formats.number(first.tokens_per_s)} tokens/s on "
        f"{formats.gpus(first.n_gpu)}"
    )
    if own.problem:
        return f"{said}; the {own.name[:1].lower()}{own.name[1:]} finds no setup"
    column, longest = max(own.times_s.items(), key=lambda item: item[1])
    return (
        f"{said}; the {own.name[:1].lower()}{own.name[1:]} {formats.number(own.tokens_per_s)} on "
        f"{formats.gpus(own.n_gpu)}, {formats.share(longest / own.token_s)} of it {FIVE_TIMES[column]}"
    )


def _table(found: Sequence[Fastest]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "form": one.name,
                "tokens_per_s_user": one.tokens_per_s,
                "n_gpu": one.n_gpu,
                **{name: one.times_s.get(name, 0.0 if one.times_s else math.nan) for name in FIVE_TIMES},
                "problem": one.problem,
            }
            for one in found
        ]
    )
