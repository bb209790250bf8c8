"""The sentences over the chart: what they say, and that they answer one question whatever else changes."""

import random
import re

import pytest

from infecon_core import Scenario, catalog
from infecon_ui.frontier import cache, verdict
from infecon_ui.state.view import View
from tests.support.shown import chosen_with, shown_with


def test_the_verdict_names_model_target_and_price() -> None:
    shown = shown_with(prompt=8000)
    price = shown.point["usd_per_million_tokens"]
    assert verdict.headline(shown) == (
        f"DeepSeek V3 at 50 tokens/s per user costs ${price:.2g} per million output tokens"
    )
    assert shown.point["tokens_per_s_user"] >= 50
    assert price == pytest.approx(shown.points.price[shown.points.speed >= 50].min())


@pytest.mark.parametrize(
    ("y", "ending"),
    [
        ("total", r"costs \$[\d.]+ per million tokens, input and output together"),
        ("gpu", r"makes [\d,.]+ output tokens per second and GPU"),
        ("mw", r"makes [\d,.]+ output tokens per second per MW of boards at full power"),
    ],
)
def test_the_verdict_is_in_the_unit_of_the_axis(y: str, ending: str) -> None:
    shown = shown_with(View(y=y), prompt=8000)
    assert re.fullmatch(f"DeepSeek V3 at 50 tokens/s per user {ending}", verdict.headline(shown))


def test_the_support_says_on_what_and_for_what() -> None:
    shown = shown_with(prompt=8000, ttft=2.0, demand=50_000.0)
    assert re.fullmatch(
        r"\d+ × B200(, [a-z -]+ \d+)+, [\d,]+ users at once · "
        r"FP8, BF16 KV cache, 8k in / 1k out, \$[\d.]+ per GPU-hour on demand · "
        r"first token within 2 s · at most 50,000 tokens/s sold",
        verdict.support(shown),
    )


def test_out_of_reach_says_what_the_fastest_is() -> None:
    shown = shown_with(gpu="h100-sxm", prompt=8000, at=500.0)
    assert not shown.reached
    assert shown.point["tokens_per_s_user"] == shown.points.speed.max()
    assert re.fullmatch(
        r"DeepSeek V3 cannot be served at 500 tokens/s per user on up to 64 H100 SXM: the fastest is "
        r"[\d.]+ tokens/s at \$[\d.]+ per million output tokens",
        verdict.headline(shown),
    )
    assert verdict.support(shown).startswith("At the fastest: ")


def _before(**values: float) -> Scenario:
    scenario = chosen_with(**{"prompt": 8000, **values}).scenario  # type: ignore[arg-type]
    assert scenario is not None
    return scenario


@pytest.mark.parametrize(
    ("price", "text", "better"),
    [
        (5.0, "▲ 10% more than before", False),
        (11.0, "▼ 50% less than before", True),
        (2.5, "▲ 2.2 times as much as before", False),
    ],
)
def test_a_change_is_told_at_the_same_target(price: float, text: str, better: bool) -> None:
    found = verdict.change(shown_with(prompt=8000, before=_before(price=price)))
    assert found is not None
    assert (found.text, found.better) == (text, better)
    # The same price of a GPU-hour makes the same throughput.
    per_gpu = verdict.change(shown_with(View(y="gpu"), prompt=8000, before=_before(price=price)))
    assert per_gpu == ("as before", None)


def test_less_throughput_is_worse_as_a_higher_price_is() -> None:
    shorter = _before(prompt=4000)
    dearer, slower = (verdict.change(shown_with(View(y=y), prompt=8000, before=shorter)) for y in ("output", "gpu"))
    assert dearer is not None
    assert slower is not None
    assert (dearer.text[0], dearer.better) == ("▲", False)
    assert (slower.text[0], slower.better) == ("▼", False)


def test_no_change_is_told_where_there_is_none_to_tell() -> None:
    assert verdict.change(shown_with(prompt=8000)) is None
    assert verdict.change(shown_with(prompt=8000, at=500.0, before=_before(price=2.0))) is None


def test_out_of_reach_is_told_in_the_unit_of_the_axis() -> None:
    shown = shown_with(View(y="total"), gpu="h100-sxm", prompt=8000, at=500.0)
    value = shown.point["usd_per_million_tokens_blended"]
    assert verdict.headline(shown).endswith(f"at ${value:.2g} per million tokens, input and output together")


@pytest.mark.parametrize(
    ("before", "beginning"),
    [({"model": "llama-3.1-8b"}, "another model: "), ({"basis": "rent_3y"}, "another price basis: ")],
)
def test_an_answer_to_another_question_is_neither_better_nor_worse(before: dict[str, str], beginning: str) -> None:
    found = verdict.change(shown_with(prompt=8000, before=_before(**before)))  # type: ignore[arg-type]
    assert found is not None
    assert found.text.startswith(beginning)
    assert found.text.endswith(("as much as before", "more than before", "less than before"))
    assert found.better is None


def test_prices_are_said_on_their_basis() -> None:
    said = {basis: verdict.price(shown_with(basis=basis)) for basis in ("on_demand", "rent_3y", "owner_neocloud")}
    assert [text.partition(" per GPU-hour ")[2] for text in said.values()] == [
        "on demand",
        "on three-year rent",
        "at owner's cost (neocloud)",
    ]
    assert verdict.price(shown_with(price=3)) == "at your own price of $3.00 per GPU-hour"


def test_a_first_token_from_gpus_of_its_own_is_without_queueing() -> None:
    assert "first token within 2 s without queueing" in verdict.support(shown_with(prompt=8000, ttft=2.0, disagg=True))


def test_no_first_token_is_promised_by_an_engine_without_prompts() -> None:
    for engine, promised in (("serving", True), ("published", False)):
        shown = shown_with(model="llama-3.1-70b", gpu="h100-sxm", engine=engine, ttft=1.0)
        assert ("first token within 1 s" in verdict.support(shown)) == promised


def test_lengths_are_short() -> None:
    assert "1M in / 1.5k out" in verdict.support(shown_with(model="llama-3.1-8b", prompt=1_000_000, output=1500, at=5))


def test_a_target_that_comes_within_reach_is_told() -> None:
    slow, fast = {"gpu": "h100-sxm", "at": 108.0}, {"gpu": "b200-hgx", "at": 108.0}
    there, gone = (
        verdict.change(shown_with(prompt=8000, before=_before(**one), **other))  # type: ignore[arg-type]
        for one, other in ((slow, fast), (fast, slow))
    )
    assert there == ("before: out of reach", True)
    assert gone == ("before: within reach", False)


def test_the_source_names_engine_error_price_and_data() -> None:
    shown = shown_with(prompt=8000)
    error = cache.error(None)
    assert re.fullmatch(
        rf"Model, not measurement: serving engine, median error in time {error.median:.1%} on {error.n:,} measurements "
        rf"· \$[\d.]+ per GPU-hour on demand, .+ · data {catalog.data_version()}",
        verdict.source(shown),
    )
    published = verdict.source(shown_with(model="llama-3.1-70b", gpu="h100-sxm", engine="published"))
    assert published.startswith("Published model (arXiv:2506.04645)")
    assert "error" not in published


def _random_scenarios() -> list[dict[str, str | int | float]]:
    draw = random.Random(7)
    models = ("deepseek-v3", "llama-3.1-70b", "llama-3.1-8b", "qwen3-235b-a22b", "gpt-oss-120b")
    chips = ("h100-sxm", "h200-sxm", "b200-hgx", "gb200-nvl72")
    known = [name for name in models if name in catalog.models()]
    return [
        {
            "model": draw.choice(known),
            "gpu": draw.choice(chips),
            "prompt": draw.randrange(500, 16_000),
            "output": draw.randrange(200, 4000),
            "at": float(draw.randrange(10, 100)),
            "max": 2 ** draw.randrange(3, 7),
        }
        for _ in range(50)
    ]


@pytest.mark.slow
def test_a_little_longer_prompt_changes_the_price_a_little_and_the_speed_not_at_all() -> None:
    compared = 0
    for values in _random_scenarios():
        longer = {**values, "prompt": int(values["prompt"] * 1.2)}
        if any(cache.frontier(_scenario(one)).points is None for one in (values, longer)):
            continue
        first, second = shown_with(**values), shown_with(**longer)
        assert first.target == second.target == values["at"]
        if not (first.reached and second.reached):
            assert second.point["tokens_per_s_user"] < values["at"]
            continue
        assert min(one.point["tokens_per_s_user"] for one in (first, second)) >= values["at"]
        assert f"at {values['at']:g} tokens/s per user costs" in verdict.headline(second)
        prices = [one.point["usd_per_million_tokens"] for one in (first, second)]
        assert max(prices) / min(prices) < 1.5, values
        compared += 1
    assert compared >= 25


def _scenario(values: dict[str, str | int | float]) -> Scenario:
    scenario = chosen_with(**values).scenario  # type: ignore[arg-type]
    assert scenario is not None
    return scenario
