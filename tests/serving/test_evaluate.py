"""A scenario worked out on layouts by hand: prompts, drafts, what fits, what it takes of the GPUs. Times in µs."""

import numpy as np
import pytest

from infecon_core.schema import DraftModel, SelfDraft
from infecon_core.serving.evaluate import LayoutEvaluator, largest_batch
from infecon_core.serving.layouts import LayoutArrays
from tests.support.round_numbers import CHIP, DENSE, FP8, MIXTURE, layouts, scenario


def evaluator(chosen, *rows):
    """The evaluator of layouts, one (stages, copies of attention, shards of a copy) each."""
    shards = layouts(*rows)
    return LayoutEvaluator(chosen, LayoutArrays(shards, np.ones(shards.gpus.size)))


def close(*values):
    return pytest.approx(list(values), rel=1e-11)


def test_prompts_that_come_with_a_step_are_those_of_the_others():
    engine = evaluator(scenario(DENSE), (1, 1, 1))
    # 500 tokens of output: each of the others brings a 500th of a prompt a token.
    assert engine.prompts_per_step(np.array([0.5, 1, 2, 501]), 1.0).tolist() == [0, 0, 0.002, 1]
    assert engine.prompts_per_step(np.array([501.0]), 1.5).tolist() == [1.5]
    assert evaluator(scenario(DENSE, output_tokens=0), (1, 1, 1)).prompts_per_step(np.array([3.0]), 1.0) == [2]
    apart = evaluator(scenario(DENSE, serving={"disaggregated": True}), (1, 1, 1))
    assert apart.prompts_per_step(np.array([501.0]), 1.0).tolist() == [0]


def test_a_place_in_the_batch_is_held_for_the_prompt_too():
    # 320 + 200 µs of prompt on TP 2, 640 µs on one GPU, for 500 tokens.
    engine = evaluator(scenario(DENSE), (1, 1, 2), (1, 1, 1))
    tpot, batch = np.array([1e-3, 2e-3]), np.array([4.0, 5.0])
    assert engine.prompt_s.tolist() == close(520e-6, 640e-6)
    assert engine.held_s(tpot).tolist() == close(1.00104e-3, 2.00128e-3)
    assert engine.gpu_seconds(batch, tpot).tolist() == close(2 * 1.00104e-3 / 4, 2.00128e-3 / 5)
    # On GPUs of their own prompts take as much, whatever the batch.
    apart = evaluator(scenario(DENSE, serving={"disaggregated": True}), (1, 1, 2), (1, 1, 1))
    assert apart.held_s(tpot).tolist() == tpot.tolist()
    assert apart.gpu_seconds(batch, tpot).tolist() == close(2 * (1e-3 / 4 + 1.04e-6), 2e-3 / 5 + 1.28e-6)


def test_no_output_counts_as_one_token():
    tpot, batch = np.array([1e-3]), np.array([4.0])
    assert evaluator(scenario(DENSE, output_tokens=0), (1, 1, 2)).held_s(tpot).tolist() == close(1.52e-3)
    apart = evaluator(scenario(DENSE, output_tokens=0, serving={"disaggregated": True}), (1, 1, 2))
    assert apart.gpu_seconds(batch, tpot).tolist() == close(2 * (0.25e-3 + 0.52e-3))


def test_what_fits():
    # 9.2e9 B: 344e6 of weights and 149.504e6 of workspace leave 8706.496e6 for sequences of 10e6 on one GPU, 172e6 and
    # 123.904e6 leave 8904.096e6 for 5e6 on each of two.
    engine = evaluator(scenario(DENSE), (1, 1, 1), (1, 1, 2))
    assert engine.fits(np.array([870.0, 1780.0])).tolist() == [True, True]
    assert engine.fits(np.array([871.0, 1781.0])).tolist() == [False, False]
    assert engine.free_bytes(np.array([870.0, 1780.0])).tolist() == close(6.496e6, 4.096e6)
    assert largest_batch(engine) == 1780
    # Each copy of attention in each stage wants a sequence.
    many = evaluator(scenario(MIXTURE), (2, 4, 1), (1, 1, 1))
    assert many.least_batch.tolist() == [8, 1]
    assert many.fits(np.array([8.0, 1.0])).tolist() == [True, True]
    assert many.fits(np.array([7.0, 1.0])).tolist() == [False, True]
    # What fits exactly fits.
    engine.memory = engine.memory._replace(hbm_bytes=344e6 + 149.504e6 + 0.8e9 + 10e6)
    assert engine.free_bytes(np.array([1.0, 1.0]))[0] == 0
    assert engine.fits(np.array([1.0, 1.0])).tolist() == [True, True]


def test_the_largest_batch_and_its_bounds():
    # 172.032e6 of weights and 123.904e6 of workspace leave 8904.064e6, 1780.8 sequences of 5e6, to each of two copies.
    assert largest_batch(evaluator(scenario(MIXTURE), (1, 2, 1))) == 2 * 1780
    assert largest_batch(evaluator(scenario(DENSE, prompt_tokens=0, output_tokens=0), (1, 1, 1))) == 65536
    small = CHIP.model_copy(update={"hbm_bytes": 100e6})
    assert largest_batch(evaluator(scenario(DENSE, accelerator=small), (1, 1, 1))) == 1


def test_a_sweep_leaves_out_what_does_not_fit_or_sell():
    engine = evaluator(scenario(DENSE), (1, 1, 1), (2, 1, 1))
    swept = engine.sweep(np.array([1.0, 2.0, 871.0, 1000.0]))
    assert np.isfinite(swept.tpot_s).tolist() == [[True, False], [True, True], [False, True], [False, True]]
    # One sequence: 0.284 + 65 + 402; two on two stages as well, two sends of 11.805, and 0.001 prompts of 640.
    assert swept.tpot_s[0, 0] * 1e6 == pytest.approx(467.284, rel=1e-11)
    assert swept.tpot_s[1, 1] * 1e6 == pytest.approx(467.284 + 23.61 + 0.64, rel=1e-11)
    assert not swept.draft_tokens.any()
    # One sequence makes 1 / (467.284 + 1.28) µs = 2134.2 tokens/s.
    for demand, sells in ((2134.1, False), (2134.3, True)):
        limited = evaluator(scenario(DENSE, demand_tokens_per_s=demand), (1, 1, 1))
        assert np.isfinite(limited.sweep(np.array([1.0, 2.0])).tpot_s).tolist() == [[sells], [False]]
    made = float(1 / engine.held_s(swept.tpot_s[0])[0])
    limited = evaluator(scenario(DENSE, demand_tokens_per_s=made), (1, 1, 1))
    assert np.isfinite(limited.sweep(np.array([1.0])).tpot_s).all()


def test_a_sweep_knows_its_drafts():
    # A free and perfect draft of half a layer is drafted as long as allowed; one that is always wrong never.
    for acceptance, length in ((1.0, 3), (0.0, 0)):
        speculation = SelfDraft(layers=0.5, acceptance=acceptance, max_draft_tokens=3)
        engine = evaluator(scenario(DENSE, speculation=speculation), (1, 1, 1), (1, 1, 2))
        swept = engine.sweep(np.array([1.0, 8.0]))
        assert swept.draft_tokens.tolist() == [[length, length]] * 2
        for i, batch in enumerate((1.0, 8.0)):
            times = engine.round_times(np.array([batch, batch]), length)
            assert swept.tpot_s[i].tolist() == close(*times.total_s)
    # Its part of weights and cache is held as well: 344e6 · 1.05 + 149.504e6 leave 8.689296e9 for sequences of 10.5e6.
    assert engine.fits(np.array([827.0, 1.0])).tolist() == [True, True]
    assert engine.fits(np.array([828.0, 1.0])).tolist() == [False, True]


def test_tokens_of_a_round():
    engine = evaluator(scenario(DENSE, speculation=SelfDraft(acceptance=0.5, max_draft_tokens=3)), (1, 1, 1))
    assert [engine.tokens_per_round(length) for length in (0, 1, 2)] == [1, 1.5, 1.75]
    assert evaluator(scenario(DENSE), (1, 1, 1)).tokens_per_round(2) == 1


def test_some_of_the_layouts_are_taken():
    engine = evaluator(scenario(DENSE), (1, 1, 1), (1, 1, 2), (2, 1, 4))
    taken = LayoutEvaluator(engine.scenario, engine.layouts._replace(ep=np.array([1.0, 2, 4])), 3.0).take(
        np.array([2, 1])
    )
    assert taken.layouts.n_gpu.tolist() == [8, 2]
    assert taken.layouts.ep.tolist() == [4, 2]
    # 20 all-reduces of 7 µs and two sends of 11.8, or 20 of 5, three times as slow.
    times = taken.round_times(np.array([8.0, 8.0]), 0)
    assert (times.network_latency_s * 1e6).tolist() == close(3 * 163.6, 300)


def test_ways_of_a_draft_model():
    chosen = scenario(DENSE, speculation=DraftModel(architecture=DENSE, precision=FP8))
    engine = evaluator(chosen, (1, 1, 1), (1, 1, 8), (4, 1, 2))
    (_, cut_memory, cut_groups), (_, whole_memory, whole_groups) = engine.drafts
    # Cut as the target's attention is, or on every GPU by itself: so many copies share the batch.
    assert cut_groups.tolist() == [1, 1, 4]
    assert whole_groups.tolist() == [1, 8, 8]
    assert cut_memory.weight_bytes.tolist() == [344e6, 43e6, 172e6]
    assert whole_memory.weight_bytes.tolist() == [344e6] * 3
    assert cut_memory.sequence_bytes.tolist() == [10e6, 2.5e6, 5e6]
    # Fewer sequences than copies: each works on one. 467.284 µs on one GPU beat all-reduces between several.
    drafting = engine.drafting(np.array([1.0, 1.0, 4.0]))
    assert (drafting.times.total_s * 1e6).tolist() == close(467.284, 467.284, 467.284)
    assert drafting.bytes_per_gpu.tolist() == [354e6] * 3
    # Twelve sequences on eight copies: two on the fullest.
    assert engine.draft_bytes_per_gpu(np.array([1.0, 1.0, 12.0])).tolist() == [354e6, 354e6, 364e6]
    assert engine.draft_bytes_per_gpu(np.array([1.0, 9.0, 4.0])).tolist() == [354e6, 364e6, 354e6]
    plain = evaluator(scenario(DENSE), (1, 1, 1), (1, 1, 2))
    assert plain.drafting(np.array([1.0, 1.0])) is None
    assert plain.draft_bytes_per_gpu(np.array(1.0)).tolist() == [0, 0]


def test_a_draft_is_cut_no_finer_than_its_heads():
    groups = (
        DENSE.layer_groups[0].model_copy(
            update={"attention": DENSE.layer_groups[0].attention.model_copy(update={"num_attention_heads": 4})}
        ),
    )
    draft = DENSE.model_copy(update={"layer_groups": groups})
    engine = evaluator(scenario(DENSE, speculation=DraftModel(architecture=draft, precision=FP8)), (1, 1, 8))
    # Four heads over eight GPUs: two groups of four.
    assert engine.drafts[0][2].tolist() == [2]
    assert engine.drafts[0][0].stages.tolist() == [1]
