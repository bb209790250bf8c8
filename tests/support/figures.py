"""Figures as they reach the browser, read back."""

import base64
from typing import Any

import numpy as np
import plotly.graph_objects as go

from infecon_ui.charts.figure import Figure

Trace = dict[str, Any]


def numbers(values: Any) -> np.ndarray:
    """Numbers of a trace, packed or not."""
    if not isinstance(values, dict):
        return np.asarray(values, float)
    flat = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return flat.reshape([int(n) for n in values["shape"].split(",")]) if "shape" in values else flat


def assert_valid(figure: Figure) -> None:
    """Plotly knows every property, and every trace says what colour it has."""
    assert len(go.Figure(figure).data) == len(figure["data"])
    for trace in figure["data"]:
        colours = (trace.get("fillcolor"), trace.get("line", {}).get("color"), trace.get("marker", {}).get("color"))
        assert any(colours), trace["name"]


def markers(figure: Figure) -> list[Trace]:
    """The traces that draw markers."""
    return [trace for trace in figure["data"] if trace.get("mode") == "markers"]
