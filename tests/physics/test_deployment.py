"""Layers along the pipeline, rates, and what groups are called."""

import numpy as np
import pytest

from infecon_core.physics.deployment import group_name, paced_layers, unevenness
from infecon_core.physics.operators import operators
from infecon_core.schema import LatentAttention, LayerGroup, LinearAttention
from tests.support.physics import deployment, seconds, shards
from tests.support.round_numbers import ATTENTION, CHIP, DENSE, EXPERTS, FEED_FORWARD, MIXTURE, deployed


def test_the_fullest_stage_sets_the_pace():
    assert unevenness(61, np.array([1.0, 2, 4, 61])).tolist() == pytest.approx([1, 62 / 61, 64 / 61, 1])
    counts = [count.tolist() for _, count in paced_layers(MIXTURE, np.array([1.0, 2, 5]))]
    # Of 5 layers on 2 stages the fullest holds 3: counted as 6 in all.
    assert counts == [pytest.approx([1, 1.2, 1]), pytest.approx([4, 4.8, 4])]
    assert tuple(group for group, _ in paced_layers(MIXTURE, np.ones(1))) == MIXTURE.layer_groups
    where = deployment("deepseek-v3", "h200-sxm", "fp8")
    whole, cut = (seconds(operators(where, layout, 1000)[0], "memory") for layout in (shards(), shards(stages=4)))
    assert cut["Attention projections"] / whole["Attention projections"] == pytest.approx(64 / 61)
    assert cut["Unembedding"] == pytest.approx(whole["Unembedding"])


def test_memory_is_read_at_a_share_of_the_peak():
    assert deployed(DENSE).memory_rate(0.8) == 4e12
    assert not deployed(DENSE).rocm
    rocm = deployed(DENSE, chip=CHIP.model_copy(update={"stack": "rocm"}))
    assert rocm.rocm
    assert rocm.memory_rate(0.8) == 2e12


@pytest.mark.parametrize(
    ("attention", "feed_forward", "words"),
    [
        (ATTENTION, FEED_FORWARD, "3 layers, full attention, dense"),
        (ATTENTION.model_copy(update={"sliding_window": 4096}), EXPERTS, "3 layers, window of 4,096, 16 experts"),
        (
            LatentAttention(num_attention_heads=8, kv_lora_rank=450, qk_nope_head_dim=80, v_head_dim=100),
            None,
            "3 layers, latent attention, no feed-forward",
        ),
        (
            LinearAttention(num_heads=4, layer_params=1e6, state_bytes=5e6),
            FEED_FORWARD,
            "3 layers, linear attention, dense",
        ),
        (None, EXPERTS, "3 layers, no attention, 16 experts"),
    ],
)
def test_groups_are_named_by_what_they_hold(attention, feed_forward, words):
    assert group_name(LayerGroup(num_layers=3, attention=attention, feed_forward=feed_forward)) == words
