"""Which layers are timed."""

import pytest

from infecon_core.schema import LayerGroup
from tests.support.tiny_models import DENSE, GROUPED, TINY, needs_torch, timing


@needs_torch
def test_the_plan_takes_what_fits_and_says_when_nothing_does() -> None:
    plan, layer_bytes = timing.plan, timing.layer_bytes
    architecture = TINY["tiny-dense"].model_copy(
        update={"layer_groups": (LayerGroup(num_layers=9, attention=GROUPED, feed_forward=DENSE),)}
    )
    tables = architecture.embedding_params * 2
    one = layer_bytes(architecture.layer_groups[0], 64, 4, 100, fp8=False)
    assert plan(architecture, 4, 100, tables + 9 * one, 9, False) == ((9,), (0,))
    assert plan(architecture, 4, 100, tables + 9 * one - 1, 9, False) == ((1,), (7,))
    assert plan(architecture, 4, 100, tables + 2 * one, 9, False) == ((1,), (1,))
    with pytest.raises(ValueError, match="give a smaller batch or context"):
        plan(architecture, 4, 100, tables + 2 * one - 1, 9, False)
