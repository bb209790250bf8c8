"""The linear form of a step that the fit uses is the engine's step."""

import numpy as np
import pandas as pd
import pytest

from infecon_core.catalog.constants import FITTED, priors
from infecon_core.measured.rows import read_rows
from infecon_core.physics.decode import default_overlap
from infecon_core.validation.linearisation import LINEAR, LinearisedPredictor
from tests.support.fitting import fitter


@pytest.mark.parametrize("factor", [0.5, 1.7])
@pytest.mark.parametrize("name", [*FITTED, "all"])
def test_the_fast_form_is_the_engine(name: str, factor: float) -> None:
    moved = priors().model_copy(
        update={key: getattr(priors(), key) * factor for key in (FITTED if name == "all" else (name,))}
    )
    slow = np.full(len(fitter().points), np.nan)
    for rows in fitter().groups:
        slow[rows.index] = rows.five_times(moved).total_s
    np.testing.assert_allclose(fitter().predicted_s(moved), slow, rtol=1e-9)


@pytest.mark.parametrize("name", [*FITTED, "all"])
def test_the_fast_form_is_the_engine_where_communication_is_overlapped(name: str) -> None:
    # Experts over two to eight domains; long contexts leave enough to overlap half of the network with. The last row
    # stays in one domain. The fourth has four GPUs a copy and 35 sequences, about where all-reduces change from one
    # shot to two.
    rows = pd.DataFrame(
        {
            "model_id": ["deepseek-v3"] * 5,
            "accelerator_id": ["h200-sxm"] * 5,
            "weight_precision": ["fp8"] * 5,
            "gpus_per_instance": [16, 32, 64, 16, 8],
            "attention_dp": [16, 32, 64, 4, 8],
            "batch_per_instance": [256, 512, 1024, 140, 64],
            "context_len": [20_500, 20_500, 20_500, 100_500, 20_500],
            "isl": [20_000, 20_000, 20_000, 100_000, 20_000],
            "osl": [1000] * 5,
            "batch_kind": ["client_concurrency"] * 3 + ["static_batch", "client_concurrency"],
        }
    )
    groups, faults = read_rows(rows)
    assert faults == [""] * 5
    (group,) = groups
    assert default_overlap(group.deployment, group.shards).tolist() == [0.5, 0.5, 0.5, 0.5, 0]
    fast = LinearisedPredictor(groups, 5, priors())
    moved = priors().model_copy(
        update={key: getattr(priors(), key) * 1.2 for key in (FITTED if name == "all" else (name,))}
    )
    for constants in (priors(), moved):
        exact = group.five_times(constants)
        # Else more would be hidden than there is to hide it behind.
        shown = exact.network_bandwidth_s + exact.network_latency_s
        assert (shown[:4] < exact.arithmetic_s[:4] + exact.memory_s[:4]).all()
        np.testing.assert_allclose(fast.predicted_s(constants), exact.total_s, rtol=1e-9)


def test_every_fitted_constant_has_a_place_in_the_fast_form() -> None:
    assert set(FITTED) - set(LINEAR) == {"rocm_memory_factor"}
