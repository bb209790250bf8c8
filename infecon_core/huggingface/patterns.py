"""Which layer is what: one word for each layer, from the many ways in which files say it."""

from typing import Any, Literal

from infecon_core.huggingface.config import NAMES, Config, first_name
from infecon_core.huggingface.families import Family
from infecon_core.huggingface.reading import kind_of

# What mixes tokens in a layer: attention over all, over a window, a state of fixed size, or nothing.
Mixer = Literal["full", "window", "delta", "lightning", "mamba", "convolution", "none"]
FeedForwardKind = Literal["dense", "moe", "none"]

_LAYER_TYPES: dict[str, Mixer] = {
    "full_attention": "full",
    "attention": "full",
    "indexed_attention": "full",
    "global": "full",
    "global_attention": "full",
    "sliding_attention": "window",
    "sliding_window_attention": "window",
    "chunked_attention": "window",
    "local": "window",
    "local_attention": "window",
    "linear_attention": "delta",
    "mamba": "mamba",
    "mamba2": "mamba",
    "conv": "convolution",
}
# Layers of one block each, by sign.
_BLOCKS: dict[str, tuple[Mixer, FeedForwardKind]] = {
    "M": ("mamba", "none"),
    "*": ("full", "none"),
    "-": ("none", "dense"),
    "E": ("none", "moe"),
}
_BLOCK_WORDS = {
    "mamba": "M", "linear_attention": "M", "attention": "*", "full_attention": "*", "mlp": "-", "moe": "E",
}  # fmt: skip


def blocks(config: Config) -> list[tuple[Mixer, FeedForwardKind]]:
    """Layers of one block each (Nemotron-H): a state-space layer, attention, or a feed-forward layer."""
    name = "hybrid_override_pattern"
    signs: list[str]
    if config.raw(name) is not None:
        signs = list(config.word(name))
    else:
        name = "layers_block_type"
        words = config.several(name) or []
        signs = [_BLOCK_WORDS.get(word, kind_of(word)) if isinstance(word, str) else kind_of(word) for word in words]
    layers = config.size("num_hidden_layers", len(signs) or None)
    if len(signs) != layers:
        raise ValueError(f"'{config.place(name)}' has {len(signs):,} entries for {layers:,} layers; give one for each.")
    if unknown := [sign for sign in signs if sign not in _BLOCKS]:
        raise ValueError(f"'{config.place(name)}' has '{unknown[0]}', which is no kind of layer known here.")
    return [_BLOCKS[sign] for sign in signs]


def mixers(config: Config, family: Family, kind: str, layers: int) -> list[Mixer]:
    """What mixes the tokens of each layer.

    Raises:
        ValueError: One sentence that names the field where it says something that is not known here.
    """
    if (listed := _listed(config, kind, layers)) is not None:
        return listed
    other: Mixer
    full: set[int]
    if kind in ("mamba", "mamba2", "falcon_mamba"):
        other, full = "mamba", set()
    elif config.raw("attn_layer_period") is not None:
        period, offset = config.size("attn_layer_period"), config.count("attn_layer_offset")
        other, full = "mamba", {layer for layer in range(layers) if layer % period == offset}
    elif kind == "bamba":
        other, full = "mamba", _indices(config, "attn_layer_indices", layers)
    elif config.raw("linear_attn_config") is not None:
        part = config.part("linear_attn_config")
        # Counted from 1 there.
        other, full = "delta", {place - 1 for place in _indices(part, "full_attn_layers", layers + 1)}
    elif config.raw("full_attn_idxs") is not None:
        other, full = "convolution", _indices(config, "full_attn_idxs", layers)
    elif config.raw("linear_num_key_heads") is not None:
        every = config.size("full_attention_interval", 4)
        other, full = "delta", set(range(every - 1, layers, every))
    else:
        other, full = "window", _seeing_all(config, family, layers)
    return ["full" if layer in full else other for layer in range(layers)]


def _listed(config: Config, kind: str, layers: int) -> list[Mixer] | None:
    """What a list with one entry for each layer says; None where there is none."""
    if (types := config.by_layer("layer_types", layers)) is not None:
        if unknown := [word for word in types if not isinstance(word, str) or word not in _LAYER_TYPES]:
            raise ValueError(
                f"'{config.place('layer_types')}' has {kind_of(unknown[0])}, which is no kind of layer known here."
            )
        linear: Mixer = "lightning" if kind.startswith("minimax") else "mamba" if _has_mamba(config) else "delta"
        return [linear if _LAYER_TYPES[word] == "delta" else _LAYER_TYPES[word] for word in types]
    if (types := config.by_layer("attn_type_list", layers)) is not None:
        if unknown := [one for one in types if one not in (0, 1) or isinstance(one, bool)]:
            raise ValueError(f"'{config.place('attn_type_list')}' has {kind_of(unknown[0])}; its entries are 0 and 1.")
        return ["full" if one else "lightning" for one in types]
    return None


def _seeing_all(config: Config, family: Family, layers: int) -> set[int]:
    """Layers of attention that see all; the others see a window, where the file or the kind of model says so."""
    window = config.optional("sliding_window", ge=0)
    name = first_name(config, "sliding_window")
    everyone = set(range(layers))
    if not window or not config.flag("use_sliding_window", default=True) or family.windows == "none":
        return everyone
    context = config.raw("max_position_embeddings")
    no_rope = config.by_layer("no_rope_layers", layers) if name == "attention_chunk_size" else None
    if isinstance(context, int) and 0 < context <= window:
        config.assume(f"'{config.place(name)}' is no less than 'max_position_embeddings': every layer sees all")
        found = everyone
    elif no_rope:
        found = {layer for layer, has_rope in enumerate(no_rope) if not has_rope}
    elif (nth := _nth(config, family)) is not None:
        found = set(range(nth - 1, layers, nth))
    elif family.windows == "every_second":
        found = set(range(1, layers, 2))
    elif family.windows == "after_first":
        found = set(range(min(config.count("max_window_layers", layers), layers)))
    else:
        config.assume(f"'{config.place(name)}' is taken to hold in every layer")
        found = set()
    return found


def _nth(config: Config, family: Family) -> int | None:
    """Which layer of how many sees all; None where no such pattern holds."""
    names = (
        "sliding_window_pattern",
        "_sliding_window_pattern",
        "global_attn_every_n_layers",
        "no_rope_layer_interval",
    )
    for name in names:
        value = config.raw(name)
        if value is None or (name == names[-1] and family.windows != "unless_nth"):
            continue
        if isinstance(value, str):
            # As in "LLLG": local layers, and a global one at the end.
            if set(value[:-1].upper()) != {"L"} or value[-1:].upper() != "G":
                raise ValueError(f"'{config.place(name)}' is {kind_of(value)}; only patterns as 'LLLG' are known here.")
            return len(value)
        return config.size(name)
    if family.windows != "unless_nth":
        return None
    config.assume(f"every {family.nth}th layer sees all, as in the code of this kind of model")
    return family.nth


def feed_forwards(config: Config, family: Family, kind: str, layers: int) -> list[FeedForwardKind]:
    """Which layers have experts.

    Raises:
        ValueError: One sentence that names the field where it says something that is not known here.
    """
    experts = config.count("num_experts")
    if not experts:
        _refuse_missing_experts(config, kind)
    if not experts or (experts == 1 and kind.startswith(("hunyuan", "granite"))):
        return ["dense"] * layers
    if (types := config.by_layer("mlp_layer_types", layers)) is not None:
        return [_feed_forward_of(config, "mlp_layer_types", word) for word in types]
    if isinstance(config.raw("moe_layer_freq"), list):
        return [
            _feed_forward_of(config, "moe_layer_freq", one) for one in config.by_layer("moe_layer_freq", layers) or ()
        ]
    if config.raw("moe_layers") is not None:
        sparse = _indices(config, "moe_layers", layers)
    elif config.raw("expert_layer_period") is not None:
        period, offset = config.size("expert_layer_period"), config.count("expert_layer_offset")
        sparse = {layer for layer in range(layers) if layer % period == offset}
    elif config.raw("interleave_moe_layer_step") is not None:
        step = config.size("interleave_moe_layer_step")
        sparse = set(range(step - 1, layers, step))
    elif kind == "ernie4_5_moe":
        every = config.size("moe_layer_interval", 1)
        start, end = config.count("dense_layers", 1), config.fields.get("moe_layer_end_index", -1)
        last = layers - 1 if end in (None, -1) else config.count("moe_layer_end_index")
        sparse = {layer for layer in range(start, min(last, layers - 1) + 1) if (layer + 1) % every == 0}
    else:
        first = config.count("dense_layers")
        every = config.size("moe_layer_freq", 1)
        step = config.size("moe_layer_frequency" if kind == "arctic" else "decoder_sparse_step", 1)
        dense = _indices(config, "mlp_only_layers", layers)
        sparse = {
            layer
            for layer in range(first, layers)
            if layer % every == 0 and (layer + 1) % step == 0 and layer not in dense
        }
    return ["moe" if layer in sparse else "dense" for layer in range(layers)]


# Every released model of these kinds is a mixture; those whose names end in moe are too.
_MIXTURES = frozenset({"dbrx", "gpt_oss", "grok-1", "mixtral", "minimax_m2"})


def _refuse_missing_experts(config: Config, kind: str) -> None:
    """Raise where the number of experts is null, 0 or missing and the rest says that there are some."""
    others = [name for name in ("num_experts_per_tok", "moe_intermediate_size") if config.count(name)]
    always = kind in _MIXTURES or kind.removesuffix("_text").endswith("moe")
    if len(others) < 2 and not always:
        return
    known = [name for name in NAMES["num_experts"] if name in config.fields]
    name = known[0] if known else "num_experts"
    said = "is missing" if not known else f"is {kind_of(config.raw(name))}"
    names = " and ".join(f"'{first_name(config, other)}'" for other in others)
    why = f"{names} {'say' if len(others) > 1 else 'says'} that there are experts" if others else "its kind has experts"
    raise ValueError(f"'{config.place(name)}' {said}, but {why}; give how many.")


def _feed_forward_of(config: Config, name: str, word: Any) -> FeedForwardKind:
    if word in ("sparse", "moe") or (word == 1 and not isinstance(word, bool)):
        return "moe"
    if word == "dense" or (word == 0 and not isinstance(word, bool)):
        return "dense"
    raise ValueError(f"'{config.place(name)}' has {kind_of(word)}, which is no kind of layer known here.")


def _has_mamba(config: Config) -> bool:
    return any(config.raw(name) is not None for name in ("mamba_n_heads", "mamba_num_heads", "mamba_d_state"))


def _indices(config: Config, name: str, layers: int) -> set[int]:
    found = config.several(name) or []
    for place in found:
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < layers:
            raise ValueError(f"'{config.place(name)}' has {kind_of(place)}, which is not the number of a layer.")
    return set(found)
