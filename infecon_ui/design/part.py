"""What each of the questions of the page shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infecon_ui.plots.plot import Plot


@dataclass(frozen=True)
class Part:
    """An answer.

    Args:
        claim (str): The title of the page: one sentence.
        support (str): One line on what it holds for.
        charts (mapping): Makers of the charts by name; the claim is that of the first.
        headings (mapping): What stands above a chart, by its name.
        below (callable): Draws what stands below the charts.
        notes (tuple of str): Sentences below the support.
    """

    claim: str
    support: str
    charts: Mapping[str, Callable[[], Plot | None]] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    below: Callable[[], None] = lambda: None
    notes: tuple[str, ...] = ()
