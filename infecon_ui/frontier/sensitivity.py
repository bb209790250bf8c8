"""Why a point is where it is, in words: its neighbours, and what better hardware would give."""

from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from infecon_ui.text import formats

# What `infecon_core.analysis.sensitivity` calls a neighbour, and how it reads at the start of a line.
_NEIGHBOURS: Mapping[str, str] = MappingProxyType(
    {
        "TP doubled": "Twice the tensor parallelism",
        "TP halved": "Half the tensor parallelism",
        "GPUs doubled": "Twice the GPUs",
        "GPUs halved": "Half the GPUs",
        "One more stage": "One more pipeline stage",
        "Stages doubled": "Twice the pipeline stages",
        "Half the stages": "Half the pipeline stages",
        "Attention copies doubled": "Twice the copies of attention",
        "Attention copies halved": "Half the copies of attention",
        "Batch doubled": "Twice the batch",
        "Batch halved": "Half the batch",
    }
)
_HARDWARE: Mapping[str, str] = MappingProxyType(
    {
        "Arithmetic": "arithmetic",
        "Scale-up link": "scale-up bandwidth",
        "Scale-out link": "scale-out bandwidth",
        "Network latency": "network latency",
        "Kernel overhead": "kernel overhead",
    }
)
_NOTHING = 0.0005  # a change that would be shown as 0.0% is none


def neighbour_lines(neighbours: pd.DataFrame, n_gpu: float) -> list[tuple[str, str]]:
    """What each neighbour changes and what it gives, the fastest first, those that do not run last.

    Args:
        neighbours (DataFrame): From `infecon_core.analysis.sensitivity.neighbours`.
        n_gpu (float): GPUs of the point itself. [1]

    Returns:
        list of (change, effect): Such as ("Twice the tensor parallelism (16 GPUs)", "12% faster, 61% dearer").
    """
    lines = []
    for row in neighbours.sort_values("speed_ratio", ascending=False, na_position="last").to_dict("records"):
        name = _NEIGHBOURS.get(str(row["neighbour"]), str(row["neighbour"]))
        if row["n_gpu"] != n_gpu:
            name += f" ({formats.gpus(row['n_gpu'])})"
        # What would help stands after the semicolon; here the reason alone is wanted.
        reason = str(row["reason"]).split(";")[0].rstrip(".")
        effect = f"does not run: {reason[:1].lower()}{reason[1:]}" if reason else _effect(row)
        lines.append((name, effect))
    return lines


def hardware_lines(elasticities: pd.DataFrame) -> list[tuple[str, str]]:
    """What each improvement of the hardware gives, the best first, those that give nothing in one last line.

    Args:
        elasticities (DataFrame): From `infecon_core.analysis.sensitivity.elasticities`.

    Returns:
        list of (change, effect): Such as ("10% more HBM bandwidth", "4.1% faster, or 6.0% cheaper"): faster with this
            setup, cheaper with the best one at this speed.
    """
    lines, idle = [], []
    for row in elasticities.sort_values("speed_change", ascending=False).to_dict("records"):
        part = _HARDWARE.get(str(row["hardware"]), str(row["hardware"]))
        more = "less" if str(row["change"]).startswith("−") else "more"
        name = f"{str(row['change'])[1:]} {more} {part}"
        gains = []
        if abs(row["speed_change"]) >= _NOTHING:
            gains.append(_speed(1 + row["speed_change"]))
        if abs(row["best_price_change"]) >= _NOTHING:  # not known where it is NaN
            gains.append(_price(1 + row["best_price_change"]))
        if gains:
            lines.append((name, ", or ".join(gains)))
        else:
            idle.append(name)
    if idle:
        names = idle[0] if len(idle) == 1 else f"{', '.join(idle[:-1])} or {idle[-1]}"
        lines.append((names[:1].upper() + names[1:], "no difference"))
    return lines


def _effect(row: Mapping[Hashable, Any]) -> str:
    return f"{_speed(row['speed_ratio'])}, {_price(row['price_ratio'])}"


def _speed(ratio: float) -> str:
    if abs(ratio - 1) < _NOTHING:
        return "as fast"
    if ratio >= 2:
        return f"{formats.number(ratio)} times as fast"
    return f"{formats.percent(abs(ratio - 1))} {'faster' if ratio > 1 else 'slower'}"


def _price(ratio: float) -> str:
    if abs(ratio - 1) < _NOTHING:
        return "at the same price"
    if ratio >= 2:
        return f"{formats.number(ratio)} times the price"
    return f"{formats.percent(abs(ratio - 1))} {'dearer' if ratio > 1 else 'cheaper'}"
