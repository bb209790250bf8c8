"""What drafts do to prices where the layouts are searched again: over acceptance and speed, and by who drafts."""

import math

import numpy as np
import pandas as pd

from infecon_core import Layout
from infecon_core.analysis.draft_candidates import Candidate, candidates
from infecon_core.analysis.draft_prices import PriceMap
from infecon_core.choices import Comparison
from infecon_core.choices.registry import CONSTANT_RATE
from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Bars, Cell, Cells, Row, Scale, Span
from infecon_ui.charts.palette import CURVE, GHOST, shade
from infecon_ui.frontier import cache as frontiers
from infecon_ui.plots.plot import Plot
from infecon_ui.speculation import cache
from infecon_ui.speculation.question import Question, price_at
from infecon_ui.speculation.words import NOTHING, SAME, change, gain, signed
from infecon_ui.state import links
from infecon_ui.text import formats

# Acceptances and parts of the target that the map shows.
_ACCEPTANCES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
_PARTS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
# Changes of the price up to which a cell has a colour, and the words for it.
_COLOURS = (
    (-0.5, shade(1.0), "half or less"),
    (-0.25, shade(0.65), "at least a quarter cheaper"),
    (-NOTHING, shade(0.3), "cheaper"),
    (NOTHING, shade(0.0), SAME),
    (math.inf, "#F2B8CC", "dearer"),
)
_ONLY, _LOST = ("#88E4A5", "only with drafts"), ("#AE0858", "only without")


def map_plot(asked: Question) -> Plot | None:
    """Change of the price over acceptance and speed; None where the engine is not quick enough to search so often."""
    if not asked.capabilities.searches_again:
        return None
    speeds = _speeds(asked)
    found = cache.price_map(asked.scenario, _ACCEPTANCES, speeds)
    cells = _cells(asked, found)
    present = {cell.colour for row in cells for cell in row if cell.colour}
    key = [(colour, words) for _, colour, words in _COLOURS] + [_ONLY, _LOST]
    return Plot(
        "price_map",
        _paying(asked, found),
        f"Price with drafts over price without, less 1 · drafted by {asked.draft.name} at assumed "
        f"acceptances, the scenario {acceptance(asked)} · {asked.served}",
        Cells(
            "Speed, tokens/s per user",
            "Acceptance",
            tuple(formats.digits(speed) for speed in speeds),
            tuple(f"{acceptance:.1f}" for acceptance in _ACCEPTANCES),
            cells,
            tuple((colour, words) for colour, words in key if colour in present),
            (_own_row(asked), int(np.flatnonzero(found.speeds == asked.target)[0])),
        ),
        asked.source,
        lambda: _map_table(found),
        (asked.scenario,),
    )


def acceptance(asked: Question) -> str:
    """Whose acceptance the scenario itself has: "at an acceptance of 0.80 (assumed)"."""
    return asked.drafter.removeprefix(asked.draft.name).strip()


def _own_row(asked: Question) -> int | None:
    """Row of the acceptance of the scenario itself; None where it has none of them, or what was measured."""
    draft = asked.scenario.speculation
    known = draft is not None and not draft.accepted_lengths and draft.acceptance in _ACCEPTANCES
    return _ACCEPTANCES.index(draft.acceptance) if draft is not None and known else None


def _speeds(asked: Question) -> tuple[float, ...]:
    """Speeds around the target, in two digits, none below the least that is searched. [tokens/s]"""
    least = asked.scenario.least_tokens_per_s_user
    around = [float(f"{asked.target * part:.2g}") if part != 1 else asked.target for part in _PARTS]
    return tuple(sorted({speed for speed in around if speed >= least}))


def _cells(asked: Question, found: PriceMap) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        tuple(_cell(asked, found, i, j) for j in range(found.speeds.size)) for i in range(found.acceptances.size)
    )


def _cell(asked: Question, found: PriceMap, i: int, j: int) -> Cell:
    drafted, without = float(found.with_usd[i, j]), float(found.without_usd[j])
    more = (f"with drafts: {formats.about(drafted)}", f"without: {formats.about(without)}")
    if math.isnan(drafted):
        return Cell("–") if math.isnan(without) else Cell("out of reach", _LOST[0], f"{formats.about(without)} without")
    link = _address(asked, float(found.acceptances[i]), float(found.speeds[j]))
    if math.isnan(without):
        return Cell("only so", _ONLY[0], formats.about(drafted), (more[0], "without: out of reach"), link)
    relative = drafted / without - 1
    colour = next(colour for most, colour, _ in _COLOURS if relative <= most)
    return Cell(signed(relative), colour, formats.about(drafted), more, link)


def _address(asked: Question, acceptance: float, speed: float) -> str:
    """Where the first page shows a cell."""
    changes = {
        **asked.draft.changes,
        **{"accepted_lengths": CONSTANT_RATE, "acceptance": acceptance, "target_tokens_per_s_user": speed},
    }
    shown = Comparison(asked.choice.choices.apply(changes))
    return links.address("./", links.encode(shown))


def _paying(asked: Question, found: PriceMap) -> str:
    """From which acceptance on drafts pay at the target."""
    column = int(np.flatnonzero(found.speeds == asked.target)[0])
    relative, speed = found.relative[:, column], formats.user_speed(asked.target)
    paying = found.acceptances[relative < -NOTHING]
    if np.isnan(found.without_usd[column]):
        reached = found.acceptances[np.isfinite(found.with_usd[:, column])]
        if not reached.size:
            return f"No acceptance up to {found.acceptances.max():g} brings {speed} within reach"
        return (
            f"{_speed_first(speed)} is reached with an acceptance of {reached.min():g} or more, and not without drafts"
        )
    if not paying.size:
        return f"At {speed} drafts make it no cheaper at any acceptance up to {found.acceptances.max():g}"
    best = float(np.nanmin(relative))
    every = paying.size == found.acceptances.size
    pay = (
        f"at every acceptance shown, from {paying.min():g} on"
        if every
        else f"from an acceptance of {paying.min():g} on"
    )
    return f"At {speed} drafts pay {pay}: {change(best)} at {found.acceptances[int(np.nanargmin(relative))]:g}"


def _speed_first(speed: str) -> str:
    return speed[:1].upper() + speed[1:]


def _map_table(found: PriceMap) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "acceptance": acceptance,
            "tokens_per_s_user": speed,
            "with_usd_per_million_tokens": found.with_usd[i, j],
            "without_usd_per_million_tokens": found.without_usd[j],
            "change": found.relative[i, j],
        }
        for i, acceptance in enumerate(found.acceptances)
        for j, speed in enumerate(found.speeds)
    )


def candidates_plot(asked: Question) -> Plot | None:
    """Who could draft: price of the target, or the gain in speed where the engine searches too slowly for that."""
    longest = asked.scenario.speculation.max_draft_tokens if asked.scenario.speculation is not None else asked.longest
    found = candidates(
        asked.choice.scenario or asked.plain,
        model_acceptance=asked.model_acceptance,
        own_acceptance=asked.own_acceptance,
        longest=longest,
    )
    if not found:
        return None
    by_price = asked.capabilities.searches_again
    values = [_price(asked, one) if by_price else _gain(asked, one) for one in found]
    found, values = _best_first(found, values, 1 if by_price else -1)
    rows = [
        Row(_who(one), _spans(value, CURVE, "with this draft"), _told(asked, one, value))
        for one, value in zip(found, values, strict=True)
    ]
    without = asked.without_usd if by_price else None
    if without is not None:
        rows.insert(0, Row("without drafts", _spans(without, GHOST, "without drafts"), formats.about(without)))
    table = pd.DataFrame(
        {
            "draft": one.name,
            "acceptance": _acceptance(one),
            "usd_per_million_tokens" if by_price else "gain": math.nan if value is None else value,
            "least_acceptance": _least(asked, one),
        }
        for one, value in zip(found, values, strict=True)
    )
    scale = (
        Scale("$ per million output tokens at the target", words=axes.dollars)
        if by_price
        else Scale("Gain in speed at one setup", words=axes.percent)
    )
    return Plot(
        "candidates",
        _winner(asked, found, values),
        f"Each at a stated acceptance, up to {formats.tokens(longest)} drafted; from which acceptance it pays at all: "
        f"at {asked.held}, batch {formats.number(asked.batch)} · {asked.served}",
        Bars(scale, tuple(rows)),
        asked.source,
        lambda: table,
        (asked.scenario,),
    )


def _best_first(
    found: tuple[Candidate, ...], values: list[float | None], sign: int
) -> tuple[tuple[Candidate, ...], list[float | None]]:
    """Candidates with their values in the order of these, ascending for a sign of 1; without a value last."""
    order = sorted(range(len(found)), key=lambda i: math.inf if (value := values[i]) is None else sign * value)
    return tuple(found[i] for i in order), [values[i] for i in order]


def _who(one: Candidate) -> str:
    name = f"{one.name[:1].upper()}{one.name[1:]}"
    return f"{name}, {_how(one)}"


def _how(one: Candidate) -> str:
    """At which acceptance one drafts: "acceptance 0.80", "as measured", "as chosen"."""
    draft = one.scenario.speculation
    if one.who == "chosen":
        return "as chosen"
    return "as measured" if draft is not None and draft.accepted_lengths else f"acceptance {_acceptance(one):.2f}"


def _acceptance(one: Candidate) -> float:
    draft = one.scenario.speculation
    return math.nan if draft is None else draft.acceptance


def _spans(value: float | None, colour: str, name: str) -> tuple[Span, ...]:
    return () if value is None else (Span(0.0, value, colour, name),)


def _price(asked: Question, one: Candidate) -> float | None:
    return price_at(frontiers.frontier(one.scenario).points, asked.target)


def _gain(asked: Question, one: Candidate) -> float | None:
    """Gain in speed at the setup that is held; None where the draft does not fit. [1]"""
    found = float(cache.gains(one.scenario, asked.layout, (asked.batch,), asked.longest).best[0])
    return found if math.isfinite(found) else None


def _least(asked: Question, one: Candidate) -> float:
    found = cache.least_acceptance(one.scenario, Layout.of(asked.point), asked.batch, asked.longest)
    return math.nan if found is None else found


def _told(asked: Question, one: Candidate, value: float | None) -> str:
    least = _least(asked, one)
    fits = _gain(asked, one) is not None
    pays = f"pays from {least:.2f}" if not math.isnan(least) else "never pays here" if fits else "does not fit here"
    if value is None:
        return f"out of reach, {pays}" if asked.capabilities.searches_again else pays
    if not asked.capabilities.searches_again:
        return f"{gain(value)}, {pays}"
    without = asked.without_usd
    effect = "only so" if without is None else change(value / without - 1)
    return f"{formats.about(value)}, {effect}, {pays}"


def _winner(asked: Question, found: tuple[Candidate, ...], values: list[float | None]) -> str:
    known = [(value, one) for value, one in zip(values, found, strict=True) if value is not None]
    if not known:
        return f"With none of these drafts does {asked.choice.model_name} reach {formats.user_speed(asked.target)}"
    if asked.capabilities.searches_again:
        value, one = min(known, key=lambda item: item[0])
        cost = f"{formats.about(value)} per million output tokens"
        return f"{_named(one)}, is the cheapest of these drafts at the target: {cost}"
    value, one = max(known, key=lambda item: item[0])
    return f"{_named(one)}, gains most of these drafts at this setup: {gain(value)}"


def _named(one: Candidate) -> str:
    """A candidate with what its place rests on: "Llama 3.2 1B, if accepted at 0.80"."""
    name, draft = f"{one.name[:1].upper()}{one.name[1:]}", one.scenario.speculation
    measured = draft is not None and draft.accepted_lengths
    return f"{name}, accepted as measured" if measured else f"{name}, if accepted at {_acceptance(one):.2f}"
