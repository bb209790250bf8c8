"""Leviathan's formula beside measured acceptance."""

import numpy as np

from infecon_core.validation import acceptance
from infecon_core.validation.scores import errors


def test_the_formula_exceeds_curves_that_saturate() -> None:
    table = acceptance.against_formula()
    first = table[table["draft_tokens"] == 1]
    np.testing.assert_allclose(first["from_first"], first["measured"])
    last = table[table["draft_tokens"] == 8]
    assert (last["from_first"] > last["measured"]).all()
    # One rate for a whole curve misses less than the first draft's.
    miss = {name: errors(last[name], last["measured"]).median for name in ("from_first", "from_constant")}
    assert miss["from_constant"] < miss["from_first"]
