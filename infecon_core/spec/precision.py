"""Number formats of weights, KV cache and activations."""

from typing import Literal

from infecon_core.spec.noun import Noun

Format = Literal["bf16", "fp16", "fp8", "int8", "fp4", "int4"]

FORMAT_BITS: dict[Format, int] = {"bf16": 16, "fp16": 16, "fp8": 8, "int8": 8, "fp4": 4, "int4": 4}


def format_bytes(name: Format) -> float:
    """Nominal bytes of one element: bits / 8, block scales left out. [B]"""
    return FORMAT_BITS[name] / 8


class Precision(Noun):
    """The formats in which a model is served.

    Parameters
    ----------
    weights, kv, activations : Format
        Format of the weights, of the KV cache, and of the activations.
    """

    weights: Format = "bf16"
    kv: Format = "bf16"
    activations: Format = "bf16"
