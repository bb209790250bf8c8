"""What a configuration says besides the shape: the formats of the release, its own draft layers, its name."""

import re
from typing import Any

from infecon_core.huggingface.config import Config
from infecon_core.huggingface.reading import Fields, kind_of
from infecon_core.schema import Format, Precision
from infecon_core.schema.record import LONGEST_NAME
from infecon_core.schema.words import quotable

_TYPES: dict[str, Format] = {"bfloat16": "bf16", "float16": "fp16", "half": "fp16"}
# How types are named: "bfloat16", "torch.float32", "float8_e4m3fn", "auto".
_TYPE = re.compile(r"(torch\.)?(auto|half|float|double|bf16|(b?float|fp|u?int)\d+(_\w{1,16})?)")
# Methods of `quantization_config` that fix the format; those of a few bits say how many.
_METHODS: dict[str, Format] = {
    "fp8": "fp8", "fbgemm_fp8": "fp8", "finegrained_fp8": "fp8", "mxfp8": "fp8", "mxfp4": "fp4", "nvfp4": "fp4",
    "fp_quant": "fp4",
}  # fmt: skip
_FORMATS: tuple[tuple[str, Format], ...] = (
    ("nvfp4", "fp4"), ("mxfp4", "fp4"), ("fp4", "fp4"), ("fp8", "fp8"), ("w4a16", "int4"), ("int4", "int4"),
    ("int8", "int8"),
)  # fmt: skip


def precision_of(config: Config) -> Precision:
    """The formats in which a model was released; what is not known here is told among the assumptions."""
    stored = _stored(config)
    around = _TYPES.get(stored.removeprefix("torch."), "bf16") if isinstance(stored, str) else "bf16"
    if isinstance(stored, str) and stored.removeprefix("torch.") not in _TYPES:
        config.assume(f"weights in {quotable(stored)} are taken as BF16, as they are served")
    given = _first(config, "quantization_config", "compression_config")
    if given is not None and not isinstance(given, dict):
        raise ValueError(f'\'quantization_config\' is {kind_of(given)}; give an object, as {{"quant_method": "fp8"}}.')
    weights: Format = around
    if given:
        found = _quantised(given)
        if found is None:
            method = quotable(given.get("quant_method", "unnamed"))
            config.assume(
                f"the weight format of the quantisation '{method}' is not known here: {around.upper()} is taken"
            )
        weights = found or around
    elif stored is None:
        config.assume("the file names no weight format: BF16 is taken")
    if weights != around and weights in ("fp4", "int4"):
        config.assume(f"all weights are counted as {weights.upper()}, also those that stay in {around.upper()}")
    return Precision(weights=weights, kv=around, activations=around)


def _stored(config: Config) -> Any:
    """The type in which weights are stored, as the file names it; None where it does not."""
    for name in ("torch_dtype", "dtype"):
        stored = _first(config, name)
        if stored is None or isinstance(stored, dict):
            continue
        if not isinstance(stored, str) or not _TYPE.fullmatch(stored):
            raise ValueError(f"'{name}' is {kind_of(stored)}, which is no type of weights; give one such as bfloat16.")
        return stored
    return None


def _first(config: Config, *names: str) -> Any:
    """What the text model says, or the whole file."""
    return next((f[n] for f in (config.fields, config.around) for n in names if f.get(n) is not None), None)


def _quantised(given: Fields) -> Format | None:
    method = str(given.get("quant_method", "")).lower()
    if method in _METHODS:
        return _METHODS[method]
    if method == "bitsandbytes":
        return "int4" if given.get("load_in_4bit") is True else "int8"
    if isinstance(bits := given.get("bits"), int):
        return _of_bits(bits, "int")
    if isinstance(groups := given.get("config_groups"), dict):  # compressed-tensors and modelopt
        for group in groups.values():
            weights = group.get("weights") if isinstance(group, dict) else None
            if isinstance(weights, dict):
                return _of_bits(weights.get("num_bits"), str(weights.get("type", "int")))
    words = f"{given.get('quant_algo', '')} {given.get('format', '')} {given.get('fmt', '')}".lower()
    overall = given.get("global_quant_config")  # quark
    weight = overall.get("weight") if isinstance(overall, dict) else None
    if isinstance(weight, list):
        weight = weight[0] if weight else None
    words += str(weight.get("dtype", "")).lower() if isinstance(weight, dict) else ""
    return next((name for sign, name in _FORMATS if sign in words), None)


def _of_bits(bits: object, kind: str) -> Format | None:
    names: dict[tuple[object, bool], Format] = {
        (4, True): "fp4", (8, True): "fp8", (16, True): "bf16", (4, False): "int4", (8, False): "int8",
    }  # fmt: skip
    return names.get((bits, kind.startswith("float")))


def mtp_layers_of(config: Config) -> int:
    """Layers for multi-token prediction that one drafted token passes; 0 where there are none. [1]"""
    if config.count("num_mtp_modules"):
        # Several modules draft one token each.
        return config.count("mtp_transformer_layers", 1)
    names = ("num_nextn_predict_layers", "mtp_num_hidden_layers", "mtp_num_layers", "num_mtp_layers")
    return next((config.count(name) for name in names if config.raw(name) is not None), 0)


def name_of(config: Config, kind: str, total_params: float) -> str:
    """What the model is called: the last part of the path it was released under, or its kind and size."""
    given = _first(config, "_name_or_path", "name_or_path", "_name")
    last = str(given).rstrip("/").split("/")[-1] if isinstance(given, str) else ""
    plain = (
        re.sub(r"\s+", " ", "".join(letter for letter in last if letter.isprintable())).strip()[:LONGEST_NAME].strip()
    )
    if plain and plain[0].isalnum():
        return plain
    unit, sign = next(((unit, sign) for unit, sign in ((1e12, "T"), (1e9, "B")) if total_params >= unit), (1e6, "M"))
    size = f"{total_params / unit:.3g}{sign}"
    return f"{_plain(kind)} {size}"


# As their makers write them; other words of a kind begin with a capital.
_WORDS = {
    "moe": "MoE", "gpt": "GPT", "gpt2": "GPT-2", "oss": "OSS", "gptj": "GPT-J", "deepseek": "DeepSeek", "glm": "GLM",
    "glm4": "GLM-4", "olmo": "OLMo", "olmo2": "OLMo 2", "olmo3": "OLMo 3", "olmoe": "OLMoE", "minimax": "MiniMax",
    "minicpm3": "MiniCPM3", "dbrx": "DBRX", "mpt": "MPT", "opt": "OPT", "exaone": "EXAONE", "exaone4": "EXAONE 4",
    "internlm": "InternLM", "internlm2": "InternLM2", "internlm3": "InternLM3", "lfm2": "LFM2", "phi3": "Phi-3",
    "phi": "Phi", "phimoe": "Phi MoE", "stablelm": "StableLM", "granitemoe": "Granite MoE", "chatglm": "ChatGLM",
    "granitemoehybrid": "Granite MoE hybrid", "granitemoeshared": "Granite MoE", "afmoe": "AFMoE", "xglm": "XGLM",
    "gemma2": "Gemma 2", "gemma3": "Gemma 3", "gemma4": "Gemma 4", "llama4": "Llama 4", "cohere2": "Cohere 2",
    "starcoder2": "StarCoder2", "smollm3": "SmolLM3", "neox": "NeoX", "bigcode": "BigCode", "falcon": "Falcon",
}  # fmt: skip


def _plain(kind: str) -> str:
    """A kind of model as people write it.

    >>> _plain("qwen3_moe"), _plain("deepseek_v3"), _plain("qwen3_5_moe_text"), _plain("gpt_oss")
    ('Qwen3 MoE', 'DeepSeek V3', 'Qwen3.5 MoE', 'GPT OSS')
    """
    plain = re.sub(r"(?<=\d)_(?=\d)", ".", kind.removesuffix("_text"))
    words = re.sub(r"[^A-Za-z0-9.-]+", " ", plain).strip(" .-")[:40].split()
    return " ".join(_WORDS.get(word, word[:1].upper() + word[1:]) for word in words) or "Model"
