"""What the pages get: the chosen scenario, or why there is none, its names, and where its numbers come from."""

from dataclasses import dataclass

from infecon_core import Scenario, catalog
from infecon_core.choices import Choices
from infecon_core.choices.registry import PRICE
from infecon_ui.bounded_cache import BoundedCache
from infecon_ui.state.sources import Source, changes_of, estimates, sources

CUSTOMISED = " (customised)"
CHOSEN = BoundedCache(8_000_000)


@dataclass(frozen=True)
class Chosen:
    """What a reader chose; `app.py` puts it into `st.session_state["choice"]` before a page runs.

    Args:
        choices (Choices): All choices, with their differences from the defaults.
        scenario (Scenario or None): The scenario; None where the numbers make none.
        problem (str or None): One sentence that says why there is no scenario.
        model_name, accelerator_name (str): Names, marked where any number but a price differs from the preset.
        estimates (tuple of str): One sentence for every number behind the scenario that is an estimate.
        sources (tuple of Source): Where the numbers come from.
    """

    choices: Choices
    scenario: Scenario | None
    problem: str | None
    model_name: str
    accelerator_name: str
    estimates: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def model_id(self) -> str:
        """Id of the model in the catalog."""
        return self.choices.model_id

    @property
    def accelerator_id(self) -> str:
        """Id of the accelerator in the catalog."""
        return self.choices.accelerator_id


@CHOSEN.keep
def chosen(choices: Choices, refused: str = "") -> Chosen:
    """What the pages get of some choices.

    Args:
        choices (Choices): What is chosen.
        refused (str): One sentence on what stands in a field and cannot be chosen: then there is no scenario.
    """
    scenario, problem = None, refused or None
    try:
        scenario = None if refused else choices.scenario()
    except ValueError as error:
        problem = str(error)
    model = catalog.model(choices.model_id).architecture.name
    accelerator = catalog.accelerator(choices.accelerator_id).accelerator.name
    return Chosen(
        choices,
        scenario,
        problem,
        model + (CUSTOMISED if changes_of(choices, "architecture") else ""),
        accelerator + (CUSTOMISED if changes_of(choices, "accelerator") - {PRICE} else ""),
        tuple(estimates(choices)),
        tuple(sources(choices)),
    )
