"""How far GPUs that are owned reach on each accelerator: a bar for the demand that they serve."""

import pandas as pd

from infecon_core import Scenario
from infecon_core.analysis.planner.reach import Reach
from infecon_ui.charts.drawings import Bars, Row, Scale, Span
from infecon_ui.charts.palette import CURVE
from infecon_ui.planner import cache, words
from infecon_ui.planner.asked import Asked
from infecon_ui.plots.plot import Plot
from infecon_ui.text import formats


def plot(asked: Asked) -> Plot | None:
    """What so many GPUs serve, were they of each kind; None where no number is given."""
    owned = asked.requirements.gpus_owned
    if owned is None:
        return None
    found = {
        name: (scenario, cache.reached(scenario, asked.requirements, asked.traffic, owned))
        for name, scenario in asked.scenarios.items()
        if not isinstance(scenario, str)
    }
    users = asked.requirements.demand_unit == "users"
    unit = "Users at once, mean" if users else "Requests per second, mean"
    rows = tuple(_row(name, reach) for name, (_, reach) in found.items())
    return Plot(
        name="reach",
        claim=words.title(asked, asked.entrants),
        subtitle=(
            f"What {owned:,} GPUs serve, {words.planned_for(asked)}: {words.limits(asked)} · {words.priced(asked)}"
        ),
        drawing=Bars(Scale(unit), rows),
        source=words.source(asked),
        table=lambda: _table(found, owned),
        scenarios=tuple(scenario for scenario, _ in found.values()),
    )


def _row(name: str, reach: Reach | None) -> Row:
    if reach is None:
        return Row(name, (), "too few, or limits not kept")
    each = formats.gpus(float(reach.setup.n_gpu[0]))
    text = f"{formats.digits(reach.demand)} · {formats.number(reach.instances)} × {each}"
    return Row(name, (Span(0.0, reach.demand, CURVE, "Served"),), text)


def _table(found: dict[str, tuple[Scenario, Reach | None]], owned: int) -> pd.DataFrame:
    rows = [
        {
            "accelerator": name,
            "gpus_owned": owned,
            "served_mean": reach.demand if reach else 0.0,
            "instances": reach.instances if reach else 0,
            "n_gpu": float(reach.setup.n_gpu[0]) if reach else 0.0,
        }
        for name, (_, reach) in found.items()
    ]
    return pd.DataFrame(rows)
