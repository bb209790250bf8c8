"""Figures as plain dicts, and how they reach the browser."""

import base64
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st
from plotly.basedatatypes import BaseFigure

# What plotly.js draws: traces under "data", axes and labels under "layout".
Figure = dict[str, Any]


class _AsItIs(BaseFigure):  # type: ignore[misc]  # plotly has no types
    """A finished figure.

    Streamlit checks every property of a dict, which takes longer than all the rest of a page, and takes what a figure
    of plotly's own classes gives; the tests check ours.
    """

    def __init__(self, figure: Figure) -> None:
        self._figure = figure

    def to_dict(self) -> Figure:
        return self._figure


def show(figure: Figure, **options: Any) -> Any:
    """Draw a figure on the page; options and answer as those of `st.plotly_chart`."""
    return st.plotly_chart(_AsItIs(figure), **options)


def packed(values: npt.ArrayLike) -> dict[str, str]:
    """Numbers as plotly.js reads them fastest: the bytes of an array of 32-bit floats, in base64.

    >>> packed([1.0, 2.0])
    {'dtype': 'f4', 'bdata': 'AACAPwAAAEA='}
    """
    array = np.ascontiguousarray(values, np.float32)
    shape = {"shape": ", ".join(map(str, array.shape))} if array.ndim > 1 else {}
    return {"dtype": "f4", "bdata": base64.b64encode(array.tobytes()).decode("ascii"), **shape}
