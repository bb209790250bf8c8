"""One point taken apart: its step by operator and kind of time, and the memory of one GPU."""

import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from infecon_core import Step
from infecon_ui import formats
from infecon_ui.palette import FREE_MEMORY, KV_CACHE, TIMES, WEIGHTS

_WHOLE = "Whole step"


def step_figure(step: Step) -> go.Figure:
    """Draw the time of one step: the whole of it, and each operator's part, in the colours of the five times.

    Parameters
    ----------
    step : Step
        A decomposed step.
    """
    operators = [operator for operator in step.operators if _total(operator) > 0]
    parts = [step, *operators]
    names = [f"<b>{_WHOLE}</b>", *("<br>".join(textwrap.wrap(operator.name, 18)) for operator in operators)]
    bars = []
    for time in TIMES:
        milliseconds = [getattr(part, time.column) * 1e3 for part in parts]
        share = getattr(step, time.column) / step.tpot_s
        bars.append(
            go.Bar(
                x=milliseconds,
                y=names,
                orientation="h",
                name=time.label,
                marker={"color": time.colour, "line": {"width": 0}},
                # Only the whole step is wide enough for words.
                text=[f"{time.label} {formats.share(share)}", *([""] * len(operators))],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"color": "white"},
                hovertemplate=f"%{{y}}<br>{time.label}: %{{x:.3~r}} ms<extra></extra>",
                showlegend=False,
            )
        )
    totals = [_total(part) for part in parts]
    sums: dict[str, Any] = {"showarrow": False, "xanchor": "left", "xshift": 4}
    return go.Figure(
        bars,
        {
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
                {**sums, "x": total * 1e3, "y": name, "text": formats.duration(total)}
                for total, name in zip(totals, names, strict=True)
            ],
        },
    )


def memory_figure(step: Step) -> go.Figure:
    """Draw what fills the memory of one GPU: weights, KV cache, nothing.

    Parameters
    ----------
    step : Step
        A decomposed step.
    """
    free = max(0.0, step.hbm_bytes_per_gpu - step.weight_bytes_per_gpu - step.kv_bytes_per_gpu)
    kinds = (
        ("Weights", step.weight_bytes_per_gpu, WEIGHTS),
        ("KV cache", step.kv_bytes_per_gpu, KV_CACHE),
        ("Free", free, FREE_MEMORY),
    )
    return go.Figure(
        [
            go.Bar(
                x=[n_bytes / 1e9],
                y=[""],
                orientation="h",
                name=f"{name} {formats.size(n_bytes)}",
                marker={"color": colour, "line": {"width": 0}},
                hovertemplate=f"{name}: {formats.size(n_bytes)}<extra></extra>",
            )
            for name, n_bytes, colour in kinds
        ],
        {
            "barmode": "stack",
            "bargap": 0,
            "height": 124,
            "margin": {"l": 8, "r": 24, "t": 8, "b": 72},
            "legend": {
                **{"orientation": "h", "x": 0, "y": -0.75, "yanchor": "top", "traceorder": "normal"},
                **{"itemclick": False, "itemdoubleclick": False, "font": {"size": 12}},
            },
            "xaxis": {
                **{
                    "range": [0, step.hbm_bytes_per_gpu / 1e9],
                    "zeroline": False,
                    "showgrid": False,
                    "fixedrange": True,
                },
                "tickvals": [0, step.hbm_bytes_per_gpu / 1e9],
                "ticktext": ["0", formats.size(step.hbm_bytes_per_gpu)],
            },
            "yaxis": {"visible": False, "fixedrange": True},
        },
    )


def operator_table(step: Step) -> pd.DataFrame:
    """The same in numbers: a row for each operator and one for the sum, times in ms.

    Parameters
    ----------
    step : Step
        A decomposed step.
    """
    parts = [(operator.name, operator) for operator in step.operators] + [(_WHOLE, step)]
    return pd.DataFrame(
        [
            {
                "Operator": name,
                "Time": _total(part) * 1e3,
                "Share": _total(part) / step.tpot_s,
                **{time.label: getattr(part, time.column) * 1e3 for time in TIMES},
            }
            for name, part in parts
        ]
    )


def _total(part: Any) -> float:
    return float(sum(getattr(part, time.column) for time in TIMES))
