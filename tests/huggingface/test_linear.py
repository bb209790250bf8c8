"""Layers with a state, by hand."""

import json

import pytest

from infecon_core.huggingface import architecture_from_config, linear
from infecon_core.huggingface.config import Config

# 2 key heads of 3, 4 value heads of 5, kernel 4, in a model 7 wide: keys 6, values 20, channels 32.
DELTA = {
    "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 3, "linear_value_head_dim": 5,
    "linear_conv_kernel_dim": 4,
}  # fmt: skip


def test_gated_delta_net() -> None:
    layer = linear.gated_delta_net(Config(DELTA, DELTA), 7)
    assert layer.layer_params == 7 * (2 * 6 + 2 * 20) + 2 * 7 * 4 + 32 * 4 + 20 * 7
    assert layer.state_bytes == 4 * (4 * 3 * 5) + 2 * 32 * 3
    assert layer.num_heads == 2


def test_kimi_delta() -> None:
    fields = {"linear_attn_config": {"num_heads": 2, "head_dim": 3, "short_conv_kernel_size": 4}}
    layer = linear.kimi_delta(Config(fields, fields), 7)
    assert layer.layer_params == 4 * 7 * 6 + 3 * 6 * 4 + 2 * (7 * 3 + 3 * 6) + 7 * 2
    assert layer.state_bytes == 4 * 2 * 9 + 2 * 3 * 6 * 3


def test_lightning() -> None:
    layer = linear.lightning(7, 2, 3)
    assert (layer.layer_params, layer.state_bytes, layer.num_heads) == (5 * 7 * 6, 4 * 2 * 9, 2)


def test_mamba_1() -> None:
    layer = linear.mamba1(width=7, inner=14, states=3, kernel=4, rank=2)
    assert layer.layer_params == 3 * 7 * 14 + 14 * 4 + 14 * (2 + 6) + 2 * 14 + 14 * 3
    assert layer.state_bytes == 4 * 14 * 3 + 2 * 14 * 3
    assert layer.num_heads == 14


def test_mamba_2() -> None:
    layer = linear.mamba2(width=7, heads=4, head_dim=3, groups=2, states=5, kernel=4)
    channels = 12 + 2 * 2 * 5
    assert layer.layer_params == 7 * (12 + channels + 4) + channels * 4 + 12 * 7
    assert layer.state_bytes == 4 * 12 * 5 + 2 * channels * 3


def test_a_short_convolution() -> None:
    fields = {"conv_L_cache": 3}
    layer = linear.short_convolution(Config(fields, fields), 7)
    assert (layer.layer_params, layer.state_bytes) == (4 * 49 + 21, 2 * 7 * 2)


def test_the_rank_of_a_step_may_follow_from_the_width() -> None:
    fields = {"mamba_dt_rank": "auto", "mamba_d_state": 3, "mamba_d_conv": 4, "mamba_expand": 2}
    assert linear.mamba_of(Config(fields, fields), 33) == linear.mamba1(33, 66, 3, 4, rank=3)


# What the released Falcon Mamba 7B has in its file: `expand` is not what its layers have.
FALCON_MAMBA = {
    "model_type": "falcon_mamba", "hidden_size": 4096, "num_hidden_layers": 64, "vocab_size": 65024, "state_size": 16,
    "conv_kernel": 4, "expand": 16, "intermediate_size": 8192, "time_step_rank": 256, "tie_word_embeddings": False,
}  # fmt: skip


def test_the_inner_channels_of_a_model_of_mamba_layers_are_those_that_its_file_gives() -> None:
    shape = architecture_from_config(json.dumps(FALCON_MAMBA))
    # Published: 7.27 B parameters (https://huggingface.co/tiiuae/falcon-mamba-7b).
    assert shape.total_params == pytest.approx(7.27e9, rel=2e-3)
    assert linear.mamba_of(Config(FALCON_MAMBA, FALCON_MAMBA), 4096) == linear.mamba1(4096, 8192, 16, 4, 256)
    multiple = {**FALCON_MAMBA, "intermediate_size": None, "expand": 2}
    assert linear.mamba_of(Config(multiple, multiple), 4096) == linear.mamba1(4096, 8192, 16, 4, 256)


def test_in_a_hybrid_the_width_of_feed_forward_layers_is_not_that_of_mamba() -> None:
    fields = {
        "intermediate_size": 999, "mamba_dt_rank": 2, "mamba_d_state": 3, "mamba_d_conv": 4, "mamba_expand": 2,
    }  # fmt: skip
    assert linear.mamba_of(Config(fields, fields), 7) == linear.mamba1(7, 14, 3, 4, rank=2)
