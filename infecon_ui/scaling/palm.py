"""Latencies of PaLM as Pope et al. measured them, beside the square-root law and the serving engine."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from infecon_core import Scenario
from infecon_core.analysis.scaling.palm import CHIPS, CONTEXT_TOKENS, Measured, Predicted, measured
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.scaling import cache, words
from infecon_ui.scaling.section import Section
from infecon_ui.state.chosen import Chosen
from infecon_ui.text import formats

_MS = 1e3


def section(choice: Chosen, scenario: Scenario, controls: PageControls) -> Section:
    """The question; no choice changes it."""
    return Section({"palm": partial(palm)})


def palm() -> Plot:
    """Measured times per token over parameters, both laws through them, and what the serving engine says."""
    found, ours = measured(), cache.predicted()
    x = np.geomspace(found.params.min() / 3, found.params.max() * 3, 24)
    fit = words.exponent(found.fit.exponent, found.fit.standard_error)
    lines = (
        Line(
            "Pope et al. 2022", found.params / 1e9, found.token_s * _MS, VARIANTS[0], scattered=True, notes=found.names
        ),
        Line(
            "Serving engine, TPU v4",
            np.array([one.params for one in ours]) / 1e9,
            np.array([one.token_s for one in ours]) * _MS,
            VARIANTS[1],
            scattered=True,
            notes=tuple(f"{one.name} on {formats.number(one.n_gpu)} chips" for one in ours),
        ),
        Line("T = c·√P", x / 1e9, found.law.at(x) * _MS, VARIANTS[5]),
        Line(f"fit: {fit}", x / 1e9, found.fit.at(x) * _MS, VARIANTS[0]),
    )
    return Plot(
        "palm",
        _claim(found, ours),
        "Time per token, ms, over parameters, billions: PaLM on TPU v4, weights in INT8.",
        Lines(Scale("Parameters, billions", True), Scale("Time per token, ms", True), lines),
        f"Measured: {found.source}; {len(found.names)} points, so that the error of the fit rests on "
        f"{len(found.names) - 2} degree of freedom. Serving engine: the fastest of one sequence on up to {CHIPS} chips "
        f"at a context of {CONTEXT_TOKENS:,} tokens; no measurement of so few sequences corrects it. PaLM 62B has no "
        "shape in the catalog.",
        lambda: _table(found),
    )


def _claim(found: Measured, ours: Sequence[Predicted]) -> str:
    law = words.against(found.fit.exponent, found.fit.standard_error, 0.5, "square root")
    far = int(np.abs(found.off).argmax())
    off = found.off[far]
    return (
        f"PaLM's measured time per token grows with the power {words.exponent(*found.fit[:2])} of parameters, {law}; "
        f"{found.names[far]} is {abs(off):.0%} {'above' if off > 0 else 'below'} the law{_engine(found, ours)}"
    )


def _engine(found: Measured, ours: Sequence[Predicted]) -> str:
    """How far the serving engine's times are from those measured; empty where it has none of them."""
    measured_s = dict(zip(found.names, found.token_s, strict=True))
    ratios = [one.token_s / measured_s[one.name] for one in ours if one.name in measured_s]
    if not ratios:
        return ""
    ratio = float(np.exp(np.mean(np.log(ratios))))
    return f"; the serving engine's times are {abs(ratio - 1):.0%} too {'short' if ratio < 1 else 'long'}"


def _table(found: Measured) -> pd.DataFrame:
    return pd.concat(
        [
            pd.DataFrame(
                {"model": found.names, "kind": "measured", "params": found.params, "token_s": found.token_s}
            ).assign(law_s=found.law.at(found.params), fit_s=found.fit.at(found.params)),
            pd.DataFrame(
                [
                    {"model": one.name, "kind": "serving engine", "params": one.params, "token_s": one.token_s}
                    for one in cache.predicted()
                ]
            ),
        ],
        ignore_index=True,
    )
