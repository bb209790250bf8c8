"""What would bring a target within reach that none of those compared reaches: in a sentence, and as buttons."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from infecon_core.analysis.reach import Remedy
from infecon_ui.compare.compared import Compared
from infecon_ui.frontier import cache
from infecon_ui.text import formats


def told(compared: Compared) -> list[str]:
    """Where none reaches the target, what would help the fastest."""
    found = [
        f"with {remedy.words} ({formats.speed(remedy.tokens_per_s_user)} at "
        f"{formats.about(remedy.usd_per_million_tokens)} per million output tokens)"
        for remedy in _remedies(compared)
    ]
    return [f"{compared.ranked[0].name} would reach it {', or '.join(found)}."] if found else []


def offers(compared: Compared) -> list[tuple[str, Mapping[str, Any]]]:
    """The same as buttons: what each says, and the change as `session.apply` takes it.

    Only changes of what all have in common: none of the choice that is compared, none of what is pinned.
    """
    fastest = compared.members[compared.names.index(compared.ranked[0].name)]
    comparison = compared.comparison
    if fastest.choices in comparison.pinned:
        return []
    return [
        (f"With {remedy.words}", remedy.changes)
        for remedy in _remedies(compared)
        if comparison.key not in comparison.base.apply(remedy.changes).changed(comparison.base)
    ]


def _remedies(compared: Compared) -> Sequence[Remedy]:
    fastest = compared.ranked[0]
    scenario = fastest.entrant.scenario
    if fastest.reached or math.isnan(fastest.fastest) or scenario is None or fastest.entrant.measured:
        return ()
    return cache.remedies(scenario)
