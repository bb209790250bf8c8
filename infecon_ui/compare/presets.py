"""Comparisons that people ask for often, made from the present scenario."""

from collections.abc import Iterator
from typing import NamedTuple

from infecon_core.choices import Choices, Comparison, Value
from infecon_core.choices.comparison import ENGINE, MEASURED, MOST_MEMBERS, comparable
from infecon_core.choices.kinds import Option
from infecon_core.choices.registry import ACCELERATOR, NO_DRAFT, SPECULATION

BASIS, OWN = "basis", "own"

_ACCELERATORS = {
    "Same class: H100, H200, B200, GB200, MI355X": ("h100-sxm", "h200-sxm", "b200-hgx", "gb200-nvl72", "mi355x"),
    "NVIDIA generations": ("a100-sxm-80gb", "h100-sxm", "h200-sxm", "b200-hgx", "gb200-nvl72", "gb300-nvl72"),
    "AMD generations": ("mi300x", "mi325x", "mi355x"),
}
_LISTS: dict[str, tuple[str, tuple[Value, ...]]] = {
    "Weights FP8, FP4, BF16": ("w", ("fp8", "fp4", "bf16")),
    "Prompt 1k, 8k, 32k": ("prompt", (1000, 8000, 32000)),
}


class Preset(NamedTuple):
    """A comparison in one click.

    Attributes:
        name (str): On its button.
        key (str): Which choice holds several values.
        values (tuple): Its values, that of the present scenario first where it is among them.
        basis (str): The price basis on which all have a price, where they have none on the present one; else empty.
    """

    name: str
    key: str
    values: tuple[Value, ...]
    basis: str = ""


def presets(choices: Choices) -> tuple[Preset, ...]:
    """The comparisons that make sense for a scenario; the name says where one needs another price basis."""
    found = [preset for preset in _all(choices) if comparable(choices, preset.key)]
    return tuple(_priced(choices, preset._replace(values=_present_first(choices, preset))) for preset in found)


def made(choices: Choices, preset: Preset) -> Comparison:
    """The comparison of a preset."""
    base = choices.with_values(**{BASIS: preset.basis}) if preset.basis else choices
    return Comparison(base).with_values(preset.key, preset.values)


def drafting(choices: Choices) -> str:
    """The kind of draft that the present engine knows: the present one, or the first."""
    now = str(choices.value(SPECULATION))
    choice = choices.all[SPECULATION]
    known = choice.known_to(choices.engine) if isinstance(choice, Option) else ()
    # A model drafts for itself more often than another one does, and it always can.
    kinds = [name for name in reversed(known) if name != NO_DRAFT]
    return now if now != NO_DRAFT else kinds[0] if kinds else NO_DRAFT


def _all(choices: Choices) -> Iterator[Preset]:
    for name, ids in _ACCELERATORS.items():
        yield Preset(name, ACCELERATOR, ids)
    for name, (key, values) in _LISTS.items():
        yield Preset(name, key, values)
    if (draft := drafting(choices)) != NO_DRAFT:
        yield Preset("Draft off, on", SPECULATION, (NO_DRAFT, draft))
    engines = choices.all[ENGINE]
    if isinstance(engines, Option):
        yield Preset("Engines and measurements", ENGINE, (*engines.options, MEASURED))


def _priced(choices: Choices, preset: Preset) -> Preset:
    """The preset on the present price basis if all have a price on it, else on the first basis where all do."""
    basis = choices.all[BASIS]
    if preset.key != ACCELERATOR or not isinstance(basis, Option) or all_priced(made(choices, preset)):
        return preset
    for name, title in basis.options.items():
        other = preset._replace(basis=name)
        if name != OWN and all_priced(made(choices, other)):
            return other._replace(name=f"{preset.name} ({title[:1].lower()}{title[1:]})")
    return preset


def all_priced(comparison: Comparison) -> bool:
    """Whether every member has a scenario, which without a price it has not."""
    return all(member.scenario is not None for member in comparison.members)


def _present_first(choices: Choices, preset: Preset) -> tuple[Value, ...]:
    now = choices.value(preset.key)
    values = (now, *(one for one in preset.values if one != now)) if now in preset.values else preset.values
    return values[:MOST_MEMBERS]
