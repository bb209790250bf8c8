"""Frontiers of the published grid: the reference's 67, and what any frontier must hold."""

import itertools

import numpy as np
import pytest

from infecon_core.paper import frontier, token_latency
from infecon_core.paper.frontier import choose, grid
from infecon_core.paper.speculation import Pair, speculate
from infecon_core.paper.variants import published_system
from infecon_core.pareto import at_speed, cheapest, fastest, non_dominated, preferred
from tests.support.published_cases import rows

POINTS = {"fastest": fastest, "cheapest": cheapest, "preferred": preferred}
SETTING = (
    "variant",
    "pipeline",
    "model_id",
    "accelerator_id",
    "context_tokens",
    "demand_tokens_per_s",
    "draft_id",
    "acceptance",
    "max_draft_tokens",
)


def cases():
    found = []
    for setting, group in itertools.groupby(rows("frontiers.csv"), key=lambda row: tuple(row[k] for k in SETTING)):
        row = dict(zip(SETTING, setting, strict=True))
        slow = bool(row["pipeline"]) or bool(row["draft_id"])
        name = f"{setting[0]}-{setting[2]}"
        marks = [pytest.mark.slow] if slow else []
        found.append(pytest.param(row, {r["point"]: r for r in group}, marks=marks, id=name))
    return found


@pytest.mark.parametrize(("setting", "points"), cases())
def test_agrees_with_the_reference(setting, points):
    frame = frontier(
        setting["variant"],
        setting["model_id"],
        setting["accelerator_id"],
        pipeline=setting["pipeline"],
        context_tokens=setting["context_tokens"],
        demand_tokens_per_s=setting["demand_tokens_per_s"],
        draft=setting["draft_id"],
        acceptance=setting["acceptance"],
        max_draft_tokens=int(setting["max_draft_tokens"] or 5),
    )
    assert set(points) == set(POINTS)
    for name, theirs in points.items():
        ours = POINTS[name](frame)
        for column in ("tokens_per_s_user", "usd_per_million_tokens", "n_gpu", "batch", "mfu"):
            assert ours[column] == pytest.approx(theirs[column], rel=1e-6), (name, column)


def test_all_67_frontiers_are_there():
    assert len(cases()) == 67
    assert len(rows("frontiers.csv")) == 3 * 67


@pytest.mark.parametrize("variant", ["toy", "printed", "reference_2d", "reference_pipeline", "reference"])
def test_no_point_of_a_frontier_is_dominated(variant):
    frame = frontier(variant, "erdil-Mixtral_8x7B", "erdil-A100", context_tokens=2000)
    assert len(frame) > 20
    assert np.all(np.diff(frame["tokens_per_s_user"]) < 0)
    assert np.all(np.diff(frame["usd_per_million_tokens"]) < 0)


def test_frontier_is_the_brute_force_one():
    target = published_system("reference", "erdil-Llama_3_8B", "erdil-H100")
    points = grid(target, 500.0)
    latency = token_latency(
        "reference", "erdil-Llama_3_8B", "erdil-H100", points.n_gpu, points.batch, context_tokens=500
    )
    cost = points.n_gpu * latency / points.batch
    chosen = choose(target, None, context_tokens=500.0)
    quickest = latency.min()
    for limit in np.geomspace(quickest, 100 * quickest, 1000)[::37]:
        best = cost[latency <= limit].min()
        within = chosen.latency_s <= limit
        assert (chosen.n_gpu * chosen.latency_s / chosen.batch)[within].min() == pytest.approx(best, rel=1e-12)


def test_a_demand_ceiling_is_kept_and_only_costs():
    free = frontier("reference", "erdil-Llama_3_8B", "erdil-H100")
    bound = frontier("reference", "erdil-Llama_3_8B", "erdil-H100", demand_tokens_per_s=10_000)
    assert np.all(bound["batch"] * bound["tokens_per_s_user"] <= 10_000 * (1 + 1e-12))
    # The limits lie 0.46% apart: within one of them the free frontier is at least as cheap.
    for _, row in bound.iloc[::10].iterrows():
        nearly = at_speed(free, row["tokens_per_s_user"] / 1.005)
        assert nearly["usd_per_million_tokens"] <= row["usd_per_million_tokens"]


@pytest.mark.parametrize("acceptance", [0.0, 0.5, 0.9, 1.0])
def test_leaving_setups_out_keeps_the_frontier(acceptance):
    target = published_system("reference", "erdil-Llama_3_70B", "erdil-H100")
    draft = published_system("reference", "erdil-Llama_3_8B", "erdil-H100")
    points = grid(target, 0.0, max_gpus=64)
    points = points._replace(
        n_gpu=points.n_gpu[::7], batch=points.batch[::7], context_tokens=points.context_tokens[::7]
    )
    pair = Pair(target, draft, acceptance, 4)
    exact, quick = speculate(pair, points), speculate(pair, points, frontier_only=True)
    cost = points.n_gpu / points.batch
    full, pruned = (non_dominated(x.latency_s, cost * x.latency_s) for x in (exact, quick))
    assert np.array_equal(full.latency_s, pruned.latency_s)
    assert np.array_equal(exact.draft_tokens[full.setup], quick.draft_tokens[pruned.setup])


def test_a_draft_that_is_never_right_never_helps():
    plain = frontier("reference", "erdil-Llama_3_8B", "erdil-H100")
    drafted = frontier("reference", "erdil-Llama_3_8B", "erdil-H100", draft="erdil-Llama_3_8B_MQA", acceptance=0.0)
    assert np.array_equal(plain, drafted)


def test_nothing_fits_gives_an_empty_frontier():
    frame = frontier("reference", "erdil-Llama_3_8B", "erdil-H100", demand_tokens_per_s=1e-9)
    assert frame.empty


def test_bad_input_is_one_sentence():
    with pytest.raises(ValueError, match="acceptance"):
        frontier("reference", "erdil-Llama_3_8B", "erdil-H100", draft="erdil-Llama_3_8B_MQA")
    with pytest.raises(ValueError, match="demand"):
        frontier("reference", "erdil-Llama_3_8B", "erdil-H100", demand_tokens_per_s=0)
    with pytest.raises(ValueError, match="context"):
        frontier("reference", "erdil-Llama_3_8B", "erdil-H100", context_tokens=float("nan"))
