"""What cannot be expressed, and what may change the shape of a kind of model that is not known here."""

from infecon_core.huggingface.config import NAMES, Config
from infecon_core.huggingface.reading import kind_of
from infecon_core.schema.words import quotable

# Fields that change the shape in a way that an architecture here cannot say, where they are neither null, false, 0 nor
# empty, with the reason.
_CANNOT = {
    "compress_ratios": "a KV cache that is compressed layer by layer cannot be expressed",
    "hc_mult": "several residual streams cannot be expressed",
    "o_lora_rank": "an output of low rank cannot be expressed",
    "num_kv_shared_layers": "layers that share a KV cache cannot be expressed",
    "use_cla": "layers that share a KV cache cannot be expressed",
    "hidden_size_per_layer_input": "embeddings of every layer cannot be expressed",
    "altup_num_inputs": "several residual streams cannot be expressed",
    "laurel_rank": "a residual of low rank cannot be expressed",
    "moe_latent_size": "experts of another width than the model cannot be expressed",
    "routed_expert_hidden_size": "experts of another width than the model cannot be expressed",
    "zero_expert_num": "experts that do nothing cannot be expressed",
    "cross_attention_layers": "layers of cross-attention cannot be expressed",
    "add_cross_attention": "cross-attention cannot be expressed",
    "is_encoder_decoder": "only models with a decoder alone are taken",
    "sparse_attention_config": "block-sparse attention cannot be expressed",
    "dense_attention_every_n_layers": "block-sparse attention cannot be expressed",
    "index_topk_blocks": "block-sparse attention cannot be expressed",
    "mamba_d_ssm": "attention and a state-space model side by side cannot be expressed",
    "num_mem_blocks": "layers that share their weights cannot be expressed",
    "lru_width": "a gated linear recurrence cannot be expressed",
    "block_types": "a gated linear recurrence cannot be expressed",
    "ngram_size": "tables of several tokens cannot be expressed",
    "encoder_layers": "only models with a decoder alone are taken",
    "decoder_layers": "only models with a decoder alone are taken",
    "attention_types": "this list of windows is not known here",
    "swa_num_key_value_heads": "windows with heads of their own cannot be expressed",
    "swa_num_attention_heads": "windows with heads of their own cannot be expressed",
    "hybrid_layer_pattern": "windows with heads of their own cannot be expressed",
    "gated_norm_rank": "norms of low rank cannot be expressed",
    "per_layer_config": "layers with fields of their own are not known here",
    "moe_layers_enum": "this pattern of experts is not known here",
    "cca_time0": "convolved attention cannot be expressed",
    "num_blocks": "this recurrent kind of model is not known here",
    "lambda_std_dev": "differential attention cannot be expressed",
}
# Kinds of models that do not write text token by token, or whose fields mean something else than those of others.
_KINDS = {
    **dict.fromkeys(
        (
            "albert", "bert", "clip", "deberta", "deberta-v2", "distilbert", "electra", "gte", "modernbert", "mpnet",
            "new", "nomic_bert", "roberta", "siglip", "vit", "xlm-roberta",
        ),
        "only models that write text token by token are taken",
    ),
    "jetmoe": "experts of attention cannot be expressed",
    "zamba": "layers that share their weights cannot be expressed",
}  # fmt: skip
# Of these another width than the model's is meant.
_OTHER_WIDTHS = ("word_embed_proj_dim", "embedding_size", "input_embedding_size", "embedding_dim", "emb_dim")
_NO_DECODERS = ("ForMaskedLM", "Classification", "ForQuestionAnswering", "ForPreTraining", "ForSpeechSeq2Seq")

# Words in the names of fields that leave the shape as it is.
_HARMLESS = (
    "token", "dropout", "pdrop", "eps", "rope", "rotary", "init", "coef", "act", "bias", "scal", "multiplier",
    "softcap",
    "norm", "cache", "loss", "jitter", "max_", "_max", "summary", "version", "architectures", "auto_map",
    "label", "dtype",
    "generation", "attn_implementation", "pretraining", "quantization", "_name", "model_type", "output_", "return_",
    "problem_type", "prune", "torchscript", "decoding", "beam", "temperature", "top_k", "top_p", "repetition", "length",
    "vision", "image", "audio", "video", "prefix", "task_", "finetuning", "kernel_impl", "use_flash", "clip",
    "gradient",
    "group", "router", "mscale", "theta", "logit", "seq_aux", "ep_size", "topk_method", "scoring_func",
    "chunk_size_feed",
    "deterministic", "mtp", "nextn", "license", "seed", "mup", "bos", "eos", "pad_", "sep_", "window_layers",
    "is_decoder",
    "position", "qk_", "fused", "fp32", "float32",
)  # fmt: skip
_READ = {
    *(name for names in NAMES.values() for name in names),
    "layer_types", "mlp_layer_types", "moe_layer_freq", "decoder_sparse_step", "mlp_only_layers", "tie_word_embeddings",
    "use_sliding_window", "sliding_window_pattern", "full_attention_interval", "kv_lora_rank", "q_lora_rank",
    "qk_nope_head_dim", "qk_rope_head_dim", "qk_head_dim", "v_head_dim", "index_n_heads", "index_head_dim",
    "index_topk",
    "linear_num_key_heads", "linear_num_value_heads", "linear_key_head_dim", "linear_value_head_dim",
    "linear_conv_kernel_dim", "attn_output_gate", "linear_attn_config", "attn_layer_period", "attn_layer_offset",
    "expert_layer_period", "expert_layer_offset", "residual_moe", "mamba_d_state", "mamba_d_conv", "mamba_expand",
    "mamba_dt_rank", "interleave_moe_layer_step",
}  # fmt: skip


def refuse_what_cannot_be_said(config: Config, model_type: str, classes: tuple[str, ...]) -> None:
    """Raise a sentence on the first field that an architecture here cannot say."""
    if model_type in _KINDS:
        raise ValueError(f"'model_type' is '{model_type}': {_KINDS[model_type]}.")
    for one in classes:
        if any(part in one for part in _NO_DECODERS):
            raise ValueError(
                f"'architectures' has '{quotable(one)}': only models that write text token by token are taken."
            )
    for name, why in _CANNOT.items():
        value = config.raw(name)
        if value not in (None, False, 0, [], {}, "") and not (
            name == "num_blocks" and "num_hidden_layers" not in config.fields
        ):
            config.refuse(name, why)
    width = config.optional("hidden_size")
    for name in _OTHER_WIDTHS:
        if width is not None and config.raw(name) not in (None, width):
            config.refuse(name, f"tables of another width than the model's ({width:,}) cannot be expressed")


def refuse_what_is_not_known(config: Config, model_type: str) -> None:
    """Raise a sentence on a field that may change the shape of a kind of model that is not known here."""
    for name, value in config.fields.items():
        if name in _READ or any(sign in name.lower() for sign in _HARMLESS):
            continue
        if value is True or isinstance(value, list | dict) or (isinstance(value, int) and value > 1):
            kind = f"the kind of model '{quotable(model_type)}'" if model_type else "a file without 'model_type'"
            raise ValueError(
                f"'{config.place(name)}' is {kind_of(value)}: it may change the shape, and {kind} is not known here."
            )
