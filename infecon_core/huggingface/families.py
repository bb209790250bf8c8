"""What the kinds of models (`model_type`) have in common that their files do not say.

Source: the configuration and modelling classes of Hugging Face `transformers` 5, and those that repositories bring.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Windows = Literal["all", "every_second", "after_first", "unless_nth", "none"]


@dataclass(frozen=True)
class Family:
    """One kind of model.

    Args:
        tied (bool): Whether input and output tables are one where the file does not say.
        gated (bool): Whether two matrices lead into a feed-forward layer, as in SwiGLU, or one.
        parallel (bool or None): Whether attention and feed-forward run side by side; None where a field says so.
        head_dim (int): Width of a head where the file does not say; 0 for model width over heads.
        windows (str): Which layers see a window where the file has no list: all; every second, from the first; those
            after `max_window_layers`; all but every n-th; none.
        nth (int): For `unless_nth`: which layer sees all where the file does not say.
        shared_experts (int): Experts that every token passes where the file does not say.
        gate (bool): Whether the output of attention passes a gate as wide as the queries.
        one_kv_head (str): Field that makes attention multi-query; empty for none.
        defaults (mapping): Fields that files leave out where they are as in the class, as nested ones do.
    """

    tied: bool = False
    gated: bool = True
    parallel: bool = False
    head_dim: int = 0
    windows: Windows = "all"
    nth: int = 0
    shared_experts: int = 0
    gate: bool = False
    one_kv_head: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)


_LLAMA = {
    "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32,
    "vocab_size": 32000,
}  # fmt: skip
_MISTRAL = {**_LLAMA, "intermediate_size": 14336, "num_key_value_heads": 8}
_GEMMA3 = {
    "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26, "num_attention_heads": 8,
    "num_key_value_heads": 4, "vocab_size": 262208, "sliding_window": 4096,
}  # fmt: skip
_QWEN2 = {**_LLAMA, "intermediate_size": 22016, "num_key_value_heads": 32, "vocab_size": 151936}

_PLAIN = Family()
_TWO_MATRICES = Family(gated=False)
_TIED = Family(tied=True)
_GPT2 = Family(tied=True, gated=False)
_QWEN = Family(windows="after_first", defaults=_QWEN2)
_FALCON = Family(tied=True, gated=False, parallel=True, one_kv_head="multi_query")
_DELTA = Family(head_dim=256, gate=True)

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "afmoe": Family(head_dim=128, windows="unless_nth", nth=4, gate=True),
        "apertus": _TWO_MATRICES,
        "arcee": _TWO_MATRICES,
        "arctic": _PLAIN,
        "aria_text": _PLAIN,
        "axk1": _PLAIN,
        "baichuan": _PLAIN,
        "bailing_moe": _PLAIN,
        "bailing_moe_v2": _PLAIN,
        "bamba": _PLAIN,
        "bitnet": _PLAIN,
        "bloom": _GPT2,
        "chatglm": Family(one_kv_head=""),
        "codegen": Family(gated=False, parallel=True),
        "cohere": Family(tied=True, parallel=True),
        "cohere2": Family(tied=True, parallel=True, head_dim=128, windows="unless_nth", nth=4),
        "cwm": _PLAIN,
        "dbrx": _PLAIN,
        "deepseek": _PLAIN,
        "deepseek_v2": _PLAIN,
        "deepseek_v3": _PLAIN,
        "deepseek_v32": _PLAIN,
        "dots1": Family(windows="after_first"),
        "ernie4_5": Family(tied=True, head_dim=128),
        "ernie4_5_moe": _TIED,
        "exaone": _PLAIN,
        "exaone4": Family(windows="unless_nth", nth=4),
        "exaone_moe": Family(windows="unless_nth", nth=4),
        "falcon": _FALCON,
        "falcon_mamba": _TIED,
        "flex_olmo": _PLAIN,
        "gemma": Family(tied=True, head_dim=256),
        "gemma2": Family(tied=True, head_dim=256, windows="every_second"),
        "gemma3_text": Family(tied=True, head_dim=256, windows="unless_nth", nth=6, defaults=_GEMMA3),
        "gemma4_text": Family(tied=True, head_dim=256, windows="unless_nth", nth=6),
        "glm": Family(head_dim=128),
        "glm4": Family(head_dim=128),
        "glm4_moe": _PLAIN,
        "glm4_moe_lite": _PLAIN,
        "glm_moe_dsa": _PLAIN,
        "gpt2": _GPT2,
        "gpt_bigcode": Family(tied=True, gated=False, one_kv_head="multi_query"),
        "gpt_neox": Family(gated=False, parallel=True),
        "gpt_oss": Family(head_dim=64, windows="every_second"),
        "gptj": Family(gated=False, parallel=True),
        "granite": _PLAIN,
        "granitemoe": _PLAIN,
        "granitemoeshared": _PLAIN,
        "granitemoehybrid": _PLAIN,
        "grok-1": _TIED,
        "helium": Family(head_dim=128),
        "hunyuan": _PLAIN,
        "hunyuan_v1_dense": _PLAIN,
        "hunyuan_v1_moe": _PLAIN,
        "internlm": _PLAIN,
        "internlm2": _PLAIN,
        "internlm3": _PLAIN,
        "jais2": _TWO_MATRICES,
        "jamba": _PLAIN,
        "kimi_k2": _PLAIN,
        "kimi_linear": _PLAIN,
        "lfm2": _TIED,
        "lfm2_moe": _TIED,
        "llama": Family(defaults=_LLAMA),
        "llama4_text": Family(head_dim=128, windows="unless_nth", nth=4, shared_experts=1),
        "mamba": _TIED,
        "mamba2": _PLAIN,
        "minicpm3": _TIED,
        "minimax": _PLAIN,
        "minimax_m1": _PLAIN,
        "minimax_m2": _PLAIN,
        "minimax_text_01": _PLAIN,
        "ministral": _PLAIN,
        "ministral3": Family(head_dim=128),
        "mistral": Family(defaults=_MISTRAL),
        "mixtral": Family(defaults=_MISTRAL),
        "mpt": _GPT2,
        "nanochat": _TWO_MATRICES,
        "nemotron": _TWO_MATRICES,
        "nemotron-nas": _PLAIN,
        "nemotron_h": _TWO_MATRICES,
        "olmo": _PLAIN,
        "olmo2": _PLAIN,
        "olmo3": Family(windows="unless_nth", nth=4),
        "olmoe": _PLAIN,
        "opt": _GPT2,
        "orion": _PLAIN,
        "persimmon": _TWO_MATRICES,
        "phi": Family(gated=False, parallel=True),
        "phi3": _PLAIN,
        "phi4mm": _PLAIN,
        "phimoe": _PLAIN,
        "qwen": _PLAIN,
        "qwen2": _QWEN,
        "qwen2_moe": Family(windows="after_first"),
        "qwen3": Family(head_dim=128, windows="after_first"),
        "qwen3_moe": Family(windows="after_first"),
        "qwen3_next": _DELTA,
        "qwen3_5_text": _DELTA,
        "qwen3_5_moe_text": _DELTA,
        "seed_oss": Family(head_dim=128),
        "smollm3": Family(tied=True, windows="none"),
        "solar_open": Family(head_dim=128),
        "stablelm": _PLAIN,
        "starcoder2": Family(tied=True, gated=False),
        "vaultgemma": Family(tied=True, head_dim=256, windows="every_second"),
        "xglm": _GPT2,
        "youtu": _TIED,
        "yi": _PLAIN,
    }
)

# Other names of the same kinds.
_SAME: Mapping[str, str] = MappingProxyType(
    {
        "RefinedWeb": "falcon",
        "RefinedWebModel": "falcon",
        "Yi": "yi",
        "deci": "nemotron-nas",
        "gemma3": "gemma3_text",
        "gemma4": "gemma4_text",
        "gemma4_unified_text": "gemma4_text",
        "grok": "grok-1",
        "kimi_k25": "kimi_k2",
        "llama4": "llama4_text",
        "mistral3": "mistral",
        "MiniMaxM1": "minimax_m1",
        "phi4_multimodal": "phi4mm",
        "qwen2_5_vl": "qwen2",
        "qwen2_5_vl_text": "qwen2",
        "qwen2_vl": "qwen2",
        "qwen2_vl_text": "qwen2",
        "qwen3_5": "qwen3_5_text",
        "qwen3_5_moe": "qwen3_5_moe_text",
        "qwen3_omni_moe_text": "qwen3_moe",
        "qwen3_vl_moe_text": "qwen3_moe",
        "qwen3_vl_text": "qwen3",
        "xverse": "llama",
    }
)
# Kinds of models that are named in `architectures` only, or by a name of their own: as these.
_BY_CLASS: Mapping[str, str] = MappingProxyType(
    {
        "DeciLMForCausalLM": "nemotron-nas",
        "DeepseekV3ForCausalLM": "deepseek_v3",
        "Grok1ForCausalLM": "grok-1",
        "LlamaForCausalLM": "llama",
        "MiniMaxText01ForCausalLM": "minimax_text_01",
        "MistralForCausalLM": "mistral",
        "MixtralForCausalLM": "mixtral",
        "Qwen2ForCausalLM": "qwen2",
        "Qwen2MoeForCausalLM": "qwen2_moe",
        "Qwen3ForCausalLM": "qwen3",
        "Qwen3MoeForCausalLM": "qwen3_moe",
    }
)


def kind_known(model_type: str, classes: tuple[str, ...]) -> str:
    """The kind of model whose conventions hold: by its name, else by its class; empty where neither is known."""
    name = _SAME.get(model_type, model_type)
    if name in FAMILIES:
        return name
    return next((_BY_CLASS[one] for one in classes if one in _BY_CLASS), "")
