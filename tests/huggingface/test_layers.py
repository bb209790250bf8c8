"""Attention and feed-forward of the layers, and their groups."""

from typing import Any

import pytest

from infecon_core.huggingface import architecture_from_config
from infecon_core.huggingface.layers import MOST_GROUPS
from infecon_core.schema import DenseFeedForward, GroupedQueryAttention, LatentAttention, MixtureOfExperts
from tests.support.configs import RELEASED, TOY, text_of


def _first(**fields: Any) -> tuple[Any, Any]:
    """Attention and feed-forward of the first group of a toy with some fields changed."""
    group = architecture_from_config(text_of(TOY, **fields)).layer_groups[0]
    return group.attention, group.feed_forward


def test_heads() -> None:
    def heads(**fields: Any) -> GroupedQueryAttention:
        attention, _ = _first(**fields)
        assert isinstance(attention, GroupedQueryAttention)
        return attention

    assert heads(num_key_value_heads=None).num_key_value_heads == 8
    assert heads(head_dim=...).head_dim == 64 // 8
    assert heads(model_type="gemma", head_dim=...).head_dim == 256
    # Multi-query attention under a switch of its own.
    assert heads(model_type="falcon", num_key_value_heads=..., multi_query=True).num_key_value_heads == 1
    assert heads(model_type="falcon", num_key_value_heads=..., multi_query=False).num_key_value_heads == 8
    assert heads(model_type="falcon", new_decoder_architecture=True, multi_query=True).num_key_value_heads == 2
    assert heads(model_type="qwen3_5_text").attn_output_gate
    assert not heads(model_type="qwen3_5_text", attn_output_gate=False).attn_output_gate


def test_latent_attention_ignores_the_width_of_a_head() -> None:
    attention, _ = _first(kv_lora_rank=8, qk_nope_head_dim=4, qk_rope_head_dim=2, v_head_dim=6, q_lora_rank=None)
    assert attention == LatentAttention(
        num_attention_heads=8, kv_lora_rank=8, qk_nope_head_dim=4, qk_rope_head_dim=2, v_head_dim=6
    )


def test_experts() -> None:
    experts = {"num_experts": 4, "num_experts_per_tok": 2, "model_type": "mixtral"}
    assert _first(**experts)[1] == MixtureOfExperts(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=100)
    narrow = _first(**experts, moe_intermediate_size=10, n_shared_experts=3)[1]
    assert (narrow.moe_intermediate_size, narrow.shared_expert_intermediate_size) == (10, 30)
    given = _first(**experts, moe_intermediate_size=10, n_shared_experts=3, shared_expert_intermediate_size=7)[1]
    assert given.shared_expert_intermediate_size == 7
    # Beside the experts of every layer stands a feed-forward layer.
    beside = _first(**experts, moe_intermediate_size=10, enable_moe_block=True)[1]
    assert beside.shared_expert_intermediate_size == 100
    beside = _first(**{**experts, "model_type": "arctic"}, use_residual=True)[1]
    assert beside.shared_expert_intermediate_size == 64


@pytest.mark.parametrize("value", [None, 0, ...])
def test_a_mixture_without_its_number_of_experts_is_no_dense_model(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^'num_experts' is (null|0|missing), but 'num_experts_per_tok' and 'moe_in"):
        architecture_from_config(text_of(RELEASED["qwen3-30b-a3b"].fields, num_experts=value))
    # Of a kind that is always one, too; a dense model with the field off is taken.
    with pytest.raises(ValueError, match=r"^'num_local_experts' is |^'num_experts' is missing"):
        architecture_from_config(text_of(RELEASED["mixtral-8x7b"].fields, num_local_experts=value))
    off = {"num_experts": value, "num_experts_per_tok": 0, "moe_intermediate_size": 0}
    assert _first(**off)[1] == DenseFeedForward(intermediate_size=100)


@pytest.mark.parametrize(("value", "said"), [(None, "null"), (..., "missing")])
def test_experts_take_the_width_of_a_dense_layer_only_where_released_files_do(value: Any, said: str) -> None:
    for name in ("qwen3-30b-a3b", "deepseek-v3", "glm-4.5-air"):
        with pytest.raises(ValueError, match=f"^'moe_intermediate_size' is {said}; "):
            architecture_from_config(text_of(RELEASED[name].fields, moe_intermediate_size=value))
    mixture = RELEASED["mixtral-8x7b"]
    shape = architecture_from_config(text_of(mixture.fields, moe_intermediate_size=value))
    assert shape.total_params == pytest.approx(mixture.params, rel=1e-3)


def test_inner_widths() -> None:
    assert _first()[1] == DenseFeedForward(intermediate_size=100)
    assert _first(model_type="qwen")[1].intermediate_size == 50
    assert _first(model_type="gpt2", intermediate_size=None)[1] == DenseFeedForward(intermediate_size=256, gated=False)
    # Two thirds of 100, rounded up to a multiple of 8.
    assert _first(model_type="lfm2", block_multiple_of=8, full_attn_idxs=[0, 1])[1].intermediate_size == 72
    small = {"num_local_experts": 0, "shared_intermediate_size": 44, "layer_types": ["attention"] * 2}
    assert _first(model_type="granitemoehybrid", **small)[1].intermediate_size == 44


def test_equal_layers_are_one_group_and_full_attention_stands_first() -> None:
    fields = RELEASED["gpt-oss-20b"].fields
    full, window = architecture_from_config(text_of(fields)).layer_groups
    assert full.attention is not None
    assert window.attention is not None
    assert (full.num_layers, full.attention.sliding_window) == (12, None)
    assert (window.num_layers, window.attention.sliding_window) == (12, 128)


def _searched(*blocks: dict[str, Any]) -> str:
    return text_of(TOY, model_type="nemotron-nas", num_hidden_layers=len(blocks), block_configs=list(blocks))


FULL = {"attention": {"n_heads_in_group": 4}, "ffn": {"ffn_mult": 3.0}}


def test_layers_that_a_search_has_chosen() -> None:
    (group,) = architecture_from_config(_searched(FULL, FULL)).layer_groups
    assert group.num_layers == 2
    assert group.attention is not None
    assert group.attention.kv_elements_per_token == 2 * 2 * 8
    # 2·3·64/3 = 128, rounded up to a multiple of 256.
    assert group.feed_forward == DenseFeedForward(intermediate_size=256)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"attention": {"replace_with_linear": True}, "ffn": {}}, r"block_configs\.0\.attention\.replace_with_linear'"),
        ({"attention": {"no_op": True}, "ffn": {"ffn_mult": "3"}}, r"block_configs\.0\.ffn\.ffn_mult' is the text '3'"),
        ({"attention": {"no_op": True}, "ffn": {"ffn_mult": float("inf")}}, r"ffn_mult' is no finite number"),
        (
            {"attention": {"n_heads_in_group": 3}, "ffn": {"ffn_mult": 3.0}},
            r"'block_configs\.0\.attention\.n_heads_in_",
        ),
        ({"attention": [], "ffn": {}}, r"'block_configs\.0\.attention' is a list of 0; give an object"),
        ({"attention": {"no_op": True}, "ffn": {"no_op": True}}, "'block_configs' gives layers of 0 shapes"),
    ],
)
def test_of_those_too_what_cannot_be_taken_is_named(block: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        architecture_from_config(_searched(block))


def test_more_shapes_than_can_be_expressed_are_refused() -> None:
    widths = [{**FULL, "ffn": {"intermediate_size": 100 + place}} for place in range(MOST_GROUPS + 1)]
    assert len(architecture_from_config(_searched(*widths[:-1])).layer_groups) == MOST_GROUPS
    with pytest.raises(ValueError, match=f"'block_configs' gives layers of {MOST_GROUPS + 1} shapes"):
        architecture_from_config(_searched(*widths))
