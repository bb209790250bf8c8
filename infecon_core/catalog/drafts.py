"""What is known of drafts: which models bring their own layers for it, and on what an acceptance was measured."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from infecon_core.catalog.acceptance import AcceptanceCurve, curves
from infecon_core.catalog.models import OwnDraft, models
from infecon_core.schema import Architecture, Speculation


@cache
def _own_drafts() -> Mapping[str, OwnDraft]:
    return MappingProxyType({entry.architecture.name: entry.mtp for entry in models().values() if entry.mtp})


def own_draft(architecture: Architecture) -> OwnDraft | None:
    """The layers that a model was released with to draft for itself; None where it has none, or is not in the catalog.

    Args:
        architecture (Architecture): One of the catalog, whatever of its numbers was changed: its name counts.
    """
    return _own_drafts().get(architecture.name)


def origin(architecture: Architecture) -> str:
    """Where a model gets the layers with which it drafts for itself, in a sentence."""
    own = own_draft(architecture)
    if own is None and all(entry.architecture.name != architecture.name for entry in models().values()):
        return (
            f"{architecture.name} is no model of the catalog: layers that draft are those it was released with, if any."
        )
    if own is None:
        return f"{architecture.name} has no layers for drafting: a head such as EAGLE must be trained or obtained."
    count = "One layer" if own.layers == 1 else f"{own.layers:g} layers"
    return f"{count} for multi-token prediction (MTP): part of {architecture.name} as released."


def is_measured_on(curve: AcceptanceCurve, model_id: str, drafter: str) -> bool:
    """Whether a curve was measured on a model of the catalog with this kind of draft.

    The model counts by its id or name, not by its shape as for times (`measured.neighbours`): models of one shape take
    equally long, but how well a draft guesses their tokens follows from what they were trained on.
    """
    return model_id in curve.model_ids and curve.drafter == drafter


def elsewhere(curve: AcceptanceCurve, architecture: Architecture, drafter: str) -> str:
    """What else a curve was measured on, to follow "measured"; empty where on this model with this kind of draft.

    "on another model (Kimi K2.5, ...)", "with another kind of draft (Qwen3.5-397B-A17B, MTP, ...)".
    """
    if architecture.name not in {models()[model_id].architecture.name for model_id in curve.model_ids}:
        return f"on another model ({curve.name})"
    return "" if curve.drafter == drafter else f"with another kind of draft ({curve.name})"


def measured_elsewhere(speculation: Speculation | None, architecture: Architecture) -> str:
    """What else the tokens a round of a draft were measured on, in the words of `elsewhere`.

    Args:
        speculation (Speculation or None): The draft; what it was measured on may be told in words that no curve of the
            catalog has, which then stand for themselves.
        architecture (Architecture): The model that checks the drafts; its name counts.
    """
    if speculation is None or not speculation.accepted_lengths:
        return ""
    curve = next((curve for curve in curves().values() if curve.name == speculation.measured_on), None)
    if curve is not None:
        return elsewhere(curve, architecture, speculation.kind)
    told = speculation.measured_on
    return f"on {told}" if told and architecture.name not in told else ""


def evidence(speculation: Speculation, architecture: Architecture) -> str:
    """What stands behind the acceptance of a draft, in a sentence."""
    if not speculation.accepted_lengths:
        return f"An acceptance of {speculation.acceptance:.2f} is assumed for every drafted token."
    if other := measured_elsewhere(speculation, architecture):
        return f"The tokens a round were measured {other}; others accept more or fewer."
    measured = f"measured on {speculation.measured_on}" if speculation.measured_on else "given with the scenario"
    return f"The tokens a round were {measured}; other prompts give others."
