"""Setups of the published model: points of its frontier, and nothing where it knows nothing."""

import numpy as np
import pytest

from infecon_core import Scenario, engines
from infecon_core.schema.traffic import Traffic, lengths_of

SCENARIO = Scenario.preset(
    "llama-3.1-70b", "h100-sxm", engine="published", published={"variant": "toy", "pipeline": False}
)


def test_each_point_of_the_frontier_is_a_layout_of_its_own() -> None:
    traffic = Traffic(lengths=lengths_of("1000/500:1,3000/500:1"))
    found = engines.setups(SCENARIO, traffic)
    frontier = engines.frontier(SCENARIO.changed(prompt_tokens=2250, output_tokens=0))
    np.testing.assert_array_equal(found.tpot_s, frontier["tpot_s"])
    np.testing.assert_array_equal(found.n_gpu, found.paid_gpus)
    assert np.unique(found.layout).size == found.size == len(frontier)
    # As many as are decoded at once, each for 500 tokens.
    np.testing.assert_allclose(found.requests_per_s * 500 * found.tpot_s, found.batch)
    assert found.first_s.shape == (2, found.size)
    assert np.isnan(found.first_s).all()
    price = SCENARIO.accelerator.price_usd_per_gpu_hour
    usd = found.n_gpu / found.requests_per_s / 500 * price / 3600 * 1e6
    assert usd == pytest.approx(frontier["usd_per_million_tokens"].to_numpy(), rel=1e-9)
