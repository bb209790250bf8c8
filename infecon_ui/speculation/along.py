"""The frontier with drafts beside that without, and the best draft length along it."""

import numpy as np
import pandas as pd

from infecon_core.analysis.draft_candidates import with_draft
from infecon_ui.charts import axes
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import CURVE, VARIANTS
from infecon_ui.frontier import cache as frontiers
from infecon_ui.frontier.points import Array, Points
from infecon_ui.plots.plot import Plot
from infecon_ui.speculation.question import Question, prices_at
from infecon_ui.speculation.words import change, top
from infecon_ui.text import formats

WITH, WITHOUT = "with drafts", "without"
SPEED = "Speed, tokens per second per user"
_COLUMNS = [
    *("tokens_per_s_user", "usd_per_million_tokens", "n_gpu", "tp", "pp", "ep", "dp_attn", "batch", "draft_tokens"),
    "tpot_s",
]
_NEAR_END = 0.75  # of the highest speed that both reach; prices are compared up to there [1]


def frontier_plot(asked: Question) -> Plot:
    """Both frontiers with the target."""
    lines = [_line(WITH, asked.drafted, CURVE, asked.target)]
    if asked.without is not None:
        lines.append(_line(WITHOUT, asked.without, VARIANTS[1], asked.target))
    dashed = any(line.dashed is not None and line.dashed.any() for line in lines)
    return Plot(
        "frontier",
        _along(asked),
        f"Dollars per million output tokens over speed · {asked.drafter} · {asked.served}",
        Lines(
            Scale(SPEED, log=True),
            Scale("$ per million output tokens", log=True, words=axes.dollars),
            tuple(lines),
            asked.target,
            f"target {formats.digits(asked.target)}",
        ),
        f"{asked.source}{' · dashed: beyond what was measured' if dashed else ''}",
        lambda: _table(asked),
        (asked.scenario,),
    )


def _line(name: str, points: Points, colour: str, target: float) -> Line:
    row, order = points.at(target), slice(None, None, -1)
    point = None if row is None else (float(points.speed[row]), float(points.price[row]))
    notes = tuple(
        f"{formats.gpus(one['n_gpu'])}, {formats.number(one['batch'])} users, "
        f"{formats.tokens(one['draft_tokens'])} drafted"
        for one in (points[row] for row in range(len(points) - 1, -1, -1))
    )
    return Line(name, points.speed[order], points.price[order], colour, points.beyond[order] != "", point, notes=notes)


def _along(asked: Question) -> str:
    """What drafts do along the whole frontier."""
    if asked.without is None:
        return f"Without drafts nothing runs; with them the fastest is {top(asked.drafted.speed)}"
    low = min(float(points.speed.min()) for points in (asked.drafted, asked.without))
    high = min(float(asked.drafted.speed.max()), float(asked.without.speed.max()))
    fastest = f"the fastest rises from {top(asked.without.speed)} to {top(asked.drafted.speed)}"
    if asked.drafted.speed.max() <= asked.without.speed.max():
        fastest = f"the fastest falls from {top(asked.without.speed)} to {top(asked.drafted.speed)}"
    if low > high:
        return f"The two frontiers have no speed in common: {fastest}"
    # At the end of a frontier its price rises without bound, and any ratio comes out.
    middle = asked.target if low < asked.target <= _NEAR_END * high else max(_NEAR_END * high, low)
    speeds = np.array([low, middle])
    slow, fast = (change(float(one)) for one in prices_at(asked.drafted, speeds) / prices_at(asked.without, speeds) - 1)
    told = f"{slow} at {formats.digits(low)} tokens/s"
    if middle > low:
        told += f" and {fast} at {formats.digits(middle)}"
    return f"A token with drafts is {told}; {fastest}"


def _table(asked: Question) -> pd.DataFrame:
    parts = [(WITH, asked.drafted), (WITHOUT, asked.without)]
    return pd.concat(
        [points.frame[_COLUMNS].assign(drafts=name) for name, points in parts if points is not None], ignore_index=True
    )


def length_plot(asked: Question) -> Plot | None:
    """The best draft length along the frontier; None where nothing runs with longer drafts."""
    longer = _longer(asked)
    if longer is None:
        return None
    allowed = asked.scenario.speculation.longest if asked.scenario.speculation is not None else 0
    lines = [_lengths(f"up to {asked.longest}", longer, CURVE, asked.target)]
    if not _same(longer, asked.drafted):
        lines.append(_lengths(f"up to {allowed}, as allowed", asked.drafted, VARIANTS[1], asked.target))
    return Plot(
        "length",
        _best(asked, longer),
        f"Drafted tokens of a round at each point of the frontier · {asked.drafter} · {asked.served}",
        Lines(
            Scale(SPEED, log=True),
            Scale("Drafted tokens of a round", low=0, high=asked.longest + 1),
            tuple(lines),
            asked.target,
            f"target {formats.digits(asked.target)}",
        ),
        asked.source,
        lambda: longer.frame[_COLUMNS],
        (asked.scenario,),
    )


def _same(one: Points, other: Points) -> bool:
    """Whether two frontiers have the same draft lengths at the same speeds."""
    return len(one) == len(other) and all(
        np.array_equal(one.columns[name], other.columns[name]) for name in ("tokens_per_s_user", "draft_tokens")
    )


def _longer(asked: Question) -> Points | None:
    """The frontier with drafts as long as the chart shows."""
    return frontiers.frontier(with_draft(asked.scenario, max_draft_tokens=max(asked.longest, 2))).points


def _lengths(name: str, points: Points, colour: str, target: float) -> Line:
    row, order = points.at(target), slice(None, None, -1)
    lengths: Array = points.columns["draft_tokens"].astype(float)
    point = None if row is None else (float(points.speed[row]), float(lengths[row]))
    return Line(name, *_stepped(points.speed[order], lengths[order]), colour, None, point)


def _stepped(speed: Array, lengths: Array) -> tuple[Array, Array]:
    """Steps: between two points the setup is that of the faster one, as it is the one that is fast enough."""
    return np.repeat(speed, 2)[:-1], np.concatenate([lengths[:1], np.repeat(lengths[1:], 2)])


def _best(asked: Question, longer: Points) -> str:
    lengths = longer.columns["draft_tokens"]
    least, most = int(lengths.min()), int(lengths.max())
    span = f"{least} to {most} drafted tokens" if least < most else formats.tokens(most)
    row = longer.at(asked.target)
    if row is None:
        return f"Along the frontier a round is best with {span}"
    here = f"at the target a round is best with {formats.tokens(int(lengths[row]))} drafted"
    now = asked.with_usd
    price = float(longer.price[row])
    if now is not None and price < now * (1 - 0.005):
        allowed = asked.scenario.speculation.longest if asked.scenario.speculation is not None else 0
        here += f", {abs(price / now - 1):.0%} cheaper than with the {allowed} that the scenario allows"
    return f"{here[:1].upper()}{here[1:]}; along the frontier with {span}"
