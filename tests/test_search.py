"""The search of the serving engine finds what a loop over steps finds, and says why where it finds nothing."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving_points import CHIPS, MODELS, answer, price

from infecon_core import Layout, NothingFits, Scenario, approximations, catalog, frontier, step
from infecon_core.economics.decomposition import engine_at
from infecon_core.economics.layouts import batches, launchable
from infecon_core.economics.setups import largest_batch
from infecon_core.spec import FIVE_TIMES, SelfDraft

PAIRS = [
    ("llama-3.1-70b", "h100-sxm", {"weights": "fp8"}),
    ("deepseek-v3", "h200-sxm", {"prompt_tokens": 4000}),
    ("gpt-oss-120b", "b200-hgx", {"max_gpus": 1024}),
    ("qwen3-next-80b-a3b", "mi300x", {}),
    ("gemma-3-27b", "tpu-v5p", {}),
    ("llama-3.1-8b", "rtx-4090", {"weights": "fp8"}),
    ("llama-3.1-8b", "gh200-96gb", {"prompt_tokens": 0, "output_tokens": 0}),
    ("llama-3.1-70b", "h100-sxm", {"draft": "llama-3.2-1b", "acceptance": 0.7}),
    ("deepseek-v3", "gb200-nvl72", {"speculation": {"kind": "self_draft", "layers": 1}}),
    ("deepseek-v3.2", "b200-hgx", {"serving": {"disaggregated": True, "hidden_share": 0.5, "context_parallel": True}}),
]


@pytest.mark.parametrize(("model", "accelerator", "changes"), PAIRS)
def test_frontier_holds_together(model, accelerator, changes):
    scenario = Scenario.preset(model, accelerator, **changes)
    frame = frontier(scenario)
    assert scenario.engine == "serving"
    assert len(frame) > 20
    assert not frame.drop(columns="kwh_per_million_tokens").isna().any().any()
    assert np.all(frame[list(FIVE_TIMES)] >= 0)
    assert frame[list(FIVE_TIMES)].sum(axis=1).to_numpy() == pytest.approx(frame["tpot_s"].to_numpy(), rel=1e-9)
    assert np.all((frame["tp"] * frame["pp"] * frame["dp_attn"]).to_numpy() == frame["n_gpu"].to_numpy())
    for column in ("n_gpu", "tp", "pp", "ep", "dp_attn", "batch"):
        assert np.all(frame[column] == np.round(frame[column]))
    assert frame["n_gpu"].max() <= scenario.max_gpus
    used = frame["weight_bytes_per_gpu"] + frame["kv_bytes_per_gpu"] + frame["workspace_bytes_per_gpu"]
    assert np.all(used <= frame["hbm_bytes_per_gpu"] * (1 + 1e-12))
    assert frame["mfu"].between(0, 1).all()
    assert frame["mbu"].between(0, 1).all()
    assert np.all(np.diff(frame["usd_per_million_tokens"]) < 0)
    assert np.all(np.diff(frame["tokens_per_s_user"]) < 0)
    assert np.all(frame["usd_per_million_tokens_blended"] <= frame["usd_per_million_tokens"])
    assert np.all(frame["ttft_s"] > 0)


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


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    model=MODELS,
    chip=CHIPS,
    prompt=st.integers(0, 100_000),
    output=st.integers(0, 4000),
    max_gpus=st.integers(1, 24),
    speculation=st.sampled_from([None, "draft", "self"]),
    disaggregated=st.booleans(),
    demand=st.sampled_from([None, 100, 3000]),
)
def test_the_search_finds_what_a_loop_finds(model, chip, prompt, output, max_gpus, speculation, disaggregated, demand):
    changes = {
        None: {},
        "draft": {"draft": "qwen3-0.6b", "max_draft_tokens": 3},
        "self": {"speculation": SelfDraft(max_draft_tokens=2)},
    }[speculation]
    scenario = Scenario.preset(
        model,
        chip,
        prompt_tokens=prompt,
        output_tokens=output,
        max_gpus=max_gpus,
        demand_tokens_per_s=demand,
        serving={"disaggregated": disaggregated},
        **changes,
    )
    layouts = launchable(scenario.architecture, scenario.accelerator, max_gpus)
    found = []
    for stages, gpus, copies, tp, ep in zip(*layouts.shards, layouts.ep, strict=True):
        layout = Layout(n_gpu=stages * gpus, tp=tp, pp=stages, dp_attn=copies, ep=ep)
        engine = engine_at(scenario, layout)
        for batch in batches(largest_batch(engine))[::5] if max_gpus > 4 else batches(largest_batch(engine)):
            try:
                tpot = step(scenario, layout, batch).tpot_s
            except NothingFits:
                continue
            if demand is None or batch / float(engine.held_s(np.array([tpot]))[0]) <= demand:
                found.append((1 / tpot, price(scenario, layout, batch)))
    try:
        frame = frontier(scenario)
    except NothingFits:
        assert not found
        return
    ours = frame[["tokens_per_s_user", "usd_per_million_tokens"]].to_numpy()
    for speed, usd in found:
        # Nothing that runs beats the frontier in both.
        assert not np.any((speed > ours[:, 0] * (1 + 1e-9)) & (usd < ours[:, 1] * (1 - 1e-9)))
        assert np.any((ours[:, 0] >= speed * (1 - 1e-9)) & (ours[:, 1] <= usd * (1 + 1e-9)))
    if max_gpus <= 4:
        best = [(s, u) for s, u in found if not any((a > s and b <= u) or (a >= s and b < u) for a, b in found)]
        assert sorted(set(best)) == [pytest.approx(tuple(row), rel=1e-9) for row in ours[::-1]]


@pytest.mark.parametrize(
    ("model", "accelerator", "changes", "words"),
    [
        ("llama-3.1-405b", "h100-sxm", {"max_gpus": 8}, r"lacks 29\.\d GB on each of 8 .*allow 16 GPUs or use FP8"),
        ("llama-3.1-70b", "gh200-96gb", {"max_gpus": 1}, "lacks .* GB on 1 GH200.*allow 2 GPUs"),
        ("deepseek-v3", "rtx-4090", {}, "on each of 8 .* up to 8; choose an accelerator with more memory"),
        ("llama-3.1-8b", "rtx-4090", {"prompt_tokens": 5_000_000, "max_gpus": 8}, "shorten the prompt to"),
        ("llama-3.1-8b", "h100-sxm", {"demand_tokens_per_s": 0.001}, "raise the demand to"),
    ],
)
def test_what_does_not_fit_says_by_how_much_and_what_would(model, accelerator, changes, words):
    with pytest.raises(NothingFits, match=words) as caught:
        frontier(Scenario.preset(model, accelerator, **changes))
    assert str(caught.value).count(". ") == 0
    assert bool(caught.value.changes) == (model != "deepseek-v3")
    if caught.value.changes:
        assert len(frontier(Scenario.preset(model, accelerator, **{**changes, **caught.value.changes}))) > 0


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


def test_layouts_that_nothing_joins_are_refused():
    with pytest.raises(ValueError, match="use at most 8"):
        step(Scenario.preset("llama-3.1-8b", "rtx-4090"), Layout(n_gpu=16, tp=8, pp=2), 8)
    with pytest.raises(ValueError, match=r"cannot be dealt to 24 GPUs"):
        step(Scenario.preset("deepseek-v3", "h200-sxm"), Layout(n_gpu=24, tp=8, dp_attn=3), 8)


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
        assert ep == 1 if copies == 1 else 256 % ep == 0
        engine_at(scenario, Layout(n_gpu=stages * gpus, tp=tp, pp=stages, dp_attn=copies, ep=ep))


def test_batches_are_whole_and_about_eight_an_octave():
    grid = batches(1000)
    assert np.all(grid == np.round(grid))
    assert (grid[0], grid[-1]) == (1, 1000 if 1000 in grid else grid[-1])
    assert np.sum((grid > 256) & (grid <= 512)) == 8
    assert batches(0.3).tolist() == [1]


def test_approximations_are_named():
    scenario = Scenario.preset(
        "deepseek-v3", "trainium2", draft="llama-3.2-1b", max_gpus=64, serving={"disaggregated": True}
    )
    notes = " ".join(approximations(scenario))
    for word in ("global fits", "10%", "scale-up domains", "maker's software", "GPUs of their own", "rejected draft"):
        assert word in notes


@pytest.mark.slow
@pytest.mark.parametrize("model", catalog.models())
def test_every_model_gives_a_frontier_or_says_what_would(model):
    for accelerator in ("h100-sxm", "gb200-nvl72", "mi355x", "tpu-v4", "rtx-5090", "groq-lpu-v1", "gh200-144gb"):
        for changes in ({}, {"prompt_tokens": 0, "output_tokens": 0}, {"prompt_tokens": 10_000_000}):
            frame, reason = answer(Scenario.preset(model, accelerator, **changes))
            if reason is not None:
                assert "lacks" in str(reason)
                if not reason.changes:
                    continue
                frame, _ = answer(Scenario.preset(model, accelerator, **{**changes, **reason.changes}))
            assert frame is not None
            assert np.isfinite(frame["usd_per_million_tokens"]).all()
            assert frame["mfu"].between(0, 1).all()
            assert frame["mbu"].between(0, 1).all()
