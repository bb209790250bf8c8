"""The frontier: what speed costs, the target on it, and under it the layouts and where the time goes."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from infecon_ui.charts import axes
from infecon_ui.charts.curves import DASHES, pieces, thin, with_gaps
from infecon_ui.charts.figure import Figure, packed
from infecon_ui.charts.palette import CURVE, GHOST
from infecon_ui.frontier import band, cache, hover, labels, panels, verdict, words
from infecon_ui.frontier.labels import Label
from infecon_ui.frontier.points import Array
from infecon_ui.frontier.shown import Shown
from infecon_ui.text import formats

Trace = dict[str, Any]
# Speeds and values of its points.
Line = tuple[Array, Array]

POINTS = 240  # points that can be pointed at: as many as a browser finds at once without a pause
LINE = 400  # points along a line
# Where the panels lie, as parts of the height, with layouts and without.
_MAIN, _LAYOUTS, _TIME = (0.36, 1.0), (0.26, 0.335), (0.0, 0.19)
_MAIN_ALONE = (0.27, 1.0)
MARGIN = {"l": 58, "r": 14, "t": 30, "b": 42}
_TOO_SLOW = "rgba(125, 135, 150, 0.13)"
_LEAST_SLOW = 0.16  # the part of the axis from which on "too slow" is written into the shaded part
_HEADING = 0.42  # the part of the width that the name of the vertical axis takes
_ALONG_AREA = (
    2 / 3,
    5 / 6,
    1 / 2,
    1 / 3,
    1 / 6,
)  # where the area of the measurements may be named, from the fastest [1]
_LARGE, _SMALL = 14, 12  # type of the label at the target, and of the others [px]


def frontier_figure(shown: Shown, *, spread: bool = True, phone: bool = False) -> Figure:
    """Draw a frontier with its target, the layouts along it, and the shares of the five times.

    Args:
        shown (Shown): What is drawn.
        spread (bool): Draw where comparable measurements lie, as far as the engine has some.
        phone (bool): Put the label of a narrow screen first among the annotations; style sheets show either it or the
            others.
    """
    # Prices are those of the frontier; the panels would flicker from one of its near-equal layouts to the next.
    steady = shown.points.steady or shown.points
    before = _before(shown)
    return {
        "data": [
            *(band.area(shown) if spread else []),
            *panels.shares(steady),
            *panels.ribbon(steady, shown.ranges, log_axes=shown.view.log_axes),
            *panels.share_names(steady, shown.ranges, log_axes=shown.view.log_axes),
            *([] if before is None else [_line(*before, GHOST, "before", width=1.5, dash="dash")]),
            *_curve(shown),
            *_named_points(shown, spread=spread),
            _pointed_at(shown),
        ],
        "layout": _layout(shown, before, spread=spread, phone=phone),
    }


def _before(shown: Shown) -> Line | None:
    """Speeds and values of the curve of before the last change; None where there is none to compare with."""
    before = cache.frontier(shown.before).points if shown.before is not None else None
    if before is None or before.measure(shown.view.y) != shown.measure:
        return None
    rows = thin(before.frame, LINE // 2)
    return before.speed[rows], before.values(shown.measure)[rows]


def _curve(shown: Shown) -> list[Trace]:
    """The curve: grey where it is too slow for the target, in colour where it is fast enough.

    Dashed beyond what was measured.
    """
    rows = thin(shown.points.frame, LINE, (shown.row,))
    split = int(np.searchsorted(rows, shown.row)) if shown.reached else -1
    traces = []
    for part, colour, name in ((rows[max(split, 0) :], GHOST, "too slow"), (rows[: split + 1], CURVE, "fast enough")):
        if len(part) < 2:
            continue
        found = pieces(shown.points.beyond[part] != "")
        for beyond in (False, True):
            if lines := [part[piece] for piece, kind in found if kind == beyond]:
                x, y = (with_gaps([column[line] for line in lines]) for column in (shown.points.speed, shown.values))
                told, dash = (f"{name}, {words.BEYOND}", DASHES) if beyond else (name, "solid")
                traces.append(_line(x, y, colour, told, dash=dash))
    return traces


def _line(x: Array, y: Array, colour: str, name: str, *, width: float = 3, dash: str = "solid") -> Trace:
    return {
        **{"type": "scatter", "x": packed(x), "y": packed(y), "mode": "lines", "hoverinfo": "skip", "name": name},
        "line": {"color": colour, "width": width, "dash": dash},
    }


def _named_points(shown: Shown, *, spread: bool) -> list[Trace]:
    """The point that the figures are taken at, large and with its ranges; fastest, cheapest and preferred, small."""
    others = [row for row in dict.fromkeys(shown.points.rows.values()) if row != shown.row]
    small = {"color": GHOST, "size": 8, "line": {"color": "white", "width": 1}}
    large = {"color": CURVE if shown.reached else GHOST, "size": 15, "line": {"color": "white", "width": 2}}
    if shown.points.beyond[shown.row]:
        # Hollow, as the line is dashed.
        large = {**large, "symbol": "circle-open", "line": {"width": 3}}
    whiskers = band.whiskers(shown) if spread else {}
    return [
        {
            **{"type": "scatter", "mode": "markers", "hoverinfo": "skip", "name": name, "marker": marker, **ranges},
            **{"x": packed(shown.points.speed[rows]), "y": packed(shown.values[rows])},
        }
        for rows, marker, name, ranges in ((others, small, "named", {}), ([shown.row], large, "target", whiskers))
        if rows
    ]


def _pointed_at(shown: Shown) -> Trace:
    """Points that cannot be seen: a mouse finds the nearest along the axis, and a click on it picks it."""
    points = shown.points
    rows = thin(points.frame, POINTS, (shown.row, *points.rows.values()))
    hidden = {"marker": {"opacity": 0}}
    return {
        **{"type": "scatter", "mode": "markers", "name": "frontier"},
        **{"x": packed(points.speed[rows]), "y": packed(shown.values[rows])},
        "customdata": packed(hover.carried(points, rows)),
        "text": hover.layouts(points, rows),
        "marker": {"color": CURVE, "size": 9, "opacity": 0},
        **{"selected": hidden, "unselected": hidden},
        "hovertemplate": hover.template(
            shown.measure,
            first_token=words.first_token(shown.scenario) if np.isfinite(points.columns["ttft_s"]).all() else "",
            whole=points.whole,
        ),
    }


def _layout(shown: Shown, before: Line | None, *, spread: bool, phone: bool) -> dict[str, Any]:
    log_axes, ranges = shown.view.log_axes, shown.ranges
    drawn = labels.drawn([_parts(shown, *line) for line in _lines(shown, before, spread=spread)])
    main = _MAIN if shown.points.whole else _MAIN_ALONE
    written = axes.dollars if shown.measure.money else axes.plain
    fixed = {"fixedrange": True, "zeroline": False}
    bare = {**fixed, "showgrid": False, "ticks": ""}
    pointer = {"showspikes": True, "spikemode": "across", "spikesnap": "hovered data", "spikethickness": 1}
    return {
        **{"margin": MARGIN, "showlegend": False, "barmode": "overlay", "bargap": 0},
        "uniformtext": {"mode": "hide", "minsize": 11},
        **{"hovermode": "x", "hoverdistance": -1, "hoversubplots": "axis", "dragmode": False},
        "hoverlabel": {
            **{"align": "left", "bgcolor": "white", "bordercolor": CURVE},
            "font": {"color": "#1B1F24", "size": 13},
        },
        "xaxis": {
            **axes.axis(ranges.slowest, ranges.fastest, axes.plain, log_axis=log_axes, most=10),
            **{**fixed, **pointer, "showgrid": True, "anchor": panels.TIME, "spikedash": "solid", "spikecolor": GHOST},
            "title": {"text": "speed, tokens per second per user", "standoff": 6, "font": {"size": 13}},
        },
        "yaxis": {
            **axes.axis(ranges.cheapest, ranges.dearest, written, log_axis=log_axes, most=7),
            **{**fixed, "domain": main},
        },
        "yaxis2": {**bare, "domain": _LAYOUTS, "range": [0, 1], "tickvals": [0.5], "ticktext": ["layout"]},
        "yaxis3": {**bare, "domain": _TIME, "range": [0, 100], "tickvals": [50], "ticktext": ["time"]},
        # Bars lie under areas on the same axis, and so would the names in them.
        "yaxis4": {**bare, "overlaying": panels.TIME, "range": [0, 100], "showticklabels": False},
        "shapes": _target_shapes(shown),
        "annotations": [
            *([_phone_label(shown, drawn)] if phone else []),
            *_headings(shown),
            panels.key(shown.points),
            *_labels(shown, drawn, spread=spread),
        ],
    }


def _target_shapes(shown: Shown) -> list[dict[str, Any]]:
    """The shaded part that is too slow, and the line of the target."""
    at = _along(shown, shown.target)
    shapes: list[dict[str, Any]] = []
    if at > 0:
        shapes.append(
            {
                **{"type": "rect", "xref": "x domain", "yref": "y domain", "x0": 0, "x1": min(at, 1), "y0": 0, "y1": 1},
                **{"fillcolor": _TOO_SLOW, "line": {"width": 0}, "layer": "below"},
            }
        )
    if 0 <= at <= 1:
        # It leaves the names of the layouts free.
        shapes += [
            {
                **{"type": "line", "xref": "x domain", "yref": f"{axis} domain", "x0": at, "x1": at, "y0": 0, "y1": 1},
                "line": {"color": colour, "width": 1.5, "dash": "dot"},
            }
            for axis, colour in (("y", CURVE), (panels.TIME, "white"))
        ]
    return shapes


def _headings(shown: Shown) -> Iterable[dict[str, Any]]:
    """Name of the vertical axis, and of the line of the target, at the upper edge."""
    at = _along(shown, shown.target)
    beside = {"x": 1, "xanchor": "right"} if 0 <= at < _HEADING else {}
    title = f"<b>{shown.measure.title}</b>"
    yield {**axes.heading(title, shift=8), **beside, "font": {"size": 13}}
    text = f"at least {formats.digits(shown.target)} tok/s"
    if 0 <= at <= 1:
        side = "right" if at > 0.93 else "left" if at < 0.07 else "center"
        yield {
            **{"text": text, "showarrow": False, "xref": "x domain", "yref": "paper", "x": at, "y": 1},
            **{"xanchor": side, "yanchor": "bottom", "yshift": 4, "font": {"size": 13}},
        }
    if at > _LEAST_SLOW:
        low = _rises(shown)
        yield {
            **{"text": "too slow for the target", "showarrow": False, "xref": "x domain", "yref": "y domain"},
            **{"x": 0, "y": 1 if low else 0, "xanchor": "left", "yanchor": "top" if low else "bottom"},
            **{"xshift": 8, "yshift": -6 if low else 6, "font": {"size": _SMALL}, "opacity": 0.8},
        }


def _labels(shown: Shown, drawn: Array, *, spread: bool) -> list[dict[str, Any]]:
    """What is written at the points, the one at the target first, and at the area of the measurements."""
    named = shown.points.named()
    own = f"{named[shown.row]}: " if shown.row in named else ""
    wanted = [_label(shown, shown.row, own + _target_text(shown), needed=True)]
    for row, name in named.items():
        if row != shown.row:
            value = verdict.amount(shown.measure, float(shown.values[row]))
            found = _label(shown, row, f"{name} {formats.number(shown.points.speed[row])} tok/s, {value}")
            # Linear axes end below the dearest points: what is above them is named at their upper edge.
            wanted.append(found._replace(y=1.0, text=f"↑ {found.text}") if found.y > 1 else found)
    wanted += _beyond_labels(shown)
    wanted += _spread_labels(shown) if spread else []
    return _placed(shown, [label for label in wanted if label.needed or _inside(label)], drawn, labels.SCREENS)


def _label(shown: Shown, row: int, text: str, *, needed: bool = False) -> Label:
    x, y = _parts(shown, shown.points.speed[[row]], shown.values[[row]])[0]
    return Label(float(x), float(y), text, _LARGE if needed else _SMALL, needed=needed)


def _inside(label: Label) -> bool:
    return 0 <= label.x <= 1 and 0 <= label.y <= 1


def _spread_labels(shown: Shown) -> list[Label]:
    """At places along either edge of the area of the measurements."""
    if shown.spread is None:
        return []
    rows = np.unique((np.array(_ALONG_AREA) * (len(shown.points) - 1)).astype(int))
    return [
        Label(x, y, band.name(shown.spread), _SMALL, once=True)
        for ratio in (shown.spread.high, shown.spread.low)
        for x, y in _parts(shown, *(values[rows] for values in shown.scaled(ratio))).tolist()
    ]


def _beyond_labels(shown: Shown) -> list[Label]:
    """At the parts of the curve that lie beyond what was measured, the longest first, off the target and their ends."""
    along = _parts(shown, shown.points.speed, shown.values)
    marked = [piece for piece, beyond in pieces(shown.points.beyond != "") if beyond]
    marked.sort(key=lambda piece: -float(np.ptp(along[piece].clip(0, 1), axis=0).sum()))
    at = _along(shown, shown.target)
    found = []
    for piece in marked:
        quarter = (piece.stop - piece.start) // 4
        inner = along[piece.start + quarter : piece.stop - quarter]
        x, y = inner[np.abs(inner[:, 0] - at).argmax()].tolist()
        found.append(Label(x, y, words.BEYOND, _SMALL, once=True))
    return found


def _target_text(shown: Shown) -> str:
    point = shown.point
    price = verdict.amount(shown.measure, shown.value)
    accelerator = shown.choice.accelerator_name
    split = words.short(point).partition(" · ")[2]
    users = formats.number(point["batch"])
    layout = [
        f"{formats.number(point['n_gpu'])} × {accelerator}",
        *([split] if split else []),
        f"{users} {'user' if users == '1' else 'users'}",
    ]
    return f"<b>{price}</b> at {formats.digits(point['tokens_per_s_user'])} tok/s<br>{' · '.join(layout)}"


def _phone_label(shown: Shown, drawn: Array) -> dict[str, Any]:
    price = f"<b>{verdict.amount(shown.measure, shown.value)}</b>"
    (label,) = _placed(shown, [_label(shown, shown.row, price, needed=True)], drawn, labels.PHONE)
    return label


def _lines(shown: Shown, before: Line | None, *, spread: bool) -> list[Line]:
    """What labels keep off: the curve, the curve of before and the whiskers."""
    return [
        (shown.points.speed, shown.values),
        *([] if before is None else [before]),
        *(band.whisker_lines(shown) if spread else []),
    ]


def _placed(shown: Shown, wanted: list[Label], drawn: Array, screens: Array) -> list[dict[str, Any]]:
    spots = labels.places(wanted, drawn, screens, target=_along(shown, shown.target), rising=_rises(shown))
    return [
        {
            "text": label.text,
            "align": spot.side,
            **{"xref": "x domain", "yref": "y domain", "x": label.x, "y": label.y},
            **{"ax": spot.right, "ay": -spot.up, "xanchor": spot.side, "yanchor": spot.edge},
            **{"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "standoff": 8, "borderpad": 1},
            **{"arrowcolor": GHOST, "font": {"size": label.size}},
        }
        for label, spot in zip(wanted, spots, strict=True)
        if spot is not None
    ]


def _parts(shown: Shown, speed: Array, values: Array) -> Array:
    """Where points stand in the panel, as parts of its width and height from the lower left. [1]"""
    log_axes, ranges = shown.view.log_axes, shown.ranges
    return np.column_stack(
        [
            axes.fraction(speed, ranges.slowest, ranges.fastest, log_axis=log_axes),
            axes.fraction(values, ranges.cheapest, ranges.dearest, log_axis=log_axes),
        ]
    )


def _along(shown: Shown, speed: float) -> float:
    """Where a speed stands along the axis. [1]"""
    ends = shown.ranges.slowest, shown.ranges.fastest
    return float(axes.fraction(np.array([speed]), *ends, log_axis=shown.view.log_axes)[0])


def _rises(shown: Shown) -> bool:
    """Whether the curve rises from left to right: prices do, throughput falls."""
    return bool(shown.values[0] >= shown.values[-1])
