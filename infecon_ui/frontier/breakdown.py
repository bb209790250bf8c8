"""The breakdown of one point: its step by operator, by layer group and by kind of time, and the memory of one GPU."""

import math
import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from infecon_core import Step
from infecon_ui.charts.figure import Figure
from infecon_ui.charts.palette import FREE_MEMORY, KV_CACHE, TIME_COLUMNS, TIMES, WEIGHTS, WORKSPACE
from infecon_ui.text import formats

Way = Literal["operator", "layer group", "five times"]
# Milliseconds of each of the five times, by column.
Parts = dict[str, float]

WAYS: Mapping[Way, str] = MappingProxyType(
    {"operator": "By operator", "layer group": "By layer group", "five times": "Five times"}
)
_WHOLE = "Whole step"


def ways(step: Step) -> tuple[Way, ...]:
    """The ways in which a step can be taken apart: by layer group only where the engine tells layers apart.

    Args:
        step (Step): The breakdown of a point.
    """
    grouped = any(operator.group for operator in step.operators)
    return tuple(way for way in WAYS if grouped or way != "layer group")


def step_parts(step: Step, way: Way) -> dict[str, Parts]:
    """The parts of a step that take time, and how much of each of the five times each takes; they sum to the step.

    Args:
        step (Step): The breakdown of a point.
        way (str): `operator` (its layers of all groups together), `layer group` (what belongs to no layer stands by its
            own name) or `five times`.
    """
    if way == "five times":
        return {
            time.label: {column: getattr(step, column) * 1e3 * (column == time.column) for column in TIME_COLUMNS}
            for time in TIMES
            if getattr(step, time.column) > 0
        }
    parts: dict[str, Parts] = {}
    for operator in step.operators:
        name = operator.name if way == "operator" else (operator.group or operator.name)
        part = parts.setdefault(name[:1].upper() + name[1:], dict.fromkeys(TIME_COLUMNS, 0.0))
        for column in TIME_COLUMNS:
            part[column] += getattr(operator, column) * 1e3
    return {name: part for name, part in parts.items() if sum(part.values()) > 0}


def step_figure(step: Step, way: Way = "operator") -> Figure:
    """Draw the time of one step: the whole of it, and each of its parts, in the colours of the five times.

    Args:
        step (Step): The breakdown of a point.
        way (str): What the parts are, as for `step_parts`.
    """
    found = step_parts(step, way)
    parts = [{column: getattr(step, column) * 1e3 for column in TIME_COLUMNS}, *found.values()]
    names = [f"<b>{_WHOLE}</b>", *("<br>".join(textwrap.wrap(name, 22)) for name in found)]
    sums: dict[str, Any] = {"showarrow": False, "xanchor": "left", "xshift": 4}
    return {
        "data": [
            {
                "type": "bar",
                "x": [part[time.column] for part in parts],
                "y": names,
                "orientation": "h",
                "name": time.label,
                "marker": {"color": time.colour, "line": {"width": 0}},
                # Only the whole step is wide enough for words.
                "text": [
                    f"{time.label} {formats.share(getattr(step, time.column) / step.tpot_s)}",
                    *([""] * len(found)),
                ],
                **{"textposition": "inside", "insidetextanchor": "middle", "textangle": 0},
                "textfont": {"color": "white"},
                "hovertemplate": f"%{{y}}<br>{time.label}: %{{x:.3~r}} ms<extra></extra>",
                "showlegend": False,
            }
            for time in TIMES
        ],
        "layout": {
            "barmode": "stack",
            "bargap": 0.28,
            "height": 70 + 34 * len(parts),
            "margin": {"l": 8, "r": 8, "t": 8, "b": 40},
            "uniformtext": {"mode": "hide", "minsize": 11},
            "xaxis": {
                **{"title": {"text": "Time per output token, ms"}, "range": [0, 1.28 * step.tpot_s * 1e3]},
                **{"zeroline": False, "fixedrange": True},
            },
            "yaxis": {"autorange": "reversed", "automargin": True, "fixedrange": True, "showgrid": False},
            "annotations": [
                {**sums, "x": total, "y": name, "text": formats.duration(total / 1e3)}
                for total, name in zip((sum(part.values()) for part in parts), names, strict=True)
            ],
        },
    }


def memory_figure(step: Step) -> Figure:
    """Draw what fills the memory of one GPU: weights, KV cache, workspace where the engine counts it, nothing.

    Args:
        step (Step): The breakdown of a point.
    """
    total = step.hbm_bytes_per_gpu
    kinds = [("Weights", step.weight_bytes_per_gpu, WEIGHTS), ("KV cache", step.kv_bytes_per_gpu, KV_CACHE)]
    if counts_workspace(step):
        kinds.append(("Workspace", step.workspace_bytes_per_gpu, WORKSPACE))
    kinds.append(("Free", max(0.0, total - sum(n_bytes for _, n_bytes, _ in kinds)), FREE_MEMORY))
    return {
        "data": [
            {
                "type": "bar",
                "x": [n_bytes / 1e9],
                "y": [""],
                "orientation": "h",
                "name": f"{name} {formats.size(n_bytes)}",
                "marker": {"color": colour, "line": {"width": 0}},
                "hovertemplate": f"{name}: {formats.size(n_bytes)}<extra></extra>",
            }
            for name, n_bytes, colour in kinds
        ],
        "layout": {
            "barmode": "stack",
            "bargap": 0,
            "height": 180,
            "margin": {"l": 8, "r": 24, "t": 8, "b": 128},
            "legend": {
                **{"orientation": "h", "x": 0, "y": -0.75, "yanchor": "top", "traceorder": "normal"},
                **{"itemclick": False, "itemdoubleclick": False, "font": {"size": 12}},
            },
            "xaxis": {
                **{"range": [0, total / 1e9], "tickvals": [0, total / 1e9], "ticktext": ["0", formats.size(total)]},
                **{"zeroline": False, "showgrid": False, "fixedrange": True},
            },
            "yaxis": {"visible": False, "fixedrange": True},
        },
    }


def counts_workspace(step: Step) -> bool:
    """Whether the engine counts workspace; it is NaN where it does not."""
    return not math.isnan(step.workspace_bytes_per_gpu)


def operator_table(step: Step) -> pd.DataFrame:
    """The same in numbers: a row for each operator and one for the sum, times in ms.

    Args:
        step (Step): The breakdown of a point.
    """
    parts = [(operator.name, operator.group, operator) for operator in step.operators] + [(_WHOLE, "", step)]
    grouped = "layer group" in ways(step)
    return pd.DataFrame(
        [
            {
                "Operator": name,
                **({"Layer group": group} if grouped else {}),
                "Time": part.total_s * 1e3,
                "Share": part.total_s / step.tpot_s,
                **{time.label: getattr(part, time.column) * 1e3 for time in TIMES},
            }
            for name, group, part in parts
        ]
    )
