"""What an architecture cannot say is refused by its field, and nothing is guessed of kinds that are not known."""

from typing import Any

import pytest

from infecon_core.huggingface import architecture_from_config
from tests.support.configs import RELEASED, TOY, TOY_PARAMS, text_of


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"compress_ratios": [128, 4]}, "'compress_ratios' is set"),
        ({"num_kv_shared_layers": 15}, "'num_kv_shared_layers' is 15: layers that share a KV cache"),
        ({"hidden_size_per_layer_input": 256}, "'hidden_size_per_layer_input' is 256"),
        ({"use_cla": True}, "'use_cla' is true"),
        ({"cross_attention_layers": [3]}, "'cross_attention_layers' is set"),
        ({"is_encoder_decoder": True}, "'is_encoder_decoder' is true"),
        ({"moe_latent_size": 32}, "'moe_latent_size' is 32"),
        ({"word_embed_proj_dim": 32}, "'word_embed_proj_dim' is 32: tables of another width"),
        ({"v_head_dim": 8}, "'v_head_dim' is 8: values wider or narrower than keys"),
        ({"model_type": "bert"}, "'model_type' is 'bert': only models that write text"),
        ({"architectures": ["LlamaForSequenceClassification"]}, "'architectures' has 'LlamaForSequenceClassification'"),
    ],
)
def test_what_cannot_be_said_is_refused_by_its_field(fields: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=expected) as refused:
        architecture_from_config(text_of(TOY, **fields))
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "fields",
    [
        {"num_kv_shared_layers": 0},
        {"use_cla": False},
        {"hidden_size_per_layer_input": None},
        {"word_embed_proj_dim": 64},
        {"v_head_dim": 16},
        {"moe_latent_size": None},
        {"cross_attention_layers": []},
    ],
)
def test_a_field_that_is_there_and_off_is_none(fields: dict[str, Any]) -> None:
    assert architecture_from_config(text_of(TOY, **fields)).total_params == TOY_PARAMS


@pytest.mark.parametrize(
    ("name", "value"), [("wonder_dim", 8), ("use_wonder", True), ("wonders", [1, 2]), ("wonder", {"a": 1})]
)
def test_a_field_that_may_change_the_shape_of_an_unknown_kind_is_refused(name: str, value: Any) -> None:
    with pytest.raises(
        ValueError, match=f"'{name}' is .*: it may change the shape, and the kind of model 'own' is not"
    ):
        architecture_from_config(text_of(TOY, model_type="own", architectures=..., **{name: value}))
    # Of a kind that is known nothing depends on it.
    assert architecture_from_config(text_of(TOY, **{name: value})).total_params == TOY_PARAMS
    with pytest.raises(ValueError, match="a file without 'model_type' is not known here"):
        architecture_from_config(text_of(TOY, model_type=..., architectures=..., **{name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wonder", 0.5), ("wonder", None), ("wonder", False), ("wonder", "text"), ("wonder", 1),
        ("rope_theta", 500000), ("rope_scaling", {"factor": 8}), ("eos_token_id", [1, 2]), ("use_cache", True),
        ("max_position_embeddings", 8192), ("attention_bias", True), ("pretraining_tp", 4), ("vision_config", {"a": 1}),
    ],
)  # fmt: skip
def test_the_rest_does_not_matter(name: str, value: Any) -> None:
    shape = architecture_from_config(text_of(TOY, model_type="own", architectures=..., **{name: value}))
    assert shape.total_params == TOY_PARAMS


@pytest.mark.parametrize("name", ["deepseek-v3.2", "qwen3-next-80b-a3b", "glm-4.5-air", "jamba-v0.1", "llama-3.1-8b"])
def test_released_fields_are_enough_under_a_name_of_ones_own(name: str) -> None:
    released = RELEASED[name]
    mine = {"model_type": "own", "attn_output_gate": "linear_num_key_heads" in released.fields}
    shape = architecture_from_config(text_of({**released.fields, **mine}))
    assert shape.total_params == pytest.approx(released.params, rel=1e-3)
