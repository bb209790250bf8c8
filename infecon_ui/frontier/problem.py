"""Why a choice has no frontier or misses its target, and what would give it one."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from infecon_core import Scenario, catalog
from infecon_core.engines import engine_of
from infecon_core.schema import BASIS_NAMES, OWN
from infecon_ui.charts.measures import MEASURES, OUTPUT, Measure
from infecon_ui.frontier import cache, verdict, words
from infecon_ui.state.chosen import Chosen
from infecon_ui.text import formats


class Offer(NamedTuple):
    """A change that a button makes.

    Attributes:
        changes (mapping): The change as `session.apply` takes it.
        label (str): What it is and what it leads to.
    """

    changes: Mapping[str, Any]
    label: str


class Help(NamedTuple):
    """What would bring a target within reach.

    Attributes:
        lead (str): Which figure follows each offer, or that none was found.
        offers (tuple of Offer): The changes, cheapest first.
    """

    lead: str
    offers: tuple[Offer, ...]


class Problem(NamedTuple):
    """Why there is no frontier.

    Attributes:
        heading (str): What does not work, in a few words.
        reason (str): Why, in a sentence.
        help (Help): What would help.
    """

    heading: str
    reason: str
    help: Help


def problem_of(choice: Chosen, measure: Measure) -> Problem | None:
    """Why a choice has no frontier; None where it has one.

    Args:
        choice (Chosen): What the sidebar chose.
        measure (Measure): What offers say of the point that they lead to.
    """
    if choice.scenario is None:
        reason, basis = choice.problem or "", choice.choices.basis
        prices = catalog.accelerator(choice.accelerator_id).prices
        if basis == OWN or basis in prices:
            return Problem("These numbers make no scenario", reason, Help("", ()))
        heading = f"{choice.accelerator_name} has no price {words.on_basis(basis)}"
        offers = tuple(
            Offer({"price_basis": known}, f"{BASIS_NAMES[known]}: {formats.money(price.usd_per_gpu_hour)} per GPU-hour")
            for known, price in prices.items()
        )
        return Problem(heading, reason, Help("", offers))
    result = cache.frontier(choice.scenario)
    if result.points is not None:
        return None
    found = help_for(choice.scenario, measure)
    if result.changes:
        # First the smallest change that lets it run, which may still be too slow for the target.
        same = next((offer for offer in found.offers if offer.changes == result.changes), None)
        figures = same.label.rpartition(": ")[2] if same else ""
        least = Offer(result.changes, ": ".join(part for part in (words.change(result.changes), figures) if part))
        others = tuple(offer for offer in found.offers if offer is not same)
        found = Help(found.lead if found.offers else "", (least, *others))
    return Problem(_heading(choice, choice.scenario, result.changes), result.problem or "", found)


def help_for(scenario: Scenario, measure: Measure) -> Help:
    """What would bring the target of a scenario within reach, and what it then costs or makes.

    Args:
        scenario (Scenario): Its targets are missed.
        measure (Measure): What is said of each point; the output's price where that is not known.
    """
    found = cache.remedies(scenario)
    if not found:
        return Help("No change that was tried brings the target within reach.", ())
    if not all(math.isfinite(remedy.point[measure.column]) for remedy in found):
        measure = MEASURES[OUTPUT]
    offers = tuple(
        Offer(
            remedy.changes,
            f"With {remedy.words}: {formats.number(remedy.tokens_per_s_user)} tok/s, "
            f"{verdict.amount(measure, float(remedy.point[measure.column]))}",
        )
        for remedy in found
    )
    return Help(f"What would help, with {measure.title[:1].lower()}{measure.title[1:]}:", offers)


def _heading(choice: Chosen, scenario: Scenario, changes: Mapping[str, Any]) -> str:
    limit_s = scenario.target_ttft_s
    # A limit that is the only obstacle is named: without it the same runs.
    limited = limit_s is not None and engine_of(scenario).capabilities.prompts
    if limit_s is not None and limited and cache.frontier(scenario.changed(target_ttft_s=None)).points is not None:
        quickest_s = changes.get("target_ttft_s")
        quickest = "" if quickest_s is None else f": the quickest is {words.limit(quickest_s)}"
        within = f"within {words.limit(limit_s)}{quickest}"
        return f"{choice.model_name} on {choice.accelerator_name} cannot give the first token {within}"
    return f"{choice.model_name} does not run on {choice.accelerator_name} as chosen"
