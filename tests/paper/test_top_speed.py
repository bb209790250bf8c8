"""The fastest token of the published model."""

import numpy as np
import pytest

from infecon_core import Scenario
from infecon_core.paper.top_speed import top_speed_by_gpus
from infecon_core.paper.variants import token_latency
from infecon_core.schema import FIVE_TIMES


@pytest.mark.parametrize("variant", ["toy", "printed", "reference_2d", "reference_pipeline", "reference"])
def test_rows_are_latencies_of_one_sequence(variant: str) -> None:
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm", engine="published", published={"variant": variant})
    found = top_speed_by_gpus(scenario)
    assert found["n_gpu"].max() == scenario.max_gpus
    expected = token_latency(
        variant,  # type: ignore[arg-type]
        scenario.architecture,
        scenario.accelerator,
        found["n_gpu"],
        1,
        context_tokens=scenario.context_tokens,
        pipeline=True,
        precision=scenario.precision,
    )
    np.testing.assert_allclose(found["tpot_s"], expected, rtol=1e-12)
    np.testing.assert_allclose(found[list(FIVE_TIMES)].sum(axis=1), expected, rtol=1e-9)
    assert (found["batch"] == 1).all()


def test_what_does_not_fit_has_no_rows() -> None:
    assert top_speed_by_gpus(Scenario.preset("llama-3.1-405b", "h100-sxm", engine="published", max_gpus=2)).empty
