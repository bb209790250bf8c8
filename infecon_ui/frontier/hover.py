"""The four lines that a mouse over the frontier shows, and a fifth where a point lies beyond what was measured."""

import numpy as np
import numpy.typing as npt

from infecon_ui.charts.measures import MEASURES, OUTPUT, Measure
from infecon_ui.frontier import words
from infecon_ui.frontier.points import Points

# What a point carries, in the order of its customdata; the lines read it by these positions.
FIELDS = ("batch", "tokens_per_s_per_gpu", "ttft_s", "end_to_end_s", "usd_per_million_tokens")


def carried(points: Points, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """The fields of some rows.

    Args:
        points (Points): The points of a frontier.
        rows (array of int): Which of its rows.

    Returns:
        array (rows, fields): NaN where the engine does not know.
    """
    return np.column_stack([points.columns[name][rows].astype(float) for name in FIELDS])


def layouts(points: Points, rows: npt.NDArray[np.intp]) -> list[str]:
    """The layout of some rows in words, and below it in which respect they lie beyond what was measured."""
    named: dict[tuple[float, ...], str] = {}
    names = ("n_gpu", "tp", "pp", "ep", "dp_attn", "draft_tokens")
    columns = [points.columns[name][rows] for name in names]
    found = []
    for row, key in zip(rows.tolist(), zip(*columns, strict=True), strict=True):
        if key not in named:
            named[key] = words.in_words(points[row])
        reason = points.beyond[row]
        found.append(f"{named[key]}<br>{words.BEYOND}: {reason}" if reason else named[key])
    return found


def template(measure: Measure, *, first_token: str, whole: bool) -> str:
    """The four lines, as a plotly template over `FIELDS` and the layout as text.

    Args:
        measure (Measure): What the vertical axis shows.
        first_token (str): What stands before the time to first token; empty where it is not known.
        whole (bool): Whether batches are whole numbers.
    """
    at = {name: f"%{{customdata[{i}]" for i, name in enumerate(FIELDS)}
    value = f"{'$' if measure.money else ''}%{{y:,.2~r}}"
    users = f"{at['batch']}{':,d' if whole else ':,.3~r'}}} users at once"
    # What the vertical axis does not show.
    other = MEASURES["gpu" if measure.money else OUTPUT]
    also = f"{'$' if other.money else ''}{at[other.column]}:,.2~r}} {other.phrase if other.money else other.label}"
    times = f", {first_token} {at['ttft_s']}:,.2~r}} s, request {at['end_to_end_s']}:,.2~r}} s" if first_token else ""
    lines = [
        f"<b>{value}</b> {measure.phrase}",
        "%{text}",
        f"{users} · {also}",
        f"at %{{x:,.3~r}} tokens/s per user{times}",
    ]
    return "<br>".join(lines) + "<extra></extra>"
