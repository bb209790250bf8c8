"""Time to first token: worked by hand, and the way it moves with load and prompt."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infecon_core import Scenario
from infecon_core.physics.decode import forward_pass
from infecon_core.physics.ttft import bare_step_s, prompt_beside_s, prompt_factor, prompt_pass_s, prompt_s, ttft_s
from infecon_core.schema import Layout
from infecon_core.serving.breakdown import evaluator_at
from tests.support.round_numbers import CONSTANTS, DENSE, MIXTURE, deployed, layouts


def test_the_parts_of_a_first_token_by_hand() -> None:
    # 20 ms, 1.5 steps of 10 ms, 2 · (100 ms + 50 ms).
    assert float(ttft_s(CONSTANTS, 2.0, 10e-3, 100e-3, 50e-3)) == pytest.approx(335e-3)
    assert prompt_factor([False, True], CONSTANTS).tolist() == [1, CONSTANTS.ttft_expert_prompt_factor] == [1, 2]


def test_a_prompt_of_a_dense_model_by_hand() -> None:
    # 144e6 weights of layers: 2 · 144e6 · 1000 / 0.5 PFLOP/s = 576 µs; scores 10 · 4 · 800 · 1000² / 2 / 0.25 PFLOP/s
    # = 64 µs. Two stages share them, so that an instance takes a prompt in half the time, and a prompt as long as ever.
    for shards, busy, passed in ((layouts((1, 1, 1)), 640e-6, 640e-6), (layouts((2, 1, 1)), 320e-6, 640e-6)):
        target = forward_pass(deployed(DENSE), shards, 1250, 1000)
        alone = prompt_s(target)
        assert alone[0] == pytest.approx(busy)
        assert prompt_pass_s(target, shards.dp_attn, alone)[0] == pytest.approx(passed)
        assert bare_step_s(target)[0] == target.five_times(target.stages, 1.0, 0.0).total_s[0]


def test_a_prompt_shares_the_experts_with_the_tokens_and_prompts_beside_it_by_hand() -> None:
    target = forward_pass(deployed(MIXTURE), layouts((1, 1, 1)), 1250, 1000)
    alone = prompt_s(target)
    batch, prompts = np.array([[1.0], [8.0], [8.0], [8.0]]), np.array([[0.0], [0.5], [1.0], [2.0]])
    found = prompt_beside_s(target, batch, prompts, alone).ravel()
    # All experts, 4 · 16 · 1.5e6 B at 2 TB/s, are 48 µs. A token touches 1/8 of them: 42 µs are left for a prompt
    # alone, 48 · (7/8)^8 = 16.49 µs beside eight. Two prompts of 1000 tokens share one reading.
    left = 48e-6 * 0.875 ** np.array([1, 8, 8, 8])
    assert alone - found == pytest.approx(left[0] - left * [1, 1, 1, 0.5], rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("model", "accelerator", "layout"),
    [
        ("gpt-oss-120b", "mi355x", Layout(n_gpu=1)),
        ("gpt-oss-120b", "b200-hgx", Layout(n_gpu=1)),
        ("qwen3-30b-a3b", "h100-sxm", Layout(n_gpu=1)),
        ("deepseek-v3", "h200-sxm", Layout(n_gpu=32, dp_attn=32, ep=32)),
        ("llama-3.1-8b", "h100-sxm", Layout(n_gpu=1)),
    ],
)
def test_a_longer_prompt_never_has_the_earlier_first_token(model, accelerator, layout) -> None:
    batch = 2.0 ** np.arange(5, 11)[:, np.newaxis]
    for output in (50, 300, 1000):
        times = []
        for prompt in (100, 300, 500, 700, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 12_000, 30_000):
            scenario = Scenario.preset(model, accelerator, prompt_tokens=prompt, output_tokens=output)
            engine = evaluator_at(scenario, layout)
            times.append(engine.ttft_s(batch, *engine.fastest(batch)).ravel())
        assert np.all(np.diff(times, axis=0) > 0)


def test_only_one_copy_of_attention_works_on_a_prompt() -> None:
    target = forward_pass(deployed(MIXTURE), layouts((1, 4, 1)), 1250, 1000)
    found = prompt_pass_s(target, np.array([4.0]), np.array([1e-3]))
    # Projections of 12e6 weights and scores of 5 layers, 48 + 32 µs on one GPU, a quarter on four: 20 µs, and 60 more.
    # The same of what one copy sends to the experts.
    assert target.prompt.network_bandwidth_s[0] > 0
    assert found[0] == pytest.approx(1e-3 + 60e-6 + 3 * target.prompt.network_bandwidth_s[0])


@settings(deadline=None)
@given(
    model=st.sampled_from(["llama-3.1-70b", "deepseek-v3", "qwen3-235b-a22b"]),
    prompt=st.integers(0, 30_000),
    output=st.integers(1, 4000),
    batch=st.integers(1, 500),
    draft=st.booleans(),
)
def test_it_grows_with_load_and_prompt_and_is_no_less_than_the_lower_bound(model, prompt, output, batch, draft) -> None:
    scenario = Scenario.preset(model, "h200-sxm", weights="fp8", prompt_tokens=prompt, output_tokens=output)
    if draft:
        scenario = Scenario.preset(
            model, "h200-sxm", draft="llama-3.2-1b", acceptance=0.9, prompt_tokens=prompt, output_tokens=output
        )

    def first(scenario: Scenario, batch: float) -> float:
        engine = evaluator_at(scenario, Layout(n_gpu=8, tp=8))
        b = np.array([float(batch)])
        return float(engine.ttft_s(b, *engine.fastest(b))[0])

    here = first(scenario, batch)
    apart = scenario.changed(serving=scenario.serving.model_copy(update={"disaggregated": True}))
    assert here >= first(apart, batch)
    assert first(apart, batch) == first(apart, 1)
    if not draft:  # another draft length can be the fastest
        assert first(scenario, batch + 1) >= here
        assert first(scenario.changed(prompt_tokens=prompt + 100), batch) >= here
