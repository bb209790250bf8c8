"""Instances on which the formulas of waits and times are set beside the simulation.

They differ in model, layout, lengths, cache, load and percentile; some of them run out of places before they are too
slow, and of some one length comes in as many requests as may be late, where percentiles jump.
`tools/first_token_waits.py` writes what comes of them into data/calibration/waits.toml.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from infecon_core import engines
from infecon_core.analysis.planner.plan import best_of_each_layout, within
from infecon_core.analysis.planner.simulation import Simulated, simulate
from infecon_core.scenario import Scenario
from infecon_core.schema.requirements import Percentile, Requirements
from infecon_core.schema.traffic import Traffic, lengths_of


class Case(NamedTuple):
    """An instance at a load.

    Attributes:
        model_id, accelerator_id (str): Ids of the catalog.
        lengths (str): Of the requests, as people write them.
        load (float): Of the most load that keeps 20 tokens/s per user and a first token within 5 s; of the layout of
            which an instance takes most a GPU. [1]
        percentile (int): Of a hundred requests so many.
        cached_share (float): Of the prompts. [1]
    """

    model_id: str
    accelerator_id: str
    lengths: str
    load: float
    percentile: Percentile
    cached_share: float = 0.0


CASES = (
    Case("llama-3.3-70b", "h100-sxm", "1000/1000", 0.8, 95),
    Case("llama-3.3-70b", "b200-hgx", "8000/500", 0.5, 95),
    Case("llama-3.3-70b", "h100-sxm", "8000/200", 0.9, 99),
    Case("llama-3.3-70b", "mi300x", "1000/500:70,8000/1000:30", 0.8, 95),
    Case("llama-3.1-8b", "h100-sxm", "1000/500:70,8000/1000:30", 0.8, 95),
    Case("llama-3.1-8b", "l40s", "500/2000", 0.9, 95),
    Case("gpt-oss-120b", "h100-sxm", "2000/300", 0.8, 90),
    Case("deepseek-v3", "gb200-nvl72", "1000/1000", 0.4, 95),
    Case("deepseek-v3", "h200-sxm", "8000/1000", 0.6, 50),
    Case("qwen3-32b", "h200-sxm", "30000/500", 0.7, 99, cached_share=0.8),
    # One length in about as many requests as may be late.
    Case("llama-3.3-70b", "h100-sxm", "1000/500:94,8000/2000:6", 0.8, 95),
    Case("llama-3.3-70b", "h100-sxm", "1000/500:95,8000/2000:5", 0.8, 95),
    Case("llama-3.3-70b", "h100-sxm", "1000/500:96,8000/2000:4", 0.8, 95),
    Case("llama-3.1-8b", "h100-sxm", "1000/500:95,8000/2000:5", 0.8, 95),
)
FIRST_TOKEN_S, TOKENS_PER_S = 5.0, 20.0


def simulated(case: Case) -> Simulated:
    """What comes of a case, beside what the formulas say."""
    scenario = Scenario.preset(case.model_id, case.accelerator_id, target_tokens_per_s_user=TOKENS_PER_S)
    traffic = Traffic(lengths=lengths_of(case.lengths), cached_share=case.cached_share)
    requirements = Requirements(first_token_s=FIRST_TOKEN_S, percentile=case.percentile)
    setups = engines.setups(scenario, traffic)
    best = best_of_each_layout(setups.take(within(scenario, requirements, traffic, setups)), requirements, traffic)
    row = int(np.argmax(best.requests_per_s / best.paid_gpus))
    own = setups.of_layout(int(best.layout[row]))
    return simulate(own, traffic, requirements, case.load * float(best.requests_per_s[row]))


def all_simulated() -> Iterator[tuple[Case, Simulated]]:
    """All cases with what comes of them."""
    for case in CASES:
        yield case, simulated(case)
