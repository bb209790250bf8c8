"""Setups of round numbers, for arithmetic by hand."""

from typing import Any

import numpy as np

from infecon_core.setups import Setups


def setups(**columns: Any) -> Setups:
    """One layout of four GPUs with one place taken in 0.1 s, unless columns say otherwise; rows as many as they have.

    Args:
        **columns: Of `Setups`; those by length as one row for each length.
    """
    rows = max((np.atleast_1d(np.asarray(values)).shape[-1] for values in columns.values()), default=1)
    usual: dict[str, Any] = {
        **{"layout": 0, "n_gpu": 4.0, "tp": 4.0, "pp": 1.0, "ep": 1.0, "dp_attn": 1.0, "paid_gpus": 4.0},
        **{"batch": 1.0, "draft_tokens": 0.0, "tpot_s": 0.01, "requests_per_s": 1.0, "prompt_load": 0.0},
        "prompt_servers": 1.0,
        **{"places": 1e6, "full_requests_per_s": 1e6, "elasticity": 1.0, "prompt_instances_s": 0.0, "power_share": 0.5},
    }
    found = {
        name: np.broadcast_to(np.asarray(columns.get(name, value), dtype=np.float64), (rows,)).copy()
        for name, value in usual.items()
    }
    found["layout"] = found["layout"].astype(np.intp)
    by_length = {"first_s": 0.1, "prompt_s": 0.0, "held_s": 1.0}
    for name, value in by_length.items():
        given = np.atleast_2d(np.asarray(columns.get(name, value), dtype=np.float64))
        found[name] = np.broadcast_to(given, (given.shape[0], rows)).copy()
    return Setups(**found)
