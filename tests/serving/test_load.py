"""Time to first token against load."""

import numpy as np
import pytest

from infecon_core import Layout, Scenario, step
from infecon_core.engines import load_curve
from infecon_core.schema.load import LOAD_COLUMNS
from tests.support.round_numbers import DENSE, scenario

PAIR = Layout(n_gpu=2, tp=2)


def test_a_row_is_the_step_with_that_batch() -> None:
    served = scenario(DENSE)
    found = load_curve(served, PAIR, batch=7)
    assert tuple(found.columns) == LOAD_COLUMNS
    assert found["batch"].is_unique
    assert found["batch"].is_monotonic_increasing
    row = found[found["batch"] == 7].iloc[0]
    here = step(served, PAIR, 7)
    assert row["tpot_s"] == pytest.approx(here.tpot_s)
    assert row["ttft_s"] == pytest.approx(here.ttft_s)
    # The first of 500 tokens ends the wait, the others follow.
    assert row["end_to_end_s"] == pytest.approx(here.ttft_s + 499 * here.tpot_s)
    # Each of seven holds a place for 500 tokens and for its prompt, which takes 520 µs of two GPUs.
    assert row["requests_per_s"] == pytest.approx(7 / (500 * here.tpot_s + 520e-6))
    assert row["prompt_load"] == pytest.approx(row["requests_per_s"] * 520e-6)
    # Waiting for the server and the first step holds no place, 20 ms and half a step more than seven places.
    assert row["concurrency"] == pytest.approx(row["requests_per_s"] * row["end_to_end_s"])
    queued_s = 20e-3 + 0.5 * here.tpot_s + row["prompt_load"] / (2 * (1 - row["prompt_load"])) * 6 / 7 * 520e-6
    assert row["concurrency"] == pytest.approx(7 + row["requests_per_s"] * queued_s)


@pytest.mark.parametrize(
    ("model", "layout", "changes"),
    [
        ("llama-3.1-70b", Layout(n_gpu=8, tp=8), {}),
        ("deepseek-v3", Layout(n_gpu=16, tp=1, dp_attn=16, ep=16), {"prompt_tokens": 8000}),
        ("deepseek-v3", Layout(n_gpu=12, tp=1, dp_attn=12, ep=12), {"prompt_tokens": 4000}),
        ("deepseek-v3", Layout(n_gpu=16, tp=8, pp=2), {"draft": "llama-3.2-1b"}),
        ("llama-3.1-70b", Layout(n_gpu=8, tp=8), {"output_tokens": 1}),
    ],
    ids=["TP", "attention DP", "idle GPUs", "draft", "one token"],
)
def test_a_load_is_the_throughput_that_is_paid_for(model: str, layout: Layout, changes: dict) -> None:
    served = Scenario.preset(model, "h200-sxm", **changes)
    found = load_curve(served, layout)
    assert len(found)
    for row in (found.iloc[0], found.iloc[len(found) // 2], found.iloc[-1]):
        here = step(served, layout, row["batch"])
        paid = here.n_gpu + here.idle_gpus
        throughput = row["requests_per_s"] * served.output_tokens / paid
        assert throughput == pytest.approx(here.tokens_per_s_per_gpu, rel=1e-9)
        assert row["end_to_end_s"] == pytest.approx(here.end_to_end_s, rel=1e-9)


@pytest.mark.parametrize(("model", "chip"), [("llama-3.1-70b", "h100-sxm"), ("deepseek-v3", "b200-hgx")])
def test_larger_batches_wait_longer_and_get_more_answers(model: str, chip: str) -> None:
    served = Scenario.preset(model, chip, prompt_tokens=4000, output_tokens=1000)
    found = load_curve(served, Layout(n_gpu=8, tp=8))
    assert len(found) > 10
    for name in ("batch", "concurrency", "requests_per_s", "ttft_s", "end_to_end_s", "prompt_load"):
        assert np.all(np.diff(found[name]) > 0), name
    assert found["batch"].iloc[0] == 1


def test_it_ends_where_memory_is_full_or_prompts_fill_the_time() -> None:
    served = scenario(DENSE, prompt_tokens=4000, output_tokens=4000)
    full = load_curve(served, PAIR)["batch"].iloc[-1]
    step(served, PAIR, full)
    with pytest.raises(ValueError, match="lack"):
        step(served, PAIR, full * 1.2)
    few = load_curve(scenario(DENSE, serving={"max_sequences_per_rank": 24}), PAIR)
    assert few["batch"].iloc[-1] == 24
    # 4000 tokens in and two out: prompts are nearly all of the work.
    busy = load_curve(scenario(DENSE, prompt_tokens=4000, output_tokens=2), PAIR)
    assert 0 < busy["batch"].iloc[-1] < 512
    assert 0.8 < busy["prompt_load"].iloc[-1] < 0.95


def test_idle_gpus_that_are_paid_for_do_no_prompts() -> None:
    served = Scenario.preset("deepseek-v3", "h200-sxm")
    layout = Layout(n_gpu=12, tp=1, dp_attn=12, ep=12)
    found = load_curve(served, layout)
    assert np.all(found["prompt_load"] > 0)
    longer = load_curve(served.changed(prompt_tokens=2000), layout)
    assert np.all(longer["prompt_load"][:20] > found["prompt_load"][:20])


def test_copies_and_stages_begin_with_a_sequence_each() -> None:
    served = Scenario.preset("deepseek-v3", "b200-hgx")
    assert load_curve(served, Layout(n_gpu=16, tp=2, pp=2, dp_attn=4, ep=8))["batch"].iloc[0] == 8


def test_there_is_no_curve_where_nobody_queues() -> None:
    served = Scenario.preset("llama-3.1-70b", "h100-sxm")
    apart = served.changed(serving=served.serving.model_copy(update={"disaggregated": True}))
    for one in (apart, served.changed(engine="published")):
        found = load_curve(one, Layout(n_gpu=8, tp=8))
        assert found.empty
        assert "ttft_s" in found.columns
    with pytest.raises(ValueError, match="heads"):
        load_curve(served, Layout(n_gpu=3, tp=3))
