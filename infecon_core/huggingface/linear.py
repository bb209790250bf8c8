"""Layers with a state of fixed size: linear attention, state-space models, short convolutions.

States are counted in FP32 and the inputs of short convolutions in BF16, as inference engines keep them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from infecon_core.huggingface.config import Config
from infecon_core.schema import LinearAttention

_FP32, _BF16 = 4, 2


def gated_delta_net(config: Config, width: int) -> LinearAttention:
    """Gated DeltaNet (Qwen3-Next, Qwen3.5).

    Equation: params = d·(2·K + 2·V) + 2·d·h + (2·K + V)·c + V·d with K = key heads · their width, V = h · value width,
    c the kernel of the convolution; state = h · key width · value width numbers and c − 1 inputs.
    """
    key_heads, value_heads = config.size("linear_num_key_heads"), config.size("linear_num_value_heads")
    key_dim, value_dim = config.size("linear_key_head_dim"), config.size("linear_value_head_dim")
    kernel = config.size("linear_conv_kernel_dim", 4)
    keys, values = key_heads * key_dim, value_heads * value_dim
    channels = 2 * keys + values
    params = width * (2 * keys + 2 * values) + 2 * width * value_heads + channels * kernel + values * width
    state = _FP32 * value_heads * key_dim * value_dim + _BF16 * channels * (kernel - 1)
    return LinearAttention(num_heads=key_heads, layer_params=params, state_bytes=state)


def kimi_delta(config: Config, width: int) -> LinearAttention:
    """Kimi delta attention: queries, keys and values with a convolution each, gates of low rank (Kimi Linear).

    Equation: params = 4·d·n + 3·n·c + 2·(d·w + w·n) + d·h with n = h·w, the heads times their width; state = h·w²
    numbers and c − 1 inputs.
    """
    part = config.part("linear_attn_config") if config.raw("linear_attn_config") else config
    own = part is not config
    heads = part.size("num_heads" if own else "linear_num_heads")
    head_dim = part.size("head_dim" if own else "linear_head_dim")
    kernel = part.size("short_conv_kernel_size" if own else "linear_conv_kernel_dim", 4)
    inner = heads * head_dim
    gates = 2 * (width * head_dim + head_dim * inner) + width * heads
    params = 4 * width * inner + 3 * inner * kernel + gates
    state = _FP32 * heads * head_dim**2 + _BF16 * 3 * inner * (kernel - 1)
    return LinearAttention(num_heads=heads, layer_params=params, state_bytes=state)


def lightning(width: int, heads: int, head_dim: int) -> LinearAttention:
    """Lightning attention: queries, keys, values, gate and output of all heads (MiniMax).

    Equation: params = 5·d·h·w; state = h·w² numbers.
    """
    return LinearAttention(
        num_heads=heads, layer_params=5 * width * heads * head_dim, state_bytes=_FP32 * heads * head_dim**2
    )


def mamba1(width: int, inner: int, states: int, kernel: int, rank: int) -> LinearAttention:
    """Mamba-1; every channel counts as a head.

    Equation: params = 3·d·n + n·c + n·(r + 2·s) + r·n + n·s with n inner channels, s states, kernel c and r the rank
    of the step; state = n·s numbers and c − 1 inputs.
    """
    params = 3 * width * inner + inner * kernel + inner * (rank + 2 * states) + rank * inner + inner * states
    state = _FP32 * inner * states + _BF16 * inner * (kernel - 1)
    return LinearAttention(num_heads=inner, layer_params=params, state_bytes=state)


def mamba2(width: int, heads: int, head_dim: int, groups: int, states: int, kernel: int) -> LinearAttention:
    """Mamba-2.

    Equation: params = d·(2·n + 2·g·s + h) + (n + 2·g·s)·c + n·d with n = h·w channels in g groups, s states and c the
    kernel; state = n·s numbers and c − 1 inputs.
    """
    inner = heads * head_dim
    channels = inner + 2 * groups * states
    params = width * (inner + channels + heads) + channels * kernel + inner * width
    state = _FP32 * inner * states + _BF16 * channels * (kernel - 1)
    return LinearAttention(num_heads=heads, layer_params=params, state_bytes=state)


def short_convolution(config: Config, width: int) -> LinearAttention:
    """A gated convolution over the last few tokens (LFM2); every channel counts as a head.

    Equation: params = 4·d² + d·c; state = c − 1 inputs.
    """
    kernel = config.size("conv_L_cache", 3)
    return LinearAttention(
        num_heads=width, layer_params=4 * width**2 + width * kernel, state_bytes=_BF16 * width * (kernel - 1)
    )


def mamba_of(config: Config, width: int) -> LinearAttention:
    """The Mamba layer that a file describes, of the first kind or the second, under the names of its family.

    Inner channels are the multiple of the width that a file gives. Where the model is of nothing but Mamba-1 layers,
    its `intermediate_size` is theirs and counts instead, as in `transformers`: the released Falcon Mamba 7B has 8,192
    beside `expand` 16 of a width of 4,096. In a hybrid that field is the width of feed-forward layers.
    """
    one = {"mamba_d_state": "state_size", "mamba_d_conv": "conv_kernel", "mamba_expand": "expand"}
    if config.raw("mamba_dt_rank") is not None or (config.raw("time_step_rank") is not None and not _has_heads(config)):
        names = one if config.raw("state_size") is not None else {name: name for name in one}
        states, kernel, expand = (
            config.size(name, default) for name, default in zip(names.values(), (16, 4, 2), strict=True)
        )
        inner = (config.optional("intermediate_size") if names is one else None) or expand * width
        rank = "mamba_dt_rank" if config.raw("mamba_dt_rank") is not None else "time_step_rank"
        automatic = config.raw(rank) == "auto"
        return mamba1(width, inner, states, kernel, -(-width // 16) if automatic else config.size(rank))
    first = {name: next((n for n in names if config.raw(n) is not None), names[0]) for name, names in _MAMBA2.items()}
    return mamba2(
        width,
        heads=config.size(first["heads"]),
        head_dim=config.size(first["head_dim"]),
        groups=config.size(first["groups"], 1),
        states=config.size(first["states"]),
        kernel=config.size(first["kernel"], 4),
    )


_MAMBA2 = {
    "heads": ("mamba_num_heads", "mamba_n_heads", "num_heads"),
    "head_dim": ("mamba_head_dim", "mamba_d_head", "head_dim"),
    "groups": ("n_groups", "mamba_n_groups"),
    "states": ("ssm_state_size", "mamba_d_state", "state_size"),
    "kernel": ("conv_kernel", "mamba_d_conv"),
}


def _has_heads(config: Config) -> bool:
    return any(config.raw(name) is not None for name in _MAMBA2["heads"])


def _delta(config: Config, width: int) -> LinearAttention:
    of_kimi = config.raw("linear_attn_config") is not None or config.raw("linear_num_heads") is not None
    return kimi_delta(config, width) if of_kimi else gated_delta_net(config, width)


# What makes a layer of each kind.
LAYERS: Mapping[str, Callable[[Config, int], LinearAttention]] = MappingProxyType(
    {"delta": _delta, "mamba": mamba_of, "convolution": short_convolution}
)
