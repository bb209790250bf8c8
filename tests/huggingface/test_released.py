"""Formats, draft layers and names from the rest of a configuration."""

from typing import Any

import pytest

from infecon_core.huggingface import imported
from tests.support.configs import RELEASED, TOY, text_of


@pytest.mark.parametrize(
    ("quantised", "weights"),
    [
        (None, "bf16"),
        ({}, "bf16"),
        ({"quant_method": "fp8", "fmt": "e4m3"}, "fp8"),
        ({"quant_method": "mxfp4"}, "fp4"),
        ({"quant_method": "fbgemm_fp8"}, "fp8"),
        ({"quant_method": "awq", "bits": 4}, "int4"),
        ({"quant_method": "gptq", "bits": 8}, "int8"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "int4"),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "int8"),
        ({"quant_method": "compressed-tensors",
          "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int"}}}}, "int4"),
        ({"quant_method": "compressed-tensors",
          "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float"}}}}, "fp8"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "fp4"),
        ({"quant_method": "modelopt", "quant_algo": "FP8"}, "fp8"),
        ({"quant_method": "quark", "global_quant_config": {"weight": {"dtype": "fp8_e4m3"}}}, "fp8"),
        ({"quant_method": "quark", "global_quant_config": {"weight": [{"dtype": "fp4"}]}}, "fp4"),
    ],
)  # fmt: skip
def test_weight_formats(quantised: Any, weights: str) -> None:
    found = imported(text_of(TOY, quantization_config=quantised))
    assert found.precision.weights == weights
    assert (found.precision.kv, found.precision.activations) == ("bf16", "bf16")
    assert bool(found.assumed) == (weights in ("fp4", "int4"))


def test_a_quantisation_that_is_not_known_is_said() -> None:
    for given in ({"quant_method": "aqlm"}, {"config_groups": {"a": {"weights": {"num_bits": 3}}}}, {"bits": 3}):
        found = imported(text_of(TOY, quantization_config=given))
        assert found.precision.weights == "bf16"
        assert "is not known here: BF16 is taken" in found.assumed[0]


@pytest.mark.parametrize("name", ["torch_dtype", "dtype"])
def test_stored_types(name: str) -> None:
    def stored(value: Any) -> Any:
        return imported(text_of(TOY, **{"torch_dtype": ..., name: value}))

    assert stored("float16").precision.model_dump() == {"weights": "fp16", "kv": "fp16", "activations": "fp16"}
    assert stored("torch.bfloat16").assumed == ()
    assert stored("float32").precision.weights == "bf16"
    assert "float32 are taken as BF16" in stored("float32").assumed[0]
    assert stored(None).assumed == ("The file names no weight format: BF16 is taken.",)
    assert stored("float8_e4m3fn").precision.weights == "bf16"
    for wrong, said in ((7, "7"), ("potato", "the text 'potato'"), ("", "the text ''")):
        with pytest.raises(ValueError, match=f"^'{name}' is {said}, which is no type of weights; give one such as"):
            stored(wrong)


@pytest.mark.parametrize("wrong", [7, "fp8", [1], True])
def test_a_quantisation_that_is_no_object_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"^'quantization_config' is .*; give an object, as "):
        imported(text_of(TOY, quantization_config=wrong))


def test_the_file_says_what_its_part_does_not() -> None:
    part = {name: value for name, value in TOY.items() if name != "torch_dtype"}
    text = text_of({"text_config": part, "torch_dtype": "float16", "quantization_config": {"quant_method": "fp8"}})
    assert imported(text).precision.model_dump() == {"weights": "fp8", "kv": "fp16", "activations": "fp16"}


def test_draft_layers() -> None:
    assert imported(text_of(RELEASED["deepseek-v3"].fields)).mtp_layers == 1
    assert imported(text_of(RELEASED["kimi-k2"].fields)).mtp_layers == 0
    # Three modules of one layer: a drafted token passes one of them.
    assert imported(text_of(RELEASED["minimax-m2"].fields)).mtp_layers == 1
    assert imported(text_of(TOY, mtp_num_hidden_layers=2)).mtp_layers == 2
    with pytest.raises(ValueError, match="'num_nextn_predict_layers' is -1"):
        imported(text_of(TOY, num_nextn_predict_layers=-1))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("meta-llama/Llama-3.1-8B/", "Llama-3.1-8B"),
        ("/data/models/our model", "our model"),
        (None, "Llama 0.207M"),
        ("", "Llama 0.207M"),
        ("=HYPERLINK(1)", "Llama 0.207M"),
        ("a\nb\t<b>", "ab<b>"),
        (7, "Llama 0.207M"),
        ("x" * 200, "x" * 80),
    ],
)
def test_names(given: Any, name: str) -> None:
    assert imported(text_of(TOY, _name_or_path=given)).architecture.name == name


def test_sizes_in_names() -> None:
    assert imported(text_of(RELEASED["kimi-k2"].fields)).architecture.name == "Kimi K2 1.03T"
    assert imported(text_of(RELEASED["llama-3.1-8b"].fields)).architecture.name == "Llama 8.03B"
    assert imported(text_of(RELEASED["gpt2"].fields)).architecture.name == "GPT-2 124M"
    assert imported(text_of(RELEASED["qwen3-30b-a3b"].fields)).architecture.name == "Qwen3 MoE 30.5B"
    assert imported(text_of(TOY, model_type="?!", architectures=...)).architecture.name == "Model 0.207M"
