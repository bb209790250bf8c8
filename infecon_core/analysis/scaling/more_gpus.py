"""Speed of one sequence over GPUs: ever faster without the latency of the network, with it a maximum.

Source: Steinhardt 2022, "How fast can we perform a forward pass?", bounded-regret.ghost.io, counts arithmetic, memory
and bandwidth of the links, and finds that dividing a pass over more chips goes on making it faster; Erdil 2025,
arXiv:2506.04645, section 2.2, adds the latency of every all-reduce.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core.analysis.scaling.closed_form import terms_of
from infecon_core.paper.convert import published_accelerator, published_model
from infecon_core.paper.printed import printed_times
from infecon_core.paper.toy import ClosedForm
from infecon_core.scenario import Scenario
from infecon_core.schema import NothingFits

Array = npt.NDArray[np.float64]

MOST_GPUS = 4096
_POINTS = 121


class OverGpus(NamedTuple):
    """Speeds of one sequence over numbers of GPUs. [tokens/s]

    Attributes:
        n_gpu (array): GPUs, geometric. [1]
        memory_alone (array): N·B/(w·P): the weights are divided, and nothing else takes time.
        with_bandwidth (array or None): Besides, bytes over the links; None where the printed equations do not cover
            the accelerator.
        with_latency (array): The closed form: the weights, and the latency of every all-reduce.
        best (ClosedForm): The fastest of the closed form.
    """

    n_gpu: Array
    memory_alone: Array
    with_bandwidth: Array | None
    with_latency: Array
    best: ClosedForm


def over_gpus(scenario: Scenario) -> OverGpus:
    """The speed of one sequence without the latency of the network and with it.

    1/T with T = w·P/(N·B); + bytes of the all-reduces over the links as in `printed_times`; or w·P/(N·B) +
    2·L·n_red·t_hop·(√N - 1). B is the peak.

    Args:
        scenario (Scenario): What is served on what; context, cache and memory do not count.

    Raises:
        NothingFits: Where the accelerator lists no rate for the weights.
    """
    terms = terms_of(scenario)
    n_gpu = np.geomspace(1, MOST_GPUS, _POINTS)
    latency_s, read_s = terms.times(n_gpu)
    model = published_model(scenario.architecture, scenario.precision)
    chip = published_accelerator(scenario.accelerator, model.weight_bytes)
    with_bandwidth = None
    try:
        moved_s = printed_times(model, chip, n_gpu, np.ones(()), np.zeros(()))["network_bandwidth_s"]
    except NothingFits:  # a torus
        pass
    else:
        with_bandwidth = 1 / (read_s + moved_s)
        with_bandwidth = np.where(with_bandwidth > 0, with_bandwidth, np.nan)  # nothing where no link leaves a domain
    return OverGpus(n_gpu, 1 / read_s, with_bandwidth, 1 / (read_s + latency_s), terms.best)
