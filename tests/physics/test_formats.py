"""Formats in which released checkpoints keep and compute."""

import pytest

from infecon_core import catalog
from infecon_core.physics.formats import STORED_BYTES, attention_format, block_scaled, has_experts
from infecon_core.physics.memory import weight_bytes_per_gpu
from infecon_core.schema import LayerGroup, Precision
from tests.support.physics import deployment, shards
from tests.support.round_numbers import DENSE, EXPERTS, MIXTURE


def test_a_single_expert_makes_a_mixture():
    one = EXPERTS.model_copy(update={"num_experts": 1, "num_experts_per_tok": 1})
    single = MIXTURE.model_copy(update={"layer_groups": (LayerGroup(num_layers=2, feed_forward=one),)})
    assert [has_experts(model) for model in (MIXTURE, DENSE, single)] == [True, False, True]


def test_formats_of_released_checkpoints():
    # NVFP4 has a byte for 16 elements, INT4 two for 128.
    assert STORED_BYTES == {"bf16": 2, "fp16": 2, "fp8": 1, "int8": 1, "fp4": 0.5625, "int4": 0.515625}
    mixture, dense = (catalog.model(name).architecture for name in ("gpt-oss-120b", "llama-3.1-70b"))
    for weights, kept in (("fp4", "bf16"), ("int4", "bf16"), ("fp8", "fp8")):
        assert attention_format(mixture, Precision(weights=weights)) == kept
        assert attention_format(dense, Precision(weights=weights)) == weights
    assert block_scaled(mixture, Precision(weights="fp8"))
    assert not block_scaled(mixture, Precision(weights="fp4"))
    assert not block_scaled(dense, Precision(weights="fp8"))
    where = deployment("gpt-oss-120b", "b200-hgx", "fp4")
    experts, attention = where.architecture.feed_forward_params, where.architecture.attention_params
    tables = where.architecture.embedding_params
    assert weight_bytes_per_gpu(where, shards())[0] == pytest.approx(experts * 0.5625 + 2 * attention + 2 * tables)
