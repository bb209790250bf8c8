"""The shipped constants of the serving engine, with their evidence, and which of them are fitted."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from infecon_core.catalog.files import DATA, toml
from infecon_core.schema import ServingConstants
from infecon_core.schema.field import facts_of

FITTED = (
    "weight_read_efficiency",
    "cache_read_efficiency",
    "prompt_arithmetic_efficiency",
    "layer_overhead_s",
    "expert_layer_overhead_s",
    "expert_rank_overhead_s",
    "block_scale_overhead_s",
    "latent_attention_overhead_s",
    "expert_padding_rows",
    "sequence_layer_overhead_s",
    "link_efficiency",
    "rocm_memory_factor",
)
# Fitted to times to first token after the others, which stay as they are.
FITTED_TTFT = ("ttft_overhead_s", "ttft_expert_prompt_factor")


@cache
def records() -> Mapping[str, Mapping[str, Any]]:
    """Every constant's value, unit, prior and evidence, by name, with its meaning from the schema.

    Raises:
        ValueError: Where the file states another unit than the schema.
    """
    found = {}
    for name, record in toml(DATA / "calibration" / "serving.toml").items():
        facts = facts_of(ServingConstants)[name]
        if record["unit"] != facts.unit:
            raise ValueError(f"data/calibration/serving.toml: {name} is in '{record['unit']}', not in '{facts.unit}'.")
        found[name] = {**record, "meaning": facts.help}
    return MappingProxyType(found)


@cache
def shipped() -> ServingConstants:
    """The constants that the engine uses unless a scenario brings its own."""
    return ServingConstants.model_validate({name: record["value"] for name, record in records().items()})


@cache
def priors() -> ServingConstants:
    """The weak priors of the fit: values before any measurement."""
    return ServingConstants.model_validate(
        {name: record.get("prior", record["value"]) for name, record in records().items()}
    )


def with_values(text: str, fitted: ServingConstants) -> str:
    """The file of constants with the fitted values in place of its own; all else stays as it is.

    Args:
        text (str): Contents of `data/calibration/serving.toml`.
        fitted (ServingConstants): What a fit gave; six digits are kept.

    Returns:
        str: The new contents.

    Raises:
        ValueError: Where a fitted constant has no value in the file.
    """
    for name in (*FITTED, *FITTED_TTFT):
        place = re.compile(rf"(^\[{name}\]\nvalue = )[^\n]*", re.MULTILINE)
        if not place.search(text):
            raise ValueError(f"The file of constants has no value of {name}.")
        text = place.sub(rf"\g<1>{getattr(fitted, name):.6g}", text)
    return text
