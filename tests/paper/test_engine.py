"""The published model behind a scenario: tables, decompositions, limits, and sentences for what cannot be."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infecon_core import Layout, NothingFits, Scenario, approximations, catalog, frontier, paper, preferred, step
from infecon_core.paper.system import VARIANTS
from infecon_core.schema import FIVE_TIMES, Accelerator
from infecon_core.schema.frontier import COLUMNS


def published(model: str, accelerator: str, **changes) -> Scenario:
    """A scenario of the published model, up to 1,024 GPUs unless said otherwise."""
    return Scenario.preset(model, accelerator, **{"engine": "published", "max_gpus": 1024, **changes})


PAIRS = [
    ("erdil-Llama_3_70B_8_bit", "erdil-H100", {}),
    ("llama-3.1-70b", "h100-sxm", {"weights": "fp8"}),
    ("deepseek-v3", "h200-sxm", {"prompt_tokens": 4000}),
    ("gpt-oss-120b", "b200-hgx", {}),
    ("qwen3-next-80b-a3b", "mi300x", {}),
    ("gemma-3-27b", "tpu-v5p", {}),
    ("llama-3.1-8b", "rtx-4090", {"weights": "fp8"}),
    ("llama-3.1-70b", "h100-sxm", {"draft": "llama-3.2-1b", "acceptance": 0.7, "max_gpus": 32}),
    # One GPU a node, where an ulp more is a node more.
    ("llama-3.1-70b", "gh200-96gb", {"draft": "llama-3.2-1b"}),
    # The draft's cache does not fit where the target's does.
    (
        "deepseek-v3",
        "h100-sxm",
        {"draft": "gpt-j-6b", "prompt_tokens": 100_000, "published": {"variant": "toy"}},
    ),
]


@pytest.mark.parametrize(("model", "accelerator", "changes"), PAIRS)
def test_frontier_holds_together(model, accelerator, changes):
    scenario = published(model, accelerator, **changes)
    frame = frontier(scenario)
    assert tuple(frame.columns) == tuple(COLUMNS)
    assert len(frame) > 20
    unknown = ["ttft_s", "end_to_end_s", "usd_per_million_tokens_blended", "workspace_bytes_per_gpu"]
    unknown += ["idle_gpus", "beyond_measured"]
    if scenario.accelerator.board_power_w is None:
        unknown += ["kwh_per_million_tokens", "tokens_per_s_per_mw"]
    if scenario.accelerator.board_power_w is None or scenario.accelerator.stack == "other":
        unknown += ["kwh_per_million_tokens_drawn", "power_share", "tokens_per_s_per_mw_drawn"]
    assert frame[unknown].isna().all().all()
    known = frame.drop(columns=unknown)
    assert not known.isna().any().any()
    assert np.all(frame[list(FIVE_TIMES)] >= 0)
    assert frame[list(FIVE_TIMES)].sum(axis=1).to_numpy() == pytest.approx(frame["tpot_s"].to_numpy(), rel=1e-9)
    assert (1 / frame["tpot_s"]).to_numpy() == pytest.approx(frame["tokens_per_s_user"].to_numpy())
    assert (frame["tp_ff"] * frame["pp"] * frame["ep"]).to_numpy() == pytest.approx(frame["n_gpu"].to_numpy())
    assert frame["n_gpu"].max() <= scenario.max_gpus
    assert np.all(frame["weight_bytes_per_gpu"] + frame["kv_bytes_per_gpu"] <= frame["hbm_bytes_per_gpu"] * (1 + 1e-9))
    assert frame["mfu"].between(0, 1).all()
    assert frame["mbu"].between(0, 1).all()
    assert np.all(np.diff(frame["usd_per_million_tokens"]) < 0)
    assert np.all(np.diff(frame["tokens_per_s_user"]) < 0)


@pytest.mark.parametrize(("model", "accelerator", "changes"), PAIRS)
def test_step_is_the_row_taken_apart(model, accelerator, changes):
    scenario = published(model, accelerator, **changes)
    frame = frontier(scenario)
    for _, row in frame.iloc[:: max(1, len(frame) // 6)].iterrows():
        point = step(scenario, Layout.of(row), row["batch"])
        assert point.tpot_s == pytest.approx(row["tpot_s"], rel=1e-9)
        assert point.limit == row["limit"]
        assert point.draft_tokens == row["draft_tokens"]
        for name in FIVE_TIMES:
            assert getattr(point, name) == pytest.approx(row[name], rel=1e-9, abs=1e-15)
            parts = sum(getattr(operator, name) for operator in point.operators)
            assert parts == pytest.approx(getattr(point, name), rel=1e-9, abs=1e-15)
        for name in ("mfu", "mbu", "weight_bytes_per_gpu", "kv_bytes_per_gpu"):
            assert getattr(point, name) == pytest.approx(row[name])


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_answers(variant):
    scenario = published("erdil-Mixtral_8x7B", "erdil-H100", published={"variant": variant, "pipeline": False})
    frame = frontier(scenario)
    assert frame[list(FIVE_TIMES)].sum(axis=1).to_numpy() == pytest.approx(frame["tpot_s"].to_numpy(), rel=1e-9)
    row = preferred(frame)
    ours = paper.token_latency(
        variant,
        "erdil-Mixtral_8x7B",
        "erdil-H100",
        row["n_gpu"],
        row["batch"],
        context_tokens=scenario.context_tokens,
    )
    assert float(ours) == pytest.approx(row["tpot_s"], rel=1e-9)


def test_scenario_and_paper_frontier_are_one():
    scenario = published(
        "erdil-Llama_3_8B",
        "erdil-H100",
        prompt_tokens=0,
        output_tokens=0,
        max_gpus=2**18,
        published={"pipeline": False},
    )
    theirs = paper.frontier("reference", "erdil-Llama_3_8B", "erdil-H100")
    ours = frontier(scenario)
    for column in theirs.columns:
        assert ours[column].to_numpy() == pytest.approx(theirs[column].to_numpy(), rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    field=st.sampled_from(["hbm_bytes_per_s", "scale_up_bytes_per_s", "scale_out_bytes_per_s", "arithmetic_cap"]),
    factor=st.floats(1.01, 4),
    gpus=st.floats(2, 300),
    batch=st.floats(1, 3000),
    context=st.floats(0, 30_000),
)
def test_a_better_accelerator_is_never_slower(field, factor, gpus, batch, context):
    before = catalog.accelerator("erdil-H100").accelerator
    value = min(1.0, getattr(before, field) * factor) if field.endswith("cap") else getattr(before, field) * factor
    after = Accelerator.model_validate({**before.model_dump(), field: value})
    slow, fast = (
        paper.token_latency(
            "reference", "erdil-Mixtral_8x22B", chip, gpus, batch, context_tokens=context, pipeline=True
        )
        for chip in (before, after)
    )
    assert fast <= slow * (1 + 1e-12)


@settings(max_examples=25, deadline=None)
@given(gpus=st.floats(4, 300), batch=st.floats(1, 3000), tokens=st.integers(1, 8), pipeline=st.booleans())
def test_a_pass_over_more_tokens_is_never_faster(gpus, batch, tokens, pipeline):
    one, more = (
        paper.token_latency(
            "reference", "erdil-DeepSeek_V3", "erdil-H200", gpus, batch, tokens_per_pass=n, pipeline=pipeline
        )
        for n in (tokens, tokens + 1)
    )
    assert one <= more * (1 + 1e-12)


def test_a_free_and_perfect_draft_multiplies():
    tiny = catalog.model("erdil-Llama_3_8B").architecture
    tiny = tiny.model_copy(
        update={
            "hidden_size": 8,
            "vocab_size": 0,
            "layer_groups": (tiny.layer_groups[0].model_copy(update={"num_layers": 1}),),
        }
    )
    plain = paper.token_latency("reference", "erdil-Llama_3_405B", "erdil-H100_ZL", 16, 1)
    drafted = paper.speculative_token_latency(
        "reference", "erdil-Llama_3_405B", tiny, "erdil-H100_ZL", 16, 1, acceptance=1.0, max_draft_tokens=5
    )
    assert plain / drafted > 4


@pytest.mark.parametrize(
    ("model", "accelerator", "changes", "words", "helps"),
    [
        (
            *("llama-3.1-405b", "h100-sxm", {"max_gpus": 8}),
            *("needs at least 11 H100 SXM.*largest instance is 8.*allow 16", {"max_gpus": 16}),
        ),
        ("deepseek-v3", "rtx-4090", {}, "links join only 8", {}),
        ("erdil-Llama_3_70B_4_bit", "erdil-A100", {}, "lists no 4-bit arithmetic rate", {}),
        (
            *("llama-3.1-8b", "h100-sxm", {"prompt_tokens": 10_000_000, "max_gpus": 2}),
            *("one sequence.*allow", {"max_gpus": 32}),
        ),
        (
            *("llama-3.1-8b", "h100-sxm", {"demand_tokens_per_s": 0.001}),
            *("raise the demand", {"demand_tokens_per_s": 1000}),
        ),
    ],
)
def test_what_does_not_fit_says_what_would(model, accelerator, changes, words, helps):
    with pytest.raises(NothingFits, match=words) as caught:
        frontier(published(model, accelerator, **changes))
    assert str(caught.value).count(". ") == 0
    assert dict(caught.value.changes) == helps
    if helps:
        assert len(frontier(published(model, accelerator, **{**changes, **helps}))) > 0


def test_narrower_weights_fit_where_wide_ones_do_not():
    assert len(frontier(published("llama-3.1-405b", "h100-sxm", max_gpus=8, weights="fp8"))) > 0


@pytest.mark.parametrize("max_gpus", [1, 2, 3, 8])
def test_the_largest_instance_itself_is_tried(max_gpus):
    frame = frontier(published("llama-3.1-8b", "h100-sxm", max_gpus=max_gpus))
    assert frame["n_gpu"].max() == max_gpus


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": "fp7"}, "precision|weights"),
        ({"price_usd_per_gpu_hour": math.nan}, "'price_usd_per_gpu_hour' cannot be nan"),
        ({"price_usd_per_gpu_hour": 0}, "greater than or equal to 0.001"),
        ({"prompt_tokens": -1}, "'prompt_tokens' cannot be -1"),
        ({"prompt_tokens": 10**12}, "less than or equal to 10000000"),
        ({"max_gpus": 0}, "'max_gpus' cannot be 0"),
        ({"max_gpus": 10**400}, "max_gpus"),
        ({"acceptance": 0.5}, "needs a draft model"),
        ({"draft": "llama-3.2-1b", "acceptance": 2}, "'acceptance' cannot be 2"),
        ({"draft": "llama-9"}, "There is no model 'llama-9'"),
        ({"colour": "red"}, "'colour' is not a field"),
    ],
)
def test_bad_numbers_are_one_sentence(changes, words):
    with pytest.raises(ValueError, match=words) as caught:
        Scenario.preset("llama-3.1-8b", "h100-sxm", **changes)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_scenario_is_frozen_hashable_and_comes_back_from_json():
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", draft="llama-3.2-1b")
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario
    assert hash(scenario) == hash(Scenario.model_validate_json(scenario.model_dump_json()))
    with pytest.raises(ValueError, match="frozen"):
        scenario.prompt_tokens = 3


def test_approximations_are_named():
    notes = " ".join(approximations(published("deepseek-v3", "gb200-nvl72", draft="llama-3.2-1b")))
    for word in ("fractions", "microbatch", "Latent attention", "extrapolated", "Speculation", "Prompts"):
        assert word in notes


@pytest.mark.parametrize(
    ("layout", "batch", "error", "words"),
    [
        ({"n_gpu": 1}, 8, NothingFits, "use at least 2 GPUs"),
        ({"n_gpu": 8, "pp": 16}, 64, NothingFits, "16 stages, 8 GPUs"),
        ({"n_gpu": 8, "pp": 4}, 2, NothingFits, "4 stages, 8 GPUs and 2 sequences"),
        ({"n_gpu": 8, "dp_attn": 16}, 8, ValueError, "16 copies of attention"),
        ({"n_gpu": 8}, 0, ValueError, "got 0"),
        ({"n_gpu": 8}, math.nan, ValueError, "got nan"),
        ({"n_gpu": 8}, 1e300, ValueError, "got 1e"),
    ],
)
def test_a_point_that_cannot_run_says_why(layout, batch, error, words):
    with pytest.raises(error, match=words):
        step(published("llama-3.1-70b", "h100-sxm"), Layout(**layout), batch)


@pytest.mark.slow
@pytest.mark.parametrize("model", catalog.models())
def test_every_model_has_a_frontier(model):
    accelerator = "erdil-H100" if model.startswith("erdil-") else "h100-sxm"
    if model in ("erdil-GPT_4_100T_param",):
        accelerator = "erdil-H200"
    frame = frontier(published(model, accelerator, max_gpus=2**18, published={"pipeline": False}))
    assert len(frame) > 20


@pytest.mark.slow
@pytest.mark.parametrize("accelerator", catalog.accelerators())
def test_every_accelerator_has_a_frontier(accelerator):
    frame = frontier(published("qwen3-0.6b", accelerator, prompt_tokens=100, published={"pipeline": False}))
    assert len(frame) > 5


def absurd(seed: int) -> Scenario:
    """A model of widths anywhere within their bounds on a chip of any memory."""
    rng = np.random.default_rng(seed)

    def width(high: float) -> int:
        return int(np.exp(rng.uniform(0, np.log(high))))

    heads = width(2**16)
    attention = {"kind": "grouped_query", "num_attention_heads": heads, "num_key_value_heads": 1 + heads // 3}
    layers = {
        "num_layers": width(2000),
        "attention": {**attention, "head_dim": width(1e6)} if heads > 1 else None,
        "feed_forward": {"kind": "dense", "intermediate_size": width(1e6)},
    }
    model = {"name": "Absurd", "hidden_size": width(1e6), "vocab_size": width(1e7), "layer_groups": [layers]}
    chip = catalog.accelerator("gh200-96gb").accelerator.model_dump()
    rates = {"hbm_bytes": 10 ** rng.uniform(8, 14), "hbm_bytes_per_s": 10 ** rng.uniform(10, 15)}
    options = {"variant": VARIANTS[seed % len(VARIANTS)], "pipeline": seed % 2 == 0}
    return Scenario(
        architecture=model, accelerator={**chip, **rates}, engine="published", max_gpus=2**18, published=options
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30))
def test_absurd_widths_have_no_negative_times_and_parts_that_sum(seed):
    try:
        frame = frontier(absurd(seed))
    except NothingFits:
        return
    assert np.all(frame[list(FIVE_TIMES)] >= 0)
    assert frame[list(FIVE_TIMES)].sum(axis=1).to_numpy() == pytest.approx(frame["tpot_s"].to_numpy(), rel=1e-9)
    assert frame["mfu"].between(0, 1).all()
    assert frame["mbu"].between(0, 1).all()
