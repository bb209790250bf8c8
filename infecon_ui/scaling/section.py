"""One question of the page: its charts, the first under the page's title."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infecon_ui.plots.plot import Plot


def nothing() -> None:
    """Show nothing."""


@dataclass(frozen=True)
class Section:
    """One question of the page.

    Args:
        plots (mapping): By the names of its charts what makes them, the first one that of the page's title; they raise
            ValueError with a sentence where nothing can be shown: NothingFits, or what became of work.
        below (callable): Shows what stands under the first chart besides.
    """

    plots: Mapping[str, Callable[[], Plot]]
    below: Callable[[], None] = nothing

    @property
    def makers(self) -> Mapping[str, Callable[[], Plot | None]]:
        """What makes its charts, None where there is nothing to show."""
        return {name: _or_none(make) for name, make in self.plots.items()}


def _or_none(make: Callable[[], Plot]) -> Callable[[], Plot | None]:
    def made() -> Plot | None:
        try:
            return make()
        except ValueError:
            return None

    return made
