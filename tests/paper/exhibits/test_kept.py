"""The frontiers that are kept in data/: all that the exhibits ask for, and equal to what is computed."""

import numpy as np
import pandas as pd
import pytest

from infecon_core.catalog.published_curves import FOLDER
from infecon_core.paper.exhibits import compare, kept
from infecon_core.paper.exhibits.curves import drawn_figures
from infecon_core.paper.exhibits.values import Setup, exhibits


def test_nothing_is_left_to_compute(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(setup: Setup) -> pd.DataFrame:
        raise AssertionError(f"{kept.name_of(setup)} is not kept: python -m tools.published_curves")

    monkeypatch.setattr(compare, "curve", fail)
    for name in exhibits():
        assert not compare.table(name, kept.curve).empty
    lines = [line for exhibit in exhibits().values() for line in exhibit.curves]
    lines += [line for one in drawn_figures().sets for line in one.curves]
    assert all(len(kept.curve(line.setup)) > 20 for line in lines)


def test_what_is_not_kept_is_computed() -> None:
    setup = Setup(variant="toy", model="erdil-Llama_3_8B", accelerator="erdil-A100", price_usd_per_gpu_hour=7.0)
    pd.testing.assert_frame_equal(kept.curve(setup), compare.curve(setup))


def test_one_that_is_kept_is_what_is_computed() -> None:
    setup = Setup(model="erdil-Llama_3_70B_8_bit", accelerator="erdil-H100", pipeline=True)
    pd.testing.assert_frame_equal(kept.curve(setup), compare.curve(setup), rtol=1e-9)


@pytest.mark.slow
def test_all_that_are_kept_are_what_is_computed() -> None:
    curves = kept.computed()
    assert {file.stem for file in FOLDER.iterdir()} == set(curves), "python -m tools.published_curves makes them anew"
    for name, frame in curves.items():
        own = pd.read_csv(FOLDER / f"{name}.csv")
        assert list(own) == list(frame)
        assert np.allclose(own, frame, rtol=1e-9, atol=0), name
