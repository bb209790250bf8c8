"""Sentences that people read, made from points of known meaning."""

from typing import Any

import pytest

from infecon_core import Scenario
from infecon_ui.frontier import words
from infecon_ui.state.sources import Source


@pytest.fixture
def point() -> dict[str, Any]:
    """A point with fractions, whose sentence can be written by hand."""
    times = {"arithmetic_s": 0.0, "memory_s": 4e-3, "network_bandwidth_s": 0.9e-3, "network_latency_s": 4.1e-3}
    degrees = {"n_gpu": 7.02, "tp": 7.02, "tp_ff": 7.02, "pp": 1.0, "ep": 1.0, "dp_attn": 1.0}
    price = {"tokens_per_s_user": 99.2, "usd_per_million_tokens": 0.371, "draft_tokens": 0, "limit": "network latency"}
    return {**times, "kernel_overhead_s": 1e-3, "tpot_s": 10e-3, **degrees, "batch": 109.3, "scheme": "2-D", **price}


def test_the_layout_names_what_is_split_and_nothing_else(point: dict[str, Any]) -> None:
    assert words.layout(point) == (
        "7 GPUs hold one copy of the model: every matrix is cut 7 ways (2-D tensor parallelism). "
        "Together they decode a batch of 109."
    )
    alone = {**point, "n_gpu": 1.0, "tp": 1.0, "tp_ff": 1.0}
    assert words.layout(alone).startswith("1 GPU holds one copy of the model: nothing is split.")
    # 512.64 GPUs in 2 stages: attention in 8 copies of 32.04, experts in 4 groups of 64.08.
    spread = {**point, "n_gpu": 512.64, "tp": 32.04, "tp_ff": 64.08, "pp": 2.0, "ep": 4.0, "dp_attn": 8.0}
    assert words.layout(spread) == (
        "513 GPUs hold one copy of the model: every matrix is cut 64 ways (2-D tensor parallelism); the experts are "
        "spread over 4 groups; the layers form a pipeline of 2 stages; attention is kept in 8 copies, each for its "
        "part of the batch. Together they decode a batch of 109."
    )


def test_a_layout_that_can_be_launched_is_named(point: dict[str, Any]) -> None:
    whole = {**point, "n_gpu": 8.0, "tp": 8.0, "tp_ff": 8.0, "batch": 96.0}
    assert words.setup(whole, "H100 SXM") == "8 × H100 SXM, tensor-parallel 8"
    assert words.in_words(whole) == "8 GPUs, tensor-parallel 8"
    assert words.short(whole) == "8 · TP 8"
    assert words.layout(whole) == (
        "8 GPUs hold one copy of the model: every matrix is cut 8 ways. Together they decode a batch of 96."
    )
    copies = {**whole, "n_gpu": 32.0, "tp": 4.0, "tp_ff": 1.0, "ep": 32.0, "dp_attn": 8.0}
    assert words.in_words(copies) == "32 GPUs, expert-parallel 32, tensor-parallel 4"
    assert words.short(copies) == "32 · EP 32 · TP 4"
    stages = {**whole, "n_gpu": 16.0, "pp": 2.0, "draft_tokens": 4}
    assert words.in_words(stages) == "16 GPUs, tensor-parallel 8, pipeline of 2, 4 tokens drafted"
    assert words.short({**whole, "n_gpu": 4.0, "tp": 2.0, "dp_attn": 2.0}) == "4 · TP 2 · DP 2"
    assert "each copy of attention is cut 4 ways" in words.layout(copies)
    assert words.in_words({**whole, "n_gpu": 1.0, "tp": 1.0}) == "1 GPU"
    assert words.setup(point, "H100 SXM") == "7 × H100 SXM"


def test_the_bottleneck_is_a_share_of_the_step(point: dict[str, Any]) -> None:
    assert words.bottleneck({**point, "limit": "memory"}) == "memory takes 40% of each step"


def test_only_layouts_that_cannot_be_launched_are_warned_of() -> None:
    said = {
        engine: words.fractions(Scenario.preset("llama-3.1-70b", "h100-sxm", engine=engine))
        for engine in ("serving", "published")
    }
    assert said == {
        "serving": "",
        "published": "The published model allows fractions of GPUs, stages and sequences.",
    }


def test_changes_become_a_button() -> None:
    assert words.change({"max_gpus": 16}) == "Allow 16 GPUs"
    assert words.change({"max_gpus": 16, "weights": "fp8"}) == "Allow 16 GPUs and use FP8 weights"
    assert words.change({"prompt_tokens": 1000}) == "Use a prompt of 1,000 tokens"
    assert words.change({"demand_tokens_per_s": None}) == "Lift the limit on demand"
    assert words.change({"demand_tokens_per_s": 2500.0}) == "Allow a demand of 2,500 tokens/s"
    assert words.change({"target_ttft_s": 0.056}) == "Allow 0.056 s to the first token"
    assert words.change({"output_tokens": 1}) == "Use an output of 1 token"


def test_a_change_without_words_of_its_own_names_its_field() -> None:
    assert words.change({"engine": "published", "max_gpus": 2}) == "Set engine to published and allow 2 GPUs"
    assert words.change({"price_basis": "own"}) == "Set price basis to own"


def test_sources_become_a_table() -> None:
    source = Source("HBM, GB", "80", "datasheet", "NVIDIA", "2024", "per GPU")
    table = words.sources_table([source])
    assert table.to_dict("records") == [
        {"What": "HBM, GB", "Value": "80", "Kind": "datasheet", "Source": "NVIDIA", "Date": "2024", "Note": "per GPU"}
    ]
