"""Which layer is what, in all the ways in which files say it."""

from collections import Counter
from typing import Any

import pytest

from infecon_core.huggingface import architecture_from_config, imported
from infecon_core.huggingface.config import Config
from infecon_core.huggingface.families import FAMILIES, Family
from infecon_core.huggingface.patterns import blocks, feed_forwards, mixers
from tests.support.configs import RELEASED, TOY, text_of


def _mixers(kind: str, layers: int, **fields: Any) -> str:
    """The first letter of what mixes tokens in each layer."""
    return "".join(m[0] for m in mixers(Config(fields, fields), FAMILIES.get(kind, Family()), kind, layers))


def _experts(kind: str, layers: int, **fields: Any) -> str:
    fields = {"num_experts": 8, **fields}
    return "".join(f[0] for f in feed_forwards(Config(fields, fields), FAMILIES.get(kind, Family()), kind, layers))


def test_windows() -> None:
    window = {"sliding_window": 8}
    assert _mixers("llama", 4) == "ffff"
    assert _mixers("mistral", 4, **window) == "wwww"
    assert _mixers("mistral", 4, sliding_window=0) == "ffff"
    assert _mixers("mistral", 4, **window, max_position_embeddings=8) == "ffff"
    assert _mixers("gemma2", 4, **window) == "wfwf"
    assert _mixers("gemma3_text", 8, **window) == "wwwwwfww"
    assert _mixers("gemma3_text", 4, **window, sliding_window_pattern=2) == "wfwf"
    assert _mixers("exaone4", 4, **window, sliding_window_pattern="LLG") == "wwfw"
    assert _mixers("qwen2", 4, **window, use_sliding_window=False) == "ffff"
    assert _mixers("qwen2", 4, **window, use_sliding_window=True, max_window_layers=3) == "fffw"
    assert _mixers("llama4_text", 4, attention_chunk_size=8) == "wwwf"
    assert _mixers("llama4_text", 4, attention_chunk_size=8, no_rope_layers=[1, 0, 1, 1]) == "wfww"
    assert _mixers("cohere2", 4, **window, sliding_window_pattern=4) == "wwwf"


def test_lists_of_layers() -> None:
    types = ["sliding_attention", "full_attention", "chunked_attention"]
    assert _mixers("gpt_oss", 3, layer_types=types, sliding_window=8) == "wfw"
    assert _mixers("minimax_m1", 3, attn_type_list=[0, 1, 0]) == "lfl"
    assert _mixers("minimax", 2, layer_types=["linear_attention", "full_attention"]) == "lf"
    assert _mixers("qwen3_next", 2, layer_types=["linear_attention", "full_attention"]) == "df"
    assert _mixers("granitemoehybrid", 2, layer_types=["linear_attention", "attention"], mamba_d_state=4) == "mf"
    assert _mixers("lfm2", 3, full_attn_idxs=[1]) == "cfc"


def test_states() -> None:
    assert _mixers("qwen3_next", 4, linear_num_key_heads=2) == "dddf"
    assert _mixers("qwen3_next", 4, linear_num_key_heads=2, full_attention_interval=2) == "dfdf"
    assert _mixers("jamba", 4, attn_layer_period=2, attn_layer_offset=1) == "mfmf"
    assert _mixers("bamba", 3, attn_layer_indices=[2]) == "mmf"
    # Counted from 1.
    assert _mixers("kimi_linear", 3, linear_attn_config={"full_attn_layers": [3]}) == "ddf"
    assert _mixers("mamba2", 2) == "mm"


def test_experts() -> None:
    assert _experts("llama", 2, num_experts=0) == "dd"
    assert _experts("mixtral", 2) == "mm"
    assert _experts("deepseek_v3", 4, first_k_dense_replace=1) == "dmmm"
    assert _experts("deepseek_v3", 4, first_k_dense_replace=1, moe_layer_freq=2) == "ddmd"
    assert _experts("mimo", 3, moe_layer_freq=[0, 1, 1]) == "dmm"
    assert _experts("qwen3_moe", 4, decoder_sparse_step=2) == "dmdm"
    assert _experts("qwen3_moe", 3, mlp_only_layers=[0]) == "dmm"
    assert _experts("llama4_text", 4, interleave_moe_layer_step=2) == "dmdm"
    assert _experts("llama4_text", 4, moe_layers=[1]) == "dmdd"
    assert _experts("jamba", 4, expert_layer_period=2, expert_layer_offset=1) == "dmdm"
    assert _experts("ernie4_5_moe", 4, moe_layer_start_index=1, moe_layer_end_index=2, moe_layer_interval=1) == "dmmd"
    assert _experts("ernie4_5_moe", 4, moe_layer_start_index=1, moe_layer_end_index=-1) == "dmmm"
    assert _experts("glm4_moe", 2, mlp_layer_types=["dense", "sparse"]) == "dm"
    assert _experts("lfm2_moe", 3, num_dense_layers=2) == "ddm"


def test_layers_of_one_block_each() -> None:
    signs = Config({"hybrid_override_pattern": "M-*E"}, {})
    expected = [("mamba", "none"), ("none", "dense"), ("full", "none"), ("none", "moe")]
    assert blocks(signs) == expected
    words = Config({"layers_block_type": ["mamba", "mlp", "attention", "moe"], "num_hidden_layers": 4}, {})
    assert blocks(words) == expected
    shape = architecture_from_config(text_of(RELEASED["nemotron-h-56b"].fields))
    assert Counter(g.num_layers for g in shape.layer_groups) == {54: 2, 10: 1}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"layer_types": ["full_attention", "wonder"]}, "'layer_types' has the text 'wonder'"),
        ({"layer_types": ["full_attention", 7]}, "'layer_types' has 7"),
        ({"attn_type_list": [0, 2]}, "'attn_type_list' has 2"),
        ({"num_experts": 4, "mlp_layer_types": ["dense", "odd"]}, "'mlp_layer_types' has the text 'odd'"),
        ({"num_experts": 4, "mlp_only_layers": [9]}, "'mlp_only_layers' has 9, which is not the number of a layer"),
        ({"num_experts": 4, "moe_layer_freq": [1, 1, 1]}, "'moe_layer_freq' has 3 entries for 2 layers"),
        ({"layer_types": ["sliding_attention"] * 2}, "'sliding_window' is missing"),
        ({"model_type": "nemotron_h", "hybrid_override_pattern": "M?"}, "'hybrid_override_pattern' has '[?]'"),
        ({"model_type": "nemotron_h", "hybrid_override_pattern": "M"}, "has 1 entries for 2 layers"),
    ],
)
def test_what_is_not_known_is_named(fields: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        architecture_from_config(text_of(TOY, **fields))


def test_what_is_assumed_of_windows_is_said() -> None:
    everywhere = imported(text_of(TOY, model_type="mistral", sliding_window=16)).assumed
    assert everywhere == ("'sliding_window' is taken to hold in every layer.",)
    sixth = imported(text_of(TOY, model_type="gemma3_text", sliding_window=16)).assumed
    assert sixth == ("Every 6th layer sees all, as in the code of this kind of model.",)
