"""What is said of a correction beside the verdict."""

import re

from infecon_core import Scenario
from infecon_ui.frontier import correction


def test_a_correction_is_told_where_there_is_one() -> None:
    measured = Scenario.preset("deepseek-r1", "h200-sxm")
    said = correction.told(measured)
    assert re.fullmatch(r"corrected by [−+\d%a-z. ]+ from \d+ measurements of this model on this accelerator", said)
    assert correction.told(measured.changed(correction="off")) == ""
    assert correction.told(measured.changed(engine="published")) == ""
    own = measured.changed(correction="own", time_factor=0.9)
    assert correction.told(own) == "corrected by −10%, a factor of your own"
