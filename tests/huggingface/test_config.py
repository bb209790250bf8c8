"""Fields under any of their names; whatever else stands there gets one sentence that names the field."""

import json
import re
from typing import Any

import pytest

from infecon_core.huggingface import architecture_from_config
from infecon_core.huggingface.config import NAMES, Config
from tests.support.configs import RELEASED, TOY, TOY_PARAMS, text_of

NEEDED = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size")
BAD = [-1, 1.5, "4096", True, [1, 2], {}, 10**18, float("inf"), float("nan")]


@pytest.mark.parametrize("name", NEEDED)
def test_a_field_that_is_missing_or_null_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=rf"^'{name}' is missing; "):
        architecture_from_config(text_of(TOY, **{name: ...}))
    with pytest.raises(ValueError, match=f"^'{name}' is null; "):
        architecture_from_config(text_of(TOY, **{name: None}))


@pytest.mark.parametrize("value", BAD, ids=repr)
@pytest.mark.parametrize("name", [*NEEDED, "head_dim", "num_key_value_heads"])
def test_a_value_that_is_no_size_is_told_with_its_field(name: str, value: Any) -> None:
    with pytest.raises(
        ValueError, match=f"^'{name}' is .*; give a whole number from 1|^'{name}' is .* from 0 to"
    ) as bad:
        architecture_from_config(text_of(TOY, **{name: value}))
    assert str(bad.value).count(". ") == 0


@pytest.mark.parametrize("value", [0, -5, "x", [], 10**18])
@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("deepseek-v3.2", "kv_lora_rank"),
        ("deepseek-v3.2", "qk_nope_head_dim"),
        ("deepseek-v3.2", "v_head_dim"),
        ("deepseek-v3.2", "index_topk"),
        ("qwen3-30b-a3b", "num_experts_per_tok"),
        ("qwen3-30b-a3b", "moe_intermediate_size"),
        ("qwen3-next-80b-a3b", "linear_key_head_dim"),
        ("nemotron-h-56b", "mamba_num_heads"),
        ("jamba-v0.1", "attn_layer_period"),
        ("jamba-v0.1", "mamba_dt_rank"),
        ("falcon-7b", "n_layer"),
        ("lfm2-1.2b", "block_multiple_of"),
    ],
)
def test_so_are_those_of_every_kind_of_model(model: str, name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"'{name}' is .*; give a whole number"):
        architecture_from_config(text_of(RELEASED[model].fields, **{name: value}))


@pytest.mark.parametrize(("meaning", "name"), [(m, n) for m in NEEDED for n in NAMES[m]])
def test_every_name_is_read(meaning: str, name: str) -> None:
    text = text_of(TOY, **{meaning: ..., name: TOY[meaning]})
    assert architecture_from_config(text).total_params == TOY_PARAMS


def test_two_names_may_agree_and_not_differ() -> None:
    assert architecture_from_config(text_of(TOY, n_layer=2)).total_params == TOY_PARAMS
    with pytest.raises(ValueError, match=r"^'num_hidden_layers' and 'n_layer' mean the same and differ"):
        architecture_from_config(text_of(TOY, n_layer=3))


def test_fields_of_a_part_are_told_with_it() -> None:
    with pytest.raises(ValueError, match=r"^'text_config\.hidden_size' is the text '64'"):
        architecture_from_config(json.dumps({"text_config": {**TOY, "hidden_size": "64"}}))


def test_a_whole_number_may_be_written_as_another() -> None:
    assert architecture_from_config(text_of(TOY, num_hidden_layers=2.0)).total_params == TOY_PARAMS
    assert architecture_from_config(text_of(TOY, intermediate_size=[100, 100])).total_params == TOY_PARAMS
    for wrong in ([100, 101], [100], [100, 100, 100]):
        with pytest.raises(ValueError, match=f"'intermediate_size' is a list of {len(wrong)}"):
            architecture_from_config(text_of(TOY, intermediate_size=wrong))
    # What a model has once is no list, whatever its length.
    for name in ("hidden_size", "num_hidden_layers", "vocab_size"):
        for length in (1, 2):
            with pytest.raises(ValueError, match=f"^'{name}' is a list of {length}; give a whole number"):
                architecture_from_config(text_of(TOY, **{name: [TOY[name]] * length}))


def test_parts_that_do_not_agree_are_named() -> None:
    with pytest.raises(ValueError, match="'num_key_value_heads' of 3 does not divide 'num_attention_heads', 8"):
        architecture_from_config(text_of(TOY, num_key_value_heads=3))
    with pytest.raises(
        ValueError, match="'hidden_size' of 65 is no multiple of 'num_attention_heads', 8; give 'head_dim'"
    ):
        architecture_from_config(text_of(TOY, hidden_size=65, head_dim=...))
    with pytest.raises(ValueError, match="'num_experts_per_tok' of 9 is more than 'num_local_experts', 8"):
        architecture_from_config(text_of(RELEASED["mixtral-8x7b"].fields, num_experts_per_tok=9))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("tie_word_embeddings", "yes", "'tie_word_embeddings' is the text 'yes'; give true or false"),
        ("layer_types", "full_attention", "'layer_types' is the text 'full_attention'; give a list"),
        ("layer_types", ["full_attention"], "'layer_types' has 1 entries for 2 layers"),
        ("model_type", 7, "'model_type' is not a text"),
        ("linear_attn_config", [1], "'linear_attn_config' is a list of 1; give an object"),
        ("sliding_window_pattern", "LGLG", "only patterns as 'LLLG' are known here"),
    ],
)
def test_other_kinds_of_fields_too(name: str, value: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=re.escape(expected)):
        architecture_from_config(text_of(TOY, **{name: value, "sliding_window": 16}))


def test_names_from_files_stay_short_and_in_one_line() -> None:
    assert Config({}, {}, "a\nb" * 100).place("x").isprintable()
    assert len(Config({}, {}, "a" * 1000).place("x")) <= 60
