"""Every choice a reader can make: its name in links, its default, how it is read and written."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from infecon_core import catalog
from infecon_core.scenario import MAX_GPUS, MAX_TOKENS, PublishedOptions, Scenario
from infecon_core.spec import FORMAT_BITS, DraftModel, Precision
from infecon_ui.parameters.accelerator import CONSTANTS, PRICE, accelerator_numbers, customised_accelerator
from infecon_ui.parameters.kinds import Option, Parameter, Quantity, Switch
from infecon_ui.parameters.model import customised_model, group_labels, model_numbers
from infecon_ui.parameters.serving import (
    CALIBRATION,
    CONSTANT_RATE,
    acceptance_names,
    customised_constants,
    self_draft_numbers,
    serving_constants,
    serving_switches,
)

__all__ = [
    "CALIBRATION",
    "CONSTANTS",
    "CONSTANT_RATE",
    "ENGINES",
    "FORMATS",
    "INSTANCES",
    "PRICE",
    "SPECULATION",
    "TRAFFIC",
    "VARIANTS",
    "Option",
    "Parameter",
    "Quantity",
    "Switch",
    "accelerator_numbers",
    "acceptance_names",
    "customised_accelerator",
    "customised_constants",
    "customised_model",
    "group_labels",
    "model_numbers",
    "parameters",
    "self_draft_numbers",
    "serving_constants",
    "serving_switches",
    "speculations",
]

DEFAULT_MODEL = "llama-3.1-70b"
DEFAULT_ACCELERATOR = "h100-sxm"
DEFAULT_DRAFT = "llama-3.2-1b"

# How models released in 16 bits are usually served.
SERVED = Precision(weights="fp8", kv="bf16", activations="bf16")

ENGINES: Mapping[str, str] = MappingProxyType({"serving": "Serving", "published": "Published"})
FORMATS: tuple[str, ...] = tuple(FORMAT_BITS)
VARIANTS: Mapping[str, str] = MappingProxyType(
    {
        "toy": "Toy (paper 2.2)",
        "printed": "Printed equations (3.6)",
        "reference_2d": "2-D tensor parallel",
        "reference_pipeline": "With pipelines",
        "reference": "Full reference",
    }
)
TRAFFIC: Mapping[str, str] = MappingProxyType({"final": "Final", "early": "Early (the paper's Table 5)"})
SPECULATION: Mapping[str, str] = MappingProxyType({"off": "Off", "draft": "Draft", "self": "Self-draft"})
INSTANCES: tuple[int, ...] = tuple(2**power for power in range(MAX_GPUS.bit_length()))


def speculations(engine: str) -> tuple[str, ...]:
    """The kinds of speculation that an engine knows: the published model's drafts are models of their own.

    Parameters
    ----------
    engine : str
        `serving` or `published`.
    """
    return tuple(kind for kind in SPECULATION if engine == "serving" or kind != "self")


@lru_cache(maxsize=512)
def parameters(model_id: str, accelerator_id: str) -> Mapping[str, Parameter]:
    """All choices by key, in the order of the sidebar, with the defaults of one model and one accelerator.

    Parameters
    ----------
    model_id, accelerator_id : str
        Ids of the catalog.
    """
    formats = _default_precision(model_id)
    published = PublishedOptions()
    models, chips = tuple(catalog.models()), tuple(catalog.accelerators())
    choices: list[Parameter] = [
        Option("engine", str(Scenario.model_fields["engine"].default), tuple(ENGINES)),
        Option("model", DEFAULT_MODEL if DEFAULT_MODEL in models else models[0], models),
        *model_numbers(model_id),
        Option("gpu", DEFAULT_ACCELERATOR if DEFAULT_ACCELERATOR in chips else chips[0], chips),
        *accelerator_numbers(accelerator_id),
        Option("w", formats.weights, FORMATS),
        Option("kv", formats.kv, FORMATS),
        Option("act", formats.activations, FORMATS),
        Quantity("prompt", "Prompt (tokens)", "Tokens that a request brings.", 1000, 0, MAX_TOKENS, whole=True),
        Quantity("output", "Output (tokens)", "Tokens that a request gets back.", 1000, 0, MAX_TOKENS, whole=True),
        Option("spec", "off", tuple(SPECULATION)),
        Option("draft", DEFAULT_DRAFT if DEFAULT_DRAFT in models else models[0], models),
        Option("curve", CONSTANT_RATE, tuple(acceptance_names())),
        Quantity(
            "acceptance",
            "Acceptance",
            "Probability that the model accepts one drafted token.",
            float(DraftModel.model_fields["acceptance"].default),
            0.0,
            1.0,
        ),
        Quantity(
            "gamma",
            "Longest draft (tokens)",
            "Every point takes the best length up to this one.",
            int(DraftModel.model_fields["max_draft_tokens"].default),
            2,
            64,
            whole=True,
        ),
        *self_draft_numbers(),
        Quantity(
            "max",
            "Largest instance (GPUs)",
            "The search tries no more GPUs than this.",
            int(Scenario.model_fields["max_gpus"].default),
            1,
            MAX_GPUS,
            whole=True,
        ),
        Quantity(
            "demand",
            "Demand ceiling (tokens/s)",
            "The most that one instance can sell; empty for no ceiling.",
            None,
            0.001,
            1e15,
            optional=True,
        ),
        *serving_switches(),
        *serving_constants(),
        Option("variant", published.variant, tuple(VARIANTS)),
        Switch("pp", "Pipelines", "Search pipeline depths above 1 (the two upper rungs).", published.pipeline),
        Switch(
            "scaledown",
            "Attention scale-down",
            "Attention may use fewer GPUs than the feed-forward layers (the top rung).",
            published.attention_scaledown,
        ),
        Option("traffic", published.traffic, tuple(TRAFFIC)),
    ]
    return MappingProxyType({choice.key: choice for choice in choices})


def _default_precision(model_id: str) -> Precision:
    """The formats in which a model was released; 16-bit releases as they are usually served."""
    released = catalog.model(model_id).precision
    widths = {FORMAT_BITS[name] for name in (released.weights, released.kv, released.activations)}
    return SERVED if widths == {16} and not model_id.startswith("erdil-") else released
