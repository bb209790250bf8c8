"""Time of one operator from its bytes and FLOP, and the rates at which formats compute."""

from infecon_core.spec import Accelerator, Format

# Bytes of one stored element with its block scales: NVFP4 has one FP8 scale for 16 elements, INT4 one FP16 for 128.
STORED_BYTES: dict[Format, float] = {
    "bf16": 2.0,
    "fp16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "fp4": 0.5 + 1 / 16,
    "int4": 0.5 + 2 / 128,
}


def arithmetic_rate(accelerator: Accelerator, name: Format) -> float:
    """FLOP/s at which products with weights of one format run.

    FP8, FP4 and INT8 weights compute at their own rate where the chip has one: engines quantise the activations on
    the way in. INT4 is weight-only and computes at 16 bits, and so does what the chip has no path for.

    Parameters
    ----------
    accelerator : Accelerator
        Its dense peaks.
    name : Format
        Format of the weights.

    Returns
    -------
    float
        [FLOP/s]
    """
    own = accelerator.peaks.of(name) if name in ("fp8", "fp4", "int8") else None
    wide = accelerator.peaks.of_bits(16)
    rate = own or wide or accelerator.peaks.of_bits(8)
    if rate is None:
        raise ValueError(f"{accelerator.name} lists no rate at which {name.upper()} weights can compute.")
    return rate
