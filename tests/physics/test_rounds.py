"""A round's time per token."""

import numpy as np
import pytest

from infecon_core.physics.decode import FiveTimes
from infecon_core.physics.rounds import Rounds


def test_the_time_of_a_token_is_that_of_the_round_over_its_tokens() -> None:
    check = FiveTimes(*(np.array([part, part]) for part in (1.0, 2.0, 3.0, 4.0, 5.0)))
    draft = FiveTimes(*(np.array([part, part]) for part in (0.5, 0.5, 1.0, 0.5, 0.5)))
    found = Rounds(2, 3.0, 1.5, check, draft, np.array([True, False]))
    # (15 + 3) / 1.5; the second does not run.
    assert found.tpot_s[0] == pytest.approx(12.0)
    assert np.isnan(found.tpot_s[1])
