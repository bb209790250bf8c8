"""The layouts and batches that the search tries."""

import numpy as np
import pytest

from infecon_core import Layout, Scenario
from infecon_core.schema import GroupedQueryAttention, LatentAttention, LayerGroup, LinearAttention
from infecon_core.serving.breakdown import evaluator_at
from infecon_core.serving.evaluate import LayoutEvaluator, largest_batch
from infecon_core.serving.layouts import (
    _launchable,
    batches,
    common_heads,
    expert_groups,
    launchable,
    refusal,
)
from tests.support.round_numbers import ATTENTION, CHIP, DENSE, EXPERTS, FEED_FORWARD, MIXTURE

NARROW = FEED_FORWARD.model_copy(update={"intermediate_size": 500})


def test_every_layout_of_the_space_can_be_launched():
    scenario = Scenario.preset("deepseek-v3", "gb200-nvl72", max_gpus=256)
    layouts = launchable(scenario.architecture, scenario.accelerator, 256)
    rows = list(zip(*layouts.shards, layouts.ep, strict=True))
    assert len(set(rows)) == len(rows)
    for stages, gpus, copies, tp, ep in rows:
        assert gpus == tp * copies
        assert 128 % tp == 0
        assert stages * gpus <= 256
        assert tp <= 72
        assert ep == (1 if copies == 1 else gpus)
        evaluator_at(scenario, Layout(n_gpu=stages * gpus, tp=tp, pp=stages, dp_attn=copies, ep=ep))


def test_batches_are_whole_about_eight_an_octave_and_end_with_the_largest():
    # 2**(k/8), rounded, without repeats, and the largest whole number.
    assert batches(20.9).tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 19, 20]
    assert batches(2).tolist() == [1, 2]
    assert batches(1.99).tolist() == batches(1).tolist() == batches(0.3).tolist() == [1]
    for largest in (7, 1000, 1000.9, 1024, 65536):
        grid = batches(largest)
        assert np.all(grid == np.round(grid))
        assert (grid[0], grid[-1]) == (1, np.floor(largest))
        assert np.all(np.diff(grid) > 0)
        # No step is longer than a whole sequence or an eighth of an octave, rounded to whole sequences.
        assert np.all(np.diff(grid) <= np.maximum(1, grid[:-1] * (2 ** (1 / 8) - 1) + 1))
    assert np.sum((batches(1000) > 256) & (batches(1000) <= 512)) == 8


@pytest.mark.parametrize(
    ("model", "accelerator"),
    [("llama-3.1-70b", "h100-sxm"), ("deepseek-v3", "h100-sxm"), ("gpt-oss-120b", "mi300x"), ("gemma-3-27b", "l40s")],
)
def test_the_largest_batch_is_tried_and_one_more_does_not_fit(model, accelerator):
    scenario = Scenario.preset(model, accelerator, prompt_tokens=30_000, max_sequences_per_rank=2048)
    layouts = launchable(scenario.architecture, scenario.accelerator, scenario.max_gpus)
    evaluator = LayoutEvaluator(scenario, layouts)
    tried = batches(largest_batch(evaluator))[-1]
    assert evaluator.fits(np.full(layouts.n_gpu.size, tried)).any()
    one_more = np.full(layouts.n_gpu.size, tried + 1)
    assert not (evaluator.fits(one_more) & (one_more <= evaluator.most_sequences)).any()


def found(architecture, max_gpus, chip=CHIP, pipelines=True):
    """Every layout as (stages, copies of attention, shards of a copy, expert groups)."""
    layouts = launchable(architecture, chip, max_gpus, pipelines=pipelines)
    shards = layouts.shards
    assert np.array_equal(shards.gpus, shards.dp_attn * shards.tp_attn)
    assert np.array_equal(layouts.n_gpu, shards.stages * shards.gpus)
    assert {values.dtype for values in (*shards, layouts.ep)} == {np.dtype(np.float64)}
    rows = list(zip(shards.stages, shards.dp_attn, shards.tp_attn, layouts.ep, strict=True))
    assert len(set(rows)) == len(rows)
    return set(rows)


def of_groups(*groups):
    return MIXTURE.model_copy(update={"layer_groups": tuple(LayerGroup(num_layers=2, **group) for group in groups)})


def test_layouts_of_a_dense_model():
    # 8 heads over 1, 2, 4, 8 GPUs, 10 layers over 1, 2, 4, 8 stages, up to 8 GPUs.
    tensor = {(stages, 1, tp, 1) for stages in (1, 2, 4, 8) for tp in (1, 2, 4, 8) if stages * tp <= 8}
    assert found(DENSE, 8) == tensor
    assert found(DENSE, 1) == {(1, 1, 1, 1)}
    # The search cuts a layer inside a scale-up domain, and stays in it where no link leaves it.
    two = CHIP.model_copy(update={"scale_up_domain": 2})
    assert found(DENSE, 8, two) == {row for row in tensor if row[2] <= 2}
    closed = two.model_copy(update={"scale_out_bytes_per_s": None})
    assert found(DENSE, 8, closed) == {(1, 1, 1, 1), (2, 1, 1, 1), (1, 1, 2, 1)}
    torus = closed.model_copy(update={"topology": "torus"})
    assert found(DENSE, 8, torus) == tensor
    three = DENSE.model_copy(update={"layer_groups": (DENSE.layer_groups[0].model_copy(update={"num_layers": 3}),)})
    assert {row[0] for row in found(three, 8)} == {1, 2}
    four = DENSE.model_copy(update={"layer_groups": (DENSE.layer_groups[0].model_copy(update={"num_layers": 4}),)})
    assert {row[0] for row in found(four, 8)} == {1, 2, 4}


def test_layouts_of_a_mixture():
    # Experts of 500 are cut in two slices of 250 at most: TP 2; or they are whole beside copies, on any number of GPUs.
    beside_copies = {(copies, tp, copies * tp) for copies in (2, 3, 4, 6, 8) for tp in (1, 2, 4) if copies * tp <= 8}
    one_stage = {(1, 1, 1), (1, 2, 1), *beside_copies}
    expected = {
        (stages, copies, tp, ep) for copies, tp, ep in one_stage for stages in (1, 2, 4) if stages * copies * tp <= 8
    }
    assert found(MIXTURE, 8) == expected
    assert {row for row in found(MIXTURE, 8) if row[0] == 1} == found(MIXTURE, 8, pipelines=False)
    # Expert parallelism of published deployments, whatever the number of experts.
    assert {9, 18, 36, 48, 72, 96, 144} <= {row[1] for row in found(MIXTURE, 144, pipelines=False)}


def test_heads_are_cut_evenly():
    wide, chip = (
        FEED_FORWARD.model_copy(update={"intermediate_size": 4800}),
        CHIP.model_copy(update={"scale_up_domain": 64}),
    )

    def ranks(*attentions):
        model = of_groups(*({"attention": attention, "feed_forward": wide} for attention in attentions))
        return {row[2] for row in found(model, 64, chip) if row[0] == 1}

    def heads(queries, keys):
        return GroupedQueryAttention(num_attention_heads=queries, num_key_value_heads=keys, head_dim=100)

    assert ranks(heads(12, 12)) == {1, 2, 3, 4, 6, 12}
    # 4 KV heads are cut by 1, 2, 4 and copied by 12: 3 and 6 would cut them unevenly.
    assert ranks(heads(12, 4)) == {1, 2, 4, 12}
    latent = LatentAttention(num_attention_heads=20, kv_lora_rank=450, qk_nope_head_dim=80, v_head_dim=100)
    linear = LinearAttention(num_heads=8, layer_params=1e6, state_bytes=5e6)
    assert ranks(latent, linear, None) == {1, 2, 4}
    assert ranks(linear) == {1, 2, 4, 8}
    # Without heads, what divides 64; 4800 / 64 columns would be too few.
    assert ranks(None) == {1, 2, 4, 8, 16, 32}
    assert common_heads(DENSE) == 8


def test_slices_keep_at_least_128_columns():
    def wide(columns):
        return of_groups(
            {"attention": ATTENTION, "feed_forward": FEED_FORWARD.model_copy(update={"intermediate_size": columns})}
        )

    assert {row[2] for row in found(wide(1024), 8)} == {1, 2, 4, 8}
    assert {row[2] for row in found(wide(1016), 8)} == {1, 2, 4}
    assert {row[2] for row in found(wide(100), 8)} == {1}
    # Widths that are not whole, as of scaled models, are cut anyhow.
    assert {row[2] for row in found(wide(100.5), 8)} == {1, 2, 4, 8}
    # A narrow layer after one of another kind counts as well.
    narrow = FEED_FORWARD.model_copy(update={"intermediate_size": 200})
    scaled = FEED_FORWARD.model_copy(update={"intermediate_size": 100.5})
    for first in ({"attention": ATTENTION}, {"attention": ATTENTION, "feed_forward": scaled}):
        assert {row[2] for row in found(of_groups(first, {"feed_forward": narrow}), 8)} == {1}
    # Beside copies of attention nothing is cut.
    narrow = FEED_FORWARD.model_copy(update={"intermediate_size": 130})
    mixed = of_groups({"attention": ATTENTION, "feed_forward": narrow}, {"feed_forward": EXPERTS})
    alone = {row for row in found(mixed, 8, pipelines=False) if row[1] == 1}
    assert alone == {(1, 1, 1, 1)}
    assert found(mixed, 8, pipelines=False) - alone == {row for row in found(MIXTURE, 8, pipelines=False) if row[1] > 1}


def test_expert_groups():
    assert [expert_groups(gpus, copies) for gpus, copies in ((8, 1), (8, 2), (12, 3), (32, 32))] == [1, 8, 12, 32]


@pytest.mark.parametrize(
    ("model", "layout", "words"),
    [
        (DENSE, {"n_gpu": 8, "tp": 4, "pp": 2}, ""),
        (DENSE, {"n_gpu": 10, "pp": 10}, ""),
        (MIXTURE, {"n_gpu": 8, "tp": 2, "dp_attn": 4, "ep": 8}, ""),
        (MIXTURE, {"n_gpu": 8, "tp": 2, "dp_attn": 4}, ""),
        (DENSE, {"n_gpu": 2.5, "tp": 2.5}, "The serving engine has whole layouts only; n_gpu is 2.5."),
        (DENSE, {"n_gpu": 2, "tp": 2, "ep": 1.5}, "The serving engine has whole layouts only; ep is 1.5."),
        (DENSE, {"n_gpu": 2, "tp": 2, "dp_attn": 0.5}, "The serving engine has whole layouts only; dp_attn is 0.5."),
        (DENSE, {"n_gpu": 2, "tp": 2, "pp": 0.5}, "The serving engine has whole layouts only; pp is 0.5."),
        (
            MIXTURE,
            {"n_gpu": 9, "tp": 2, "pp": 2, "dp_attn": 2},
            "TP 2 × PP 2 × DP 2 are 8 GPUs, not 9; give degrees that multiply to them.",
        ),
        (DENSE, {"n_gpu": 3, "tp": 3}, "The 8 heads of Dense do not divide by TP 3; give a divisor of 8."),
        (DENSE, {"n_gpu": 11, "pp": 11}, "Dense has 10 layers, fewer than 11 stages; give fewer stages."),
        (
            DENSE,
            {"n_gpu": 2, "dp_attn": 2, "ep": 2},
            "Dense has no experts; copies of attention (DP) are for mixtures of experts.",
        ),
        (
            MIXTURE,
            {"n_gpu": 4, "tp": 4},
            "The inner widths of Mixture cannot be dealt to 4 GPUs a stage in slices of at least 128; give fewer.",
        ),
        (
            DENSE.model_copy(
                update={"layer_groups": (LayerGroup(num_layers=9, attention=ATTENTION, feed_forward=NARROW),)}
            ),
            {"n_gpu": 4, "tp": 4},
            "The inner widths of Dense cannot be dealt to 4 GPUs a stage in slices of at least 128; give fewer.",
        ),
        (
            MIXTURE,
            {"n_gpu": 8, "tp": 2, "dp_attn": 4, "ep": 4},
            "EP 4 does not go with this layout; it is 8 here.",
        ),
    ],
)
def test_a_layout_that_cannot_be_launched_says_why(model, layout, words):
    assert refusal(model, CHIP, Layout(**layout)) == words


def test_a_layout_that_nothing_joins_says_so():
    closed = CHIP.model_copy(update={"scale_out_bytes_per_s": None})
    assert refusal(DENSE, closed, Layout(n_gpu=8, tp=8)) == ""
    assert refusal(DENSE, closed, Layout(n_gpu=16, tp=8, pp=2)) == "No link joins 16 × Round; use at most 8."


def test_kv_heads_that_cannot_be_dealt_say_so():
    attention = GroupedQueryAttention(num_attention_heads=12, num_key_value_heads=4, head_dim=100)
    model = of_groups({"attention": attention, "feed_forward": FEED_FORWARD})
    words = "TP 6 cuts the KV heads of Mixture unevenly; give a divisor or a multiple."
    assert refusal(model, CHIP, Layout(n_gpu=6, tp=6)) == words


def test_layouts_that_are_kept_stay_below_45_mb():
    # The heads up to 2**16 with the most divisors, experts that any number of GPUs can share, the most layers.
    attention = GroupedQueryAttention(num_attention_heads=55_440, num_key_value_heads=1, head_dim=1)
    feed_forward = EXPERTS.model_copy(update={"moe_intermediate_size": 2**16, "shared_expert_intermediate_size": 0})
    group = LayerGroup(num_layers=2000, attention=attention, feed_forward=feed_forward)
    architecture = MIXTURE.model_copy(update={"layer_groups": (group,)})
    chip = CHIP.model_copy(update={"scale_up_domain": 10_000})
    found = launchable(architecture, chip, 10_000)
    n_bytes = sum(array.nbytes for array in (*found.shards, found.ep))
    assert n_bytes * _launchable.cache_info().maxsize <= 45e6
