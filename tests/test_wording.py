"""Sentences that people read, made from points of known meaning."""

import re
from typing import get_args

import pandas as pd
import pytest

from infecon_core import Scenario, frontier, preferred
from infecon_core.calibration.constants import shipped
from infecon_core.scenario import ServingOptions, Variant
from infecon_core.spec import FIVE_TIMES
from infecon_ui import wording
from infecon_ui.palette import TIMES

NAMES = {"model": "Llama 3.1 70B", "weights": "fp8", "accelerator": "H100 SXM"}


@pytest.fixture
def point() -> pd.Series:
    """A point whose sentence can be written by hand."""
    times = {"arithmetic_s": 0.0, "memory_s": 4e-3, "network_bandwidth_s": 0.9e-3, "network_latency_s": 4.1e-3}
    layout = {"n_gpu": 7.02, "tp": 7.02, "pp": 1.0, "ep": 1.0, "dp_attn": 1.0, "batch": 109.3, "scheme": "2-D"}
    price = {"tokens_per_s_user": 99.2, "usd_per_million_tokens": 0.371, "draft_tokens": 0, "limit": "network latency"}
    return pd.Series({**times, "kernel_overhead_s": 1e-3, "tpot_s": 10e-3, **layout, **price})


def test_the_reading(point: pd.Series) -> None:
    assert wording.reading(point, **NAMES) == (
        "Serving Llama 3.1 70B in FP8 on H100 SXM at 99 tokens/s per user costs about $0.37 per million tokens: "
        "7 GPUs, batch 109; network latency takes 41% of each step."
    )


def test_the_reading_names_the_draft(point: pd.Series) -> None:
    assert "per user, drafting 4 tokens ahead, costs" in wording.reading(point.replace({0: 4}), **NAMES)


def test_the_layout_names_what_is_split_and_nothing_else(point: pd.Series) -> None:
    assert wording.layout(point) == (
        "7 GPUs hold one copy of the model: every matrix is cut 7 ways (2-D tensor parallelism). "
        "Together they decode a batch of 109."
    )
    whole = point.copy()
    whole[["n_gpu", "tp"]] = 1.0
    assert wording.layout(whole).startswith("1 GPU holds one copy of the model: nothing is split.")
    spread = point.copy()
    spread[["pp", "ep", "dp_attn"]] = 2.0, 4.0, 8.0
    for words in ("pipeline of 2 stages", "over 4 groups", "8 copies"):
        assert words in wording.layout(spread)


@pytest.mark.parametrize("variant", get_args(Variant))
def test_the_basis_says_what_was_computed(variant: str) -> None:
    scenario = Scenario.preset(
        "llama-3.1-70b", "h100-sxm", price_usd_per_gpu_hour=2.1, engine="published", published={"variant": variant}
    )
    text = wording.basis(scenario)
    assert wording.RUNGS[variant] in text
    for part in ("1,500 tokens", "$2.10 per GPU-hour", "at most 64 GPUs"):
        assert part in text
    assert "sold" not in text
    assert "500 tokens/s sold" in wording.basis(scenario.model_copy(update={"demand_tokens_per_s": 500.0}))


def test_a_layout_that_can_be_launched_is_named(point: pd.Series) -> None:
    whole = point.copy()
    whole[["n_gpu", "tp", "batch"]] = 8.0, 8.0, 96.0
    assert wording.setup(whole) == "8 GPUs as TP 8, batch 96"
    assert wording.layout(whole) == (
        "8 GPUs hold one copy of the model: every matrix is cut 8 ways. Together they decode a batch of 96."
    )
    whole[["n_gpu", "tp", "ep", "dp_attn"]] = 32.0, 4.0, 32.0, 8.0
    assert wording.setup(whole) == "32 GPUs as TP 4 · EP 32 · DP 8, batch 96"
    assert "each copy of attention is cut 4 ways" in wording.layout(whole)
    whole[["n_gpu", "tp", "ep", "dp_attn"]] = 1.0
    assert wording.setup(whole) == "1 GPU, batch 96"


def test_the_basis_of_the_serving_engine() -> None:
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm")
    assert wording.basis(scenario).startswith(
        "Serving engine with constants fitted to measurements, prompts on the GPUs that decode"
    )
    apart = wording.basis(
        Scenario.preset(
            "llama-3.1-70b",
            "h100-sxm",
            serving=ServingOptions(disaggregated=True, hidden_share=0.3, context_parallel=True, constants=shipped()),
        )
    )
    for words in ("constants set here", "GPUs of their own", "30% of the communication hidden", "along the context"):
        assert words in apart


def test_changes_become_a_button() -> None:
    assert wording.change({"max_gpus": 16}) == "Allow 16 GPUs"
    assert wording.change({"max_gpus": 16, "weights": "fp8"}) == "Allow 16 GPUs and use FP8 weights"
    assert wording.change({"prompt_tokens": 1000}) == "Use a prompt of 1,000 tokens"
    assert wording.change({"demand_tokens_per_s": None}) == "Lift the limit on demand"


def test_escaped_text_has_no_markup_left() -> None:
    assert wording.escaped("$1 to $2 *a* [b] Llama_3_70B") == r"\$1 to \$2 \*a\* \[b\] Llama\_3\_70B"
    assert wording.escaped(":red[x]") == r"\:red\[x\]"


def test_every_time_has_a_meaning_and_a_colour() -> None:
    assert [time.limit for time in TIMES] == list(FIVE_TIMES.values())
    assert len({time.colour for time in TIMES}) == 5
    assert set(wording.LIMITS) <= set(wording.TERMS)


def test_the_hover_reads_what_a_marker_carries() -> None:
    for limit in wording.LIMITS:
        positions: set[int] = set()
        for launchable in (True, False):
            template = wording.hover(limit, speculating=True, cents=True, launchable=launchable)
            positions |= {int(i) for i in re.findall(r"customdata\[(\d+)\]", template)}
            at = wording.HOVER_COLUMNS.index(f"share of {limit}")
            assert f"limited by {limit} (%{{customdata[{at}]" in template
            assert ("TTFT" in template) == launchable
        assert positions == set(range(1, len(wording.HOVER_COLUMNS)))
    assert "Draft" not in wording.hover("memory", speculating=False, cents=True, launchable=True)


def test_a_real_point_reads_well() -> None:
    scenario = Scenario.preset("llama-3.1-8b", "h100-sxm", max_gpus=8)
    text = wording.reading(preferred(frontier(scenario)), model="A", weights="bf16", accelerator="B")
    assert re.fullmatch(
        r"Serving A in BF16 on B at [\d,.]+ tokens/s per user costs about \$[\d,.]+ per million tokens: "
        r"\d+ GPUs?( as [A-Z]+ \d+( · [A-Z]+ \d+)*)?, batch [\d,.]+; [a-z ]+ takes \d+% of each step\.",
        text,
    )
