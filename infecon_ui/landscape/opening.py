"""Links from cells to the page where their frontier can be looked at, and where winners are compared."""

from collections.abc import Mapping
from dataclasses import replace

from infecon_core.choices import Comparison
from infecon_core.choices.comparison import MOST_MEMBERS
from infecon_core.choices.registry import ACCELERATOR, choices
from infecon_core.schema import PriceBasis
from infecon_ui.landscape.curves import KEPT
from infecon_ui.landscape.market import choices_of
from infecon_ui.state import links
from infecon_ui.state.view import View

ROOT = "./"
_TARGET = "at"


def frontier(link: str, basis: PriceBasis, y: str, tokens_per_s: float) -> str:
    """Where the first page shows a scenario of the data set at a target; relative, so that it holds below any path.

    Args:
        link (str): The scenario as the data set has it.
        basis (str): What the price of a GPU-hour pays for; `own` for what the data set has.
        y (str): What the vertical axis shows.
        tokens_per_s (float): The target. [tokens/s]
    """
    return links.address(ROOT, _at(_query(link, basis, y, ()), tokens_per_s))


def comparison(link: str, basis: PriceBasis, y: str, tokens_per_s: float, others: tuple[str, ...]) -> str:
    """Where the first page compares a scenario with the same one on other accelerators; arguments as for `frontier`."""
    return links.address(ROOT, _at(_query(link, basis, y, others[: MOST_MEMBERS - 1]), tokens_per_s))


def _at(query: Mapping[str, str], tokens_per_s: float) -> dict[str, str]:
    """A query with its target, as the first page writes it: what is the default is left out, the version stays last."""
    target = choices()[_TARGET]
    found = dict(query) if tokens_per_s == target.default else {**query, _TARGET: target.text(tokens_per_s)}
    found[links.VERSION] = found.pop(links.VERSION)
    return found


@KEPT.keep
def _query(link: str, basis: PriceBasis, y: str, others: tuple[str, ...]) -> Mapping[str, str]:
    base = choices_of(link, basis).with_values(**{_TARGET: choices()[_TARGET].default})
    shown = Comparison(base)
    if others:
        shown = shown.with_values(ACCELERATOR, (base.accelerator_id, *others))
    return links.encode(shown, replace(View(), y=y))
