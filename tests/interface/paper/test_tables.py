"""Printed numbers beside ours as people read them."""

import pandas as pd

from infecon_core.paper.exhibits.values import exhibit
from infecon_ui.paper import exhibits, tables


def test_pivot_sets_one_row_of_the_paper_in_one_row() -> None:
    shown = tables.pivot(exhibits.table("table-1"))
    assert list(shown) == ["", "Tokens/s", "GPUs"]
    assert len(shown) == len(exhibit("table-1").rows)


def test_shown_digits_tell_a_difference_from_rounding() -> None:
    number = {"quantity": "batch", "unit": "1", "printed": 247.0, "ours": 246.4958, "difference": -0.002}
    number |= {"agrees": False, "decimals": 0, "high": None, "at_most": False}
    assert tables.cell(pd.Series(number)) == "247 | **246.496** (−0.2%)"


def test_summary_says_where_the_others_stand() -> None:
    frame = pd.DataFrame({"counted": [True, True, False], "agrees": [True, False, False]})
    frames = {name: frame.assign(agrees=True) for name in exhibits.EXHIBITS}
    frames["table-3"] = frame
    text = tables.summary(frames)
    assert (
        text == "**19 of 20** printed values agree at the printed precision; the other one is explained: Table 3 (1). "
        "Other ways to compute a number and comparisons with measurements stand beside them and are not counted."
    )
    assert tables.summary({"table-3": frame}) == "Computing: 1 of 2 printed values agree so far."
