"""How far GPUs that are owned reach."""

import pytest

from infecon_core import Scenario, engines
from infecon_core.analysis.planner.plan import plan
from infecon_core.analysis.planner.reach import reach
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Length, Traffic
from tests.support.setups import setups

TRAFFIC = Traffic(lengths=(Length(prompt_tokens=1000, output_tokens=1000),))
SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm")
ASKED = Requirements(peak_over_mean=2.0, utilisation=0.5, spares=1)


def test_the_most_of_a_number_of_gpus() -> None:
    # 22 GPUs are 5 instances of 4, one of them spare: 4 · 0.5 · 3 / 2 requests/s.
    found = reach(SCENARIO, ASKED, TRAFFIC, setups(requests_per_s=3.0), 22)
    assert found is not None
    assert (found.demand, found.instances) == (3.0, 4)
    assert reach(SCENARIO, ASKED, TRAFFIC, setups(requests_per_s=3.0), 7) is None
    assert reach(SCENARIO, ASKED, TRAFFIC, setups(tpot_s=1.0), 100) is None
    # As many instances for prompts as for answers: 2 each of 4.
    half = reach(SCENARIO, ASKED, TRAFFIC, setups(requests_per_s=2.0, prompt_instances_s=0.5), 20)
    assert half is not None
    assert half.instances == 2


@pytest.mark.parametrize("gpus", [8, 60, 1000])
def test_a_plan_for_what_they_reach_takes_no_more(gpus: int) -> None:
    found = engines.setups(SCENARIO, TRAFFIC)
    asked = Requirements()
    most = reach(SCENARIO, asked, TRAFFIC, found, gpus)
    assert most is not None
    made = plan(SCENARIO, asked.model_copy(update={"demand": most.demand}), TRAFFIC, found)
    assert made is not None
    assert made.gpus <= gpus
    more = plan(SCENARIO, asked.model_copy(update={"demand": most.demand * 1.001}), TRAFFIC, found)
    assert more is not None
    assert more.gpus > gpus
