"""Number formats of weights, KV cache and activations."""

from typing import Annotated, Literal

from infecon_core.schema.field import about
from infecon_core.schema.record import Record

Format = Literal["bf16", "fp16", "fp8", "int8", "fp4", "int4"]

FORMAT_BITS: dict[Format, int] = {"bf16": 16, "fp16": 16, "fp8": 8, "int8": 8, "fp4": 4, "int4": 4}


def format_bytes(name: Format) -> float:
    """Nominal bytes of one element: bits / 8, block scales left out. [B]"""
    return FORMAT_BITS[name] / 8


_NAMES = {name: name.upper() for name in FORMAT_BITS}


class Precision(Record):
    """The formats in which a model is served."""

    weights: Annotated[
        Format, about("Weights", "Format in which the weights are stored and read.", link="w", names=_NAMES)
    ] = "bf16"
    kv: Annotated[Format, about("KV cache", "Format of the keys and values kept of every token.", names=_NAMES)] = (
        "bf16"
    )
    activations: Annotated[
        Format,
        about(
            "Activations", "Format of the activations between the matrices.", link="act", names=_NAMES, only="published"
        ),
    ] = "bf16"
