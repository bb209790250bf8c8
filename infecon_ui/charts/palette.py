"""One meaning, one colour: the five times of a step, and what fills the memory.

The five colours stay apart for the three common colour-vision deficiencies and read on
white and on near-black.
"""

from collections.abc import Mapping
from typing import NamedTuple

from infecon_core.schema import FIVE_TIMES


class Time(NamedTuple):
    """One of the five times of a step.

    Args:
        limit (str): Its name in the `limit` column of a frontier.
        column (str): Its column of a frontier, and its field of a step. [s]
        colour (str): Its colour on every page.
    """

    limit: str
    column: str
    colour: str

    @property
    def label(self) -> str:
        """The name at the start of a line."""
        return self.limit.capitalize()


_COLOURS: Mapping[str, str] = {
    "arithmetic": "#B44127",
    "memory": "#226FE4",
    "network bandwidth": "#18AC78",
    "network latency": "#EE961C",
    "kernel overhead": "#B06DB6",
}
TIMES = tuple(Time(limit, column, _COLOURS[limit]) for column, limit in FIVE_TIMES.items())
TIME_COLUMNS = [time.column for time in TIMES]
LIMITS = tuple(time.limit for time in TIMES)

# Memory is no time: greys and sand, so that nobody looks for its colour in the frontier.
WEIGHTS = "#5B6472"
KV_CACHE = "#98A1AE"
WORKSPACE = "#C9B79C"
FREE_MEMORY = "rgba(140, 150, 165, 0.22)"
FRAME = "rgba(140, 150, 165, 0.55)"
# Where comparable measurements lie around a frontier.
SPREAD = "rgba(125, 140, 165, 0.20)"
