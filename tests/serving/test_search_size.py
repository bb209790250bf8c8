"""Searches are bounded in work and memory: what any scenario within the bounds of its fields can ask for."""

import time
import tracemalloc

import numpy as np
import pytest

from infecon_core import catalog
from infecon_core.engines import frontiers
from infecon_core.scenario import MAX_GPUS, Scenario
from infecon_core.schema import (
    Architecture,
    GroupedQueryAttention,
    LayerGroup,
    MixtureOfExperts,
    NothingFits,
    SelfDraft,
)
from infecon_core.serving import evaluate, search_size
from infecon_core.serving.evaluate import largest_batch, searched
from infecon_core.serving.layouts import batches
from infecon_core.serving.search_size import MOST_WORK, work

# Below the bound on heads, the number with the most divisors.
MANY_DIVISORS = 55_440


def _model(groups: int) -> Architecture:
    """Layers of as many shapes and expert routings as are asked for, which can be cut in as many ways as any."""
    return Architecture(
        name="Everything at its bound",
        hidden_size=1024,
        vocab_size=1000,
        layer_groups=tuple(
            LayerGroup(
                num_layers=2000,
                attention=GroupedQueryAttention(
                    num_attention_heads=MANY_DIVISORS, num_key_value_heads=MANY_DIVISORS, head_dim=1 + i
                ),
                feed_forward=MixtureOfExperts(num_experts=256 + i, num_experts_per_tok=8, moe_intermediate_size=128),
            )
            for i in range(groups)
        ),
    )


def _scenario(groups: int, max_gpus: int, drafts: int = 0) -> Scenario:
    chip = catalog.accelerator("h100-sxm").accelerator
    return Scenario(
        architecture=_model(groups),
        accelerator=chip.model_copy(update={"hbm_bytes": 1e14, "hbm_bytes_per_s": 1e15, "scale_up_domain": 2**16}),
        prompt_tokens=1,
        output_tokens=1,
        target_tokens_per_s_user=0.01,
        max_gpus=max_gpus,
        speculation=SelfDraft(max_draft_tokens=drafts) if drafts else None,
        serving={"pipelines": True, "max_sequences_per_rank": 2048, "min_tokens_per_s_user": 0},
    )


@pytest.mark.parametrize(
    ("groups", "max_gpus", "drafts"), [(16, MAX_GPUS, 16), (16, 1024, 16), (1, MAX_GPUS, 0)], ids=str
)
def test_a_search_that_takes_too_long_is_refused_with_one_that_does_not(
    groups: int, max_gpus: int, drafts: int
) -> None:
    scenario = _scenario(groups, max_gpus, drafts)
    assert work(searched(scenario)) > MOST_WORK
    with pytest.raises(NothingFits, match=r"takes too long; allow [0-9,]+\.$") as refused:
        frontiers(scenario)
    smaller = scenario.changed(**refused.value.changes)
    assert smaller.max_gpus < max_gpus
    assert work(searched(smaller)) <= MOST_WORK < work(searched(scenario.changed(max_gpus=2 * smaller.max_gpus)))


@pytest.mark.parametrize(
    "limits",
    [
        {"target_ttft_s": 1e-3},
        {"min_tokens_per_s_user": 1e4, "target_tokens_per_s_user": 1e4},
        {"demand_tokens_per_s": 1e-3},
        {
            "target_ttft_s": 1e-3,
            "demand_tokens_per_s": 1e-3,
            "min_tokens_per_s_user": 1e4,
            "target_tokens_per_s_user": 1e4,
        },
    ],
    ids=len,
)
@pytest.mark.parametrize("spare", [0.0, 0.5, 1.5, 2.5, 3.5, 1e3])
def test_a_refusal_takes_no_more_than_what_its_search_leaves(
    monkeypatch: pytest.MonkeyPatch, limits: dict[str, float], spare: float
) -> None:
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", max_gpus=8).changed(**limits)
    bound = (1 + spare) * work(searched(scenario))
    monkeypatch.setattr(search_size, "MOST_WORK", bound)
    swept = []
    sweep = evaluate.LayoutEvaluator.sweep

    def counted(engine: evaluate.LayoutEvaluator, batch: np.ndarray) -> evaluate.Sweep:
        swept.append(work(engine))
        return sweep(engine, batch)

    monkeypatch.setattr(evaluate.LayoutEvaluator, "sweep", counted)
    with pytest.raises(NothingFits) as refused:
        frontiers(scenario)
    assert sum(swept) <= bound
    unknown = "takes too long" in str(refused.value)
    assert not unknown if spare >= 3.5 else unknown or spare >= 1
    monkeypatch.undo()
    if refused.value.changes:
        assert not frontiers(scenario.changed(**refused.value.changes)).exact.empty
    if spare == 1e3:
        assert refused.value.changes


@pytest.mark.slow
@pytest.mark.parametrize("max_gpus", [1024, MAX_GPUS])
@pytest.mark.parametrize("model_id", catalog.models())
def test_no_model_of_the_catalog_is_refused(model_id: str, max_gpus: int) -> None:
    options = {"pipelines": True, "max_sequences_per_rank": 2048, "min_tokens_per_s_user": 0.0}
    scenario = Scenario.preset(
        model_id, "gb200-nvl72", max_gpus=max_gpus, speculation=SelfDraft(max_draft_tokens=16), **options
    )
    assert work(searched(scenario)) <= MOST_WORK


@pytest.mark.slow
@pytest.mark.parametrize(("groups", "max_gpus", "drafts"), [(16, 1024, 7), (1, 1024, 16), (8, 2048, 0)], ids=str)
def test_the_largest_searches_stay_within_bounds(groups: int, max_gpus: int, drafts: int) -> None:
    scenario = _scenario(groups, max_gpus, drafts)
    started = time.process_time()
    assert not frontiers(scenario).exact.empty
    print(f"{groups} groups, {max_gpus} GPUs, {drafts} drafts: {time.process_time() - started:.2f} s of CPU")
    tracemalloc.start()
    try:
        frontiers(scenario)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 300e6


def test_blocks_of_a_sweep_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", speculation=SelfDraft())
    engine = searched(scenario)
    batch = batches(largest_batch(engine))
    monkeypatch.setattr(evaluate, "BLOCK", 1000)
    blocks = engine.sweep(batch)
    assert blocks.tpot_s.size > 2 * evaluate.BLOCK
    monkeypatch.setattr(evaluate, "BLOCK", 10**9)
    whole = engine.sweep(batch)
    np.testing.assert_allclose(blocks.tpot_s, whole.tpot_s, rtol=1e-14)
    np.testing.assert_array_equal(blocks.draft_tokens, whole.draft_tokens)
