"""Tokens a round that were measured, beside one acceptance for every drafted token, and what that is in price."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from infecon_core.catalog.acceptance import AcceptanceCurve, curves
from infecon_core.catalog.drafts import is_measured_on
from infecon_core.physics.speculation import expected_tokens
from infecon_core.schema.field import facts_of
from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Bars, Line, Lines, Row, Scale, Span
from infecon_ui.charts.palette import CURVE, GHOST, VARIANTS
from infecon_ui.plots.plot import Plot
from infecon_ui.speculation import cache
from infecon_ui.speculation.question import LONGEST, Question
from infecon_ui.speculation.words import HALF, signed
from infecon_ui.text import formats

MEASURED, CONSTANT = "more, as measured", "constant acceptance of the first draft"
_LESS = (VARIANTS[4], "less, as measured")


def tokens_plot(asked: Question) -> Plot:
    """Tokens a round over draft length: measured curves, by method, beside constant acceptances."""
    lengths = np.arange(1.0, LONGEST + 1)
    methods = sorted({curve.method for curve in curves().values()})
    colours = dict(zip(methods, VARIANTS[1:], strict=False))
    lines = [
        Line(
            f"{curve.method}, measured",
            np.arange(1.0, len(curve.accepted_lengths) + 1),
            np.array(curve.accepted_lengths),
            colours[curve.method],
            notes=(curve.name,) * len(curve.accepted_lengths),
        )
        for curve in curves().values()
    ]
    first = _median_first()
    constant = [asked.scenario.speculation.acceptance] if asked.scenario.speculation is not None else []
    lines += [
        Line(f"constant {acceptance:.2f}", lengths, _expected(acceptance, lengths), colour)
        for acceptance, colour in zip(dict.fromkeys([first, *constant]), (VARIANTS[0], VARIANTS[5]), strict=False)
    ]
    return Plot(
        "tokens",
        _told(first),
        "Mean tokens of a round over drafted tokens, the checked one with them; coding prompts of SPEED-Bench",
        Lines(Scale("Drafted tokens of a round", low=0.5), Scale("Tokens of a round", low=1), tuple(lines)),
        "Measured: InferenceX (SemiAnalysis), vLLM on B300, 2026 · constant: (1 − α^(γ+1)) / (1 − α), arXiv:2211.17192",
        _tokens_table,
    )


def _median_first() -> float:
    """The median acceptance of the first draft over all measured curves, to a percent. [1]"""
    return round(float(np.median([curve.first_acceptance for curve in curves().values()])), 2)


def _expected(acceptance: float, lengths: np.ndarray) -> np.ndarray:
    return np.array([expected_tokens(acceptance, int(length)) for length in lengths])


def _told(first: float) -> str:
    last = np.array(
        [curve.accepted_lengths[LONGEST - 1] for curve in curves().values() if len(curve.accepted_lengths) >= LONGEST]
    )
    constant = expected_tokens(first, LONGEST)
    return (
        f"Later drafts are accepted less often: {LONGEST} drafted tokens give {np.median(last):.1f} a round in the "
        f"median of {last.size} measured curves; the first draft's acceptance of {first:.2f} for all of them would "
        f"give {constant:.1f}"
    )


def _tokens_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "curve": key,
            "name": curve.name,
            "draft_tokens": i,
            "tokens_a_round": tokens,
            "constant_tokens_a_round": expected_tokens(curve.first_acceptance, i),
            "source": curve.source,
            "date": curve.date,
        }
        for key, curve in curves().items()
        for i, tokens in enumerate(curve.accepted_lengths, start=1)
    )


def prices_plot(asked: Question) -> Plot | None:
    """Price of the target with measured tokens a round and with constant ones; None where the engine takes none."""
    draft = asked.scenario.speculation
    if draft is None or facts_of(type(draft))["accepted_lengths"].only not in ("", asked.scenario.engine):
        return None
    if not asked.capabilities.searches_again:
        return None
    table = cache.curve_prices(asked.scenario, tuple(_compared(asked)), LONGEST)
    prices = zip(table["name"], table["measured_usd"].astype(float), table["constant_usd"].astype(float), strict=True)
    rows = [Row(str(name), _spans(usd, constant), _difference(usd, constant)) for name, usd, constant in prices]
    return Plot(
        "curve_prices",
        _moves(table),
        f"Dollars per million output tokens at {formats.user_speed(asked.target)}, up to {LONGEST} drafted; drafts "
        f"cost what {asked.draft.name} costs · {asked.served}",
        Bars(Scale("$ per million output tokens at the target", words=axes.dollars), tuple(rows)),
        f"{asked.source} · acceptance: InferenceX (SemiAnalysis), 2026, measured on "
        f"{'this model' if _own(asked) else 'other models'}",
        lambda: table,
        (asked.scenario,),
    )


def _compared(asked: Question) -> Mapping[str, AcceptanceCurve]:
    """Curves measured on this model with this kind of draft; where there are none, one of each model and method."""
    if own := _own(asked):
        return own
    fewest: dict[tuple[str, str], str] = {}
    for key, curve in curves().items():
        place = curve.target, curve.method
        if place not in fewest or curve.accepted_lengths[-1] < curves()[fewest[place]].accepted_lengths[-1]:
            fewest[place] = key
    return {key: curves()[key] for key in fewest.values()}


def _own(asked: Question) -> Mapping[str, AcceptanceCurve]:
    """Curves measured on this model with this kind of draft."""
    draft, name = asked.scenario.speculation, asked.choice.model_id
    return {key: curve for key, curve in curves().items() if draft and is_measured_on(curve, name, draft.kind)}


def _spans(measured: float, constant: float) -> tuple[Span, ...]:
    """The price with a constant acceptance, and by how much that measured is above or below it."""
    if not np.isfinite(measured):
        return ()
    if not np.isfinite(constant):
        return (Span(0.0, measured, CURVE, MEASURED),)
    more = Span(constant, measured, CURVE, MEASURED) if measured >= constant else Span(measured, constant, *_LESS)
    return (Span(0.0, min(measured, constant), GHOST, CONSTANT), more)


def _difference(measured: float, constant: float) -> str:
    if not np.isfinite(measured):
        return "out of reach"
    if not np.isfinite(constant):
        return formats.about(measured)
    return f"{formats.about(measured)}, constant {formats.about(constant)} ({signed(constant / measured - 1)})"


def _moves(table: pd.DataFrame) -> str:
    ratio = (table["constant_usd"] / table["measured_usd"] - 1).dropna()
    if ratio.empty:
        return "The target is out of reach with every measured curve"
    ends = [signed(end) for end in (ratio.min(), ratio.max())]
    span = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    most, least = (f"{100 * abs(end):.0f}" for end in (ratio.min(), ratio.max()))
    if ratio.max() < -HALF:
        apart = f"{most}%" if most == least else f"{least} to {most}%"
        return f"One acceptance for every drafted token, that of the first, makes the target look {apart} too cheap"
    return f"One acceptance for every drafted token, that of the first, moves the price of the target by {span}"
