"""A part of the page: its sentence, its charts, and what stands below them."""

from collections.abc import Callable
from typing import NamedTuple

from infecon_ui.plots.show import Makers


class Part(NamedTuple):
    """One part of the page.

    Attributes:
        title (str): One sentence that its numbers make true.
        support (str): One line on what it rests on.
        plots (mapping): Its charts by name; none where it shows tables alone.
        draw (callable): Draws it, given the address of the page as it is.
    """

    title: str
    support: str
    plots: Makers
    draw: Callable[[str], None]
