"""Figures: a frontier or a step in, a plotly figure out."""

from infecon_ui.figures.axes import Ranges, ranges_of
from infecon_ui.figures.decomposition import WAYS, memory_figure, operator_table, step_figure, ways
from infecon_ui.figures.frontier import frontier_figure, picked_row

__all__ = [
    "WAYS",
    "Ranges",
    "frontier_figure",
    "memory_figure",
    "operator_table",
    "picked_row",
    "ranges_of",
    "step_figure",
    "ways",
]
