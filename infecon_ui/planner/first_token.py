"""How soon the first token comes over load, at several percentiles, and what a simulation says of it."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.analysis.planner.plan import Plan
from infecon_core.analysis.planner.simulation import Simulated, simulated_plan
from infecon_core.analysis.planner.waits import percentile_s
from infecon_core.catalog.waits import simulated_waits
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import GHOST, VARIANTS
from infecon_ui.frontier import words as layouts
from infecon_ui.planner import cache, words
from infecon_ui.planner.asked import Asked, Entrant
from infecon_ui.plots.plot import Plot
from infecon_ui.text import formats
from infecon_ui.work.answer import answer

Array = npt.NDArray[np.float64]

PERCENTILES = (50, 90, 95, 99)
_FAR = 4.0  # times so long as the limit, or as without any load, are not drawn


def plot(asked: Asked, entrants: list[Entrant], simulated: Simulated | None = None) -> Plot | None:
    """The curves of the cheapest plan; None where there is none, or its engine knows of no first token."""
    first = entrants[0]
    plan = first.found.plan
    if plan is None or first.scenario is None or np.isnan(plan.peak.first_token_s):
        return None
    curve = curves(asked, plan)
    highest = _FAR * max(asked.requirements.first_token_s or 0.0, float(curve["p50"].iloc[0]))
    x = curve["requests_per_s"].to_numpy()
    lines = [
        Line(words.percentile(p), x, _cut(curve[f"p{p}"].to_numpy(), highest), colour)
        for p, colour in zip(PERCENTILES, VARIANTS, strict=False)
    ]
    limit = asked.requirements.first_token_s
    if limit is not None:
        lines.append(Line(f"limit {layouts.limit(limit)}", x, np.full(x.size, limit), GHOST))
    if simulated is not None:
        at = np.array([simulated.requests_per_s * plan.instances])
        name = f"{words.percentile(asked.requirements.percentile)}, simulated"
        lines.append(Line(name, at, np.array([simulated.first_token_s]), VARIANTS[4], scattered=True))
    return Plot(
        name="first_token",
        claim=claim(asked, first.name, plan, curve),
        subtitle=f"Time to first token · {words.setup(plan)} · {asked.model} · {words.priced(asked)}",
        drawing=Lines(
            Scale("Requests per second, all instances together"),
            Scale("Time to first token, s"),
            tuple(lines),
            at=plan.peak.requests_per_s * plan.instances,
            at_words="the peak",
        ),
        source=f"{checked()} {words.source(asked)}",
        table=lambda: curve,
        scenarios=(first.scenario,),
    )


def checked() -> str:
    """How far the formula is from simulations."""
    kept = simulated_waits()
    first, last = kept.first_token, kept.last_token
    return (
        f"Requests come independently of each other. In {kept.cases} instances simulated event by event the formula of "
        f"the first token is off by {formats.percent(first.median)} in the median, from {_signed(first.least)} to "
        f"{_signed(first.most)}; that of the last by {formats.percent(last.median)}, from {_signed(last.least)} to "
        f"{_signed(last.most)}."
    )


def curves(asked: Asked, plan: Plan) -> pd.DataFrame:
    """Times to first token of the layout of a plan, one row a load."""
    found = cache.setups(plan.scenario, asked.traffic)
    assert not isinstance(found, str)  # it has a plan
    own = found.of_layout(int(plan.setup.layout[0]))
    own = own.with_prompt_instances(own.requests_per_s * plan.instances, plan.prompt_instances)
    times = {f"p{p}": percentile_s(own, asked.traffic, p) for p in PERCENTILES}
    frame = pd.DataFrame(
        {"requests_per_s": own.requests_per_s * plan.instances, "tokens_per_s_user": 1 / own.tpot_s, **times}
    )
    return frame.sort_values("requests_per_s", ignore_index=True)


def claim(asked: Asked, name: str, plan: Plan, curve: pd.DataFrame) -> str:
    """How soon the first token comes at the peak, and up to which load the limit holds."""
    needs = asked.requirements
    seconds, which = formats.duration(plan.peak.first_token_s), words.percentile(needs.percentile)
    text = f"At the peak the first token from {name} comes within {seconds} at the {which}"
    if needs.first_token_s is None:
        return text
    kept = curve[curve[f"p{needs.percentile}"] <= needs.first_token_s]
    fast = kept[kept["tokens_per_s_user"] * (1 + 1e-9) >= asked.scenario.target_tokens_per_s_user]
    limit = layouts.limit(needs.first_token_s)
    if len(fast) < len(kept):
        speed = formats.user_speed(asked.scenario.target_tokens_per_s_user)
        return f"{text}: {speed} end at {words.rate(float(fast['requests_per_s'].max()))}, before the limit of {limit}"
    return f"{text}: the limit of {limit} ends at {words.rate(float(kept['requests_per_s'].max()))}"


def simulation(asked: Asked, entrants: list[Entrant]) -> Simulated | None:
    """The plan of the cheapest simulated at its peak, where that is asked for."""
    first = entrants[0]
    plan = first.found.plan
    if plan is None or not asked.simulated or np.isnan(plan.peak.first_token_s):
        return None
    return answer("Simulating one instance", simulated_plan, plan.scenario, asked.requirements, asked.traffic)


def said(found: Simulated, percentile: int) -> str:
    """What a simulation says beside the formula."""
    last = found.formula_end_to_end_s / found.end_to_end_s - 1
    return (
        f"Simulated, {found.requests:,} requests one by one: at the {words.percentile(percentile)} the first token "
        f"comes within {formats.duration(found.first_token_s)} and the last within "
        f"{formats.duration(found.end_to_end_s)}; the formulas are {_signed(found.first_token_error)} and "
        f"{_signed(last)}."
    )


def _signed(error: float) -> str:
    if abs(error) < 0.005:
        return "as long"
    return f"{formats.percent(abs(error))} too {'long' if error > 0 else 'short'}"


def _cut(values: Array, highest: float) -> Array:
    """A line up to one height, which the same for all leaves through the top: none of them ends below a quicker one."""
    beyond = np.flatnonzero(~(values <= highest))
    shown = np.where(values <= highest, values, np.nan)
    if beyond.size and beyond[0]:
        shown[beyond[0]] = highest
    return shown
