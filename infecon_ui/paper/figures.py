"""The paper's figures: our curves, with the printed and the observed points on them where it prints any."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from infecon_core.paper.exhibits.compare import measurements, square_root_law
from infecon_core.paper.exhibits.values import Exhibit
from infecon_ui.charts import axes
from infecon_ui.charts.curves import thin
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import CURVE, GHOST, MUTED, VARIANTS
from infecon_ui.text import formats

CURVE_POINTS = 150  # more than a browser shows apart
SPEED, PRICE = "tokens_per_s_user", "usd_per_million_tokens"
PRINTED, OBSERVED = "Printed in the paper", "A provider, as the paper observed it"


def drawing_of(shown: Exhibit, table: pd.DataFrame, curves: Mapping[str, pd.DataFrame]) -> Lines | None:
    """What the chart of an exhibit shows, None where it is a table."""
    if curves:
        points = [_printed(shown, table, curves), *([_observed(shown)] if shown.observed else [])]
        return curves_drawing(curves, points, pairs=True)
    return law_drawing(shown) if any(row.point == "square_root_law" for row in shown.rows) else None


def curves_drawing(curves: Mapping[str, pd.DataFrame], points: Sequence[Line] = (), *, pairs: bool = False) -> Lines:
    """Speed against price.

    Args:
        curves (mapping): Frontiers by label.
        points (sequence of Line): Points on them.
        pairs (bool): Whether curves come in pairs, solid and dashed in one colour; else each has a colour of its own.
    """
    lines = [_line(i, name, frame, pairs=pairs) for i, (name, frame) in enumerate(curves.items())]
    return Lines(
        Scale("Speed, tokens per second per user", log=True),
        Scale("Price, $ per million tokens", log=True, words=axes.dollars),
        (*lines, *points),
    )


def law_drawing(shown: Exhibit) -> Lines:
    """Measured latency against size, and the square-root law through it."""
    params, latency = measurements(shown)
    constant = square_root_law(params, latency)
    span = np.geomspace(params.min() / 2, params.max() * 5, 40)
    names = tuple(row.label for row in shown.rows if row.measured)
    return Lines(
        Scale("Weights, billions", log=True),
        Scale("Time per token, ms", log=True),
        (
            Line("T = c·√P", span / 1e9, constant * np.sqrt(span), CURVE),
            Line("Measured (Pope et al. 2022)", params / 1e9, latency, MUTED, scattered=True, notes=names),
        ),
    )


def _line(position: int, name: str, frame: pd.DataFrame, *, pairs: bool) -> Line:
    shown = frame.iloc[thin(frame, CURVE_POINTS)]
    colour = VARIANTS[(position // 2 if pairs else position) % len(VARIANTS)]
    notes = tuple(
        f"{formats.gpus(n_gpu)}, batch {formats.number(batch)}"
        for n_gpu, batch in zip(shown["n_gpu"], shown["batch"], strict=True)
    )
    dashed = np.full(len(shown), True) if pairs and position % 2 else None
    return Line(name, shown[SPEED].to_numpy(float), shown[PRICE].to_numpy(float), colour, dashed, notes=notes)


def _printed(shown: Exhibit, table: pd.DataFrame, curves: Mapping[str, pd.DataFrame]) -> Line:
    """The printed points; where the paper prints a speed alone, the point stands at our price."""
    frames = {line.setup: curves[line.label] for line in shown.curves}
    x, y, names = [], [], []
    for row in shown.rows:
        if row.setup is None:
            continue
        numbers = table[(table["row"] == row.label) & (table["alternative"] == "")].set_index("quantity")["printed"]
        frame = frames[row.setup]
        x.append(float(numbers[SPEED]))
        # The fastest point is where ours stands; the print names its speed alone.
        y.append(float(numbers.get(PRICE, frame[PRICE].iloc[int(frame[SPEED].to_numpy().argmax())])))
        names.append(row.label)
    return Line(PRINTED, np.array(x), np.array(y), MUTED, scattered=True, notes=tuple(names))


def _observed(shown: Exhibit) -> Line:
    points = [point.numbers for point in shown.observed]
    return Line(
        OBSERVED,
        np.array([point[SPEED].value for point in points]),
        np.array([point[PRICE].value for point in points]),
        GHOST,
        scattered=True,
        notes=tuple(point.label for point in shown.observed),
    )
