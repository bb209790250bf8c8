"""The paper's setups as choices of a scenario: the same curve by way of the published engine."""

import math
from typing import Any

from infecon_core.choices import Choices
from infecon_core.paper.exhibits.values import ACCEPTANCE, MAX_DRAFT_TOKENS, Setup
from infecon_core.scenario import MAX_GPUS

_DIGITS = 4


def choices_of(setup: Setup, tokens_per_s_user: float | None = None) -> Choices:
    """What to choose for the frontier of a setup.

    The whole context is the prompt and the output is empty, for a frontier is decoded at a mean context of prompt +
    output / 2.

    Args:
        setup (Setup): What is served on what.
        tokens_per_s_user (float or None): Speed of the point that is meant; the target is this, rounded down to four
            digits so that the point meets it. None for the target of the start. [tokens/s]

    Returns:
        Choices: With the published engine, over all sizes of an instance.

    Raises:
        ValueError: For a setup with another memory bandwidth than its accelerator's, which is no choice but a number.
    """
    if setup.hbm_bandwidth_scale != 1:
        raise ValueError("A setup with scaled memory bandwidth has no accelerator of the catalog.")
    changes: dict[str, Any] = {
        "engine": "published",
        "variant": setup.variant,
        "pipeline": setup.pipeline,
        "attention_scaledown": setup.attention_scaledown,
        "traffic": setup.traffic,
        "prompt_tokens": setup.context_tokens,
        "output_tokens": 0,
        "max_gpus": MAX_GPUS,
        "demand_tokens_per_s": setup.demand_tokens_per_s,
    }
    if setup.draft is not None:
        changes |= {"draft": setup.draft, "acceptance": ACCEPTANCE, "max_draft_tokens": MAX_DRAFT_TOKENS}
    if setup.price_usd_per_gpu_hour is not None:
        changes["price_usd_per_gpu_hour"] = setup.price_usd_per_gpu_hour
    if tokens_per_s_user is not None:
        changes["target_tokens_per_s_user"] = _rounded_down(tokens_per_s_user)
    return Choices(setup.model, setup.accelerator).apply(changes)


def _rounded_down(value: float) -> float:
    """The largest number of four digits that is no larger."""
    decimals = _DIGITS - 1 - math.floor(math.log10(value))
    scale = 10.0**decimals
    return round(math.floor(value * scale * (1 + 1e-12)) / scale, max(decimals, 0))
