"""The layers of a model: attention and feed-forward of each, and equal ones in one group."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from infecon_core.huggingface import linear
from infecon_core.huggingface.config import NAMES, Config, first_name
from infecon_core.huggingface.families import Family
from infecon_core.huggingface.patterns import FeedForwardKind, Mixer, blocks, feed_forwards, mixers
from infecon_core.schema import (
    Architecture,
    Attention,
    DenseFeedForward,
    FeedForward,
    GroupedQueryAttention,
    LatentAttention,
    LayerGroup,
    LinearAttention,
    MixtureOfExperts,
)

Layer = tuple[Attention | None, FeedForward | None]

MOST_GROUPS = next(
    mark.max_length for mark in Architecture.model_fields["layer_groups"].metadata if hasattr(mark, "max_length")
)


def layer_groups(config: Config, family: Family, kind: str) -> tuple[LayerGroup, ...]:
    """The layers of a configuration, equal ones in one group: attention over all first, then windows, then states.

    Raises:
        ValueError: One sentence that names the field which cannot be taken.
    """
    if config.raw("block_configs") is not None:
        found = _searched(config)
    elif kind == "nemotron_h":
        found = _built(config, family, kind, blocks(config))
    else:
        layers = config.size("num_hidden_layers")
        parts = zip(mixers(config, family, kind, layers), feed_forwards(config, family, kind, layers), strict=True)
        found = _built(config, family, kind, [(m, "none" if kind in _WITHOUT_FEED_FORWARD else f) for m, f in parts])
    counts = Counter(found)
    counts.pop((None, None), None)
    if not counts or len(counts) > MOST_GROUPS:
        name = "block_configs" if config.raw("block_configs") is not None else first_name(config, "num_hidden_layers")
        raise ValueError(
            f"'{config.place(name)}' gives layers of {len(counts)} shapes; from 1 to {MOST_GROUPS} can be expressed."
        )
    ordered = sorted(counts.items(), key=lambda item: _rank(item[0][0]))
    return tuple(LayerGroup(num_layers=n, attention=a, feed_forward=f) for (a, f), n in ordered)


_WITHOUT_FEED_FORWARD = ("mamba", "mamba2", "falcon_mamba")


def _rank(attention: Attention | None) -> int:
    if attention is None:
        return 3
    if isinstance(attention, LinearAttention):
        return 2
    return 0 if attention.sliding_window is None else 1


def _built(config: Config, family: Family, kind: str, wanted: Sequence[tuple[Mixer, FeedForwardKind]]) -> list[Layer]:
    """Each layer, every kind of part made once."""
    width = config.size("hidden_size")
    attentions = {
        mixer: _attention(config, family, kind, mixer, width) for mixer in dict.fromkeys(m for m, _ in wanted)
    }
    forwards = {word: _feed_forward(config, family, kind, word, width) for word in dict.fromkeys(f for _, f in wanted)}
    return [(attentions[mixer], forwards[word]) for mixer, word in wanted]


def _attention(config: Config, family: Family, kind: str, mixer: Mixer, width: int) -> Attention | None:
    if mixer == "none":
        return None
    if mixer in ("full", "window"):
        return _latent(config) if config.has("kv_lora_rank") else _grouped(config, family, mixer, width)
    if mixer == "lightning":
        return linear.lightning(width, config.size("num_attention_heads"), _head_dim(config, family, width))
    return linear.LAYERS[mixer](config, width)


def _head_dim(config: Config, family: Family, width: int) -> int:
    found = config.optional("head_dim")
    if found is not None:
        return found
    if family.head_dim:
        return family.head_dim
    heads = config.size("num_attention_heads")
    if width % heads:
        heads_name, width_name = first_name(config, "num_attention_heads"), first_name(config, "hidden_size")
        raise ValueError(
            f"'{config.place(width_name)}' of {width:,} is no multiple of '{heads_name}', {heads:,}; give 'head_dim'."
        )
    return width // heads


def _grouped(config: Config, family: Family, mixer: Mixer, width: int) -> GroupedQueryAttention:
    heads = config.size("num_attention_heads")
    groups = config.optional("num_key_value_heads")
    if family.one_kv_head and not config.flag("new_decoder_architecture"):
        groups = 1 if config.flag(family.one_kv_head, default=True) else heads
    groups = heads if groups is None or config.raw("multi_query_attention") is False else groups
    head_dim = _head_dim(config, family, width)
    if mixer == "full":
        # Layers that see all have heads of their own in Gemma 4.
        head_dim = config.optional("global_head_dim") or head_dim
        groups = config.optional("num_global_key_value_heads") or groups
        if config.flag("attention_k_eq_v"):
            config.assume("keys and values share their weights in layers that see all; they are counted twice here")
    value_dim = config.optional("v_head_dim")
    if value_dim not in (None, head_dim):
        config.refuse("v_head_dim", f"values wider or narrower than keys ({head_dim}) cannot be expressed")
    if groups > heads or heads % groups:
        names = first_name(config, "num_key_value_heads"), first_name(config, "num_attention_heads")
        raise ValueError(f"'{config.place(names[0])}' of {groups:,} does not divide '{names[1]}', {heads:,}.")
    return GroupedQueryAttention(
        num_attention_heads=heads,
        num_key_value_heads=groups,
        head_dim=head_dim,
        sliding_window=config.size("sliding_window") if mixer == "window" else None,
        attn_output_gate=config.flag("attn_output_gate", default=family.gate),
    )


def _latent(config: Config) -> LatentAttention:
    indexed = config.optional("index_n_heads", ge=0)
    return LatentAttention(
        num_attention_heads=config.size("num_attention_heads"),
        q_lora_rank=config.optional("q_lora_rank"),
        kv_lora_rank=config.size("kv_lora_rank"),
        qk_nope_head_dim=config.size("qk_nope_head_dim"),
        qk_rope_head_dim=config.count("qk_rope_head_dim"),
        v_head_dim=config.size("v_head_dim"),
        index_n_heads=indexed or 0,
        index_head_dim=config.size("index_head_dim") if indexed else 0,
        index_topk=config.size("index_topk") if indexed else None,
    )


def _feed_forward(config: Config, family: Family, kind: str, word: FeedForwardKind, width: int) -> FeedForward | None:
    if word == "none":
        return None
    if word == "moe":
        return _experts(config, family, kind, width)
    if kind == "lfm2":
        return DenseFeedForward(intermediate_size=_adjusted(config), gated=family.gated)
    if kind == "granitemoehybrid" and not config.count("num_experts"):
        return DenseFeedForward(intermediate_size=config.size("shared_expert_intermediate_size"), gated=family.gated)
    name = "dense_intermediate_size" if config.has("num_experts") and config.has("dense_intermediate_size") else ""
    inner = config.size(name or "intermediate_size", None if name else _usual_inner(config, kind, width))
    if kind == "qwen":
        inner //= 2  # the first generation gives both matrices that lead in together
    return DenseFeedForward(intermediate_size=inner, gated=family.gated)


def _usual_inner(config: Config, kind: str, width: int) -> int | None:
    """Four times the width, where the kind of model has no other; None where the file has to say."""
    if kind == "mpt":
        return config.size("expansion_ratio", 4) * width
    return 4 * width if kind in ("gpt2", "gptj", "codegen", "gpt_bigcode", "falcon", "bloom") else None


def _adjusted(config: Config) -> int:
    """The inner width of LFM2, which its code takes two thirds of and rounds up."""
    inner = config.size("intermediate_size" if config.raw("block_ff_dim") is None else "block_ff_dim")
    if not config.flag("block_auto_adjust_ff_dim", default=True):
        return inner
    share, unit = config.raw("block_ffn_dim_multiplier"), config.size("block_multiple_of", 256)
    inner = 2 * inner // 3
    if share is not None:
        if not isinstance(share, int | float) or isinstance(share, bool) or not 0 < share <= 100:
            config.refuse("block_ffn_dim_multiplier", "give a number above 0 and up to 100")
        inner = int(share * inner)
    return -(-inner // unit) * unit


# Kinds of mixtures whose released files give the width of experts as that of a dense layer.
_ONE_WIDTH = frozenset(
    {
        "arctic", "aria_text", "flex_olmo", "gpt_oss", "granitemoe", "granitemoehybrid", "granitemoeshared", "grok-1",
        "hunyuan", "hunyuan_v1_moe", "jamba", "llama4_text", "minimax", "minimax_m1", "minimax_m2", "minimax_text_01",
        "mixtral", "olmoe", "phimoe",
    }
)  # fmt: skip


def _experts(config: Config, family: Family, kind: str, width: int) -> MixtureOfExperts:
    count, active = config.size("num_experts"), config.size("num_experts_per_tok")
    if active > count:
        names = first_name(config, "num_experts_per_tok"), first_name(config, "num_experts")
        raise ValueError(f"'{config.place(names[0])}' of {active:,} is more than '{names[1]}', {count:,}.")
    inner = config.optional("moe_intermediate_size")
    if inner is None:
        null = any(name in config.fields for name in NAMES["moe_intermediate_size"])
        if kind not in _ONE_WIDTH and (kind or null):
            inner = config.size("moe_intermediate_size")  # raises: it is null or missing
        else:
            inner = config.size("intermediate_size")
            if not kind:
                config.assume("the file gives experts no width of their own: that of a dense layer is taken")
    shared = config.optional("shared_expert_intermediate_size", ge=0)
    if shared is None:
        shared = config.count("n_shared_experts", family.shared_experts) * inner
    # A feed-forward layer beside the experts of every layer, in Gemma 4, Grok 2 and Arctic.
    if config.flag("enable_moe_block") or config.flag("residual_moe"):
        shared += config.size("intermediate_size")
    elif config.flag("use_residual"):
        shared += width
    return MixtureOfExperts(
        num_experts=count,
        num_experts_per_tok=active,
        moe_intermediate_size=inner,
        shared_expert_intermediate_size=shared,
        gated=family.gated,
    )


def _searched(config: Config) -> list[Layer]:
    """Layers that a search has chosen one by one (DeciLM, Nemotron Super and Ultra)."""
    width, heads = config.size("hidden_size"), config.size("num_attention_heads")
    layers = config.size("num_hidden_layers")
    found: list[Layer] = []
    for place, block in enumerate(config.by_layer("block_configs", layers) or ()):
        where = f"block_configs.{place}"
        if not isinstance(block, dict):
            raise ValueError(f"'{config.place(where)}' is not an object with 'attention' and 'ffn'.")
        inside = Config(block, config.around, config.place(where))
        found.append(
            (_searched_attention(inside.part("attention"), width, heads), _searched_forward(inside.part("ffn"), width))
        )
    return found


def _searched_attention(part: Config, width: int, heads: int) -> Attention | None:
    if part.flag("no_op"):
        return None
    for name in ("replace_with_linear", "sparsify", "num_sink_tokens", "mamba"):
        if part.raw(name):
            part.refuse(name, "a layer with it cannot be expressed")
    groups = part.optional("num_key_value_heads")
    if groups is None:
        together = part.size("n_heads_in_group")
        if heads % together:
            raise ValueError(f"'{part.place('n_heads_in_group')}' of {together:,} does not divide {heads:,} heads.")
        groups = heads // together
    return GroupedQueryAttention(
        num_attention_heads=heads,
        num_key_value_heads=groups,
        head_dim=width // heads,
        sliding_window=part.optional("window_length"),
    )


def _searched_forward(part: Config, width: int) -> FeedForward | None:
    if part.flag("no_op"):
        return None
    for name in ("replace_with_linear", "sparsify", "moe"):
        if part.raw(name):
            part.refuse(name, "a layer with it cannot be expressed")
    inner = part.optional("intermediate_size")
    if inner is None:
        share: Any = part.raw("ffn_mult")
        if not isinstance(share, int | float) or isinstance(share, bool) or not 0 < share <= 100:
            part.refuse("ffn_mult", "give the inner width over two thirds of the model width, above 0 and up to 100")
        # Rounded up to a multiple of 256, as in the code of these models.
        inner = -(-int(2 * share * width / 3) // 256) * 256
    return DenseFeedForward(intermediate_size=inner)
