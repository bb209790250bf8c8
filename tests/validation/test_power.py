"""Board power beside what was measured."""

import numpy as np

from infecon_core.validation.power import against_measured


def test_boards_draw_about_what_was_measured() -> None:
    runs = against_measured()
    assert len(runs) == 26
    found = runs
    assert np.isfinite(found["ratio"]).all()
    worst = np.abs(np.log(found["ratio"])).groupby(found["accelerator_id"]).max()
    assert worst["b200-hgx"] < 0.2
    assert worst["mi355x"] < 0.15
    # What full power would have said of the same runs: up to three times as much.
    assert (1 / found["measured"]).max() > 2.5
