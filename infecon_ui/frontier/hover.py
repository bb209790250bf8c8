"""The four lines that a mouse over the frontier shows."""

import numpy as np
import numpy.typing as npt

from infecon_ui.charts.measures import MEASURES, OUTPUT, Measure
from infecon_ui.frontier import words
from infecon_ui.frontier.points import Points

# What a point carries, in the order of its customdata; the lines read it by these positions.
FIELDS = ("batch", "tokens_per_s_per_gpu", "ttft_s", "usd_per_million_tokens")


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
    """The layout of some rows in words."""
    named: dict[tuple[float, ...], str] = {}
    names = ("n_gpu", "tp", "pp", "ep", "dp_attn", "draft_tokens")
    columns = [points.columns[name][rows] for name in names]
    found = []
    for row, key in zip(rows.tolist(), zip(*columns, strict=True), strict=True):
        if key not in named:
            named[key] = words.in_words(points[row])
        found.append(named[key])
    return found


def template(measure: Measure, *, cents: bool, prompts: bool, whole: bool) -> str:
    """The four lines, as a plotly template over `FIELDS` and the layout as text.

    Args:
        measure (Measure): What the vertical axis shows.
        cents (bool): Whether two decimals of a dollar tell the prices apart.
        prompts (bool): Whether the first token is known.
        whole (bool): Whether batches are whole numbers.
    """
    at = {name: f"%{{customdata[{i}]" for i, name in enumerate(FIELDS)}
    value = ("$%{y:,.2f}" if cents else "$%{y:,.3~r}") if measure.money else "%{y:,.3~r}"
    users = f"{at['batch']}{':,d' if whole else ':,.3~r'}}} users at once"
    # What the vertical axis does not show.
    other = MEASURES["gpu" if measure.money else OUTPUT]
    also = f"{'$' if other.money else ''}{at[other.column]}:,.3~r}} {other.phrase if other.money else other.label}"
    first = f", first token ≥ {at['ttft_s']}:,.2~r}} s" if prompts else ""
    lines = [
        f"<b>{value}</b> {measure.phrase}",
        "%{text}",
        f"{users} · {also}",
        f"at %{{x:,.3~r}} tokens/s per user{first}",
    ]
    return "<br>".join(lines) + "<extra></extra>"
