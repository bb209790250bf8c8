"""Drawings of every kind, with values that are easy to find again."""

import math

import numpy as np
import pandas as pd

from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Bars, Cell, Cells, Drawing, Line, Lines, Panels, Row, Scale, Span
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.plots.plot import Plot

LOADS = np.geomspace(1, 1000, 31)
LINES = Lines(
    Scale("Requests per second", log=True),
    Scale("$ per million output tokens", log=True, words=axes.dollars),
    (
        Line("H100 SXM", LOADS, 30 / LOADS**0.6, VARIANTS[0], point=(LOADS[10], 30 / LOADS[10] ** 0.6)),
        Line("B200", LOADS, 20 / LOADS**0.5, VARIANTS[1], dashed=LOADS > 100),
        Line("An API", LOADS, np.full(LOADS.size, 1.2), VARIANTS[2]),
        Line("measured", LOADS[::5], 40 / LOADS[::5] ** 0.5, VARIANTS[3], scattered=True, notes=("<one>",) * 7),
    ),
    at=50.0,
    at_words="load of today",
)
CHANGES = Lines(
    Scale("Year", words=axes.years, low=2016, high=2026),
    Scale("Change of the price", words=axes.percent),
    (Line("price", np.array([2017.0, 2020.0, 2024.0]), np.array([-0.1, math.nan, 0.5]), VARIANTS[0]),),
)
BARS = Bars(
    Scale("Change of the price at the target", words=axes.percent),
    (
        Row(
            "HBM bandwidth",
            (Span(0, -0.21, VARIANTS[0], "10% more"), Span(0, 0.17, VARIANTS[1], "10% less")),
            "−21% to +17%",
        ),
        Row("A number with a name so long that it does not stand in one line", (), "out of reach"),
        Row("Arithmetic", (Span(0, -0.02, VARIANTS[0], "10% more"),), "−2%", 0.01, 0.3),
    ),
)
CELLS = Cells(
    "Prompt, tokens",
    "Model",
    ("1k", "8k", "32k"),
    ("Llama 3.1 70B", "gpt-oss-120b"),
    (
        (Cell("$0.4", "#EEF4FA", "TP 8", ("1 user",), "./?prompt=1000&at=50"), Cell("$1.2", "#226FE4"), Cell("")),
        (Cell("<b>", "#0B3C6F"), Cell("$2.2", "#0B3C6F"), Cell("too slow", more=('fastest is "9"',))),
    ),
    (("#EEF4FA", "cheap"), ("#0B3C6F", "dear")),
)
PANELS = Panels(
    tuple(
        (
            f"batch {batch}",
            Lines(
                Scale("Draft length, tokens"),
                Scale("Speed with drafts over speed without"),
                tuple(
                    Line(f"acceptance {rate}", np.arange(1, 9.0), 1 + rate * np.arange(1, 9.0) / batch, colour)
                    for rate, colour in ((0.6, VARIANTS[0]), (0.9, VARIANTS[1]))
                ),
            ),
        )
        for batch in (1, 2, 4, 8)
    )
)
DRAWINGS: dict[str, Drawing] = {
    "lines": LINES,
    "changes": CHANGES,
    "bars": BARS,
    "cells": CELLS,
    "panels": PANELS,
}
PLOTS = {
    name: Plot(name, f"Claim of {name}", "Unit", drawing, "Source", lambda: pd.DataFrame({"a": [1]}))
    for name, drawing in DRAWINGS.items()
}
