"""What the sidebar hands to the pages: the scenario, its names, and where its numbers come from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from infecon_core import Scenario, catalog
from infecon_core.calibration.acceptance import AcceptanceCurve, curves
from infecon_core.calibration.constants import records
from infecon_core.scenario import PublishedOptions, ServingOptions
from infecon_core.spec import FORMAT_BITS, DraftModel, Precision, Provenance, SelfDraft, Speculation, sentence
from infecon_ui.parameters import (
    CONSTANT_RATE,
    CONSTANTS,
    Quantity,
    Switch,
    accelerator_numbers,
    customised_accelerator,
    customised_constants,
    customised_model,
    model_numbers,
    serving_constants,
    speculations,
)

CUSTOMISED = " (customised)"
CHOSEN = "chosen"


class Source(NamedTuple):
    """Where one number behind a choice comes from.

    Parameters
    ----------
    what, value : str
        What the number is, with its unit, and the number.
    kind : str
        `datasheet`, `measured`, `published`, `estimate`, or `chosen` where the reader set it.
    source, date, note : str
        What was read, and when; what a reader must know before trusting the number.
    """

    what: str
    value: str
    kind: str
    source: str
    date: str
    note: str = ""


@dataclass(frozen=True)
class Choice:
    """What a reader chose.

    Parameters
    ----------
    scenario : Scenario or None
        The scenario; None where the numbers make none.
    problem : str or None
        One sentence that says why there is no scenario.
    model_id, accelerator_id : str
        Ids of the catalog.
    model_name, accelerator_name : str
        Names, marked where any number differs from the preset.
    estimates : tuple of str
        One sentence for every number behind the choice that is an estimate.
    sources : tuple of Source
        Where the numbers come from.
    """

    scenario: Scenario | None
    problem: str | None
    model_id: str
    accelerator_id: str
    model_name: str
    accelerator_name: str
    estimates: tuple[str, ...]
    sources: tuple[Source, ...]


def choice_of(values: Mapping[str, Any]) -> Choice:
    """Make a choice from the values of all controls.

    Parameters
    ----------
    values : mapping
        Values by the keys of `infecon_ui.parameters`.
    """
    model_id, accelerator_id = values["model"], values["gpu"]
    model_changes = _changes(model_numbers(model_id), values)
    accelerator_changes = _changes(accelerator_numbers(accelerator_id), values)
    scenario, problem = None, None
    try:
        scenario = _scenario(values, model_changes, accelerator_changes)
    except ValidationError as error:
        text = sentence(error)
        problem = text[:1].upper() + text[1:]
    return Choice(
        scenario,
        problem,
        model_id,
        accelerator_id,
        catalog.model(model_id).architecture.name + (CUSTOMISED if model_changes else ""),
        catalog.accelerator(accelerator_id).accelerator.name + (CUSTOMISED if accelerator_changes else ""),
        tuple(_estimates(values, dict(accelerator_changes))),
        tuple(_sources(values, dict(accelerator_changes), bool(model_changes))),
    )


def _changes(numbers: tuple[Quantity | Switch, ...], values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((n.key, values[n.key]) for n in numbers if values[n.key] != n.default)


def _scenario(
    values: Mapping[str, Any], model_changes: tuple[tuple[str, Any], ...], chip_changes: tuple[tuple[str, Any], ...]
) -> Scenario:
    return Scenario(
        architecture=customised_model(values["model"], model_changes),
        accelerator=customised_accelerator(values["gpu"], chip_changes),
        precision=Precision(weights=values["w"], kv=values["kv"], activations=values["act"]),
        prompt_tokens=values["prompt"],
        output_tokens=values["output"],
        demand_tokens_per_s=values["demand"],
        speculation=_speculation(values),
        max_gpus=values["max"],
        engine=values["engine"],
        serving=ServingOptions(
            disaggregated=values["disagg"],
            hidden_share=values["hidden"],
            context_parallel=values["cp"],
            constants=customised_constants(_changes(serving_constants(), values)),
        ),
        published=PublishedOptions(
            variant=values["variant"],
            pipeline=values["pp"],
            attention_scaledown=values["scaledown"],
            traffic=values["traffic"],
        ),
    )


def _speculation(values: Mapping[str, Any]) -> Speculation | None:
    kind = values["spec"]
    if kind == "off" or kind not in speculations(values["engine"]):
        return None
    curve = _curve(values)
    accepted_lengths = curve.accepted_lengths if curve else ()
    if kind == "self":
        return SelfDraft(
            layers=values["selflayers"],
            acceptance=values["acceptance"],
            max_draft_tokens=values["selfgamma"],
            accepted_lengths=accepted_lengths,
        )
    draft = catalog.model(values["draft"])
    return DraftModel(
        architecture=draft.architecture,
        precision=draft.precision,
        acceptance=values["acceptance"],
        max_draft_tokens=values["gamma"],
        accepted_lengths=accepted_lengths,
    )


def _curve(values: Mapping[str, Any]) -> AcceptanceCurve | None:
    """The measured acceptance that was chosen; the published model knows a constant one only."""
    if values["engine"] != "serving" or values["spec"] == "off" or values["curve"] == CONSTANT_RATE:
        return None
    return curves()[values["curve"]]


def _sources(values: Mapping[str, Any], chip_changes: Mapping[str, Any], model_changed: bool) -> list[Source]:
    model = catalog.model(values["model"])
    sources = [_shape("Model", model)]
    if model_changed:
        sources.append(Source("Model numbers", "customised", CHOSEN, "set in the sidebar", ""))
    if values["spec"] == "draft":
        sources.append(_shape("Draft model", catalog.model(values["draft"])))
    if curve := _curve(values):
        shown = ", ".join(f"{tokens:.2f}" for tokens in curve.accepted_lengths)
        name = f"Tokens a round of {curve.method} with {curve.target}"
        sources.append(Source(name, shown, "measured", curve.source, curve.date, curve.setting))
    for number, known in _chip_numbers(values):
        shown = "none" if values[number.key] is None else f"{values[number.key]:,.6g}"
        if number.key in chip_changes:
            sources.append(Source(number.label, shown, CHOSEN, "set in the sidebar", ""))
        elif known is not None:
            sources.append(Source(number.label, shown, known.kind, known.source, known.date, known.note))
    return sources + (_calibration(values) if values["engine"] == "serving" else [])


def _calibration(values: Mapping[str, Any]) -> list[Source]:
    sources = []
    for number in serving_constants():
        shown = f"{values[number.key]:,.4g}"
        record = records()[str(number.path[0])]
        origin = (record["kind"], record["evidence"], str(record["date"]))
        if values[number.key] != number.default:
            origin = (CHOSEN, "set in the sidebar", "")
        sources.append(Source(number.label, shown, *origin, record["meaning"]))
    return sources


def _estimates(values: Mapping[str, Any], chip_changes: Mapping[str, Any]) -> list[str]:
    models = [catalog.model(values["model"])]
    if values["spec"] == "draft":
        models.append(catalog.model(values["draft"]))
    sentences = [
        _estimate(f"The shape of {entry.architecture.name}", entry.provenance)
        for entry in models
        if entry.provenance.kind == "estimate"
    ]
    name = catalog.accelerator(values["gpu"]).accelerator.name
    for number, known in _chip_numbers(values):
        if known is not None and known.kind == "estimate" and number.key not in chip_changes:
            quantity = number.label.split(" (")[0]
            # FP8 and HBM keep their capitals inside a sentence.
            quantity = quantity if quantity.split()[0].isupper() else quantity[0].lower() + quantity[1:]
            sentences.append(_estimate(f"The {quantity} of {name}", known))
    return sentences


def _chip_numbers(values: Mapping[str, Any]) -> Iterator[tuple[Quantity, Provenance | None]]:
    """The accelerator's numbers that enter this choice, each with its source where it has one."""
    provenance = catalog.accelerator(values["gpu"]).provenance
    bits = {16, FORMAT_BITS[values["w"]], FORMAT_BITS[values["act"]]}
    peaks = {f"peaks.{name}" for name in FORMAT_BITS if FORMAT_BITS[name] in bits}
    for number in accelerator_numbers(values["gpu"]):
        if number.key in CONSTANTS and values["engine"] != "published":
            continue
        place = ".".join(str(part) for part in number.path)
        if place in peaks or number.path[0] != "peaks":
            yield number, provenance.get(place)


def _shape(what: str, entry: catalog.CatalogModel) -> Source:
    known = entry.provenance
    size = f"{entry.architecture.name}, {entry.architecture.total_params / 1e9:,.1f}B parameters"
    return Source(what, size, known.kind, known.source, known.date, known.note)


def _estimate(subject: str, known: Provenance) -> str:
    reason = (known.note or known.source).rstrip(".")
    return f"{subject} is an estimate: {reason[0].lower() + reason[1:] if reason[1:2].islower() else reason}."
