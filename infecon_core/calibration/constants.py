"""The shipped constants of the serving engine, with their evidence, and which of them are fitted."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from infecon_core.catalog import DATA
from infecon_core.spec import ServingConstants

FITTED = (
    "weight_read_share",
    "cache_read_share",
    "prompt_arithmetic_share",
    "layer_s",
    "expert_layer_s",
    "block_scale_layer_s",
    "latent_layer_s",
    "expert_padding_rows",
    "sequence_s",
    "link_share",
    "exchange_share",
    "rocm_memory_factor",
    "rocm_overhead_factor",
)


@cache
def records() -> Mapping[str, Mapping[str, Any]]:
    """Every constant's value, unit, prior and evidence, by name."""
    text = (DATA / "calibration" / "serving.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


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

    Parameters
    ----------
    text : str
        Contents of `data/calibration/serving.toml`.
    fitted : ServingConstants
        What a fit gave; six digits are kept.

    Returns
    -------
    str
        The new contents.

    Raises
    ------
    ValueError
        Where a fitted constant has no value in the file.
    """
    for name in FITTED:
        place = re.compile(rf"(^\[{name}\]\nvalue = )[^\n]*", re.MULTILINE)
        if not place.search(text):
            raise ValueError(f"The file of constants has no value of {name}.")
        text = place.sub(rf"\g<1>{getattr(fitted, name):.6g}", text)
    return text
