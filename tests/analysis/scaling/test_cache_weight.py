"""Where the cache outweighs the weights."""

import numpy as np
import pytest

from infecon_core import catalog
from infecon_core.analysis.scaling.cache_weight import (
    by_model,
    cache_bytes,
    equal_batch,
    kind_of,
    weights_bytes,
)
from infecon_core.schema import Architecture, Precision

FP8 = Precision(weights="fp8", kv="fp8")


def _shape(model_id: str) -> Architecture:
    return catalog.model(model_id).architecture


@pytest.mark.parametrize(
    ("model_id", "kind"),
    [
        ("llama-2-7b", "multi-head"),
        ("palm-540b", "multi-query"),
        ("llama-3.1-70b", "grouped-query"),
        ("gemma-3-27b", "sliding windows"),
        ("deepseek-v3", "latent (MLA)"),
        ("minimax-m1", "hybrid linear"),
    ],
)
def test_kinds_of_attention(model_id: str, kind: str) -> None:
    assert kind_of(_shape(model_id)) == kind


def test_llama_405b_by_hand() -> None:
    # 126 layers of 2·8·128 elements; 405.849 GB in FP8 over 258,048 B · 10,000 tokens.
    shape = _shape("llama-3.1-405b")
    assert float(cache_bytes(shape, "fp8", 1.0)) == 126 * 2 * 8 * 128
    assert weights_bytes(shape, FP8) == pytest.approx(405.849e9, rel=1e-5)
    assert float(equal_batch(shape, FP8, 10_000.0)) == pytest.approx(405.849e9 / 2.58048e9, rel=1e-5)


def test_all_weights_of_a_mixture_count_by_hand() -> None:
    # gpt-oss-120b: 36 layers of 2·8·64 elements in FP8, half of them with windows of 128 tokens; 116.83 B parameters,
    # of which a token passes 5.7 B.
    shape = _shape("gpt-oss-120b")
    cache = 18 * 2 * 8 * 64 * (10_000 + 128)
    assert float(cache_bytes(shape, "fp8", 10_000.0)) == cache
    assert weights_bytes(shape, FP8) == pytest.approx(116.83e9, rel=1e-3)
    assert float(equal_batch(shape, FP8, 10_000.0)) == pytest.approx(116.83e9 / cache, rel=1e-3)


def test_deepseek_v3_by_hand() -> None:
    # 61 layers of 512 + 64 elements in 16 bits: 70 kB, against 360 kB of Mistral Large 2.
    latent = float(cache_bytes(_shape("deepseek-v3"), "bf16", 1.0))
    assert latent == 61 * (512 + 64) * 2
    assert float(cache_bytes(_shape("mistral-large-2-123b"), "bf16", 1.0)) / latent == pytest.approx(5.13, abs=0.01)


def test_windows_fill_up() -> None:
    shape = _shape("gemma-3-27b")
    short, longer, longest = (float(cache_bytes(shape, "bf16", n)) for n in (500.0, 1000.0, 100_000.0))
    assert longer == pytest.approx(2 * short)
    assert longest < 0.3 * 100 * longer


@pytest.mark.parametrize("model_id", ["llama-3.1-8b", "gemma-3-27b", "deepseek-v3"])
def test_at_the_equal_batch_both_weigh_the_same(model_id: str) -> None:
    shape, n = _shape(model_id), np.array([100.0, 5_000.0, 200_000.0])
    np.testing.assert_allclose(equal_batch(shape, FP8, n) * cache_bytes(shape, "fp8", n), weights_bytes(shape, FP8))


def test_every_shape_of_the_catalog_has_a_cache() -> None:
    table = by_model(FP8, 32_000.0).set_index("id")
    assert len(table) > 60
    assert (table["bytes_per_token"] > 0).all()
    row = table.loc["llama-3.1-405b"]
    assert row["bytes_per_token"] == pytest.approx(126 * 2 * 8 * 128)
    assert row["equal_batch"] == pytest.approx(float(equal_batch(_shape("llama-3.1-405b"), FP8, 32_000.0)))
    assert table["kind"].nunique() == 6
