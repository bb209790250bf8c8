"""Properties of a step of the serving engine: what may never happen, whatever the scenario."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from infecon_core import Layout, NothingFits, Scenario, catalog, step
from infecon_core.catalog.constants import shipped
from infecon_core.schema import FIVE_TIMES, DraftModel, LayerGroup, MixtureOfExperts, SelfDraft
from infecon_core.serving.breakdown import evaluator_at
from tests.support.serving_points import DENSE, points, price, with_chip


@settings(max_examples=40, deadline=None)
@given(
    point=points(),
    field=st.sampled_from(["hbm_bytes_per_s", "peaks", "scale_up_bytes_per_s", "scale_out_bytes_per_s"]),
    factor=st.floats(1.01, 4),
)
def test_a_better_accelerator_is_never_slower(point, field, factor):
    scenario, layout, batch = point
    value = scenario.accelerator.model_dump()[field]
    assume(value is not None)
    better = {k: v and v * factor for k, v in value.items()} if field == "peaks" else value * factor
    before, after = (step(s, layout, batch).tpot_s for s in (scenario, with_chip(scenario, **{field: better})))
    assert after <= before * (1 + 1e-12)


@settings(max_examples=20, deadline=None)
@given(point=points(), factor=st.floats(1.01, 10))
def test_the_price_is_proportional_to_the_rent(point, factor):
    scenario, layout, batch = point
    dearer = with_chip(scenario, price_usd_per_gpu_hour=scenario.accelerator.price_usd_per_gpu_hour * factor)
    assert price(dearer, layout, batch) == pytest.approx(factor * price(scenario, layout, batch))


@settings(max_examples=40, deadline=None)
@given(point=points())
def test_the_five_times_are_no_less_than_nothing_and_sum_to_the_step(point):
    result = step(*point)
    times = [getattr(result, name) for name in FIVE_TIMES]
    assert min(times) >= 0
    assert sum(times) == pytest.approx(result.tpot_s, rel=1e-12)
    assert 0 < result.mfu < 1
    assert 0 < result.mbu < 1


@settings(max_examples=30, deadline=None)
@given(point=points(), draft=st.sampled_from(["model", "self"]))
def test_speculation_that_is_always_wrong_never_helps(point, draft):
    scenario, layout, batch = point
    small = catalog.model("qwen3-0.6b")
    speculation = (
        SelfDraft(acceptance=0)
        if draft == "self"
        else DraftModel(architecture=small.architecture, precision=small.precision, acceptance=0)
    )
    try:
        result = step(scenario.model_copy(update={"speculation": speculation}), layout, batch)
    except NothingFits:
        return
    assert result.draft_tokens == 0
    # It reads the prompts of others all the same.
    assert result.tpot_s >= step(scenario, layout, batch).tpot_s
    alone = step(scenario.changed(prompt_tokens=0, speculation=speculation), layout, batch)
    assert alone.tpot_s == step(scenario.changed(prompt_tokens=0), layout, batch).tpot_s


def test_a_free_and_perfect_draft_multiplies():
    tiny = catalog.model("llama-3.2-1b").architecture
    group = tiny.layer_groups[0].model_copy(update={"num_layers": 1})
    tiny = tiny.model_copy(update={"hidden_size": 8, "vocab_size": 0, "layer_groups": (group,)})
    plain = Scenario.preset("llama-3.1-405b", "h100-sxm", prompt_tokens=0, weights="fp8")
    free = plain.model_copy(update={"speculation": DraftModel(architecture=tiny, acceptance=1, max_draft_tokens=5)})
    layout = Layout(n_gpu=8, tp=8)
    before, after = step(plain, layout, 1), step(free, layout, 1)
    assert after.draft_tokens == 5
    assert 5 < before.tpot_s / after.tpot_s < 6


def test_measured_acceptance_lengths_replace_the_rate():
    layout = Layout(n_gpu=16, tp=8, pp=2)

    def drafted(**numbers):
        draft = DraftModel(architecture=catalog.model("llama-3.2-1b").architecture, max_draft_tokens=2, **numbers)
        return step(
            Scenario.preset("llama-3.1-405b", "h100-sxm", weights="fp8", speculation=draft, prompt_tokens=0), layout, 2
        )

    # α = 0.8 makes 1 + 0.8 and 1 + 0.8 + 0.64 tokens a round.
    as_rate = drafted(acceptance=0.8)
    assert drafted(acceptance=0, accepted_lengths=(1.8, 2.44)).tpot_s == pytest.approx(as_rate.tpot_s)
    assert as_rate.draft_tokens == 2
    assert drafted(acceptance=0.8, accepted_lengths=(1.8,)).draft_tokens == 1
    assert drafted(acceptance=0.8, accepted_lengths=(1.0, 1.0)).draft_tokens == 0


def as_one_expert(architecture):
    """The same dense model, its feed-forward layers written as one expert that every token passes."""
    groups = tuple(
        LayerGroup(
            num_layers=group.num_layers,
            attention=group.attention,
            feed_forward=MixtureOfExperts(
                num_experts=1,
                num_experts_per_tok=1,
                moe_intermediate_size=group.feed_forward.intermediate_size,
                gated=group.feed_forward.gated,
                router=False,
            ),
        )
        for group in architecture.layer_groups
    )
    return architecture.model_copy(update={"layer_groups": groups})


@settings(max_examples=25, deadline=None)
@given(point=points(models=st.sampled_from(DENSE)), disaggregated=st.booleans())
def test_a_dense_model_written_as_one_expert_is_the_same(point, disaggregated):
    # What the engine adds for experts is what was measured of their kernels: without it nothing may differ.
    scenario, layout, batch = point
    measured = shipped()
    constants = measured.model_copy(
        update={
            "expert_layer_overhead_s": 0.0,
            "expert_rank_overhead_s": 0.0,
            "block_scale_overhead_s": 0.0,
            "expert_padding_rows": 0.0,
            "ttft_expert_prompt_factor": 1.0,
            "expert_read_efficiency": measured.weight_read_efficiency,
        }
    )
    serving = scenario.serving.model_copy(update={"constants": constants, "disaggregated": disaggregated})
    dense = scenario.model_copy(update={"serving": serving})
    mixture = dense.model_copy(update={"architecture": as_one_expert(dense.architecture)})
    one, other = step(dense, layout, batch), step(mixture, layout, batch)
    for name in (*FIVE_TIMES, "weight_bytes_per_gpu", "kv_bytes_per_gpu", "workspace_bytes_per_gpu", "mfu", "mbu"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-12, abs=1e-18)
    assert price(mixture, layout, batch) == pytest.approx(price(dense, layout, batch), rel=1e-12)
    assert other.ttft_s == pytest.approx(one.ttft_s, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(point=points())
def test_disaggregated_is_the_bare_step_and_never_slower(point):
    scenario, layout, batch = point
    apart = scenario.model_copy(update={"serving": scenario.serving.model_copy(update={"disaggregated": True})})
    bare = step(apart, layout, batch)
    assert bare.tpot_s <= step(scenario, layout, batch).tpot_s
    assert all(operator.name != "Prompts of other users" for operator in bare.operators)


def test_prompts_of_no_tokens_give_the_bare_step():
    for model in ("llama-3.1-70b", "deepseek-v3"):
        scenario = Scenario.preset(model, "h200-sxm", weights="fp8", prompt_tokens=0, output_tokens=2000)
        apart = scenario.model_copy(update={"serving": scenario.serving.model_copy(update={"disaggregated": True})})
        layout = Layout(n_gpu=8, tp=8)
        shared, alone = step(scenario, layout, 64), step(apart, layout, 64)
        first = {"ttft_s", "end_to_end_s"}
        assert shared.model_dump(exclude=first) == alone.model_dump(exclude=first)
        assert price(scenario, layout, 64) == price(apart, layout, 64)
        assert alone.ttft_s == pytest.approx(step(scenario, layout, 1).tpot_s)
        assert shared.ttft_s == pytest.approx(shipped().ttft_overhead_s + 1.5 * shared.tpot_s)


@pytest.mark.parametrize("prompt_tokens", [8000, 30_000])
def test_everybody_pays_for_a_prompt_also_alone(prompt_tokens):
    scenario = Scenario.preset("llama-3.1-8b", "h100-sxm", prompt_tokens=prompt_tokens, output_tokens=100)
    layout = Layout(n_gpu=1)
    engine = evaluator_at(scenario, layout)
    alone = price(scenario, layout, 1) / scenario.accelerator.price_usd_per_gpu_hour * 3600 / 1e6
    assert alone == pytest.approx(step(scenario, layout, 1).tpot_s + float(engine.prompt_s[0]) / 100)
    # A place in the batch is held for the prompt and for the tokens; B places share the work of B prompts. The others'
    # prompts come a part at a time, beside steps that read the weights anyway; the own one reads them for every pass
    # of 8192 tokens beyond the first.
    batch = 4
    again = max(prompt_tokens / 8192 - 1, 0) * float(engine.target.prompt.weights_s[0])
    bare = step(scenario.model_copy(update={"serving": scenario.serving.model_copy(update={"disaggregated": True})}),
                layout, batch)  # fmt: skip
    shared = price(scenario, layout, batch) / scenario.accelerator.price_usd_per_gpu_hour * 3600 / 1e6
    assert shared * batch == pytest.approx(bare.tpot_s + (batch * float(engine.prompt_s[0]) - 3 * again) / 100)


def test_one_gpu_has_no_collectives():
    for model in ("llama-3.1-8b", "qwen3-30b-a3b"):
        result = step(Scenario.preset(model, "h200-sxm"), Layout(n_gpu=1), 16)
        assert result.network_bandwidth_s == result.network_latency_s == 0
        names = {operator.name for operator in result.operators}
        assert names.isdisjoint({"All-reduce after attention", "All-reduce after feed-forward", "Pipeline sends"})
        assert "Expert dispatch and combine" not in names


@settings(max_examples=25, deadline=None)
@given(point=points())
def test_partitioning_the_context_never_needs_more_memory(point):
    scenario, layout, batch = point
    partitioned = scenario.model_copy(
        update={"serving": scenario.serving.model_copy(update={"context_parallel": True})}
    )
    before, after = step(scenario, layout, batch), step(partitioned, layout, batch)
    assert after.kv_bytes_per_gpu <= before.kv_bytes_per_gpu
    assert after.memory_s <= before.memory_s * (1 + 1e-12)


def test_hidden_communication_shows_its_rest():
    layout = Layout(n_gpu=16, tp=1, dp_attn=16, ep=16)
    shown, half = (
        step(Scenario.preset("deepseek-v3", "h200-sxm", serving={"overlap": share}), layout, 256) for share in (0, 0.5)
    )
    for name in FIVE_TIMES:
        factor = 0.5 if name.startswith("network") else 1
        assert getattr(half, name) == pytest.approx(factor * getattr(shown, name))


def test_wide_expert_parallelism_is_overlapped_unless_a_scenario_says_otherwise():
    share = shipped().overlap_across_domains
    assert 0 < share < 1
    for copies, default in ((32, share), (8, 0.0)):
        layout = Layout(n_gpu=copies, tp=1, dp_attn=copies, ep=copies)
        left, given, none = (
            step(Scenario.preset("deepseek-v3", "h200-sxm", serving={"overlap": overlap}), layout, 32 * copies)
            for overlap in (None, default, 0.0)
        )
        assert left == given
        assert (left.tpot_s < none.tpot_s) == (copies == 32)
        assert sum(getattr(line, name) for line in left.operators for name in FIVE_TIMES) == pytest.approx(left.tpot_s)


def test_a_longer_context_is_never_faster_up_to_ten_million_tokens():
    last = 0.0
    for prompt in (0, 1000, 100_000, 1_000_000, 10_000_000):
        scenario = Scenario.preset("qwen3-next-80b-a3b", "b300-hgx", prompt_tokens=prompt, weights="fp8", kv="fp8")
        now = step(scenario, Layout(n_gpu=8, tp=4, pp=2), 2).tpot_s
        assert now > last
        last = now


def test_the_memory_of_the_draft_is_that_of_the_way_it_runs():
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", draft="llama-3.1-8b", prompt_tokens=20_000)
    layout = Layout(n_gpu=8, tp=8)
    engine = evaluator_at(scenario, layout)
    for batch in (1.0, 8.0, 64.0):
        b = np.array([batch])
        drafting = engine.drafting(b)
        held = [
            float((kept.weight_bytes + np.ceil(b / groups) * kept.sequence_bytes)[0])
            for _, kept, groups in engine.drafts
        ]
        times = [float(way.five_times(np.maximum(b / groups, 1), 1.0).total_s[0]) for way, _, groups in engine.drafts]
        way = times.index(float(drafting.times.total_s[0]))
        assert float(drafting.bytes_per_gpu[0]) == held[way]


def test_a_self_draft_runs_its_layers_and_the_whole_unembedding():
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", speculation={"kind": "self_draft", "layers": 1})
    engine = evaluator_at(scenario, Layout(n_gpu=8, tp=8))
    batch = np.array([1.0])
    drafted = float(engine.drafting(batch).times.memory_s[0])
    head = 2 * 129280 * 7168 / 8 / (4.8e12 * shipped().weight_read_efficiency)
    whole = float(engine.target.five_times(batch, 1.0).memory_s[0])
    assert drafted == pytest.approx((whole - head) / 61 + head)
