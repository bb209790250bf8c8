"""Sweeps made by hand: what every scenario of a grid answers is given, so that words and drawings can be checked."""

import itertools
import math
from collections.abc import Callable
from typing import Any

from infecon_core.choices import Choices, Value
from infecon_core.schema import FIVE_TIMES
from infecon_core.schema.frontier import COLUMNS
from infecon_core.sweep.grid import AtTarget, Axis
from infecon_ui.sweep.swept import Swept

BASE = Choices()


def point(price: float, **columns: Any) -> dict[str, Any]:
    """A point of a frontier with a price, eight GPUs and memory as its slowest part, unless said otherwise."""
    known: dict[str, Any] = dict.fromkeys(COLUMNS, math.nan)
    known |= {"usd_per_million_tokens": price, "tokens_per_s_user": 60.0, "tpot_s": 1 / 60, "ttft_s": 0.2}
    known |= {"n_gpu": 8, "tp": 8, "pp": 1, "ep": 1, "dp_attn": 1, "batch": 40, "draft_tokens": 0}
    known |= {**dict.fromkeys(FIVE_TIMES, 1 / 300), "limit": "memory", "beyond_measured": ""}
    return known | columns


def swept(*axes: Axis, answer: Callable[..., dict[str, Any] | float | str], base: Choices = BASE) -> Swept:
    """A sweep.

    Args:
        *axes (Axis): What is swept.
        answer (callable): Of the values of the axes: a point, the highest speed of one that is too slow, or the reason
            why there is no frontier.
        base (Choices): What is chosen besides.
    """
    found = [_one(axes, values, answer(*values), base) for values in itertools.product(*(a.values for a in axes))]
    return Swept(base, axes, tuple(found))


def _one(axes: tuple[Axis, ...], values: tuple[Value, ...], given: dict[str, Any] | float | str, base: Choices) -> Any:
    own = {axis.key: value for axis, value in zip(axes, values, strict=True)}
    # All accelerators are on one basis.
    choices = base.with_values(**({"basis": base.basis} if "gpu" in own else {}), **own)
    if isinstance(given, dict):
        return AtTarget(values, choices, given, 100.0, "")
    return AtTarget(values, choices, None, *((given, "") if isinstance(given, float) else (math.nan, given)))
