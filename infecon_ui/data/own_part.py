"""The part Your own: a model or an accelerator that the catalog does not have."""

from infecon_ui.data import own_accelerator, own_model
from infecon_ui.data.part import Part
from infecon_ui.page_controls import PageControls
from infecon_ui.state.chosen import Chosen

_KINDS = {"Model": own_model.part, "Accelerator": own_accelerator.part}


def part(controls: PageControls, choice: Chosen) -> Part:
    """An entry of one's own."""
    return controls.pick("What", _KINDS, "own")(controls, choice)
