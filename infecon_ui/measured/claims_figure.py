"""What others published beside ours: one row a claim, ours over theirs."""

import math
from collections.abc import Sequence

from infecon_core.validation.published_claims import MET, RecomputedClaim
from infecon_ui.charts import axes
from infecon_ui.charts.figure import Figure
from infecon_ui.charts.palette import CURVE, FRAME, SPREAD
from infecon_ui.text import formats

_ROW = 25  # height of a claim [px]
_FREE = 1.55  # free space at either end of the axis, as a factor: the values stand beside their marks


def claims_figure(claims: Sequence[RecomputedClaim]) -> Figure:
    """Ours over theirs of every claim, the first one on top, with a quarter to both sides shaded.

    A claim within a quarter is a full mark, others are open ones.
    """
    ratios = [one.ratio for one in claims]
    known = [ratio for ratio in ratios if math.isfinite(ratio)]
    low, high = min([1 - MET, *known]) / _FREE, max([1 + MET, *known]) * _FREE
    trace = {
        **{"type": "scatter", "mode": "markers+text", "showlegend": False, "cliponaxis": False},
        "x": [ratio if math.isfinite(ratio) else None for ratio in ratios],
        "y": [one.claim.label for one in claims],
        "text": [f"×{ratio:.2f}" if math.isfinite(ratio) else "" for ratio in ratios],
        "textposition": ["middle left" if ratio < 1 else "middle right" for ratio in ratios],
        "marker": {
            **{"size": 10, "color": CURVE, "symbol": ["circle" if one.met else "circle-open" for one in claims]},
            "line": {"color": CURVE, "width": 2},
        },
        "customdata": [
            [one.claim.what, _value(one.claim.value), _value(one.ours), one.claim.unit, one.layout, one.claim.date]
            for one in claims
        ],
        "hovertemplate": "<b>%{y}</b><br>%{customdata[0]}<br>theirs %{customdata[1]}, ours %{customdata[2]} "
        "%{customdata[3]}<br>%{customdata[4]}, %{customdata[5]}<extra></extra>",
    }
    whole = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    layout = {
        "height": _ROW * len(claims) + 90,
        "margin": {"l": 10, "r": 10, "t": 28, "b": 44},
        "hoverlabel": {"align": "left"},
        "dragmode": False,
        "xaxis": {
            **axes.axis(low, high, _factors, most=5),
            **{"fixedrange": True, "title": {"text": "Ours / theirs", "standoff": 6}},
        },
        "yaxis": {"type": "category", "autorange": "reversed", "fixedrange": True, "automargin": True, "ticklen": 6},
        "shapes": [
            {
                **{"type": "rect", "x0": 1 - MET, "x1": 1 + MET, "fillcolor": SPREAD, "line": {"width": 0}},
                **whole,
            },
            {**{"type": "line", "x0": 1, "x1": 1, "line": {"color": FRAME, "width": 1.5}}, **whole},
        ],
        "annotations": [
            {
                **{"text": f"within {MET:.0%}", "showarrow": False, "xref": "x", "yref": "paper", "yanchor": "bottom"},
                **{"x": 0, "y": 1},
            }
        ],
    }
    return {"data": [trace], "layout": layout}


def _factors(values: list[float]) -> list[str]:
    return [f"×{formats.number(value)}" for value in values]


def _value(value: float) -> str:
    return formats.digits(value)
