"""The choices that only the serving engine has: how it runs, and the constants that no datasheet gives."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from infecon_core.calibration.acceptance import curves
from infecon_core.calibration.constants import records, shipped
from infecon_core.scenario import ServingOptions
from infecon_core.spec import SelfDraft, ServingConstants
from infecon_ui.parameters.kinds import Quantity, Switch, in_units

CALIBRATION = "s_"  # how the keys of calibration constants begin
CONSTANT_RATE = "rate"  # in place of the id of a measured acceptance curve

# unit of a record: what the label says; range in the label's unit; SI units in one of it
_UNITS: Mapping[str, tuple[str, float, float, float]] = MappingProxyType(
    {"1": ("", 0.01, 2.0, 1), "s": (" (µs)", 0.0, 10_000.0, 1e-6), "rows": (" (rows)", 0.0, 10_000.0, 1)}
)


def serving_switches() -> tuple[Switch | Quantity, ...]:
    """How the serving engine runs."""
    options = ServingOptions()
    return (
        Switch(
            "disagg",
            "Prompts on GPUs of their own",
            "Disaggregated serving: prompts leave the GPUs that decode, and their own GPUs are counted in the price.",
            options.disaggregated,
        ),
        Quantity(
            "hidden",
            "Hidden communication",
            "Share of the network's time that runs under arithmetic and memory. The constants are fitted with 0.",
            options.hidden_share,
            0.0,
            1.0,
        ),
        Switch(
            "cp",
            "Context parallel",
            "GPUs that would hold copies of the same KV cache share it along the context instead.",
            options.context_parallel,
        ),
    )


@lru_cache(maxsize=1)
def acceptance_names() -> Mapping[str, str]:
    """A constant acceptance, and every measured curve by its id: "GLM-5.2, MTP, thinking"."""
    names = {
        key: f"{curve.target}, {curve.method}, {'thinking' if curve.thinking else 'direct answers'}"
        for key, curve in curves().items()
    }
    often = Counter(names.values())
    told_apart = {key: f"{name} ({key})" if often[name] > 1 else name for key, name in names.items()}
    return MappingProxyType({CONSTANT_RATE: "Constant rate", **told_apart})


def self_draft_numbers() -> tuple[Quantity, ...]:
    """The numbers of a model that drafts for itself."""
    layers, longest = (SelfDraft.model_fields[name].default for name in ("layers", "max_draft_tokens"))
    return (
        Quantity(
            "selflayers",
            "Layers of the draft",
            "Layers of the model's own size that one drafted token passes: 1 for MTP and EAGLE.",
            float(layers),
            0.01,
            100.0,
        ),
        Quantity(
            "selfgamma",
            "Longest draft (tokens)",
            "Every point takes the best length up to this one.",
            int(longest),
            1,
            64,
            whole=True,
        ),
    )


@lru_cache(maxsize=1)
def serving_constants() -> tuple[Quantity, ...]:
    """The calibration constants, each with the unit, the meaning and the evidence of its record."""
    numbers = []
    for name, record in records().items():
        unit, low, high, per_unit = _UNITS[record["unit"]]
        words = name.removesuffix("_s").removesuffix("_rows").replace("_", " ").replace("rocm", "ROCm")
        numbers.append(
            Quantity(
                CALIBRATION + name,
                words[:1].upper() + words[1:] + unit,
                f"{record['meaning']} {record['kind'].capitalize()}: {record['evidence']}",
                in_units(float(record["value"]), per_unit),
                low,
                high,
                per_unit=per_unit,
                path=(name,),
            )
        )
    return tuple(numbers)


@lru_cache(maxsize=512)
def customised_constants(values: tuple[tuple[str, Any], ...]) -> ServingConstants | None:
    """The calibration constants with some changed; None where none is, for then the shipped ones hold.

    Parameters
    ----------
    values : tuple of (key, value)
        Changed numbers, in the units of their labels.
    """
    if not values:
        return None
    numbers = {number.key: number for number in serving_constants()}
    changed = {numbers[key].path[0]: numbers[key].si(value) for key, value in values}
    return ServingConstants.model_validate({**shipped().model_dump(), **changed})
