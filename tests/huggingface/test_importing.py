"""Released configurations give the weights and the cache of the released models."""

import json

import pytest

from infecon_core import catalog, huggingface
from infecon_core.huggingface import architecture_from_config, imported
from infecon_core.schema import Architecture, DenseFeedForward, GroupedQueryAttention, LayerGroup
from tests.support.configs import RELEASED, TOY, TOY_PARAMS, text_of

# What only the tensors have: learned positions in small models.
LEARNED_POSITIONS = {"gpt2": 0.008, "starcoder": 0.004, "opt-6.7b": 0.002}
# The same model in the catalog, read from other sources.
IN_CATALOG = sorted(set(RELEASED) & set(catalog.models()) - {"gemma-3-4b"})


@pytest.mark.parametrize("name", RELEASED)
def test_weights_and_cache_are_those_of_the_released_model(name: str) -> None:
    released = RELEASED[name]
    shape = architecture_from_config(text_of(released.fields))
    # Biases and norms are left out.
    most_left_out = LEARNED_POSITIONS.get(name, 0.0004)
    assert released.params * (1 - most_left_out) <= shape.total_params <= released.params
    elements = sum(g.num_layers * g.attention.kv_elements_per_token for g in shape.layer_groups if g.attention)
    assert elements == released.kv_elements


def test_most_models_are_compared_with_the_catalog() -> None:
    assert len(IN_CATALOG) >= 20


@pytest.mark.parametrize("name", IN_CATALOG)
def test_the_catalog_has_the_same_shape(name: str) -> None:
    shape, entry = architecture_from_config(text_of(RELEASED[name].fields)), catalog.model(name)
    assert set(shape.layer_groups) == set(entry.architecture.layer_groups)
    assert shape.model_dump(exclude={"name", "layer_groups"}) == (
        entry.architecture.model_dump(exclude={"name", "layer_groups"})
    )


def test_a_toy_is_as_by_hand() -> None:
    layer = LayerGroup(
        num_layers=2,
        attention=GroupedQueryAttention(num_attention_heads=8, num_key_value_heads=2, head_dim=16),
        feed_forward=DenseFeedForward(intermediate_size=100),
    )
    found = imported(text_of(TOY), name="Toy")
    assert found.architecture == Architecture(name="Toy", hidden_size=64, vocab_size=1000, layer_groups=(layer,))
    assert found.architecture.total_params == TOY_PARAMS
    assert (found.model_type, found.mtp_layers, found.assumed) == ("llama", 0, ())


def test_it_is_reached_from_the_package() -> None:
    assert huggingface.architecture_from_config(text_of(TOY)).total_params == TOY_PARAMS


@pytest.mark.parametrize("where", ["text_config", "llm_config", "thinker_config"])
def test_the_text_model_of_one_that_sees_is_taken(where: str) -> None:
    inner = {where: TOY} if where != "thinker_config" else {where: {"text_config": TOY}}
    found = imported(json.dumps({"model_type": "seeing", "hidden_size": 5, "vision_config": {}, **inner}))
    assert found.architecture.total_params == TOY_PARAMS
    assert "without what sees or hears" in found.assumed[0]


def test_one_table_or_two() -> None:
    table = 64 * 1000
    assert architecture_from_config(text_of(TOY, tie_word_embeddings=True)).total_params == TOY_PARAMS - table
    # Where the file is silent the kind of model says it.
    assert architecture_from_config(text_of(TOY, tie_word_embeddings=...)).total_params == TOY_PARAMS
    silent = text_of(TOY, tie_word_embeddings=..., model_type="gemma", architectures=...)
    assert architecture_from_config(silent).total_params == TOY_PARAMS - table
    outside = json.dumps(
        {"tie_word_embeddings": True, "text_config": json.loads(text_of(TOY, tie_word_embeddings=...))}
    )
    assert architecture_from_config(outside).total_params == TOY_PARAMS - table


def test_a_part_takes_what_it_leaves_out_from_its_class_and_says_so() -> None:
    found = imported(text_of(RELEASED["gemma-3-4b"].fields))
    assert any(
        "'text_config.num_attention_heads' is not in the file: 8 is the default" in text for text in found.assumed
    )
    # A whole file that leaves out as much is no config.json.
    with pytest.raises(ValueError, match="'hidden_size' is missing"):
        imported('{"model_type": "llama"}')


def test_kinds_that_are_not_known_are_read_as_most_are() -> None:
    found = imported(text_of(TOY, model_type="of_our_own", architectures=["OwnForCausalLM"], hidden_act="silu"))
    assert found.architecture.total_params == TOY_PARAMS
    assert "'of_our_own' is not known here" in found.assumed[0]
    plain = imported(text_of(TOY, model_type="of_our_own", architectures=..., hidden_act="relu2"))
    assert plain.architecture.total_params == TOY_PARAMS - 2 * 64 * 100
    # A class that is known says what a name of one's own does not.
    for silent, said in (("of_our_own", "'of_our_own' is not known here"), (..., "'model_type' is missing")):
        (assumed,) = imported(text_of(TOY, model_type=silent, hidden_act="relu2")).assumed
        assert said in assumed
        assert "from the class in 'architectures'" in assumed


def test_attention_and_feed_forward_may_run_side_by_side() -> None:
    assert architecture_from_config(text_of(RELEASED["gpt-j-6b"].fields)).parallel_attn
    assert not architecture_from_config(text_of(RELEASED["gpt2"].fields)).parallel_attn
    assert not architecture_from_config(text_of(RELEASED["falcon-7b"].fields, parallel_attn=False)).parallel_attn


def test_names_that_cannot_stand_anywhere_are_refused() -> None:
    for name in ("=1+1", "a\nb", "x" * 81):
        with pytest.raises(ValueError, match="'name' cannot be"):
            imported(text_of(TOY), name=name)
