"""The questions of the page, by what they are called on its control."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from infecon_core import Scenario
from infecon_ui.page_controls import PageControls
from infecon_ui.scaling import closed_form, context, exponents, generations, more_gpus, palm, parameters
from infecon_ui.scaling.section import Section
from infecon_ui.state.chosen import Chosen

Ask = Callable[[Chosen, Scenario, PageControls], Section]

# A label is what stands in links.
SECTIONS: Mapping[str, Ask] = MappingProxyType(
    {
        "Parameters": parameters.section,
        "HBM bandwidth": partial(exponents.section, "bandwidth"),
        "Precision": partial(exponents.section, "bits"),
        "Closed form": closed_form.section,
        "More GPUs": more_gpus.section,
        "Generations": generations.section,
        "Context": context.section,
        "PaLM, measured": palm.section,
    }
)
