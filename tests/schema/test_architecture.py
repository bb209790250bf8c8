"""Shapes: parameter and cache sizes against values worked by hand, and what is refused."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from infecon_core import catalog
from infecon_core.schema import (
    Architecture,
    DenseFeedForward,
    GroupedQueryAttention,
    LatentAttention,
    LayerGroup,
    LinearAttention,
    MixtureOfExperts,
    sentence,
)


def shape(model_id: str) -> Architecture:
    return catalog.model(model_id).architecture


def test_llama_3_1_70b_by_hand() -> None:
    llama = shape("llama-3.1-70b")
    attention = 8192 * (64 * 128 + 2 * 8 * 128) + 64 * 128 * 8192
    feed_forward = 3 * 8192 * 28672
    assert attention == 150_994_944
    assert llama.attention_params == 80 * attention
    assert llama.feed_forward_params == 80 * feed_forward
    assert llama.embedding_params == 2 * 128_256 * 8192
    assert llama.total_params == 70_552_387_584
    assert llama.active_params == llama.total_params
    assert llama.kv_elements(1) == 2 * 8 * 128 * 80
    assert llama.kv_elements(1000) == 1000 * llama.kv_elements(1)
    assert llama.state_bytes == 0


def test_deepseek_v3_by_hand() -> None:
    deepseek = shape("deepseek-v3")
    # Queries down and up, keys and values down and up, output.
    queries = 7168 * 1536 + 1536 * 128 * (128 + 64)
    keys_and_values = 7168 * (512 + 64) + 512 * 128 * (128 + 128)
    attention = queries + keys_and_values + 128 * 128 * 7168
    assert deepseek.attention_params == 61 * attention
    experts = 58 * (3 * 7168 * 2048 * (256 + 1) + 7168 * 256)
    assert deepseek.feed_forward_params == 3 * 3 * 7168 * 18_432 + experts
    assert deepseek.total_params == pytest.approx(671.0e9, rel=1e-4)
    skipped = 58 * 3 * 7168 * 2048 * (256 - 8)
    assert deepseek.total_params - deepseek.active_params == skipped
    assert deepseek.kv_elements(1) == (512 + 64) * 61


def test_sparse_attention_keeps_the_whole_context() -> None:
    newer, older = shape("deepseek-v3.2"), shape("deepseek-v3")
    assert newer.kv_elements(100_000) - older.kv_elements(100_000) == 61 * 128 * 100_000
    # Indexer: 64 heads of 128 from the compressed queries, one key of 128 and 64 head weights from the stream.
    assert newer.total_params - older.total_params == 61 * (64 * 128 * 1536 + (128 + 64) * 7168)


def test_mistral_large_2_keeps_352_kib_per_token() -> None:
    # 88 layers · 2 · 8 heads · 128 · 2 bytes = 360,448 B, the "360 KB" of the paper (352 KiB).
    assert shape("mistral-large-2-123b").kv_elements(1) * 2 == 360_448 == 352 * 1024


def test_gemma_3_windows_cap_the_cache() -> None:
    gemma = shape("gemma-3-27b")
    per_layer = 2 * 16 * 128
    assert gemma.kv_elements(1024) == 62 * per_layer * 1024
    assert gemma.kv_elements(100_000) == per_layer * (10 * 100_000 + 52 * 1024)


def test_gpt_oss_and_tied_tables() -> None:
    assert shape("gpt-oss-120b").total_params == pytest.approx(116.83e9, rel=1e-3)
    small = shape("llama-3.2-1b")
    assert small.tie_word_embeddings
    assert small.embedding_params == 128_256 * 2048
    assert small.total_params == pytest.approx(1.2358e9, rel=1e-4)


def test_gated_deltanet_by_hand() -> None:
    linear = next(
        g.attention for g in shape("qwen3-next-80b-a3b").layer_groups if isinstance(g.attention, LinearAttention)
    )
    # 16 key heads and 32 value heads of 128: queries, keys, values, gate; two scalars a head; convolution; output.
    channels = 2 * 16 * 128 + 32 * 128
    params = 2048 * (channels + 32 * 128) + 2048 * 2 * 32 + 4 * channels + 32 * 128 * 2048
    assert linear.params(2048) == params
    # A 128 × 128 state per value head in FP32, three past inputs per channel in BF16.
    assert linear.state_bytes == 32 * 128 * 128 * 4 + 3 * channels * 2


@pytest.mark.parametrize(
    ("model_id", "total", "linear_layers"),
    [
        ("qwen3-next-80b-a3b", 79.674e9, 36),
        ("qwen3.5-397b-a17b", 396.346e9, 45),
        ("minimax-m1", 456.090e9, 70),
        ("nemotron-h-56b", 56.324e9, 54),
        ("nemotron-3-nano-30b-a3b", 31.578e9, 23),
        ("jamba-v0.1", 51.570e9, 28),
        ("jamba-1.5-large", 398.555e9, 63),
    ],
)
def test_hybrids(model_id: str, total: float, linear_layers: int) -> None:
    hybrid = shape(model_id)
    linear = [g for g in hybrid.layer_groups if isinstance(g.attention, LinearAttention)]
    assert sum(g.num_layers for g in linear) == linear_layers
    assert hybrid.total_params == pytest.approx(total, rel=1e-3)
    assert hybrid.state_bytes == sum(g.num_layers * g.attention.state_bytes for g in linear if g.attention)
    assert hybrid.state_bytes > 0
    # Only the layers with full attention grow with context.
    full = sum(
        g.num_layers * 2 * g.attention.num_key_value_heads * g.attention.head_dim
        for g in hybrid.layer_groups
        if isinstance(g.attention, GroupedQueryAttention)
    )
    assert hybrid.kv_elements(50_000) == 50_000 * full


def test_architecture_search_leaves_layers_without_attention() -> None:
    nemotron = shape("nemotron-super-49b-v1")
    assert nemotron.num_hidden_layers == 80
    assert sum(g.num_layers for g in nemotron.layer_groups if g.attention is None) == 31
    assert nemotron.kv_elements(1) == 49 * 2 * 8 * 128


heads = st.sampled_from([1, 2, 4, 8, 16, 32])
sizes = st.integers(1, 20_000)
contexts = st.floats(0, 1e7)


@st.composite
def architectures(draw: st.DrawFn) -> Architecture:
    groups = []
    for _ in range(draw(st.integers(1, 3))):
        num_key_value_heads = draw(heads)
        attention = draw(
            st.sampled_from(
                [
                    GroupedQueryAttention(
                        num_attention_heads=num_key_value_heads * draw(heads),
                        num_key_value_heads=num_key_value_heads,
                        head_dim=draw(sizes),
                        sliding_window=draw(st.none() | sizes),
                        attn_output_gate=draw(st.booleans()),
                    ),
                    LatentAttention(
                        num_attention_heads=draw(heads),
                        q_lora_rank=draw(st.none() | sizes),
                        kv_lora_rank=draw(sizes),
                        qk_nope_head_dim=draw(sizes),
                        qk_rope_head_dim=draw(st.integers(0, 128)),
                        v_head_dim=draw(sizes),
                    ),
                    LinearAttention(num_heads=8, layer_params=draw(sizes), state_bytes=draw(st.integers(0, 10**7))),
                ]
            )
        )
        experts = draw(st.integers(1, 64))
        feed_forward = draw(
            st.sampled_from(
                [
                    DenseFeedForward(intermediate_size=draw(sizes), gated=draw(st.booleans())),
                    MixtureOfExperts(
                        num_experts=experts,
                        num_experts_per_tok=draw(st.integers(1, experts)),
                        moe_intermediate_size=draw(sizes),
                    ),
                ]
            )
        )
        groups.append(LayerGroup(num_layers=draw(st.integers(1, 100)), attention=attention, feed_forward=feed_forward))
    return Architecture(
        name="drawn",
        hidden_size=draw(sizes),
        vocab_size=draw(st.integers(0, 300_000)),
        layer_groups=tuple(groups),
        tie_word_embeddings=draw(st.booleans()),
    )


@given(architectures())
def test_active_is_part_of_total(drawn: Architecture) -> None:
    assert 0 < drawn.active_params <= drawn.total_params
    parts = drawn.embedding_params + drawn.attention_params + drawn.feed_forward_params
    assert drawn.total_params == parts


@given(architectures(), contexts, contexts)
def test_cache_grows_with_context_and_never_faster(drawn: Architecture, one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert drawn.kv_elements(short) <= drawn.kv_elements(long)
    # Windows bend the curve down: twice the context is at most twice the cache.
    assert drawn.kv_elements(2 * long) <= 2 * drawn.kv_elements(long) * (1 + 1e-12)
    assert drawn.kv_elements(0) == 0


@given(architectures())
def test_splitting_a_group_changes_nothing(drawn: Architecture) -> None:
    apart = tuple(
        group.model_copy(update={"num_layers": 1}) for group in drawn.layer_groups for _ in range(group.num_layers)
    )
    split = drawn.model_copy(update={"layer_groups": apart})
    assert split.num_hidden_layers == drawn.num_hidden_layers
    assert split.total_params == drawn.total_params
    assert split.active_params == drawn.active_params
    assert split.kv_elements(4096) == drawn.kv_elements(4096)
    assert split.state_bytes == drawn.state_bytes


@given(architectures())
def test_shapes_survive_json(drawn: Architecture) -> None:
    assert Architecture.model_validate_json(drawn.model_dump_json()) == drawn
    assert hash(drawn) == hash(drawn.model_copy())


GOOD: dict[str, Any] = {
    "name": "toy",
    "hidden_size": 64,
    "vocab_size": 100,
    "layer_groups": [
        {
            "num_layers": 2,
            "attention": {"kind": "grouped_query", "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16},
            "feed_forward": {"kind": "moe", "num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 32},
        }
    ],
}


def _with(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    def put(node: Any, keys: tuple[str | int, ...]) -> Any:
        if not keys:
            return value
        key, *rest = keys
        if isinstance(node, list):
            return [put(item, tuple(rest)) if index == key else item for index, item in enumerate(node)]
        return {**node, key: put(node.get(key), tuple(rest))}

    changed: dict[str, Any] = put(GOOD, path)
    return changed


ATTENTION = ("layer_groups", 0, "attention")
FEED_FORWARD = ("layer_groups", 0, "feed_forward")


def test_the_good_shape_is_good() -> None:
    assert Architecture.model_validate(GOOD).num_hidden_layers == 2


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("hidden_size",), 0, "'hidden_size' cannot be 0: input should be greater than or equal to 1"),
        (("hidden_size",), -64, "'hidden_size' cannot be -64: input should be greater than or equal to 1"),
        (("hidden_size",), math.nan, "'hidden_size' cannot be nan: "),
        (("hidden_size",), math.inf, "'hidden_size' cannot be inf: "),
        (("hidden_size",), "wide", "'hidden_size' cannot be 'wide': "),
        (("vocab_size",), -1, "'vocab_size' cannot be -1: input should be greater than or equal to 0"),
        (("layer_groups",), [], "'layer_groups' cannot be []: "),
        (
            ("layer_groups", 0, "num_layers"),
            0,
            "'layer_groups.0.num_layers' cannot be 0: input should be greater",
        ),
        (("layer_groups", 0, "num_layers"), 1.5, "'layer_groups.0.num_layers' cannot be 1.5: "),
        ((*ATTENTION, "head_dim"), 0, "'layer_groups.0.attention.head_dim' cannot be 0: "),
        ((*ATTENTION, "sliding_window"), 0, "'layer_groups.0.attention.sliding_window' cannot be 0: "),
        ((*ATTENTION, "kind"), "flash", "'layer_groups.0.attention' cannot be "),
        ((*ATTENTION, "heads"), 4, "'layer_groups.0.attention.heads' is not a field that is known here"),
        ((*FEED_FORWARD, "num_experts_per_tok"), 0, "'layer_groups.0.feed_forward.num_experts_per_tok' cannot be 0: "),
    ],
)
def test_bad_values_are_refused_in_one_sentence(path: tuple[str | int, ...], value: object, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Architecture.model_validate(_with(path, value))
    message = sentence(refused.value)
    assert message.startswith(said)
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ((*ATTENTION, "num_key_value_heads"), 8, "8 KV heads are more than 4 query heads; give at most as many"),
        (
            (*FEED_FORWARD, "num_experts_per_tok"),
            9,
            "9 active experts are more than the 8 there are; give at most as many",
        ),
        (("layer_groups", 0), {"num_layers": 1}, "a layer group holds an attention, a feed-forward layer, or both"),
    ],
)
def test_shapes_that_do_not_agree_are_refused(path: tuple[str | int, ...], value: object, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Architecture.model_validate(_with(path, value))
    assert said in sentence(refused.value)
    assert "\n" not in sentence(refused.value)
