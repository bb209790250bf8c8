"""The sentences over the chart: what the target costs, on what, and what the last change did."""

from typing import NamedTuple

import numpy as np

from infecon_core import Scenario, catalog
from infecon_core.engines import engine_of
from infecon_core.schema import OWN
from infecon_core.validation.uncertainty import LEFT_OUT
from infecon_ui.charts.measures import Measure
from infecon_ui.frontier import cache, words
from infecon_ui.frontier.shown import Shown
from infecon_ui.text import formats

# Less than this is no change to speak of.
_NOTHING = 0.005


def headline(shown: Shown) -> str:
    """What the target costs, or that it is out of reach."""
    speed = f"{formats.digits(shown.target)} {'token/s' if shown.target == 1 else 'tokens/s'}"
    model = shown.choice.model_name
    if shown.reached:
        verb = "costs" if shown.measure.money else "makes"
        return f"{model} at {speed} per user {verb} {amount(shown.measure, shown.value)} {shown.measure.phrase}"
    fastest = shown.point
    return (
        f"{model} cannot be served at {speed} per user on up to {formats.number(shown.scenario.max_gpus)} "
        f"{shown.choice.accelerator_name}: the fastest is {formats.digits(fastest['tokens_per_s_user'])} tokens/s at "
        f"{amount(shown.measure, shown.value)} {shown.measure.phrase}"
    )


def support(shown: Shown) -> str:
    """On what, and for which requests and price; in one line."""
    point, scenario = shown.point, shown.scenario
    where = words.setup(point, shown.choice.accelerator_name)
    users = formats.number(point["batch"])
    parts = [
        f"{'' if shown.reached else 'At the fastest: '}{where}, {users} {'user' if users == '1' else 'users'} at once",
        f"{conditions(shown)}, {price(shown)}",
    ]
    if scenario.target_ttft_s is not None and shown.capabilities.prompts:
        queue = " without queueing" if scenario.serving.disaggregated else ""
        parts.append(f"first token within {words.limit(scenario.target_ttft_s)}{queue}")
    if scenario.demand_tokens_per_s is not None:
        parts.append(f"at most {formats.number(scenario.demand_tokens_per_s)} tokens/s sold")
    return " · ".join(parts)


def conditions(shown: Shown) -> str:
    """Formats and lengths: "FP8, 8k in / 1k out", the format of the KV cache where it is another one."""
    scenario, precision = shown.scenario, shown.scenario.precision
    formats_shown = formats.number_format(precision.weights)
    if precision.kv != precision.weights:
        formats_shown += f", {formats.number_format(precision.kv)} KV cache"
    return f"{formats_shown}, {_thousands(scenario.prompt_tokens)} in / {_thousands(scenario.output_tokens)} out"


def price(shown: Shown) -> str:
    """What a GPU-hour costs, and on which basis: "$5.50 per GPU-hour on demand"."""
    basis = shown.scenario.price_basis
    cost = f"{formats.money(shown.scenario.accelerator.price_usd_per_gpu_hour)} per GPU-hour"
    return f"at your own price of {cost}" if basis == OWN else f"{cost} {words.on_basis(basis)}"


def amount(measure: Measure, value: float) -> str:
    """A value of the vertical axis, in the two digits that comparable measurements leave it."""
    return formats.about(value) if measure.money else formats.digits(value, 2)


class Change(NamedTuple):
    """What the last change did to the value at the target.

    Attributes:
        text (str): "▲ 6% more than before".
        better (bool or None): Whether that is for the better; None where it is neither, and where another model or
            another price basis answers another question.
    """

    text: str
    better: bool | None


def change(shown: Shown) -> Change | None:
    """The change since the curve was another one, at the same target; None where nothing was or nothing can be said."""
    before = cache.frontier(shown.before).points if shown.before is not None else None
    if before is None:
        return None
    row = before.at(shown.target)
    if row is None or not shown.reached:
        if (row is None) == (not shown.reached):
            return None
        return Change("before: out of reach", True) if shown.reached else Change("before: within reach", False)
    return _told(shown, shown.value / float(before.values(shown.measure)[row]))


def _told(shown: Shown, ratio: float) -> Change | None:
    if not np.isfinite(ratio):
        return None
    if abs(ratio - 1) < _NOTHING:
        return Change("as before", None)
    text = _compared(ratio)
    if other := _other_question(shown.before, shown.scenario):
        return Change(f"{other}: {text}", None)
    return Change(f"{'▲' if ratio > 1 else '▼'} {text}", (ratio < 1) == shown.measure.money)


def _compared(ratio: float) -> str:
    if ratio >= 2:
        return f"{formats.digits(ratio, 2)} times as much as before"
    return f"{formats.percent(abs(ratio - 1))} {'more' if ratio > 1 else 'less'} than before"


def _other_question(before: Scenario | None, now: Scenario) -> str:
    """What makes two scenarios answers to different questions; empty where they answer the same one."""
    if before is None:
        return ""
    if before.architecture.name != now.architecture.name:
        return "another model"
    bases = {before.price_basis, now.price_basis}
    # A price by hand is a change of the price, not of what it pays for.
    return "another price basis" if len(bases) > 1 and OWN not in bases else ""


def source(shown: Shown) -> str:
    """What stands behind the figures: engine, its error, the price's origin, the data."""
    engine = engine_of(shown.scenario)
    if shown.capabilities.uncertainty:
        found = cache.error(shown.scenario.serving.constants)
        error = f"median error in time {formats.percent(found.median)} on {found.n:,} measurements"
        if shown.spread is not None and shown.spread.kind == LEFT_OUT:
            error += ", none of them on this accelerator"
        model = f"Model, not measurement: {engine.label.lower()} engine, {error}"
    else:
        model = engine.summary(shown.scenario)
    return " · ".join((model, origin(shown), f"data {catalog.data_version()}"))


def origin(shown: Shown) -> str:
    """The price of a GPU-hour with its basis, and when it was read."""
    label = shown.choice.choices.all["price"].label
    found = next((source for source in shown.choice.sources if source.what == label), None)
    return f"{price(shown)}, {found.date}" if found and found.date else price(shown)


def first_token(seconds: float) -> str:
    """A time to the first token, two digits: "0.25 s"."""
    return f"{formats.digits(seconds, 2)} s"


def _thousands(n_tokens: int) -> str:
    """A length as people say it: "1M", "8k", "1.5k", "500"."""
    if n_tokens >= 1_000_000:
        return f"{formats.digits(n_tokens / 1_000_000)}M"
    return f"{formats.digits(n_tokens / 1000)}k" if n_tokens >= 1000 else f"{n_tokens}"
