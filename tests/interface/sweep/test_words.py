"""What is said of a sweep: true for every shape of it."""

import re
from typing import Any

import pytest

from infecon_core.choices import Choices
from infecon_core.sweep.grid import Axis
from infecon_ui.sweep import words
from infecon_ui.sweep.figures import SHOWN
from infecon_ui.sweep.swept import Swept
from tests.support.swept import BASE, point, swept

PROMPT = Axis("prompt", (1000, 2000, 4000))
GPU = Axis("gpu", ("h100-sxm", "b200-hgx"))
PER = "per million output tokens"


def _prices(*prices: Any) -> Swept:
    given = dict(zip(PROMPT.values, prices, strict=True))
    return swept(PROMPT, answer=lambda value: point(given[value]) if isinstance(given[value], float) else given[value])


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ((0.4, 0.8, 1.24), f"rises 3.1×, from $0.40 to $1.2 {PER}"),
        ((1.24, 0.8, 0.4), f"falls 3.1×, from $1.2 to $0.40 {PER}"),
        ((1.0, 1.1, 1.2), f"rises by 20%, from $1.0 to $1.2 {PER}"),
        ((1.0, 0.9, 0.8), f"falls by 20%, from $1.0 to $0.80 {PER}"),
        ((1.0, 1.001, 0.995), f"stays at about $1.0 {PER}"),
        ((1.0, 0.5, 1.0), f"begins and ends at about $1.0 {PER}, lowest at 2,000 tokens with $0.50"),
        ((1.0, 3.0, 2.0), f"rises 2×, from $1.0 to $2.0 {PER}, highest at 2,000 tokens with $3.0"),
        ((1.0, 2.0, 40.0 / 3), f"rises 13×, from $1.0 to $13 {PER}"),
        ((1.0, 2.0, "It does not fit."), f"rises 2×, from $1.0 to $2.0 {PER}; 1 of 3 has none"),
    ],
)
def test_the_course_of_a_price_is_told(prices: tuple[Any, ...], said: str) -> None:
    claim = words.claim(_prices(*prices), SHOWN["output"])
    assert claim == f"Prompt from 1,000 to 4,000 tokens: the price at 50 tokens/s {said}"


def _slow(*prices: float | None) -> Swept:
    given = dict(zip(PROMPT.values, prices, strict=True))
    return swept(PROMPT, answer=lambda value: 31.5 if given[value] is None else point(float(given[value] or 0)))


def test_what_cannot_reach_the_target_is_counted() -> None:
    claim = words.claim(_slow(1.0, 2.0, None), SHOWN["output"])
    assert claim.endswith("from $1.0 to $2.0 per million output tokens; 1 of 3 does not reach its speed")


def test_one_that_reaches_it_alone_is_named() -> None:
    claim = words.claim(_slow(None, 2.0, None), SHOWN["output"])
    assert claim == f"With prompt 2,000 tokens the price at 50 tokens/s is $2.0 {PER}; 2 of 3 do not reach their speed"


def test_nothing_that_reaches_it_is_told_with_the_fastest() -> None:
    found = swept(PROMPT, GPU, answer=lambda prompt, gpu: 40.0 if (prompt, gpu) == (2000, "b200-hgx") else 31.5)
    assert words.claim(found, SHOWN["output"]) == (
        "None of the 6 scenarios reaches 50 tokens/s per user: the fastest, with prompt 2,000 tokens, B200, makes 40 "
        "tokens/s"
    )
    assert words.values_claim(found) == words.claim(found, SHOWN["output"])
    assert "fastest speed is highest with B200 throughout, 32 tok/s to 40 tok/s" in words.claim(found, SHOWN["fastest"])


def test_nothing_that_runs_is_told_with_the_reason() -> None:
    found = swept(PROMPT, answer=lambda _: "Llama needs 2 GPUs; the largest instance is 1.")
    for shown in SHOWN.values():
        assert words.claim(found, shown) == (
            "None of the 3 scenarios runs: llama needs 2 GPUs; the largest instance is 1"
        )
    alone = swept(Axis("prompt", (1000,)), answer=lambda _: 31.5)
    assert words.claim(alone, SHOWN["limit"]).startswith(
        "The scenario does not reach 50 tokens/s per user: the fastest"
    )


def test_the_slowest_part_is_told_where_it_changes() -> None:
    found = swept(PROMPT, answer=lambda n: point(n / 1000, limit="memory" if n > 1500 else "kernel overhead"))
    assert words.claim(found, SHOWN["output"]).endswith("; the slowest part changes from kernel overhead to memory")
    assert "slowest part" not in words.claim(found, SHOWN["fastest"])
    assert words.claim(found, SHOWN["limit"]) == (
        "Prompt from 1,000 to 4,000 tokens: the slowest part at 50 tokens/s is memory in 2 of 3; else kernel "
        "overhead (1)"
    )


def test_numbers_are_told_in_their_order_whatever_the_list() -> None:
    found = swept(Axis("prompt", (4000, 1000, 2000)), answer=lambda n: point(n / 1000))
    assert "rises 4×, from $1.0 to $4.0" in words.claim(found, SHOWN["output"])


def test_names_are_told_with_both_ends() -> None:
    found = swept(GPU, answer=lambda gpu: point(1.0 if gpu == "b200-hgx" else 2.0))
    assert words.claim(found, SHOWN["output"]) == (
        f"Accelerator: the price at 50 tokens/s goes from $1.0 (B200) to $2.0 {PER} (H100 SXM)"
    )
    same = swept(GPU, answer=lambda gpu: point(1.0))
    assert words.claim(same, SHOWN["output"]) == f"Accelerator: the price at 50 tokens/s is about $1.0 {PER} everywhere"


@pytest.mark.parametrize(
    ("b200", "said"),
    [
        ((0.5, 1.0, 2.0), f"is lowest with B200 throughout, $0.50 to $2.0 {PER}"),
        ((2.0, 2.01, 2.0), f"is lowest with H100 SXM up to 2,000 tokens, then with B200; $1.0 to $2.0 {PER} at best"),
        ((2.0, 1.0, 8.0), f"is lowest with H100 SXM at 2 of 3 values, $1.0 to $4.0 {PER} at best"),
        ((None, 2.01, 4.0), f"is lowest with H100 SXM throughout, $1.0 to $4.0 {PER}; 1 of 6 does not reach its speed"),
        ((1.0, 2.0, 4.0), f"goes from $1.0 (1,000 tokens, H100 SXM) to $4.0 {PER} (4,000 tokens, H100 SXM)"),
    ],
)
def test_who_is_cheapest_is_told_and_over_which_range(b200: tuple[float | None, ...], said: str) -> None:
    prices = dict(zip(PROMPT.values, b200, strict=True))

    def answer(prompt: int, gpu: str) -> Any:
        price = prices[prompt] if gpu == "b200-hgx" else prompt / 1000
        return 31.5 if price is None else point(price)

    for axes, given in (((PROMPT, GPU), answer), ((GPU, PROMPT), lambda gpu, prompt: answer(prompt, gpu))):
        claim = words.claim(swept(*axes, answer=given), SHOWN["output"])
        over = (
            "Prompt from 1,000 to 4,000 tokens by accelerator"
            if axes[0] is PROMPT
            else "Accelerator by prompt from 1,000 to 4,000 tokens"
        )
        if "goes from" not in said or axes[0] is PROMPT:
            assert claim == f"{over}: the price at 50 tokens/s {said}"


def test_two_lengths_are_told_as_lengths() -> None:
    found = swept(PROMPT, Axis("output", (100, 483)), answer=lambda prompt, output: point(prompt * output / 1e5))
    assert words.claim(found, SHOWN["output"]).endswith(
        f"goes from $1.0 (1,000 in, 100 out) to $19 {PER} (4,000 in, 483 out)"
    )


def test_layouts_are_counted() -> None:
    found = swept(Axis("prompt", (1000, 2000, 4000, 8000, 16_000)), answer=lambda n: point(1.0, n_gpu=n // 1000, tp=1))
    claim = words.claim(found, SHOWN["layout"])
    assert claim.endswith("is 1 GPU in 1 of 5; else 2 GPUs (1) or 4 GPUs (1) or one of 2 others")
    assert words.values_claim(found) == "All 5 scenarios reach their target, with 5 best layouts between them"


def test_a_target_that_is_swept_is_not_held() -> None:
    found = swept(Axis("at", (20.0, 60.0)), answer=point)
    assert words.claim(found, SHOWN["output"]) == (
        f"Speed from 20 to 60 tokens/s per user: the price rises 3×, from $20 to $60 {PER}"
    )
    assert words.target(found) == ""
    none = swept(Axis("at", (20.0, 60.0)), answer=lambda _: 10.0)
    assert words.claim(none, SHOWN["output"]) == (
        "None of the 2 scenarios reaches the speed it asks for, 20 to 60 tokens/s per user: the fastest makes 10 "
        "tokens/s"
    )


def test_what_all_have_in_common_leaves_out_what_is_swept() -> None:
    base = Choices().with_values(m_num_layers=40, spec="self")
    found = swept(PROMPT, GPU, answer=lambda *_: point(1.0), base=base)
    said = words.common(found)
    assert "Llama 3.1 70B" in said
    assert "H100" not in said
    assert "tokens in" not in said
    assert "1,000 tokens out" in said
    assert "prices on demand" in said
    assert "layers 40" in said
    own = swept(PROMPT, answer=lambda *_: point(1.0), base=BASE.with_values(price=2.0))
    assert "$2.00 per GPU-hour, set by hand" in words.common(own)
    priced = swept(Axis("price", (1.0, 2.0)), answer=lambda *_: point(1.0))
    assert "GPU-hour" not in words.common(priced)


def test_the_source_names_the_dates_of_all_prices() -> None:
    one = words.source(swept(PROMPT, answer=lambda *_: point(1.0)))
    assert "price read 20" in one
    assert "Model, not measurement: serving engine, median error in time" in one
    spans = words._dates(swept(Axis("gpu", ("h100-sxm", "l40s", "a10g")), answer=lambda *_: point(1.0)))
    assert not re.search(r"\d{4}-(1[3-9]|[2-9]\d)", " ".join(spans))
    several = words.source(swept(Axis("gpu", ("h100-sxm", "l4", "a10g")), answer=lambda *_: point(1.0)))
    assert "read 20" in several
    assert "read" not in words.source(
        swept(PROMPT, answer=lambda *_: point(1.0), base=BASE.with_values(price=2.0))
    ).replace("spread", "")


def test_values_have_the_unit_of_their_label() -> None:
    choices = BASE.all
    assert words.value_with_unit(choices["prompt"], 16_000) == "16,000 tokens"
    assert words.value_with_unit(choices["price"], 2.5) == "$2.50 per GPU-hour"
    assert words.value_with_unit(choices["ttft"], None) == "none"
    assert words.value_with_unit(choices["w"], "fp8") == "FP8"
    assert words.value_with_unit(choices["disagg"], True) == "on"
    assert words.named(choices["gpu"], "b200-hgx") == "B200"
    assert words.named(choices["a_hbm"], 96.0) == "HBM 96 GB"
