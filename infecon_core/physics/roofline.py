"""The rate at which products of one format run: the arithmetic side of the roofline.

Source: dense peaks of the datasheets (data/accelerators).
"""

from infecon_core.schema import Accelerator, Format


def arithmetic_rate(accelerator: Accelerator, name: Format) -> float:
    """FLOP/s at which products with weights of one format run: the dense peak of the datasheet.

    FP8, FP4 and INT8 weights compute at their own rate where the chip has one: engines quantise the activations on
    the way in. INT4 is weight-only and computes at 16 bits, and so does what the chip has no path for; a chip with
    no 16-bit rate computes at its 8-bit one.

    Equation:
        C = C_own, FP8, FP4 and INT8 where the chip has a rate of their own
        C = C_16, all others
        C = C_8, a chip without a 16-bit rate

    Where:
        C_own (own): Dense peak of the format itself. [FLOP/s]
        C_16 (wide): Highest dense peak at 16 bits. [FLOP/s]
        C_8 (accelerator.peaks.fp8): Dense peak at 8 bits. [FLOP/s]

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

    Equation:
        C_kv = C_8, FP8 caches
        C_kv = C_16, all others

    Where:
        C_8 (accelerator.peaks.fp8): Dense FP8 peak. [FLOP/s]
        C_16 (accelerator.peaks.bf16): Dense 16-bit peak. [FLOP/s]
    """
    return arithmetic_rate(accelerator, "fp8" if name == "fp8" else "bf16")
