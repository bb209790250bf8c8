"""Peak rates by format."""

import pytest

from infecon_core.physics.roofline import arithmetic_rate
from infecon_core.schema import Accelerator


def chip(**peaks):
    return Accelerator(name="Some", peaks=peaks, hbm_bytes=1e9, hbm_bytes_per_s=1e12, price_usd_per_gpu_hour=1)


def test_formats_compute_at_their_own_rate_where_there_is_one():
    every = chip(bf16=1e15, fp16=1.1e15, fp8=2e15, int8=2.2e15, fp4=4e15, int4=4.4e15)
    formats = ("bf16", "fp16", "fp8", "int8", "fp4", "int4")
    # INT4 weights are widened to 16 bits; 16 bits are 16 bits.
    assert [arithmetic_rate(every, name) for name in formats] == [1.1e15, 1.1e15, 2e15, 2.2e15, 4e15, 1.1e15]


def test_formats_without_a_path_compute_at_sixteen_bits_or_at_eight():
    old, narrow = chip(fp16=0.1e15), chip(fp8=2e15, int8=1e15)
    for name in ("bf16", "fp8", "int8", "fp4", "int4"):
        assert arithmetic_rate(old, name) == 0.1e15
    assert [arithmetic_rate(narrow, name) for name in ("bf16", "fp4", "int8")] == [2e15, 2e15, 1e15]
    with pytest.raises(ValueError, match=r"^Some lists no rate at which BF16 weights can compute\.$"):
        arithmetic_rate(chip(fp4=1e15), "bf16")
