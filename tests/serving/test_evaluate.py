"""A scenario worked out on layouts by hand: prompts, drafts, what fits, what it takes of the GPUs. Times in µs."""

import numpy as np
import pytest

from infecon_core.schema import DraftModel, SelfDraft
from infecon_core.serving.evaluate import LayoutEvaluator, largest_batch
from infecon_core.serving.layouts import LayoutArrays
from tests.support.round_numbers import CHIP, DENSE, FP8, MIXTURE, layouts, scenario

MANY = {"max_sequences_per_rank": 2048}


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
    assert engine.tokens_per_s(batch, tpot).tolist() == close(4 / 1.00104e-3, 5 / 2.00128e-3)
    assert engine.requests_per_s(batch, tpot).tolist() == close(4 / 0.50052, 5 / 1.00064)
    assert engine.prompt_load(batch, tpot).tolist() == close(4 * 520e-6 / 0.50052, 5 * 640e-6 / 1.00064)
    # On GPUs of their own prompts take as much, whatever the batch, and read the layers' 144e6 B, 36 µs on one GPU,
    # once for every 8192 tokens.
    own = [520e-6 + 18e-6 * 1000 / 8192, 640e-6 + 36e-6 * 1000 / 8192]
    apart = evaluator(scenario(DENSE, serving={"disaggregated": True}), (1, 1, 2), (1, 1, 1))
    assert apart.held_s(tpot).tolist() == tpot.tolist()
    assert apart.gpu_seconds(batch, tpot).tolist() == close(2 * (1e-3 / 4 + own[0] / 500), 2e-3 / 5 + own[1] / 500)


def test_copies_of_attention_queue_for_themselves():
    engine = evaluator(scenario(MIXTURE), (1, 4, 1), (1, 1, 4))
    tpot, none = np.array([1e-3, 1e-3]), np.array([0.0, 0.0])
    t = engine.prompt_s
    first = [engine.ttft_s(np.array([b, b]), tpot, none) for b in (4.0, 12.0)]
    # 20 ms, 1.5 steps of 1 ms, twice the prompt; four users on four copies wait
    # for nobody, on one copy for three.
    # All experts take four GPUs 12 µs; beside four sequences a prompt reads (7/8)^4 of them, alone 7/8.
    beside = t - 12e-6 * (0.875 - 0.875**4)
    load = 4 * beside / (0.5 + beside)
    alone = 21.5e-3 + 2 * engine.prompt_pass_s
    assert (first[0] - alone).tolist() == pytest.approx(
        [0, 2 * t[1] * 0.75 * load[1] / (2 * (1 - load[1]))], rel=1e-9, abs=1e-15
    )
    # Twelve: of three users of a copy two are others, each of whom keeps it for four times what the instance takes.
    beside = t - 12e-6 * (0.875 - 0.875**12)
    load = 12 * beside / (0.5 + beside)
    others = np.array([2 / 3 * 4, 11 / 12])
    assert first[1] - alone == pytest.approx(2 * t * others * load / (2 * (1 - load)), rel=1e-9)


def test_no_output_counts_as_one_token():
    tpot, batch = np.array([1e-3]), np.array([4.0])
    together = evaluator(scenario(DENSE, output_tokens=0), (1, 1, 2))
    assert together.held_s(tpot).tolist() == close(1.52e-3)
    assert together.requests_per_s(batch, tpot).tolist() == close(4 / 1.52e-3)
    apart = evaluator(scenario(DENSE, output_tokens=0, serving={"disaggregated": True}), (1, 1, 2))
    assert apart.gpu_seconds(batch, tpot).tolist() == close(2 * (0.25e-3 + 0.52e-3 + 18e-6 * 1000 / 8192))


def test_what_fits():
    # 9.2e9 B: 344e6 of weights and 149.504e6 of workspace leave 8706.496e6 for sequences of 12e6 on one GPU, 172e6 and
    # 123.904e6 leave 8904.096e6 for 6e6 on each of two. All 1500 tokens of a request find room.
    engine = evaluator(scenario(DENSE, serving=MANY), (1, 1, 1), (1, 1, 2))
    assert engine.fits(np.array([725.0, 1484.0])).tolist() == [True, True]
    assert engine.fits(np.array([726.0, 1485.0])).tolist() == [False, False]
    assert engine.free_bytes(np.array([725.0, 1484.0])).tolist() == close(6.496e6, 0.096e6)
    assert largest_batch(engine) == 1484
    # Each copy of attention in each stage wants a sequence.
    many = evaluator(scenario(MIXTURE), (2, 4, 1), (1, 1, 1))
    assert many.least_batch.tolist() == [8, 1]
    assert many.fits(np.array([8.0, 1.0])).tolist() == [True, True]
    assert many.fits(np.array([7.0, 1.0])).tolist() == [False, True]
    # What fits exactly fits.
    engine.memory = engine.memory._replace(hbm_bytes=344e6 + 149.504e6 + 0.8e9 + 12e6)
    assert engine.free_bytes(np.array([1.0, 1.0]))[0] == 0
    assert engine.fits(np.array([1.0, 1.0])).tolist() == [True, True]


def test_the_largest_batch_and_its_bounds():
    # 184.064e6 of weights and 123.904e6 of workspace leave 8892.032e6, 1482.01 sequences of 6e6, to each of two copies.
    assert largest_batch(evaluator(scenario(MIXTURE, serving=MANY), (1, 2, 1))) == 2 * 1482
    # No more than 512 on a copy are tried, even where they take no memory.
    assert largest_batch(evaluator(scenario(MIXTURE), (1, 2, 1), (1, 1, 2))) == 2 * 512
    assert largest_batch(evaluator(scenario(DENSE, prompt_tokens=0, output_tokens=0), (1, 1, 1))) == 512
    small = CHIP.model_copy(update={"hbm_bytes": 100e6})
    assert largest_batch(evaluator(scenario(DENSE, accelerator=small), (1, 1, 1))) == 1


def test_a_sweep_leaves_out_what_does_not_fit_or_sell():
    engine = evaluator(scenario(DENSE, serving=MANY), (1, 1, 1), (2, 1, 1))
    swept = engine.sweep(np.array([1.0, 2.0, 726.0, 1000.0]))
    assert np.isfinite(swept.tpot_s).tolist() == [[True, False], [True, True], [False, True], [False, True]]
    # One sequence: 0.284 + 65 + 410; two on two stages as well, two sends of 11.805, and 0.001 prompts of 640.
    assert swept.tpot_s[0, 0] * 1e6 == pytest.approx(475.284, rel=1e-11)
    assert swept.tpot_s[1, 1] * 1e6 == pytest.approx(475.284 + 23.61 + 0.64, rel=1e-11)
    assert not swept.draft_tokens.any()
    # One sequence makes 1 / (475.284 + 1.28) µs = 2098.35 tokens/s.
    for demand, sells in ((2098.3, False), (2098.4, True)):
        limited = evaluator(scenario(DENSE, demand_tokens_per_s=demand), (1, 1, 1))
        assert np.isfinite(limited.sweep(np.array([1.0, 2.0])).tpot_s).tolist() == [[sells], [False]]
    made = float(1 / engine.held_s(swept.tpot_s[0])[0])
    limited = evaluator(scenario(DENSE, demand_tokens_per_s=made), (1, 1, 1))
    assert np.isfinite(limited.sweep(np.array([1.0])).tpot_s).all()


def test_a_sweep_leaves_out_what_is_not_searched():
    # 512 sequences on each of two copies of attention; a pipeline's stages share them.
    batch = np.array([512.0, 513, 1024, 1025])
    for layout, tried in (((1, 1, 2), 1), ((1, 2, 1), 3), ((2, 1, 2), 1)):
        engine = evaluator(scenario(MIXTURE, serving={"min_tokens_per_s_user": 0.0}), layout)
        assert np.isfinite(engine.sweep(batch).tpot_s[:, 0]).tolist() == [True] * tried + [False] * (4 - tried)
    # A target that is lower than the limit lets slower ones through.
    alone = evaluator(scenario(DENSE), (1, 1, 1)).round_times(np.array([1.0]), 0)
    speed = float(1 / alone.total_s[0])
    assert speed > 2000
    for least, target, runs in (
        (speed - 1, 1e4, True),
        (speed + 1, 1e4, False),
        (speed + 1, 2000, True),
        (0, 1e4, True),
    ):
        chosen = scenario(DENSE, target_tokens_per_s_user=target, serving={"min_tokens_per_s_user": least})
        assert np.isfinite(evaluator(chosen, (1, 1, 1)).sweep(np.array([1.0])).tpot_s).tolist() == [[runs]]


def test_idle_gpus_of_a_server_are_paid_for():
    # Servers of 8: three GPUs are a half of one, six the whole, twelve two of them.
    engine = evaluator(scenario(MIXTURE), (1, 2, 1), (1, 3, 1), (1, 3, 2), (1, 12, 1))
    assert engine.paid_gpus.tolist() == [2, 4, 8, 16]
    batch, tpot = np.full(4, 12.0), np.full(4, 1e-3)
    assert engine.gpu_seconds(batch, tpot).tolist() == close(*(engine.paid_gpus / 12 * engine.held_s(tpot)))


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
    # Its part of weights and cache is held as well: 344e6 · 1.05 + 149.504e6 leave 8.689296e9 for sequences of 12.6e6.
    assert engine.fits(np.array([689.0, 1.0])).tolist() == [True, True]
    assert engine.fits(np.array([690.0, 1.0])).tolist() == [False, True]


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
    assert cut_memory.sequence_bytes.tolist() == [12e6, 3e6, 6e6]
    # Fewer sequences than copies: each works on one. 475.284 µs on one GPU beat all-reduces between several.
    drafting = engine.drafting(np.array([1.0, 1.0, 4.0]))
    assert (drafting.times.total_s * 1e6).tolist() == close(475.284, 475.284, 475.284)
    assert drafting.bytes_per_gpu.tolist() == [356e6] * 3
    # Twelve sequences on eight copies: two on the fullest.
    assert engine.draft_bytes_per_gpu(np.array([1.0, 1.0, 12.0])).tolist() == [356e6, 356e6, 368e6]
    assert engine.draft_bytes_per_gpu(np.array([1.0, 9.0, 4.0])).tolist() == [356e6, 368e6, 356e6]
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
