"""What the front page shows, as a slide: the verdict, the curve, and the five times of the point at the target."""

import datetime as dt

from infecon_ui.charts.palette import CURVE, TIMES
from infecon_ui.frontier import band, support, verdict, words
from infecon_ui.frontier.shown import Shown
from infecon_ui.slide.content import Bar, Curve, Slide
from infecon_ui.slide.facts import day
from infecon_ui.text import formats


def as_slide(shown: Shown, link: str, date: dt.date) -> Slide:
    """The slide of one frontier.

    Args:
        shown (Shown): What the page shows.
        link (str): Where to open the same.
        date (date): The day.
    """
    point = shown.point
    order = slice(None, None, -1)
    curve = Curve(
        shown.choice.accelerator_name,
        shown.points.speed[order],
        shown.values[order],
        CURVE,
        (float(point["tokens_per_s_user"]), shown.value) if shown.reached else None,
        shown.points.beyond[order] != "",
        band.ends(shown),
    )
    dashed = f"dashed: {words.BEYOND}" if curve.beyond is not None and curve.beyond.any() else ""
    return Slide(
        headline=verdict.headline(shown),
        subtitle=_listed(verdict.support(shown), support.in_one_line(shown, first=True)),
        x_title="Speed, tokens per second per user",
        y_title=shown.measure.title,
        money=shown.measure.money,
        curves=(curve,),
        target=shown.target,
        bars=_bars(shown),
        bars_title=f"One token at {formats.digits(point['tokens_per_s_user'])} tokens/s: "
        f"{formats.duration(point['tpot_s'])}",
        source=_listed(verdict.source(shown), support.in_one_line(shown, first=False), dashed),
        link=link,
        date=day(date),
        log_x=shown.view.log_axes,
        log_y=shown.view.log_axes,
        ranges=shown.ranges,
        scenarios=(shown.scenario,),
    )


def _listed(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def tab(shown: Shown) -> tuple[str, str]:
    """What the browser's tab says: what is served on what, and the target."""
    return f"{shown.choice.model_name} on {shown.choice.accelerator_name}", f"{formats.digits(shown.target)} tok/s"


def _bars(shown: Shown) -> tuple[Bar, ...]:
    """The five times of the point, the longest first; those that take nothing are left out."""
    times = sorted(TIMES, key=lambda time: -shown.point[time.column])
    return tuple(
        Bar(
            name=time.label,
            value=float(shown.point[time.column]) * 1e3,
            low=float("nan"),
            high=float("nan"),
            note="",
            colour=time.colour,
            text=f"{formats.duration(shown.point[time.column])}, "
            f"{formats.share(shown.point[time.column] / shown.point['tpot_s'])}",
        )
        for time in times
        if shown.point[time.column] > 0
    )
