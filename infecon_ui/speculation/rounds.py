"""What drafts gain at one setup: over draft length, acceptance and batch, and where they cost more than they give."""

import numpy as np
import pandas as pd

from infecon_core.analysis.draft_candidates import at_acceptance
from infecon_core.analysis.draft_gains import Gains, touched_experts
from infecon_core.physics.formats import has_experts
from infecon_core.physics.rounds import Rounds
from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Bars, Line, Lines, Panels, Row, Scale, Span
from infecon_ui.charts.palette import TIMES, VARIANTS
from infecon_ui.plots.plot import Plot
from infecon_ui.speculation import cache
from infecon_ui.speculation.question import Question
from infecon_ui.speculation.words import gain
from infecon_ui.text import formats

GAIN = "Gain in speed"
LENGTH = "Drafted tokens of a round"
_PANELS, _LENGTHS, _ROWS = 6, (1, 2, 4, 8), 3
DRAFTING, MEASURED = "drafting", "as measured"


def panels_plot(asked: Question) -> Plot | None:
    """Gain over draft length by acceptance, one small chart a batch; None where no batch runs with drafts."""
    batches = asked.some_batches(_PANELS)
    if not batches:
        return None
    known = _by_name(asked, batches)
    panels = tuple(
        (
            f"batch {formats.number(batch)}",
            Lines(
                Scale(LENGTH, low=1, high=asked.longest),
                Scale(GAIN, words=axes.percent),
                tuple(
                    Line(name, found.draft_tokens, found.relative[:, i], VARIANTS[place])
                    for place, (name, found) in enumerate(known.items())
                ),
            ),
        )
        for i, batch in enumerate(batches)
    )
    return Plot(
        "gain",
        _over_batches(asked, batches, known),
        f"t without drafts / t with drafts − 1 at one layout and batch, acceptances assumed · {asked.held} · "
        f"{asked.drafter} · {asked.served}",
        Panels(panels),
        asked.source,
        lambda: _gain_table(known),
        (asked.scenario,),
    )


def _by_name(asked: Question, batches: tuple[float, ...]) -> dict[str, Gains]:
    """Gains by what is said of the acceptance: those side by side, and what was measured where the scenario has it."""
    found = {
        f"acceptance {value:g}": cache.gains(at_acceptance(asked.scenario, value), asked.layout, batches, asked.longest)
        for value in _shown(asked)
    }
    if asked.scenario.speculation is not None and asked.scenario.speculation.accepted_lengths:
        found[MEASURED] = cache.gains(asked.scenario, asked.layout, batches, asked.longest)
    return found


def _over_batches(asked: Question, batches: tuple[float, ...], known: dict[str, Gains]) -> str:
    name, found = _own(asked, known)
    first, last = (
        f"{gain(float(found.best[i]))} at a batch of {formats.number(batches[i])}" for i in (0, len(batches) - 1)
    )
    told = first if len(batches) == 1 else f"{first} and {last}"
    at = (
        "With the measured tokens a round"
        if name == MEASURED
        else f"At an {name.replace('acceptance', 'acceptance of')}"
    )
    return f"{at} the best draft makes this setup {told}"


def _own(asked: Question, known: dict[str, Gains]) -> tuple[str, Gains]:
    """What holds of the scenario itself: what was measured, or its own acceptance."""
    draft = asked.scenario.speculation
    name = MEASURED if draft is None or draft.accepted_lengths else f"acceptance {draft.acceptance:g}"
    return name, known[name]


def _shown(asked: Question) -> tuple[float, ...]:
    """The acceptances side by side, with that of the scenario itself where nothing was measured."""
    draft = asked.scenario.speculation
    own = () if draft is None or draft.accepted_lengths else (draft.acceptance,)
    return tuple(sorted({*asked.acceptances, *own}))


def _gain_table(known: dict[str, Gains]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "acceptance": name.removeprefix("acceptance "),
            "draft_tokens": int(length),
            "batch": batch,
            "plain_tpot_s": found.plain_s[j],
            "tpot_s": found.tpot_s[i, j],
            "gain": found.relative[i, j],
        }
        for name, found in known.items()
        for i, length in enumerate(found.draft_tokens)
        for j, batch in enumerate(found.batch)
    )


def limits_plot(asked: Question) -> Plot | None:
    """Gain over the batch for some draft lengths, and where it ends; None where no batch runs with drafts."""
    if not asked.batches:
        return None
    found = cache.gains(asked.scenario, asked.layout, asked.batches, asked.longest)
    lengths = [length for length in _LENGTHS if length <= asked.longest]
    lines = [
        Line(f"{formats.tokens(length)} drafted", found.batch, found.relative[length - 1], VARIANTS[i + 1])
        for i, length in enumerate(lengths)
    ]
    best = Line("best length", found.batch, found.best, VARIANTS[0])
    return Plot(
        "limit",
        _limit(asked, lengths),
        f"Gain in speed over the batch of one layout · {asked.held} · {asked.drafter} · {asked.served}",
        Lines(
            Scale("Batch, sequences of one instance", log=True),
            Scale(GAIN, words=axes.percent),
            (best, *lines),
            asked.batch,
            f"batch {formats.number(asked.batch)}",
        ),
        asked.source,
        lambda: _gain_table({asked.drafter: found}),
        (asked.scenario,),
    )


def _limit(asked: Question, lengths: list[int]) -> str:
    """From which batch on drafts cost more than they give."""
    best = cache.limits(asked.scenario, asked.layout, None, asked.longest)
    why = "their check computes more and touches more experts" if _experts(asked) else "their check computes more"
    if best.costs_from is not None:
        if best.costs_from <= asked.batches[0]:
            return f"Every draft costs more than it gives, at every batch that fits: {why}"
        return f"From a batch of {best.costs_from:,.0f} on every draft costs more than it gives: {why}"
    memory = (
        f"; drafts leave room for {best.largest_drafted:,.0f} sequences instead of {best.largest:,.0f}"
        if best.largest_drafted < best.largest
        else ""
    )
    longest = cache.limits(asked.scenario, asked.layout, lengths[-1], asked.longest)
    whole = f"The best draft pays at every batch that fits, up to {best.largest_drafted:,.0f}{memory}"
    if longest.costs_from is not None:
        whole += f"; {formats.tokens(lengths[-1])} a round cost more than they give from {longest.costs_from:,.0f} on"
    return whole


def _experts(asked: Question) -> bool:
    return has_experts(asked.scenario.architecture)


def times_plot(asked: Question) -> Plot | None:
    """Where the time of a token goes without drafts and with the best draft; None where no batch runs with drafts."""
    batches = asked.some_batches(_ROWS)
    if not batches:
        return None
    found = cache.gains(asked.scenario, asked.layout, batches, asked.longest)
    rows: list[Row] = []
    records: list[dict[str, float | str]] = []
    for i, batch in enumerate(batches):
        # Where no draft gains, the one that costs least shows why.
        length = int(found.draft_tokens[np.nanargmax(found.relative[:, i])])
        plain = cache.rounds(asked.plain, asked.layout, batch, 0)
        drafted = cache.rounds(asked.scenario, asked.layout, batch, length)
        for kind, one in (("no draft", plain), (f"{length} drafted", drafted)):
            told = formats.duration(float(one.tpot_s[0]))
            if kind != "no draft":
                told += f", {gain(float(found.relative[length - 1, i]))}"
            parts = _parts(one)
            rows.append(Row(f"batch {formats.number(batch)}, {kind}", _spans(parts), told))
            records += [{"batch": batch, "draft_tokens": one.draft_tokens, "part": k, "s": v} for k, v in parts.items()]
    return Plot(
        "times",
        _grows(asked, records, batches),
        f"Milliseconds of one output token, round and all · {asked.held} · {asked.drafter} · {asked.served}",
        Bars(Scale("Milliseconds of one output token"), tuple(rows)),
        asked.source,
        lambda: pd.DataFrame(records),
        (asked.scenario,),
    )


def _parts(one: Rounds) -> dict[str, float]:
    """The five times of the check and the drafting, of one token. [s]"""
    parts = {time.label: float(getattr(one.check, time.column)[0]) / one.tokens for time in TIMES}
    return {**parts, DRAFTING.capitalize(): float(one.draft.total_s[0]) / one.tokens}


def _spans(parts: dict[str, float]) -> tuple[Span, ...]:
    colours = [*(time.colour for time in TIMES), VARIANTS[5]]
    ends = np.cumsum([0.0, *parts.values()]) * 1e3
    return tuple(
        Span(float(ends[i]), float(ends[i + 1]), colour, name)
        for i, (name, colour) in enumerate(zip(parts, colours, strict=True))
        if ends[i + 1] > ends[i]
    )


def _grows(asked: Question, records: list[dict[str, float | str]], batches: tuple[float, ...]) -> str:
    """What drafts save of a token's time at the largest batch, and what they add to it."""
    batch = batches[-1]
    table = pd.DataFrame(records)
    parts = table[table["batch"] == batch].assign(drafted=lambda rows: rows["draft_tokens"] > 0)
    wide = parts.pivot(index="part", columns="drafted", values="s")
    added = wide[True] - wide[False]
    more, less = str(added.idxmax()), str(added.idxmin())
    told = f"At a batch of {formats.number(batch)} drafts add {formats.duration(float(added[more]))} of {more.lower()}"
    if added[less] < 0:
        told += f" to a token and save {formats.duration(float(-added[less]))} of {less.lower()}"
    return told + _touched(asked, int(table.loc[table["batch"] == batches[0], "draft_tokens"].max()), batches[0])


def _touched(asked: Question, length: int, batch: float) -> str:
    """Of a mixture, which share of the experts a check reads at the smallest batch; empty for a dense model."""
    positions = (1, length + 1)
    shares = [touched_experts(asked.scenario, batch / asked.layout.pp * n) for n in positions]
    if shares[0] is None or shares[1] is None:
        return ""
    return (
        f"; at a batch of {formats.number(batch)} checking {formats.tokens(length)} touches {formats.share(shares[1])} "
        f"of the experts instead of {formats.share(shares[0])}"
    )
