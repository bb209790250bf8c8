"""What a million tokens costs on GPUs of one's own or by the hour over load, beside what an API asks for them."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.analysis.planner.break_even import OwnCost, cheaper_from, cheaper_somewhere, loads
from infecon_core.catalog.api_prices import ApiPrice
from infecon_core.engines import engine_of
from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.planner import cache, words
from infecon_ui.planner.asked import Asked, Entrant
from infecon_ui.plots.plot import Plot
from infecon_ui.text import formats

Array = npt.NDArray[np.float64]

# Of prompts some of which a cache has.
CACHED = (
    "API prices are those of prompt tokens that no cache has: what providers ask for cached ones is not known here."
)
_OTHERS = 4  # prices of others beside the curve: with more their names fall on each other


def plot(asked: Asked, entrants: list[Entrant]) -> Plot | None:
    """The curve of the cheapest accelerator and the prices; None where none serves the demand."""
    first = entrants[0]
    if first.found.plan is None or first.scenario is None:
        return None
    cost = cache.cost(first.scenario, asked.requirements, asked.traffic)
    if cost is None:
        return None
    plan = first.found.plan
    x = loads(plan.requests_per_s)
    y = cost.usd_per_million_tokens(x)
    prices = shown_prices(asked)
    here = float(y[np.searchsorted(x, plan.requests_per_s)])
    lines = [Line(f"{whose(asked)} {first.name}", x, y, VARIANTS[0], point=(plan.requests_per_s, here))]
    for colour, (price, usd) in zip(VARIANTS[1:], prices, strict=False):
        lines.append(Line(named(price), x, np.full(x.size, usd), colour))
    return Plot(
        name="break_even",
        claim=claim(f"{whose(asked)} {first.name}", plan.requests_per_s, cost, x, prices),
        subtitle=f"$ per million output tokens{_prompts(asked)} · {asked.model} · {words.priced(asked)}",
        drawing=Lines(
            Scale("Requests per second, mean", log=True),
            Scale("$ per million output tokens", log=True, words=axes.dollars),
            tuple(lines),
            at=plan.requests_per_s,
            at_words="this demand",
        ),
        source=source(asked, prices),
        table=lambda: table(first.name, x, y, prices),
        scenarios=(first.scenario,),
    )


def _prompts(asked: Asked) -> str:
    return ", prompts included" if engine_of(asked.scenario).capabilities.prompts else ", prompts not included"


def shown_prices(asked: Asked) -> list[tuple[ApiPrice, float]]:
    """The prices that are drawn, in dollars per million output tokens: the first, and of the others the ends. [USD]"""
    traffic = asked.traffic
    each = [(one, one.usd_per_million_output(traffic.prompt_tokens, traffic.answer_tokens)) for one in asked.prices]
    if len(each) <= _OTHERS:
        return each
    own = [pair for pair in each if pair[0].model_ids == ("own",)]
    others = sorted((pair for pair in each if pair not in own), key=lambda pair: pair[1])
    return [*own, others[0], others[len(others) // 2], others[-1]]


def named(price: ApiPrice) -> str:
    """Who asks a price, for which model where that is another, and when."""
    year = next((part for part in price.date.replace(" ", "-").split("-") if part.isdigit() and len(part) == 4), "")
    when = year or (price.date if price.model_ids != ("own",) else "")
    who = f"{price.provider}, {price.for_model}" if price.for_model else price.provider
    return f"{who} ({when})" if when else who


def whose(asked: Asked) -> str:
    """Whether the price of a GPU-hour is an owner's cost or a rent."""
    return "own" if asked.scenario.price_basis.startswith("owner") else "rented"


def claim(name: str, requests_per_s: float, cost: OwnCost, x: Array, prices: list[tuple[ApiPrice, float]]) -> str:
    """From which load on GPUs are cheaper than the cheapest price, or that they are at none.

    Args:
        name (str): Whose GPUs, and which.
        requests_per_s (float): The demand, as mean load. [1/s]
        cost, x, prices: The curve, its loads, and what APIs ask.
    """
    now, tenth_now = cost.usd_per_million_tokens(np.array([requests_per_s, requests_per_s / 10]))
    here, rate, started = formats.about(now), words.rate(requests_per_s), f"{name[0].upper()}{name[1:]}"
    if not prices:
        tenth = formats.about(tenth_now)
        less = "as much" if tenth == here else tenth
        return f"At {rate} {name} costs {here} per million output tokens, at a tenth of that load {less}"
    price, usd = min(prices, key=lambda pair: pair[1])
    blended = "blended " if price.blended is not None else ""
    asks = f"the {blended}{formats.about(usd)} per million output tokens of {named(price)}"
    found = cheaper_from(cost, usd, x)
    if found is None and cheaper_somewhere(cost, usd, x):
        return (
            f"{started} is cheaper than {asks} only where instances are full, and not for good up to "
            f"{words.rate(x[-1])}; at {rate} it costs {here}"
        )
    if found is None:
        return f"{started} is dearer than {asks} at every load up to {words.rate(x[-1])}; at {rate} it costs {here}"
    if found <= x[0]:
        return f"{started} is cheaper than {asks} at every load from {words.rate(x[0])}; at {rate} it costs {here}"
    return f"{started} is cheaper than {asks} from {words.rate(found)} on; at {rate} it costs {here}"


def source(asked: Asked, prices: list[tuple[ApiPrice, float]]) -> str:
    """Where the prices come from, and what is not counted."""
    told = list(dict.fromkeys(f"{price.provider}: {price.source}, {price.date}" for price, _ in prices))
    blended = "Blended prices are taken for every token. " if any(one.blended for one, _ in prices) else ""
    shape = "Prices of another model of the same shape name it. " if any(one.for_model for one, _ in prices) else ""
    blended += shape + (f"{CACHED} " if asked.traffic.cached_share else "")
    apis = f"API prices: {'; '.join(told)}. {blended}" if told else "No API price of this model is known here. "
    return f"{apis}{words.source(asked)}"


def table(name: str, x: Array, y: Array, prices: list[tuple[ApiPrice, float]]) -> pd.DataFrame:
    """The curve and the prices, one row a load."""
    columns = {f"{named(price)}_usd_per_million_output_tokens": usd for price, usd in prices}
    return pd.DataFrame({"requests_per_s": x, "accelerator": name, "usd_per_million_output_tokens": y, **columns})


def beside(asked: Asked) -> str:
    """What to know of the API prices, or what to do where none is known; empty where there is nothing to say."""
    if asked.prices:
        return CACHED if asked.traffic.cached_share else ""
    return (
        f"No API price of {asked.model} is known here: give one under “{words.MORE}” to see from which load on it is "
        "dearer."
    )
