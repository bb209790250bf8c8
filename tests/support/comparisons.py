"""Made-up entrants of comparisons, whose numbers can be worked out by hand."""

from collections.abc import Sequence

import pandas as pd

from infecon_core import Scenario
from infecon_core.analysis.compare import Entrant, Standing, Target, standings

OUTPUT, PER_GPU = "usd_per_million_tokens", "tokens_per_s_per_gpu"
BASE = Scenario.preset("deepseek-v3", "b200-hgx", prompt_tokens=8000)
OTHER = Scenario.preset("deepseek-v3", "gb200-nvl72", prompt_tokens=8000)


def frame(points: Sequence[tuple[float, float]]) -> pd.DataFrame:
    """A frontier through points of speed and price; a GPU makes a thousand tokens a second for a dollar a million."""
    speed, price = zip(*points, strict=True)
    table = pd.DataFrame({"tokens_per_s_user": speed, OUTPUT: price, "ttft_s": 1.0})
    return table.assign(**{PER_GPU: 1000 / table[OUTPUT]})


def made(name: str, points: Sequence[tuple[float, float]], scenario: Scenario = BASE, **facts: bool) -> Entrant:
    """An entrant with a frontier through some points."""
    return Entrant(name, scenario, frame(points), **facts)


def standing(*entrants: Entrant, column: str = OUTPUT, speed: float = 50.0) -> tuple[Standing, ...]:
    """Where entrants stand at a speed."""
    return standings(entrants, column, Target(speed))
