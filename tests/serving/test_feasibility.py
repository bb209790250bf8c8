"""What does not fit says by how much, and what would."""

import random

import pytest

from infecon_core import NothingFits, Scenario, catalog, frontier
from infecon_core.schema import Precision
from tests.support.round_numbers import CHIP, CONSTANTS, DENSE, scenario


def refused(hbm_bytes, **changes):
    """The refusal on a chip with this memory, of which 8% are left alone."""
    chip = CHIP.model_copy(update={"hbm_bytes": hbm_bytes, **changes.pop("chip", {})})
    with pytest.raises(NothingFits) as caught:
        frontier(scenario(DENSE, accelerator=chip, **{"max_gpus": 1, **changes}))
    return caught.value


# On one GPU: 344e6 B of weights, 98.304e6 + 51.2e6 of workspace, 10 · 800 · 1500 = 12e6 of cache, together 505.504e6.
ALONE = {"scale_up_domain": 1, "scale_up_bytes_per_s": None, "scale_out_bytes_per_s": None}


def test_more_gpus_fewer_bits_or_a_shorter_prompt():
    # 92% of 543e6 B are 499.56e6; a cache of 6.056e6 B would do, which are 757 tokens, 500 of them output.
    fault = refused(543e6)
    assert str(fault) == (
        "Dense in FP8 with requests of 1,500 tokens lacks 5.9 MB on 1 Round, the best of all layouts of up to 1; "
        "allow 2 GPUs or use FP4 weights or shorten the prompt to 200 tokens."
    )
    assert fault.changes == {"max_gpus": 2}


def test_how_many_gpus_it_takes():
    # Of 138e6 B, TP 8 would take 43e6 + 104.704e6 + 3e6, TP 8 × PP 2 only 21.5e6 + 104.704e6 + 3e6.
    fault = refused(150e6, max_gpus=2)
    assert str(fault) == (
        "Dense in FP8 with requests of 1,500 tokens lacks 0.2 GB on each of 2 Round, "
        "the best of all layouts of up to 2; allow 16 GPUs with pipelines."
    )
    assert fault.changes == {"max_gpus": 16, "pipelines": True}
    # Where the GPUs are allowed, pipelines are what lacks, and where these are searched, GPUs.
    fault = refused(150e6, max_gpus=16)
    assert str(fault).endswith("; search pipelines.")
    assert fault.changes == {"pipelines": True}
    assert refused(150e6, max_gpus=2, serving={"pipelines": True}).changes == {"max_gpus": 16}


def test_many_gpus_are_found_by_doubling():
    # 64 layers of 14.4e6 B and small tables. Of 138e6 B, 98.304e6 of activations leave 39.696e6: TP 8 × PP 4 take
    # 28.8e6 of weights and 19.2e6 of cache, TP 8 × PP 8 half of the weights.
    layers = DENSE.layer_groups[0].model_copy(update={"num_layers": 64})
    model = DENSE.model_copy(update={"vocab_size": 1000, "layer_groups": (layers,)})
    chip = CHIP.model_copy(update={"hbm_bytes": 150e6})
    with pytest.raises(NothingFits) as caught:
        frontier(scenario(model, accelerator=chip, max_gpus=1))
    assert caught.value.changes == {"max_gpus": 64, "pipelines": True}


def test_fewer_bits_where_no_more_gpus_are_linked():
    fault = refused(543e6, chip=ALONE, max_gpus=64)
    assert str(fault).endswith("of up to 1; use FP4 weights or shorten the prompt to 200 tokens.")
    assert fault.changes == {"weights": "fp4"}


def test_bits_are_halved_only_as_far_as_it_takes():
    # BF16 takes 649.504e6 B, FP8 505.504e6, FP4 442.504e6.
    wide = Precision(weights="bf16", kv="fp8")
    fault = refused(540e6, chip=ALONE, precision=wide)
    assert str(fault) == (
        "Dense in BF16 with requests of 1,500 tokens lacks 0.2 GB on 1 Round, the best of all layouts of up to 1; "
        "use FP4 weights."
    )
    assert fault.changes == {"weights": "fp4"}
    for weights in ("bf16", "fp16"):
        fault = refused(550e6, chip=ALONE, precision=wide.model_copy(update={"weights": weights}))
        assert str(fault).endswith("use FP8 weights.")
        assert fault.changes == {"weights": "fp8"}


def test_how_short_a_prompt_must_be():
    # FP4: 281e6 + 149.504e6 B leave 66.296e6 for 16,000 B a token: 4143 tokens, 500 of them output.
    four = Precision(weights="fp4", kv="bf16")
    fault = refused(540e6, chip=ALONE, precision=four, prompt_tokens=20_000)
    assert str(fault).endswith("of up to 1; shorten the prompt to 3,000 tokens.")
    assert fault.changes == {"prompt_tokens": 3000}
    # 3,000 themselves would fit.
    assert refused(540e6, chip=ALONE, precision=four, prompt_tokens=4000).changes == {"prompt_tokens": 3000}
    # 92% of 476.75e6 B leave 8.106e6, 506.6 tokens; of 476.65e6 they leave 500.9.
    assert refused(476.75e6, chip=ALONE, precision=four, prompt_tokens=9).changes == {"prompt_tokens": 6}
    assert refused(476.65e6, chip=ALONE, precision=four, prompt_tokens=9).changes == {"prompt_tokens": 0}


def test_nothing_helps():
    fault = refused(100e6, chip=ALONE)
    assert str(fault).endswith("of up to 1; choose an accelerator with more memory.")
    assert fault.changes == {}


@pytest.mark.parametrize(
    ("layer_overhead_s", "enough"),
    # 76.564 µs and the overhead of 10 layers for a token: 2098, 4414 and 6040 tokens/s.
    [(40e-6, 10_000), (15e-6, 10_000), (8.9e-6, 100_000)],
)
def test_a_demand_is_raised_to_a_power_of_ten_beyond_twice(layer_overhead_s, enough):
    constants = CONSTANTS.model_copy(update={"layer_overhead_s": layer_overhead_s})
    chosen = scenario(DENSE, max_gpus=1, demand_tokens_per_s=0.5, serving={"constants": constants})
    with pytest.raises(NothingFits) as caught:
        frontier(chosen)
    assert caught.value.changes == {"demand_tokens_per_s": enough}


def test_a_demand_below_what_every_setup_makes():
    # One sequence: 0.284 + 65 + 410 µs, and 640 µs of its prompt for 500 tokens: 2098 tokens/s.
    fault = refused(10e9, demand_tokens_per_s=0.5)
    assert str(fault) == (
        "Every setup of Dense on Round makes at least 2.1e+03 tokens/s, more than the demand of 0.5; raise the demand "
        "to 10,000 tokens/s or leave it open."
    )
    assert fault.changes == {"demand_tokens_per_s": 10_000}


def test_a_first_token_that_no_layout_gives_in_time():
    # One user on one GPU: 20 ms, 1.5 · (0.284 + 65 + 410) µs, and 640 µs of the prompt of 1000 tokens: 21352.926 µs.
    # On two: 1.5 · (0.142 + 32.5 + 0.2 + 100 + 410) and 520 µs: 21334.263 µs.
    fault = refused(10e9, target_ttft_s=0.02134)
    assert str(fault) == (
        "The first token of Dense on Round takes at least 0.022 s with a prompt of 1,000 tokens on 1 GPU, longer "
        "than the limit of 0.02134 s; allow 0.022 s or 2 GPUs."
    )
    assert fault.changes == {"max_gpus": 2}
    # 21352.926 µs are in time, those of two users are not.
    assert len(frontier(scenario(DENSE, max_gpus=1, target_ttft_s=0.02135293))) == 1
    assert refused(10e9, target_ttft_s=0.02135292)
    # No link leaves this chip.
    fault = refused(10e9, chip=ALONE, max_gpus=64, target_ttft_s=0.021)
    assert str(fault).endswith("on 1 GPU, longer than the limit of 0.021 s; allow 0.022 s.")
    assert fault.changes == {"target_ttft_s": 0.022}


def test_a_first_token_in_time_and_a_demand():
    # In time it makes 2098 tokens/s, and it makes too much whether in time or not.
    late = {"demand_tokens_per_s": 0.5, "target_ttft_s": 0.022}
    assert refused(10e9, **late).changes == {"demand_tokens_per_s": 10_000}
    assert refused(10e9, **{**late, "demand_tokens_per_s": 10_000, "target_ttft_s": 0.02134}).changes == {"max_gpus": 2}
    # Either alone leaves nothing.
    fault = refused(10e9, **{**late, "target_ttft_s": 0.02}, chip=ALONE)
    assert str(fault).endswith("allow 0.022 s and leave the demand open.")
    assert fault.changes == {"demand_tokens_per_s": None, "target_ttft_s": 0.022}


def test_the_least_speed_that_is_considered():
    # About 2100 tokens/s are the most. A lower target lowers the limit.
    fastest = frontier(scenario(DENSE, max_gpus=1, accelerator=CHIP.model_copy(update={"hbm_bytes": 10e9})))
    most = fastest["tokens_per_s_user"].max()
    assert 2100 < most < 2200
    slow = {"target_tokens_per_s_user": 1e4, "serving": {"min_tokens_per_s_user": 3000.0}}
    fault = refused(10e9, **slow)
    assert str(fault) == (
        f"Dense on Round gives one user at most {most:,.3g} tokens/s on 1 GPU, less than the least speed considered, "
        "3,000; lower that to 2,100 tokens/s."
    )
    assert fault.changes == {"min_tokens_per_s_user": 2100}
    assert len(frontier(scenario(DENSE, max_gpus=1, **{**slow, "target_tokens_per_s_user": 2000})))
    # Other limits that leave nothing either are lifted with it.
    both = {**slow, "demand_tokens_per_s": 0.5}
    assert refused(10e9, **both).changes == {"min_tokens_per_s_user": 2100, "demand_tokens_per_s": 10_000}
    both["serving"] = {"min_tokens_per_s_user": 2100.0}
    assert refused(10e9, **both).changes == {"demand_tokens_per_s": 10_000}


def test_stages_need_a_sequence_each():
    few = {"pipelines": True, "max_sequences_per_rank": 1}
    fault = refused(150e6, max_gpus=16, serving=few)
    assert str(fault) == (
        "Dense on Round fits on 2 stages and more, each of which needs a sequence on every attention rank, more than "
        "the limit of 1; allow 2."
    )
    assert fault.changes == {"max_sequences_per_rank": 2}


@pytest.mark.parametrize(
    ("model", "accelerator", "changes", "words"),
    [
        (
            "llama-3.1-405b",
            "h100-sxm",
            {"max_gpus": 8},
            r"lacks 29\.\d GB on each of 8 .*allow 16 GPUs with pipelines or use FP8",
        ),
        ("llama-3.1-405b", "h100-sxm", {"max_gpus": 16}, "search pipelines or use FP8"),
        ("llama-3.1-70b", "gh200-96gb", {"max_gpus": 1}, "lacks .* GB on 1 GH200.*allow 2 GPUs"),
        ("deepseek-v3", "rtx-4090", {}, "on each of 8 .* up to 8; choose an accelerator with more memory"),
        ("llama-3.1-8b", "rtx-4090", {"prompt_tokens": 5_000_000, "max_gpus": 8}, "shorten the prompt to"),
        ("llama-3.1-8b", "h100-sxm", {"demand_tokens_per_s": 0.001}, "raise the demand to"),
        (
            "llama-3.1-70b",
            "h100-sxm",
            {"target_ttft_s": 0.01},
            r"takes at least 0\.\d+ s .* up to 64 GPUs.*; allow 0.",
        ),
        ("llama-3.1-70b", "gb200-nvl72", {"max_gpus": 4, "prompt_tokens": 32_000, "target_ttft_s": 1.2}, "or 8 GPUs"),
    ],
)
def test_what_does_not_fit_says_by_how_much_and_what_would(model, accelerator, changes, words):
    with pytest.raises(NothingFits, match=words) as caught:
        frontier(Scenario.preset(model, accelerator, **changes))
    assert str(caught.value).count(". ") == 0
    assert bool(caught.value.changes) == (model != "deepseek-v3")
    if caught.value.changes:
        assert len(frontier(Scenario.preset(model, accelerator, **{**changes, **caught.value.changes}))) > 0


def offered_changes(asked):
    try:
        frontier(asked)
    except NothingFits as reason:
        return reason.changes
    return {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_what_is_offered_has_been_tried(seed):
    rng = random.Random(seed)
    offered = 0
    for _ in range(25):
        asked = Scenario.preset(
            rng.choice(list(catalog.models())),
            rng.choice(list(catalog.accelerators())),
            max_gpus=rng.choice((1, 2, 4, 8)),
            prompt_tokens=rng.choice((100, 1000, 100_000, 1_000_000)),
            weights=rng.choice(("bf16", "fp8", "fp4")),
            demand_tokens_per_s=rng.choice((None, 0.01, 10.0)),
            target_ttft_s=rng.choice((None, 0.01, 0.5)),
            min_tokens_per_s_user=rng.choice((10.0, 300.0)),
        )
        changes = offered_changes(asked)
        if changes:
            offered += 1
            assert not frontier(asked.changed(**changes)).empty
    assert offered > 2
