"""Configurations of models as they are released, with only the fields that matter, and the weights that follow."""

import json
from typing import Any, NamedTuple

Fields = dict[str, Any]


class Released(NamedTuple):
    """One configuration.

    Attributes:
        fields (dict): The fields of its config.json that say its shape.
        params (float): All weights, biases, norms and learned positions too: counted over the tensors of the class in
            `transformers` 5, or of the modelling code beside the release; by hand where it says so. [1]
        kv_elements (float): Cache elements of one token, all layers, windows counted as full. [1]
    """

    fields: Fields
    params: float
    kv_elements: float


def text_of(fields: Fields, **changed: Any) -> str:
    """The text of a config.json, with some fields changed; those that are `...` are left out."""
    return json.dumps({name: value for name, value in {**fields, **changed}.items() if value is not ...})


# By hand: 2 layers of 2·(8 + 2)·16·64 = 20,480 of attention and 3·64·100 = 19,200 of feed-forward, tables 2·1000·64.
TOY: Fields = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 64,
    "intermediate_size": 100,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "vocab_size": 1000,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}
TOY_PARAMS = 2 * (20_480 + 19_200) + 128_000


def _shape(width: int, inner: int, layers: int, heads: int, kv_heads: int, vocabulary: int, **more: Any) -> Fields:
    return {
        "hidden_size": width,
        "intermediate_size": inner,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "vocab_size": vocabulary,
        **more,
    }


_MLA = {"kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128}
_DEEPSEEK_V3 = {
    **_shape(7168, 18432, 61, 128, 128, 129280, model_type="deepseek_v3", torch_dtype="bfloat16"),
    **_MLA,
    "q_lora_rank": 1536,
    "n_routed_experts": 256,
    "n_shared_experts": 1,
    "num_experts_per_tok": 8,
    "moe_intermediate_size": 2048,
    "first_k_dense_replace": 3,
    "moe_layer_freq": 1,
    "num_nextn_predict_layers": 1,
    "tie_word_embeddings": False,
    "quantization_config": {"quant_method": "fp8", "fmt": "e4m3"},
}
_DELTA = {
    "linear_conv_kernel_dim": 4,
    "linear_key_head_dim": 128,
    "linear_num_key_heads": 16,
    "linear_num_value_heads": 32,
    "linear_value_head_dim": 128,
}
_NEMOTRON_H = "M-M-M-M*-" + "M-M-M-M-M*-" * 9 + "M-M-M-M-M-"
_LLAMA4 = _shape(
    5120, 8192, 48, 40, 8, 202048, model_type="llama4_text", intermediate_size_mlp=16384, head_dim=128,
    num_local_experts=128, num_experts_per_tok=1, interleave_moe_layer_step=2, attention_chunk_size=8192,
    max_position_embeddings=1048576,
)  # fmt: skip
# Lightning attention but for every eighth layer.
_EVERY_EIGHTH = [int(layer % 8 == 7) for layer in range(80)]

RELEASED: dict[str, Released] = {
    "llama-3.1-8b": Released(_shape(4096, 14336, 32, 32, 8, 128256, model_type="llama"), 8_030_261_248, 65536),
    "llama-3.2-1b": Released(
        _shape(2048, 8192, 16, 32, 8, 128256, model_type="llama", head_dim=64, tie_word_embeddings=True),
        1_235_814_400, 16384,
    ),
    "mistral-7b-v0.1": Released(
        _shape(4096, 14336, 32, 32, 8, 32000, model_type="mistral", sliding_window=4096, max_position_embeddings=32768),
        7_241_732_096, 65536,
    ),
    "mistral-small-3.1": Released(
        {
            "model_type": "mistral3",
            "tie_word_embeddings": False,
            "vision_config": {"model_type": "pixtral", "hidden_size": 1024, "num_hidden_layers": 24},
            "text_config": _shape(5120, 32768, 40, 32, 8, 131072, model_type="mistral", head_dim=128),
        },
        23_572_403_200, 81920,
    ),
    "mixtral-8x7b": Released(
        _shape(4096, 14336, 32, 32, 8, 32000, model_type="mixtral", num_local_experts=8, num_experts_per_tok=2,
               sliding_window=None),
        46_702_792_704, 65536,
    ),
    "qwen1.5-7b": Released(
        {"model_type": "qwen", "hidden_size": 4096, "intermediate_size": 22016, "num_hidden_layers": 32,
         "num_attention_heads": 32, "kv_channels": 128, "vocab_size": 151936, "tie_word_embeddings": False},
        7_721_324_544, 262144,
    ),
    "qwen2.5-7b": Released(
        _shape(3584, 18944, 28, 28, 4, 152064, model_type="qwen2", use_sliding_window=False, sliding_window=131072,
               max_window_layers=28),
        7_615_616_512, 28672,
    ),
    "qwen3-0.6b": Released(
        _shape(1024, 3072, 28, 16, 8, 151936, model_type="qwen3", head_dim=128, tie_word_embeddings=True),
        596_049_920, 57344,
    ),
    "qwen3-30b-a3b": Released(
        _shape(2048, 6144, 48, 32, 4, 151936, model_type="qwen3_moe", head_dim=128, num_experts=128,
               num_experts_per_tok=8, moe_intermediate_size=768, decoder_sparse_step=1, mlp_only_layers=[]),
        30_532_122_624, 49152,
    ),
    "qwen3-next-80b-a3b": Released(
        _shape(2048, 5120, 48, 16, 2, 151936, model_type="qwen3_next", head_dim=256, num_experts=512,
               num_experts_per_tok=10, moe_intermediate_size=512, shared_expert_intermediate_size=512,
               full_attention_interval=4, **_DELTA),
        79_674_391_296, 12288,
    ),
    "gemma-2-9b": Released(
        _shape(3584, 14336, 42, 16, 8, 256000, model_type="gemma2", head_dim=256, sliding_window=4096,
               max_position_embeddings=8192),
        9_241_705_984, 172032,
    ),
    # As released: what equals the class is left out of the text model.
    "gemma-3-4b": Released(
        {
            "model_type": "gemma3",
            "text_config": {"hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text",
                            "num_hidden_layers": 34, "sliding_window": 1024},
            "vision_config": {"hidden_size": 1152, "model_type": "siglip_vision_model"},
        },
        3_880_263_168, 69632,
    ),
    "llava-1.5-7b": Released(
        {"model_type": "llava", "text_config": {"model_type": "llama", "vocab_size": 32064}, "vision_config": {}},
        6_738_939_904, 262144,
    ),
    "phi-3.5-moe": Released(
        _shape(4096, 6400, 32, 32, 8, 32064, model_type="phimoe", num_local_experts=16, num_experts_per_tok=2,
               sliding_window=131072, max_position_embeddings=131072),
        41_873_153_344, 65536,
    ),
    "gpt-oss-20b": Released(
        _shape(2880, 2880, 24, 64, 8, 201088, model_type="gpt_oss", head_dim=64, num_local_experts=32,
               num_experts_per_tok=4, experts_per_token=4, sliding_window=128,
               layer_types=["sliding_attention", "full_attention"] * 12, quantization_config={"quant_method": "mxfp4"}),
        20_914_757_184, 24576,
    ),
    "deepseek-v3": Released(_DEEPSEEK_V3, 671_026_419_200, 35136),
    "deepseek-v3.2": Released(
        {**_DEEPSEEK_V3, "model_type": "deepseek_v32", "index_n_heads": 64, "index_head_dim": 128, "index_topk": 2048},
        671_877_944_064, 42944,
    ),
    "deepseek-v2-lite": Released(
        {**_shape(2048, 10944, 27, 16, 16, 102400, model_type="deepseek_v2"), **_MLA, "q_lora_rank": None,
         "n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6, "moe_intermediate_size": 1408,
         "first_k_dense_replace": 1},
        15_706_484_224, 15552,
    ),
    "kimi-k2": Released(
        {**_DEEPSEEK_V3, "model_type": "kimi_k2", "num_attention_heads": 64, "num_key_value_heads": 64,
         "vocab_size": 163840, "n_routed_experts": 384, "first_k_dense_replace": 1, "num_nextn_predict_layers": 0},
        1_026_408_232_448, 35136,
    ),
    "kimi-linear-48b": Released(
        {**_shape(2304, 9216, 27, 32, 32, 163840, model_type="kimi_linear", head_dim=72), **_MLA, "q_lora_rank": None,
         "num_experts": 256, "num_experts_per_token": 8, "num_shared_experts": 1, "moe_intermediate_size": 1024,
         "first_k_dense_replace": 1, "moe_layer_freq": 1,
         "linear_attn_config": {"full_attn_layers": [4, 8, 12, 16, 20, 24, 27], "head_dim": 128, "num_heads": 32,
                                "kda_layers": [1], "short_conv_kernel_size": 4}},
        49_122_681_728, 4032,
    ),
    "glm-4.5-air": Released(
        _shape(4096, 10944, 46, 96, 8, 151552, model_type="glm4_moe", head_dim=128, n_routed_experts=128,
               n_shared_experts=1, num_experts_per_tok=8, moe_intermediate_size=1408, first_k_dense_replace=1),
        106_852_251_264, 94208,
    ),
    "llama-4-maverick": Released({"model_type": "llama4", "text_config": _LLAMA4}, 400_711_848_960, 98304),
    "minimax-m1": Released(
        _shape(6144, 9216, 80, 64, 8, 200064, model_type="minimax_m1", head_dim=128, num_local_experts=32,
               num_experts_per_tok=2, shared_intermediate_size=0, attn_type_list=_EVERY_EIGHTH),
        456_089_655_296, 20480,
    ),
    "minimax-m2": Released(
        _shape(3072, 1536, 62, 48, 8, 200064, model_type="minimax_m2", head_dim=128, num_local_experts=256,
               num_experts_per_tok=8, shared_intermediate_size=0, num_mtp_modules=3, mtp_transformer_layers=1),
        228_689_764_864, 126976,
    ),
    "nemotron-h-56b": Released(
        _shape(8192, 32768, 118, 64, 8, 131072, model_type="nemotron_h", attention_head_dim=128, n_groups=8,
               mamba_num_heads=256, mamba_head_dim=64, ssm_state_size=256, conv_kernel=4, time_step_rank=512,
               hybrid_override_pattern=_NEMOTRON_H),
        56_324_350_464, 20480,
    ),
    "jamba-v0.1": Released(
        _shape(4096, 14336, 32, 32, 8, 65536, model_type="jamba", num_experts=16, num_experts_per_tok=2,
               attn_layer_period=8, attn_layer_offset=4, expert_layer_period=2, expert_layer_offset=1,
               mamba_d_state=16, mamba_d_conv=4, mamba_expand=2, mamba_dt_rank=256),
        51_570_323_328, 8192,
    ),
    "mamba2-7.3b": Released(
        {"model_type": "mamba2", "hidden_size": 4096, "num_hidden_layers": 64, "vocab_size": 32768, "num_heads": 128,
         "head_dim": 64, "state_size": 128, "n_groups": 8, "conv_kernel": 4, "expand": 2},
        7_285_403_648, 0,
    ),
    "lfm2-1.2b": Released(
        {**_shape(2048, 12288, 16, 32, 8, 65536, model_type="lfm2"), "block_auto_adjust_ff_dim": True,
         "block_ffn_dim_multiplier": 1.0, "block_multiple_of": 256, "conv_L_cache": 3, "tie_embedding": True,
         "full_attn_idxs": [2, 5, 8, 10, 12, 14]},
        1_170_340_608, 6144,
    ),
    "dbrx": Released(
        {"model_type": "dbrx", "d_model": 6144, "n_heads": 48, "n_layers": 40, "vocab_size": 100352,
         "attn_config": {"kv_n_heads": 8}, "tie_word_embeddings": False,
         "ffn_config": {"ffn_hidden_size": 10752, "moe_num_experts": 16, "moe_top_k": 4}},
        131_596_523_520, 81920,
    ),
    "command-r-plus": Released(_shape(12288, 33792, 64, 96, 8, 256000, model_type="cohere"), 103_810_674_688, 131072),
    "command-r7b": Released(
        _shape(4096, 14336, 32, 32, 8, 256000, model_type="cohere2", sliding_window=4096, sliding_window_pattern=4,
               max_position_embeddings=8192),
        8_028_033_024, 65536,
    ),
    "falcon-7b": Released(
        {"model_type": "RefinedWebModel", "hidden_size": 4544, "n_layer": 32, "n_head": 71, "multi_query": True,
         "parallel_attn": True, "vocab_size": 65024},
        6_921_720_704, 4096,
    ),
    "bloom-176b": Released(
        {"model_type": "bloom", "n_embed": 14336, "n_layer": 70, "num_attention_heads": 112, "vocab_size": 250880},
        176_247_271_424, 2007040,
    ),
    "gpt-j-6b": Released(
        {"model_type": "gptj", "n_embd": 4096, "n_layer": 28, "n_head": 16, "n_inner": None, "vocab_size": 50400,
         "tie_word_embeddings": False},
        6_050_882_784, 229376,
    ),
    "gpt2": Released(
        {"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "vocab_size": 50257}, 124_439_808, 18432
    ),
    "starcoder": Released(
        {"model_type": "gpt_bigcode", "n_embd": 6144, "n_layer": 40, "n_head": 48, "n_inner": 24576,
         "multi_query": True, "vocab_size": 49152},
        15_517_456_384, 10240,
    ),
    "mpt-7b": Released(
        {"model_type": "mpt", "d_model": 4096, "n_heads": 32, "n_layers": 32, "expansion_ratio": 4, "vocab_size": 50432,
         "attn_config": {"alibi": True}},
        6_649_286_656, 262144,
    ),
    "opt-6.7b": Released(
        {"model_type": "opt", "hidden_size": 4096, "ffn_dim": 16384, "num_hidden_layers": 32, "num_attention_heads": 32,
         "vocab_size": 50272, "word_embed_proj_dim": 4096},
        6_658_473_984, 262144,
    ),
    "granite-4.0-h-small": Released(
        _shape(4096, 768, 40, 32, 8, 100352, model_type="granitemoehybrid", num_local_experts=72,
               num_experts_per_tok=10, shared_intermediate_size=1536, mamba_n_heads=128, mamba_d_head=64,
               mamba_n_groups=1, mamba_d_state=128, mamba_d_conv=4, mamba_expand=2, tie_word_embeddings=True,
               layer_types=(["mamba"] * 5 + ["attention"] + ["mamba"] * 4) * 4),
        32_207_337_984, 8192,
    ),
    "hunyuan-a13b": Released(
        _shape(4096, 3072, 32, 32, 8, 128167, model_type="hunyuan_v1_moe", attention_head_dim=128, num_experts=64,
               moe_topk=[8] * 32, moe_intermediate_size=[3072] * 32, num_shared_expert=[1] * 32, use_cla=False,
               tie_word_embeddings=True),
        80_393_183_232, 65536,
    ),
    "nemotron-super-in-small": Released(
        # By hand: one layer of 2·(4 + 2)·16·64 and 3·64·256, one of the feed-forward alone, tables 2·100·64.
        {"model_type": "nemotron-nas", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
         "num_key_value_heads": None, "vocab_size": 100, "intermediate_size": None,
         "block_configs": [
             {"attention": {"n_heads_in_group": 2, "no_op": False}, "ffn": {"ffn_mult": 3.0, "no_op": False}},
             {"attention": {"no_op": True}, "ffn": {"ffn_mult": 3.0}},
             {"attention": {"no_op": True}, "ffn": {"no_op": True}},
         ]},
        12_288 + 2 * 49_152 + 12_800, 64,
    ),
}  # fmt: skip
