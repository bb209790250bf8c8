"""The charts of the page: what moves the price, and where the time of a token goes by operator."""

import math

import pandas as pd

from infecon_core.analysis.assumptions import Effect, Effects
from infecon_core.schema import FIVE_TIMES
from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Bars, Row, Scale, Span
from infecon_ui.charts.palette import TIMES, VARIANTS
from infecon_ui.method import words
from infecon_ui.method.cache import Worked
from infecon_ui.plots.plot import Plot
from infecon_ui.text import formats

MOST_ROWS = 9
_ASSUMED, _CONSTANT = ("assumption", VARIANTS[0]), ("constant by 10%", VARIANTS[1])
# Beyond twice the price a linear axis leaves no room for the others. [1]
_LINEAR = 1.0


def moved(found: Effects) -> Plot | None:
    """What moves the price most, as bars; None where nothing does."""
    shown = found.largest[:MOST_ROWS]
    if not shown:
        return None
    doubling = max(effect.change for effect in shown) > _LINEAR
    scale = Scale("Price over today's", words=_times) if doubling else Scale("Change of the price", words=axes.percent)
    rows = tuple(
        Row(
            words.line(effect, is_constant=effect in found.constants),
            (Span(0.0, _end(effect, doubling=doubling), colour, name),),
            words.change(effect),
        )
        for effect in shown
        for name, colour in [_CONSTANT if effect in found.constants else _ASSUMED]
    )
    return Plot(
        name="moved",
        claim=words.moved(found),
        subtitle=f"What each makes of the price, all layouts searched again · {words.price(found.scenario)}",
        drawing=Bars(scale, rows),
        source=words.source(found.scenario),
        table=lambda: effects_table(found),
        scenarios=(found.scenario,),
    )


def _end(effect: Effect, *, doubling: bool) -> float:
    return math.log2(1 + effect.change) if doubling else effect.change


def _times(values: list[float]) -> list[str]:
    """Tick labels of logarithms of two, as factors."""
    return [f"×{formats.digits(2.0**value, 2)}" for value in values]


def effects_table(found: Effects) -> pd.DataFrame:
    """All effects, one row each: prices in USD per million output tokens."""
    return pd.DataFrame(
        [
            {
                "kind": kind,
                "name": effect.name,
                "otherwise": effect.words,
                "engine_of_the_alternative": effect.engine,
                "usd_per_million_tokens": effect.usd,
                "today_usd_per_million_tokens": found.usd,
                "relative_change": effect.change,
                "reason": effect.reason,
            }
            for kind, effects in (("assumption", found.assumptions), ("constant", found.constants))
            for effect in effects
        ]
    )


def operators(found: Worked) -> Plot:
    """Where the time of one token goes, by operator and by the five times."""
    times: dict[str, dict[str, float]] = {}
    for operator in found.step.operators:
        own = times.setdefault(operator.name, dict.fromkeys(FIVE_TIMES, 0.0))
        for name in FIVE_TIMES:
            own[name] += float(getattr(operator, name))
    largest = sorted(times.items(), key=lambda item: -sum(item[1].values()))
    rows = tuple(Row(name, _spans(own), formats.duration(sum(own.values()))) for name, own in largest[:MOST_ROWS])
    name, own = largest[0]
    part = sum(own.values()) / found.step.tpot_s
    return Plot(
        name="operators",
        claim=f"{name} takes {formats.share(part)} of the {formats.duration(found.step.tpot_s)} of a token",
        subtitle=f"Time of a token by operator · {words.target(found.scenario)} · {words.setup(found, found.scenario)}",
        drawing=Bars(Scale("Time of a token (ms)"), rows),
        source=words.source(found.scenario),
        table=lambda: pd.DataFrame([operator.model_dump() for operator in found.step.operators]),
        scenarios=(found.scenario,),
    )


def _spans(own: dict[str, float]) -> tuple[Span, ...]:
    spans, start = [], 0.0
    for time in TIMES:
        if own[time.column] > 0:
            end = start + 1e3 * own[time.column]
            spans.append(Span(start, end, time.colour, time.limit))
            start = end
    return tuple(spans)
