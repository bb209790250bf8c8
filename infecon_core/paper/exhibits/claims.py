"""The numbers in the paper's running text, computed: each claim a function of the frontiers it rests on.

Source: Erdil 2025, arXiv:2506.04645.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import pandas as pd

from infecon_core.paper.convert import published_accelerator, published_model
from infecon_core.paper.exhibits.values import Curves, Setup, exhibit
from infecon_core.pareto import fastest, preferred

Claim = Callable[[Curves], float]

H100, A100, V100 = "erdil-H100", "erdil-A100", "erdil-V100"
DRAFT = "erdil-Llama_3_8B"
LONG_CONTEXT_TOKENS = 100_000
EXPONENTS = range(1, 9)


def full_model(model: str, accelerator: str = H100, *, early: bool = False) -> Setup:
    """The full model with pipelines, as it made most tables, or in the early form that made Table 5."""
    return Setup(
        model=f"erdil-{model}",
        accelerator=accelerator,
        pipeline=True,
        attention_scaledown=not early,
        traffic="early" if early else "final",
    )


def within_price(frame: pd.DataFrame, usd_per_million_tokens: float) -> pd.Series:
    """The fastest point of a frontier that costs no more than a price."""
    return fastest(frame[frame["usd_per_million_tokens"] <= usd_per_million_tokens])


def speed_ratio(new: Setup, old: Setup, curves: Curves) -> float:
    """Speed of the new preferred point over the old one's. [1]"""
    return float(preferred(curves(new))["tokens_per_s_user"] / preferred(curves(old))["tokens_per_s_user"])


def speed_ratio_same_price(new: Setup, old: Setup, curves: Curves) -> float:
    """Speed that the new setup reaches at the price of the old preferred point, over that point's speed. [1]"""
    point = preferred(curves(old))
    reached = within_price(curves(new), point["usd_per_million_tokens"])
    return float(reached["tokens_per_s_user"] / point["tokens_per_s_user"])


def instance_ratio(new: Setup, old: Setup, curves: Curves) -> float:
    """GPUs of the new preferred point over the old one's. [1]"""
    return float(preferred(curves(new))["n_gpu"] / preferred(curves(old))["n_gpu"])


def gain_percent(ratio: Callable[[Setup, Setup, Curves], float], new: Setup, old: Setup, curves: Curves) -> float:
    """What a ratio gains, in percent. [%]"""
    return 100 * (ratio(new, old, curves) - 1)


def bandwidth_saves_percent(same_price: bool, curves: Curves) -> float:
    """Latency that twice the memory bandwidth saves: of the fastest setups, or at the preferred point's price. [%]"""
    setup = full_model("Llama_3_70B_8_bit")
    now, doubled = curves(setup), curves(setup.model_copy(update={"hbm_bandwidth_scale": 2.0}))
    if not same_price:
        slow, fast = fastest(now), fastest(doubled)
    else:
        slow = preferred(now)
        fast = within_price(doubled, slow["usd_per_million_tokens"])
    return float(100 * (1 - slow["tokens_per_s_user"] / fast["tokens_per_s_user"]))


def hbm_read_time(curves: Curves) -> float:
    """Time to read the whole HBM of an H100 once, at peak bandwidth. [ms]"""
    chip = published_accelerator(H100, 1.0)
    return 1e3 * chip.hbm_bytes / chip.peak_hbm_bytes_per_s


def hbm_read_speed(curves: Curves) -> float:
    """Tokens per second where each takes one read of the HBM. [tokens/s]"""
    return 1e3 / hbm_read_time(curves)


def cache_size(model: str, curves: Curves) -> float:
    """KV cache of one token of context. [KB]"""
    return float(published_model(model).cache_bytes(1)) / 1e3


def cache_outweighs_batch(curves: Curves) -> float:
    """Sequences of 100,000 tokens whose cache weighs as much as Mistral Large 2 itself. [1]"""
    model = published_model("erdil-Mistral_Large_2")
    return float(model.weights_bytes / model.cache_bytes(LONG_CONTEXT_TOKENS))


def cache_ratio(curves: Curves) -> float:
    """KV cache of a token of Mistral Large 2 over DeepSeek-V3's. [1]"""
    return cache_size("erdil-Mistral_Large_2", curves) / cache_size("erdil-DeepSeek_V3", curves)


def preference_exponent(curves: Curves) -> float:
    """The whole exponent of speed whose preferred points are nearest to the printed speeds of Table 6. [1]"""

    def distance(exponent: int) -> float:
        return sum(
            abs(_speed(curves(row.setup), exponent) - row.printed["tokens_per_s_user"].value)
            for row in exhibit("table-6").rows
            if row.setup
        )

    return float(min(EXPONENTS, key=distance))


def _speed(frame: pd.DataFrame, exponent: float) -> float:
    return float(preferred(frame, exponent)["tokens_per_s_user"])


_ON_V100, _ON_A100, _ON_H100 = (full_model("Llama_3_70B_8_bit", chip) for chip in (V100, A100, H100))
_16_BIT, _8_BIT, _4_BIT = (full_model(f"Llama_3_70B{width}") for width in ("", "_8_bit", "_4_bit"))
_EARLY_70B, _EARLY_405B, _FINAL_70B, _FINAL_405B = (
    full_model(f"Llama_3_{size}", early=early) for early in (True, False) for size in ("70B", "405B")
)


def _drafted(setup: Setup) -> Setup:
    return setup.model_copy(update={"draft": DRAFT})


# Gains of a new setup over an old one: of preferred points, and at the price of the old one's.
_GAINS: Mapping[str, tuple[Setup, Setup]] = {
    "generation_speed_a100": (_ON_A100, _ON_V100),
    "generation_speed_h100": (_ON_H100, _ON_A100),
    "halving_8_bit": (_8_BIT, _16_BIT),
    "halving_4_bit": (_4_BIT, _8_BIT),
}

CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {
        **{name: partial(gain_percent, speed_ratio, *pair) for name, pair in _GAINS.items()},
        **{f"{name}_same_price": partial(gain_percent, speed_ratio_same_price, *pair) for name, pair in _GAINS.items()},
        "generation_instance_a100": partial(instance_ratio, _ON_A100, _ON_V100),
        "generation_instance_h100": partial(instance_ratio, _ON_H100, _ON_A100),
        "bandwidth_fastest": partial(bandwidth_saves_percent, False),
        "bandwidth_same_price": partial(bandwidth_saves_percent, True),
        "speculation_70b": partial(speed_ratio, _drafted(_EARLY_70B), _EARLY_70B),
        "speculation_70b_same_price": partial(speed_ratio_same_price, _drafted(_FINAL_70B), _FINAL_70B),
        "speculation_70b_gain": partial(gain_percent, speed_ratio, _drafted(_EARLY_70B), _EARLY_70B),
        "speculation_405b": partial(speed_ratio, _drafted(_EARLY_405B), _EARLY_405B),
        "speculation_405b_same_price": partial(speed_ratio_same_price, _drafted(_FINAL_405B), _FINAL_405B),
        "hbm_read_ms": hbm_read_time,
        "hbm_read_speed": hbm_read_speed,
        "cache_kb_mistral": partial(cache_size, "erdil-Mistral_Large_2"),
        "cache_kb_deepseek": partial(cache_size, "erdil-DeepSeek_V3"),
        "cache_outweighs_batch": cache_outweighs_batch,
        "cache_ratio": cache_ratio,
        "preference_exponent": preference_exponent,
    }
)
