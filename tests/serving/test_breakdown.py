"""One point taken apart: it is the frontier's row, and what cannot run says why."""

import math

import pytest

from infecon_core import Layout, NothingFits, Scenario, approximations, frontier, step
from infecon_core.schema import FIVE_TIMES
from infecon_core.serving import breakdown
from tests.support.round_numbers import DENSE, scenario
from tests.support.serving_pairs import PAIRS
from tests.support.serving_points import price


@pytest.mark.parametrize(("model", "accelerator", "changes"), PAIRS)
def test_step_is_the_row_taken_apart(model, accelerator, changes):
    scenario = Scenario.preset(model, accelerator, **changes)
    frame = frontier(scenario)
    for _, row in frame.iloc[:: max(1, len(frame) // 6)].iterrows():
        point = step(scenario, Layout.of(row), row["batch"])
        assert point.tpot_s == pytest.approx(row["tpot_s"], rel=1e-12)
        assert point.limit == row["limit"]
        assert point.draft_tokens == row["draft_tokens"]
        for name in FIVE_TIMES:
            assert getattr(point, name) == pytest.approx(row[name], rel=1e-9, abs=1e-15)
            parts = sum(getattr(operator, name) for operator in point.operators)
            assert parts == pytest.approx(getattr(point, name), rel=1e-9, abs=1e-15)
            assert all(getattr(operator, name) >= 0 for operator in point.operators)
        assert point.total_s == pytest.approx(point.tpot_s, rel=1e-12)
        for name in ("mfu", "mbu", "weight_bytes_per_gpu", "kv_bytes_per_gpu", "workspace_bytes_per_gpu"):
            assert getattr(point, name) == pytest.approx(row[name], rel=1e-12)
        assert price(scenario, Layout.of(row), row["batch"]) == pytest.approx(row["usd_per_million_tokens"], rel=1e-12)


@pytest.mark.parametrize(
    ("layout", "batch", "error", "words"),
    [
        ({"n_gpu": 1}, 8, NothingFits, r"lack \d+\.\d GB on each of 1 × H100"),
        ({"n_gpu": 8, "tp": 2, "pp": 4}, 2, NothingFits, "needs a batch of at least 4; it is 2"),
        ({"n_gpu": 8}, 8, ValueError, "are 1 GPUs, not 8"),
        ({"n_gpu": 7, "tp": 7}, 8, ValueError, "64 heads of Llama 3.1 70B do not divide by TP 7"),
        ({"n_gpu": 2.5, "tp": 2.5}, 8, ValueError, "whole layouts only; n_gpu is 2.5"),
        ({"n_gpu": 81, "pp": 81}, 81, ValueError, "80 layers, fewer than 81 stages"),
        ({"n_gpu": 8, "tp": 4, "dp_attn": 2}, 8, ValueError, "has no experts"),
        ({"n_gpu": 8, "tp": 8}, 0, ValueError, "got 0"),
        ({"n_gpu": 8, "tp": 8}, math.nan, ValueError, "got nan"),
        ({"n_gpu": 8, "tp": 8}, 1e300, ValueError, "got 1e"),
    ],
)
def test_a_point_that_cannot_run_says_why(layout, batch, error, words):
    with pytest.raises(error, match=words):
        step(Scenario.preset("llama-3.1-70b", "h100-sxm"), Layout(**layout), batch)


def test_a_batch_has_bounds():
    # Nothing is kept of no tokens: any batch up to 1e9 fits.
    empty = scenario(DENSE, prompt_tokens=0, output_tokens=0)
    assert step(empty, Layout(n_gpu=1), 1e9).batch == 1e9
    with pytest.raises(ValueError, match=r"^The batch is a positive number up to 1e9; got 1e\+09\.$"):
        step(empty, Layout(n_gpu=1), 1e9 + 1)


def test_latencies_times_a_factor():
    at = (scenario(DENSE), Layout(n_gpu=2, tp=2), 8)
    # 20 all-reduces of 5 µs.
    assert breakdown.step(*at).network_latency_s == pytest.approx(100e-6)
    assert breakdown.step(*at, 3.0).network_latency_s == pytest.approx(300e-6)


def test_layouts_that_nothing_joins_are_refused():
    with pytest.raises(ValueError, match="use at most 8"):
        step(Scenario.preset("llama-3.1-8b", "rtx-4090"), Layout(n_gpu=16, tp=8, pp=2), 8)
    with pytest.raises(ValueError, match=r"cannot be dealt to 128 GPUs"):
        step(Scenario.preset("deepseek-v3", "h200-sxm"), Layout(n_gpu=128, tp=128), 8)


@pytest.mark.parametrize("gpus", [48, 72, 96, 144])
def test_wide_expert_parallelism_holds_redundant_experts(gpus):
    # Published degrees that do not divide 256 experts: as many whole ones on each GPU, second copies among them.
    scenario = Scenario.preset("deepseek-v3", "h800-sxm", max_gpus=256)
    found = step(scenario, Layout(n_gpu=gpus, tp=1, dp_attn=gpus, ep=gpus), 64 * gpus)
    slots = -(-256 // gpus)
    one = 3 * 7168 * 2048
    always = scenario.architecture.feed_forward_params - 58 * 256 * one
    tables = 2 * scenario.architecture.embedding_params
    held = scenario.architecture.attention_params + always + tables / gpus + 58 * slots * one
    assert found.weight_bytes_per_gpu == pytest.approx(held)


def test_approximations_are_named():
    scenario = Scenario.preset(
        "deepseek-v3", "trainium2", draft="llama-3.2-1b", max_gpus=64, serving={"disaggregated": True}
    )
    notes = " ".join(approximations(scenario))
    for word in ("global fits", "10%", "scale-up domains", "maker's software", "GPUs of their own", "rejected draft"):
        assert word in notes


@pytest.mark.parametrize("speculation", [{"kind": "self_draft"}, None], ids=["self-draft", "draft model"])
def test_a_correction_scales_every_line_of_a_draft(speculation):
    draft = {"draft": "llama-3.2-1b"} if speculation is None else {"speculation": speculation}
    slow = {"correction": "own", "time_factor": 1.5}
    chosen = Scenario.preset("llama-3.1-70b", "h100-sxm", serving=slow, **draft)
    point = step(chosen, Layout(n_gpu=8, tp=8), 64)
    assert any(operator.name == "Prompts of other users, draft" for operator in point.operators)
    assert sum(operator.total_s for operator in point.operators) == pytest.approx(point.tpot_s, rel=1e-9)
