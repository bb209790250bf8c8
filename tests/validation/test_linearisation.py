"""The linear form of a step that the fit uses is the engine's step."""

import numpy as np
import pytest

from infecon_core.catalog.constants import FITTED, priors
from infecon_core.validation.linearisation import LINEAR
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


def test_every_fitted_constant_has_a_place_in_the_fast_form() -> None:
    assert set(FITTED) - set(LINEAR) == {"rocm_memory_factor", "rocm_overhead_factor"}
