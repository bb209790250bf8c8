"""Experts that a batch touches."""

import pytest

from infecon_core.physics.experts import ExpertRouting, expert_routings, expert_slots, routing_of
from infecon_core.schema import LayerGroup
from tests.support.round_numbers import CONSTANTS, DENSE, EXPERTS, MIXTURE, deployed, layouts


def test_touched_experts():
    routing = ExpertRouting(256, 8, 1.0)
    assert routing.touched_share(1) == pytest.approx(8 / 256)
    assert routing.touched_share(2) == pytest.approx(1 - (1 - 8 / 256) ** 2)
    assert routing.touched_share([0, 1]).tolist() == pytest.approx([0, 8 / 256])
    # With an exponent of a half nine tokens touch as many as three would.
    assert ExpertRouting(256, 8, 0.5).touched_share(9) == pytest.approx(float(routing.touched_share(3)))
    assert ExpertRouting(4, 4, 0.9).touched_share([0.1, 7]).tolist() == [1, 1]


def test_routings_of_a_model():
    assert expert_routings(deployed(DENSE)) == ()
    assert expert_routings(deployed(MIXTURE)) == (ExpertRouting(16, 2, 1.0),)
    constants = CONSTANTS.model_copy(update={"routing_exponent": 0.5})
    assert routing_of(EXPERTS, constants) == ExpertRouting(16, 2, 0.5)
    layers = (
        EXPERTS,
        EXPERTS.model_copy(update={"num_experts": 32}),
        EXPERTS,
        EXPERTS.model_copy(update={"num_experts_per_tok": 1}),
    )
    groups = tuple(LayerGroup(num_layers=1, feed_forward=layer) for layer in layers)
    model = deployed(MIXTURE.model_copy(update={"layer_groups": groups}), constants=constants)
    assert expert_routings(model) == (ExpertRouting(16, 2, 0.5), ExpertRouting(32, 2, 0.5), ExpertRouting(16, 1, 0.5))


def test_experts_are_cut_for_one_copy_of_attention_and_whole_beside_several():
    # 16 experts on TP 1, TP 3, DP 2, DP 3, DP 4 × TP 2, DP 5, DP 32: 6·3 = 18 places, 4·5 = 20, 32 of which 16 are
    # second copies.
    rows = layouts((1, 1, 1), (1, 1, 3), (1, 2, 1), (1, 3, 1), (1, 4, 2), (1, 5, 1), (1, 32, 1))
    assert expert_slots(EXPERTS, rows).tolist() == [16, 16 / 3, 8, 6, 2, 4, 1]
