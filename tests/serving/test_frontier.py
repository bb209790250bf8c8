"""The search of the serving engine finds what a loop over steps finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infecon_core import Layout, NothingFits, Scenario, catalog, frontier, step
from infecon_core.pareto import non_dominated
from infecon_core.schema import FIVE_TIMES, SelfDraft
from infecon_core.serving import frontier as search
from infecon_core.serving.breakdown import evaluator_at
from infecon_core.serving.evaluate import LayoutEvaluator, largest_batch
from infecon_core.serving.layouts import batches, launchable
from tests.support.round_numbers import CHIP, DENSE, scenario
from tests.support.serving_pairs import PAIRS
from tests.support.serving_points import CHIPS, MODELS, answer, price

# With latencies so short that two GPUs pay off.
QUICK = scenario(DENSE, max_gpus=2, accelerator=CHIP.model_copy(update={"allreduce_latency_s": 0.1e-6}))


@pytest.mark.parametrize(("model", "accelerator", "changes"), PAIRS)
def test_frontier_holds_together(model, accelerator, changes):
    scenario = Scenario.preset(model, accelerator, **changes)
    frame = frontier(scenario)
    assert scenario.engine == "serving"
    assert len(frame) > 20
    power = [name for name in frame.columns if "kwh" in name or "per_mw" in name or name == "power_share"]
    assert not frame.drop(columns=power).isna().any().any()
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


def test_a_frontier_at_other_latencies():
    slow = search.frontier(QUICK, 3.0)
    assert (slow["network_latency_s"] > 0).any()
    for _, row in slow.iterrows():
        expected = step(QUICK, Layout.of(row), row["batch"])
        assert row["network_latency_s"] == pytest.approx(3 * expected.network_latency_s)
    assert search.frontier(QUICK).equals(search.frontier(QUICK, 1.0))
    assert slow["draft_tokens"].dtype == np.int64


def test_layouts_whose_first_token_comes_too_late_are_not_searched():
    free = Scenario.preset("deepseek-v3", "gb200-nvl72", prompt_tokens=8000)
    unlimited = frontier(free)
    limit = float(unlimited["ttft_s"].median())
    limited = free.changed(target_ttft_s=limit)
    frame = frontier(limited)
    assert frame["ttft_s"].max() <= limit < unlimited["ttft_s"].max()
    # What the limit leaves of the whole search, and nothing else.
    swept = search.sweep(free)
    layouts = swept.engine.layouts.n_gpu.size
    times, drafts = (values.reshape(-1, layouts) for values in (swept.tpot_s, swept.draft_tokens))
    late = swept.engine.ttft_s(swept.batch[:, np.newaxis], times, drafts).ravel() > limit
    left = non_dominated(np.where(late, np.inf, swept.tpot_s), swept.cost)
    assert frame["tpot_s"].to_numpy() == pytest.approx(left.latency_s, rel=1e-12)
    # A limit that all setups meet changes nothing, and a step is taken whatever its first token.
    assert frontier(free.changed(target_ttft_s=1e6)).equals(unlimited)
    slowest = unlimited.loc[unlimited["ttft_s"].idxmax()]
    taken = step(limited, Layout.of(slowest), slowest["batch"])
    assert taken.ttft_s == pytest.approx(slowest["ttft_s"])


@pytest.mark.parametrize(
    ("fewer", "more"),
    [
        ({"max_gpus": 12}, {"max_gpus": 48}),
        ({}, {"pipelines": True}),
        ({"max_sequences_per_rank": 20}, {"max_sequences_per_rank": 300}),
        ({"min_tokens_per_s_user": 30}, {"min_tokens_per_s_user": 0}),
    ],
)
@pytest.mark.parametrize("model", ["llama-3.1-70b", "deepseek-v3"])
def test_a_wider_search_is_never_worse(model, fewer, more):
    chosen = Scenario.preset(model, "gb200-nvl72", weights="fp8", max_gpus=72)
    narrow, wide = (search.sweep(chosen.changed(**changes)) for changes in (fewer, more))
    for tpot, cost in zip(narrow.front.latency_s, narrow.cost[narrow.front.setup], strict=True):
        # The largest batch of the narrower search may lie between two of the wider one's: a step of the grid at most.
        assert ((wide.tpot_s <= tpot * 1.05) & (wide.cost <= cost * 1.1)).any()
    assert wide.tpot_s.min() <= narrow.tpot_s.min()
    assert wide.cost.min() <= narrow.cost.min()


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
    ttft=st.sampled_from([None, 0.1, 1]),
    pipelines=st.booleans(),
    most=st.sampled_from([1, 20, 512]),
    least=st.sampled_from([0, 10, 40]),
)
def test_the_search_finds_what_a_loop_finds(
    model, chip, prompt, output, max_gpus, speculation, disaggregated, demand, ttft, pipelines, most, least
):
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
        target_ttft_s=ttft,
        serving={
            "disaggregated": disaggregated,
            "pipelines": pipelines,
            "max_sequences_per_rank": most,
            "min_tokens_per_s_user": least,
        },
        **changes,
    )
    layouts = launchable(scenario.architecture, scenario.accelerator, max_gpus, pipelines=pipelines)
    assert pipelines or set(layouts.shards.stages) == {1}
    grid = batches(largest_batch(LayoutEvaluator(scenario, layouts)))
    found = []
    for stages, gpus, copies, tp, ep in zip(*layouts.shards, layouts.ep, strict=True):
        layout = Layout(n_gpu=stages * gpus, tp=tp, pp=stages, dp_attn=copies, ep=ep)
        engine = evaluator_at(scenario, layout)
        fitting = grid[grid <= largest_batch(engine)]
        for batch in fitting[::5] if max_gpus > 4 else fitting:
            try:
                taken = step(scenario, layout, batch)
            except NothingFits:
                continue
            tpot = taken.tpot_s
            if (ttft is not None and taken.ttft_s > ttft) or batch > most * copies or 1 / tpot < least:
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


@pytest.mark.slow
@pytest.mark.parametrize("model", catalog.models())
def test_every_model_gives_a_frontier_or_says_what_would(model):
    for accelerator in ("h100-sxm", "gb200-nvl72", "mi355x", "tpu-v4", "rtx-5090", "groq-lpu-v1", "gh200-144gb"):
        for changes in ({}, {"prompt_tokens": 0, "output_tokens": 0}, {"prompt_tokens": 10_000_000}):
            frame, reason = answer(Scenario.preset(model, accelerator, **changes))
            asked = dict(changes)
            if reason is not None:
                assert "lacks" in str(reason) or "gives one user at most" in str(reason)
                # What memory holds may still be too slow: each sentence names one thing.
                for _ in range(2):
                    asked |= reason.changes if reason is not None else {}
                    frame, reason = answer(Scenario.preset(model, accelerator, **asked))
                if reason is not None:
                    assert "lacks" in str(reason)
                    assert not reason.changes
                    continue
            assert frame is not None
            assert np.isfinite(frame["usd_per_million_tokens"]).all()
            assert frame["mfu"].between(0, 1).all()
            assert frame["mbu"].between(0, 1).all()
