"""What speculative decoding gives at a scenario's target: its price with drafts and without."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from infecon_core.catalog.acceptance import curves
from infecon_core.catalog.drafts import is_measured_on, own_draft
from infecon_core.catalog.models import models
from infecon_core.engines import engine_of
from infecon_core.pareto import at_speed
from infecon_core.scenario import Scenario
from infecon_core.schema import SelfDraft
from infecon_core.schema.field import facts_of


class SpeculationGain(NamedTuple):
    """Prices of a million output tokens at the target, with a draft and without.

    Attributes:
        drafted (Scenario): With the draft: the scenario itself where it has one, else with the model's own layers.
        changes (mapping): What turns the draft on, as `Choices.apply` takes it; empty where it is on.
        with_usd, without_usd (float or None): Prices; None where no setup is fast enough. [USD]
    """

    drafted: Scenario
    changes: Mapping[str, Any]
    with_usd: float | None
    without_usd: float | None

    @property
    def relative(self) -> float | None:
        """Price with over price without, less 1; None where one of them is out of reach. [1]"""
        if self.with_usd is None or self.without_usd is None:
            return None
        return self.with_usd / self.without_usd - 1


def price_at_target(scenario: Scenario) -> float | None:
    """Price of a million output tokens at the target; None where no setup is fast enough. [USD]"""
    try:
        frame = engine_of(scenario).frontier(scenario)
    except ValueError:  # NothingFits is one of them: a draft may take the memory that is left
        return None
    point = at_speed(frame, scenario.target_tokens_per_s_user)
    return None if point is None else float(point["usd_per_million_tokens"])


def speculation_gain(
    scenario: Scenario, price: Callable[[Scenario], float | None] = price_at_target
) -> SpeculationGain | None:
    """What the target costs with a draft and without, each at the cheapest setup that is fast enough.

    Args:
        scenario (Scenario): With a draft, which is taken away; or without, and then the layers draft that the model
            was released with.
        price (callable): As `price_at_target`, which searches; for callers who know prices already. [USD]

    Returns:
        SpeculationGain or None: None where nothing drafts and the model has no layers for it, or where the engine is
            not quick enough to search once more.
    """
    if not engine_of(scenario).capabilities.searches_again:
        return None
    if scenario.speculation is not None:
        here, without = price(scenario), price(scenario.changed(speculation=None))
        return SpeculationGain(scenario, {}, here, without)
    own = own_layers(scenario)
    if own is None:
        return None
    draft, changes = own
    drafted = scenario.changed(speculation=draft)
    return SpeculationGain(drafted, changes, price(drafted), price(scenario))


def own_layers(scenario: Scenario) -> tuple[SelfDraft, Mapping[str, Any]] | None:
    """The draft by the layers that a model was released with, and what turns it on, as `Choices.apply` takes it.

    With the tokens a round measured on the model where there are any, the fewest of several curves; else with the
    default acceptance. None where it has no such layers, or where the engine knows no such drafts.
    """
    kind = facts_of(SelfDraft)["kind"]
    mtp = own_draft(scenario.architecture)
    if mtp is None or kind.only not in ("", scenario.engine) or mtp.layers > scenario.architecture.num_hidden_layers:
        return None
    changes: dict[str, Any] = {"speculation": str(kind.default).split("_")[0]}
    ids = [model_id for model_id, entry in models().items() if entry.architecture.name == scenario.architecture.name]
    measured = [
        (curve.accepted_lengths[0], key)
        for key, curve in curves().items()
        if any(is_measured_on(curve, model_id, str(kind.default)) for model_id in ids)
    ]
    if not measured:
        draft = SelfDraft(layers=mtp.layers)
        return draft, {**changes, "acceptance": draft.acceptance}
    _, key = min(measured)
    curve = curves()[key]
    draft = SelfDraft(layers=mtp.layers, accepted_lengths=curve.accepted_lengths, measured_on=curve.name)
    return draft, {**changes, "accepted_lengths": key}
