"""Slides of real frontiers."""

import math
from functools import cache

import pandas as pd

from infecon_core import Scenario, at_speed, catalog, frontier
from infecon_ui.slide.content import Bar, Curve, Slide

COLOURS = ("#2F6DB5", "#AF7A36", "#7A6C9D", "#B23A30", "#4F7942", "#E5B800")
LINK = "https://infecon.example.org/?gpu=b200-hgx,gb200-nvl72,mi355x&prompt=8000&at=50&v=3d16077d"
SUBTITLE = "$ per million output tokens · FP8 weights, BF16 KV cache · 8,000 in / 1,000 out · on demand"
SOURCE = "Model, not measurement: serving engine, median error 8.6% on 1,844 measured points."


@cache
def scenario(accelerator: str) -> Scenario:
    """A scenario on one accelerator."""
    return Scenario.preset("gpt-oss-120b", accelerator, prompt_tokens=8000, output_tokens=1000)


@cache
def _frontier(accelerator: str) -> pd.DataFrame:
    return frontier(scenario(accelerator))


def slide(
    *accelerators: str,
    names: tuple[str, ...] = (),
    headline: str = "",
    bars: bool = True,
    log_axes: bool = True,
    per_gpu: bool = False,
    at: float = 60.0,
) -> Slide:
    """Curves of gpt-oss-120b on some accelerators, with a bar each at a speed.

    Args:
        *accelerators: Ids of the catalog.
        names (tuple of str): What the curves are called; the accelerators' names without.
        headline (str): The claim.
        bars (bool): Whether there are bars.
        log_axes (bool): Whether the axes are logarithmic.
        per_gpu (bool): Whether the vertical axis shows tokens/s per GPU, which falls where the price rises.
        at (float): The target. [tokens/s]
    """
    curves, shown = [], []
    for i, accelerator in enumerate(accelerators):
        frame, colour = _frontier(accelerator), COLOURS[i]
        name = names[i] if names else catalog.accelerator(accelerator).accelerator.name
        price = frame["usd_per_million_tokens"].to_numpy()
        per_hour = scenario(accelerator).accelerator.price_usd_per_gpu_hour
        y = 1e6 * per_hour / 3600 / price if per_gpu else price
        found = at_speed(frame, at)
        point = None
        if found is not None:
            cost = float(found["usd_per_million_tokens"])
            point = (float(found["tokens_per_s_user"]), 1e6 * per_hour / 3600 / cost if per_gpu else cost)
        curves.append(Curve(name, frame["tokens_per_s_user"].to_numpy(), y, colour, point))
        value = None if point is None else point[1]
        low, high = (math.nan, math.nan) if value is None else (0.6 * value, math.inf if i == 1 else 1.8 * value)
        shown.append(Bar(name, value, low, high, f"cannot reach {at:g} tokens/s", colour))
    x_low, x_high = min(c.x.min() for c in curves), max(c.x.max() for c in curves)
    y_low, y_high = min(c.y.min() for c in curves), max(c.y.max() for c in curves)
    return Slide(
        headline=headline
        or f"At {at:g} tokens/s per user, one of them serves gpt-oss-120b for half of what others cost",
        subtitle=SUBTITLE,
        x_title="tokens per second per user",
        y_title="tokens per second per GPU" if per_gpu else "$ per million output tokens",
        money=not per_gpu,
        curves=tuple(curves),
        target=at,
        bars=tuple(sorted(shown, key=lambda bar: math.inf if bar.value is None else bar.value)) if bars else (),
        bars_title=f"At {at:g} tokens/s per user",
        source=SOURCE,
        link=LINK,
        date="21 Nov 2026",
        log_x=log_axes,
        log_y=log_axes,
        ranges=(x_low * 0.9, x_high * 1.1, y_low * 0.8, min(y_high, 40 * y_low))
        if log_axes
        else (0.0, x_high * 1.1, 0.0, min(y_high, 10 * y_low)),
        scenarios=tuple(scenario(accelerator) for accelerator in accelerators),
    )


@cache
def longest_names(kind: str, n: int = 6) -> tuple[str, ...]:
    """The longest names of the catalog, of `models` or `accelerators`."""
    if kind == "models":
        names = {entry.architecture.name for entry in catalog.models().values()}
    else:
        names = {entry.accelerator.name for entry in catalog.accelerators().values()}
    return tuple(sorted(names, key=len, reverse=True)[:n])
