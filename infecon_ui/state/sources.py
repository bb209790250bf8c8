"""Where the numbers behind choices come from, and which of them are estimates."""

from collections.abc import Iterator
from typing import NamedTuple

from infecon_core import catalog
from infecon_core.catalog.accelerators import PRICE
from infecon_core.catalog.constants import records
from infecon_core.choices import Choice, Choices
from infecon_core.choices.registry import CONSTANTS
from infecon_core.schema import FORMAT_BITS, OWN, Provenance

CHOSEN = "chosen"


class Source(NamedTuple):
    """Where one number behind a choice comes from.

    Attributes:
        what, value (str): What the number is, with its unit, and the number.
        kind (str): `datasheet`, `measured`, `published`, `estimate`, or `chosen` where the reader set it.
        source, date, note (str): What was read, and when; what a reader must know before trusting the number.
    """

    what: str
    value: str
    kind: str
    source: str
    date: str
    note: str = ""


def sources(choices: Choices) -> Iterator[Source]:
    """The source of every number that has a part in what is computed."""
    yield _shape("Model", catalog.model(choices.model_id))
    if changes_of(choices, "architecture"):
        yield _set_here("Model numbers", "customised")
    if choices.value("spec") == "draft":
        yield _shape("Draft model", catalog.model(str(choices.value("draft"))))
    if choices.value("spec") == "self" and (mtp := catalog.model(choices.model_id).mtp) is not None:
        yield Source("Layers of the draft", f"{mtp.layers:g}", mtp.kind, mtp.source, mtp.date, mtp.note)
    if curve := choices.curve:
        shown = ", ".join(f"{tokens:.2f}" for tokens in curve.accepted_lengths)
        name = f"Tokens a round of {curve.method} with {curve.target}"
        yield Source(name, shown, "measured", curve.source, curve.date, curve.setting)
    changed = changes_of(choices, "accelerator") | ({"price"} if choices.basis == OWN else set())
    for number, known in _accelerator_numbers(choices):
        value = choices.value(number.key)
        shown = "none" if value is None else f"{value:,.6g}"
        if number.key in changed:
            yield _set_here(number.label, shown)
        elif known is not None:
            yield Source(number.label, shown, known.kind, known.source, known.date, known.note)
    for number in choices.all.values():
        if number.path[:2] == CONSTANTS and choices.enters(number.key):
            yield _constant(choices, number)


def estimates(choices: Choices) -> Iterator[str]:
    """One sentence for every number behind the choices that is an estimate."""
    models = [choices.model_id, *([str(choices.value("draft"))] if choices.value("spec") == "draft" else [])]
    for entry in map(catalog.model, models):
        if entry.provenance.kind == "estimate":
            yield _estimate(f"The shape of {entry.architecture.name}", entry.provenance)
    name = catalog.accelerator(choices.accelerator_id).accelerator.name
    changed = changes_of(choices, "accelerator")
    for number, known in _accelerator_numbers(choices):
        if known is not None and known.kind == "estimate" and number.key not in changed:
            quantity = number.facts.label
            # FP8 and HBM keep their capitals inside a sentence.
            quantity = quantity if quantity.split()[0].isupper() else quantity[0].lower() + quantity[1:]
            yield _estimate(f"The {quantity} of {name}", known)


def changes_of(choices: Choices, record: str) -> set[str]:
    """Keys of the changed choices of one record of the scenario, such as `architecture`."""
    return {key for key, _ in choices.changes if choices.all[key].path[0] == record}


def _accelerator_numbers(choices: Choices) -> Iterator[tuple[Choice, Provenance | None]]:
    """The accelerator's numbers that have a part in what is computed, each with its source where it has one."""
    entry = catalog.accelerator(choices.accelerator_id)
    priced = entry.prices.get(choices.basis)
    provenance = {**entry.provenance, **({PRICE: priced.provenance} if priced else {})}
    served = (choices.value("w"), choices.value("act"))
    widths = {16, *(bits for name, bits in FORMAT_BITS.items() if name in served)}
    peaks = [name for name, bits in FORMAT_BITS.items() if bits in widths]
    for choice in choices.all.values():
        record, *rest = choice.path
        if record == "accelerator" and rest and choices.enters(choice.key) and (rest[0] != "peaks" or rest[1] in peaks):
            yield choice, provenance.get(".".join(map(str, rest)))


def _constant(choices: Choices, number: Choice) -> Source:
    record, value = records()[number.facts.name], choices.value(number.key)
    shown = f"{value:,.4g}"
    if value != number.default:
        return Source(number.label, shown, CHOSEN, "set in the sidebar", "", record["meaning"])
    return Source(number.label, shown, record["kind"], record["evidence"], str(record["date"]), record["meaning"])


def _set_here(what: str, value: str) -> Source:
    return Source(what, value, CHOSEN, "set in the sidebar", "")


def _shape(what: str, entry: catalog.CatalogModel) -> Source:
    known = entry.provenance
    size = f"{entry.architecture.name}, {entry.architecture.total_params / 1e9:,.1f}B parameters"
    return Source(what, size, known.kind, known.source, known.date, known.note)


def _estimate(subject: str, known: Provenance) -> str:
    reason = (known.note or known.source).rstrip(".")
    return f"{subject} is an estimate: {reason[0].lower() + reason[1:] if reason[1:2].islower() else reason}."
