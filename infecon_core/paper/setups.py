"""Setups of which a deployment may be made, of a model that knows neither prompts nor queues."""

import numpy as np
import pandas as pd

from infecon_core.schema.traffic import Traffic
from infecon_core.setups import Setups

_NUMBERS = ("n_gpu", "tp", "pp", "ep", "dp_attn", "batch", "draft_tokens", "tpot_s", "power_share")


def setups_of(points: pd.DataFrame, traffic: Traffic) -> Setups:
    """Each point of a frontier as a layout of its own, whose batch is all that an instance holds.

    Args:
        points (DataFrame): The frontier at the traffic's mean context.
        traffic (Traffic): The requests.
    """
    known = {name: points[name].to_numpy(np.float64) for name in _NUMBERS}
    zero, unknown = np.zeros(len(points)), np.full(len(points), np.nan)
    requests_per_s = known["batch"] / (traffic.answer_tokens * known["tpot_s"])
    count = len(traffic.lengths)
    return Setups(
        **known,
        layout=np.arange(len(points)),
        paid_gpus=known["n_gpu"],
        requests_per_s=requests_per_s,
        full_requests_per_s=requests_per_s,
        elasticity=zero + 1,
        first_s=np.tile(unknown, (count, 1)),
        prompt_load=zero,
        prompt_servers=zero + 1,
        prompt_s=np.tile(zero, (count, 1)),
        places=known["batch"],
        held_s=np.stack([one.answer_tokens * known["tpot_s"] for one in traffic.lengths]),
        prompt_instances_s=zero,
    )
