"""The rate at which products of one format run: the arithmetic side of the roofline."""

from infecon_core.schema import Accelerator, Format


def arithmetic_rate(accelerator: Accelerator, name: Format) -> float:
    """FLOP/s at which products with weights of one format run: the dense peak of the datasheet.

    FP8, FP4 and INT8 weights compute at their own rate where the chip has one: engines quantise the activations on
    the way in. INT4 is weight-only and computes at 16 bits, and so does what the chip has no path for; a chip with
    no 16-bit rate computes at its 8-bit one.

    Args:
        accelerator (Accelerator): Its dense peaks.
        name (Format): Format of the weights.

    Returns:
        float: [FLOP/s]

    Raises:
        ValueError: Where no listed rate is wide enough.

    Examples:
        >>> from infecon_core import catalog
        >>> hopper = catalog.accelerator("h100-sxm").accelerator
        >>> [arithmetic_rate(hopper, name) / 1e12 for name in ("bf16", "fp8", "fp4", "int4")]
        [989.5, 1979.0, 989.5, 989.5]
    """
    own = accelerator.peaks.of(name) if name in ("fp8", "fp4", "int8") else None
    wide = accelerator.peaks.of_bits(16)
    rate = own or wide or accelerator.peaks.of_bits(8)
    if rate is None:
        raise ValueError(f"{accelerator.name} lists no rate at which {name.upper()} weights can compute.")
    return rate


def cache_rate(accelerator: Accelerator, name: Format) -> float:
    """FLOP/s of attention over a KV cache of one format: the FP8 rate for FP8, the 16-bit rate for all others. [FLOP/s]

    Kernels read what is stored otherwise into 16 bits.
    """
    return arithmetic_rate(accelerator, "fp8" if name == "fp8" else "bf16")
