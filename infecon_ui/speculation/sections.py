"""The parts of the page: one at a time, so that one run makes few charts."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from infecon_ui.plots.plot import Plot
from infecon_ui.speculation import along, measured, paper, prices, rounds
from infecon_ui.speculation.question import Question

Makers = Mapping[str, Callable[[Question], Plot | None]]

ALONG, AT_ONE_SETUP, WHO_DRAFTS = "Along the frontier", "At one setup", "Who drafts"
MEASURED, PAPER = "Measured acceptance", "The paper"

# What makes the charts of each part, by their names in links.
SECTIONS: Mapping[str, Makers] = MappingProxyType(
    {
        ALONG: {"frontier": along.frontier_plot, "price_map": prices.map_plot, "length": along.length_plot},
        AT_ONE_SETUP: {"gain": rounds.panels_plot, "limit": rounds.limits_plot, "times": rounds.times_plot},
        WHO_DRAFTS: {"candidates": prices.candidates_plot},
        MEASURED: {"tokens": measured.tokens_plot, "curve_prices": measured.prices_plot},
        PAPER: {"forms": paper.forms_plot, "table_5": lambda _: paper.table_plot()},
    }
)


def makers(asked: Question, section: str) -> dict[str, Callable[[], Plot | None]]:
    """What makes each chart of the page, those of a part first."""
    first = SECTIONS[section]
    others = {name: make for one, charts in SECTIONS.items() if one != section for name, make in charts.items()}
    return {name: partial(make, asked) for name, make in {**first, **others}.items()}
