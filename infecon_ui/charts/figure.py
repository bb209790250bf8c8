"""Figures as plain dicts, and how they reach the browser."""

import base64
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st
from plotly.basedatatypes import BaseFigure

from infecon_ui.charts.palette import MUTED, themed

# What plotly.js draws: traces under "data", axes and labels under "layout".
Figure = dict[str, Any]


class _AsItIs(BaseFigure):  # type: ignore[misc]  # plotly has no types
    """A finished figure.

    Streamlit checks every property of a dict, which takes longer than all the rest of a page, and takes what a figure
    of plotly's own classes gives; the tests check ours. Plotly writes it as JSON, by orjson as that is installed.
    """

    def __init__(self, figure: Figure) -> None:
        self._figure = figure

    def to_dict(self) -> Figure:
        return self._figure


def show(figure: Figure, **options: Any) -> Any:
    """Draw a figure on the page in the colours of its theme; options and answer as those of `st.plotly_chart`."""
    legible = with_legible_words(figure)
    dark = st.context.theme.type == "dark"
    return st.plotly_chart(_AsItIs(on_dark(legible) if dark else legible), **options)


def with_legible_words(figure: Figure) -> Figure:
    """A figure with the palette's grey for words without a colour of their own.

    Streamlit's grey has a contrast of 3.7, and axes and legends need to be told each by itself.
    """
    layout = figure["layout"]
    parts = {
        name: _worded(layout.get(name, {}), "tickfont", "title")
        for name in dict.fromkeys(["xaxis", "yaxis", *(name for name in layout if name[1:5] == "axis")])
    }
    legend = _worded(layout.get("legend", {}), "font")
    return {**figure, "layout": {**_worded(layout, "font"), **parts, "legend": legend}}


def _worded(part: dict[str, Any], *fonts: str) -> dict[str, Any]:
    """A part of a layout with a colour for its fonts, a title's among them."""
    found = dict(part)
    for name in fonts:
        given = part.get(name, {})
        if name == "title":
            title: dict[str, Any] = {"text": given} if isinstance(given, str) else given
            found[name] = {**title, "font": {"color": MUTED, **title.get("font", {})}}
        else:
            found[name] = {"color": MUTED, **given}
    return found


def on_dark(figure: Figure) -> Figure:
    """A figure with every colour of the palette as the dark theme has it, those inside of words too."""
    turned: Figure = _on_dark(figure)
    return turned


def _on_dark(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _on_dark(value) for name, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [_on_dark(value) for value in part]
    return themed(part, dark=True) if isinstance(part, str) and "#" in part else part


def packed(values: npt.ArrayLike) -> dict[str, str]:
    """Numbers as plotly.js reads them fastest: the bytes of an array of 32-bit floats, in base64.

    >>> packed([1.0, 2.0])
    {'dtype': 'f4', 'bdata': 'AACAPwAAAEA='}
    """
    array = np.ascontiguousarray(values, np.float32)
    shape = {"shape": ", ".join(map(str, array.shape))} if array.ndim > 1 else {}
    return {"dtype": "f4", "bdata": base64.b64encode(array.tobytes()).decode("ascii"), **shape}
