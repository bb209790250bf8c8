"""The same setup under other software, by hand."""

import numpy as np
import pandas as pd

from infecon_core.catalog.measurements import shipped_points
from infecon_core.validation import agreement


def test_other_software_by_hand() -> None:
    points = shipped_points().head(1)
    points = pd.concat([points] * 4, ignore_index=True).assign(
        serving_software=["a", "b", "c", "a"], tpot_ms=[10.0, 12.0, 16.0, 11.0]
    )
    np.testing.assert_allclose(agreement.from_other_software_s(points) * 1e3, [14.0, 11.0, 11.0, 14.0])
    assert np.isnan(agreement.from_other_software_s(points.assign(serving_software="a"))).all()
    assert np.isnan(agreement.from_other_software_s(points.assign(concurrency=[1, 2, 3, 4]))).all()
