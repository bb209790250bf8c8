"""Why there is no answer, and what would give one."""

from collections.abc import Mapping
from typing import Any


class NothingFits(ValueError):  # noqa: N818 - it is an answer, not a fault
    """No setup of a scenario can run.

    Args:
        reason (str): One sentence: what is wrong and what would help.
        changes (mapping): Changes of the scenario, by the names of `Scenario.preset`, that make it fit; may be empty.
    """

    def __init__(self, reason: str, changes: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.changes = dict(changes or {})
