"""How far GPUs that are owned reach: the most load that so many of them take within the limits."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from infecon_core.analysis.planner.plan import best_of_each_layout, instances_for, taken, within
from infecon_core.scenario import Scenario
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic
from infecon_core.setups import Setups

Array = npt.NDArray[np.float64]

# Times that instances are taken back for those that their prompts need. A choice.
_FEWER = 200


@dataclass(frozen=True)
class Reach:
    """What a number of GPUs takes.

    Attributes:
        demand (float): The highest mean demand, in its unit. [1/s] or [1]
        instances (int): That take load; spare ones come besides. [1]
        setup (Setups): The layout at the most load with which it keeps the limits; one row.
    """

    demand: float
    instances: int
    setup: Setups


def reach(scenario: Scenario, requirements: Requirements, traffic: Traffic, setups: Setups, gpus: int) -> Reach | None:
    """The most that GPUs take: instances · u · R / (peak over mean), of the layout with which that is most.

    Args:
        scenario, requirements, traffic, setups: As for `plan`.
        gpus (int): That there are. [1]

    Returns:
        Reach or None: None where no setup keeps the limits, or they are too few for one instance besides spare ones.
    """
    best = best_of_each_layout(setups.take(within(scenario, requirements, traffic, setups)), requirements, traffic)
    each = taken(best, requirements, traffic) * requirements.utilisation / requirements.peak_over_mean
    # Instances for prompts alone come in the proportion in which they are needed, and some more for their queue.
    prompts = best.requests_per_s * best.prompt_instances_s
    there = np.floor(gpus / best.paid_gpus + 1e-9) - requirements.spares
    instances = np.maximum(np.floor(there / (1 + prompts) + 1e-9), 0.0)
    for _ in range(_FEWER if prompts.any() else 0):
        over = instances + _prompt_instances(scenario, best, requirements, traffic, instances) - there
        if not (some := (over > 0) & (instances > 0)).any():
            break
        instances = np.maximum(instances - some * np.maximum(np.floor(np.where(np.isinf(over), 1, over) / 4), 1), 0)
    total = instances * each
    if not total.size or total.max() <= 0:
        return None
    row = int(total.argmax())
    return Reach(float(total[row]), int(instances[row]), best.take(np.array([row])))


def _prompt_instances(
    scenario: Scenario, best: Setups, requirements: Requirements, traffic: Traffic, instances: Array
) -> Array:
    """Instances for prompts that each setup needs with so many others at their most. [1]"""
    peaks = instances * taken(best, requirements, traffic) * requirements.utilisation
    each = [
        instances_for(scenario, best.take(np.array([row])), requirements, traffic, peaks[row : row + 1])[1][0, 0]
        for row in range(best.size)
    ]
    return np.array(each)
