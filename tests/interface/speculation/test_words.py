"""Sentences that are true for any input."""

from dataclasses import replace

import pytest

from infecon_ui.speculation import words
from tests.support.speculation import asked_of


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.97, -0.5, "about 50% to over 90% cheaper"),
        (-0.3, 0.2, "about 30% cheaper to about 20% dearer"),
        (-0.301, -0.3, "about 30% cheaper"),
        (0.0, 0.2, "no cheaper to about 20% dearer"),
        (-0.4, 0.01, "about 40% cheaper to no cheaper"),
        (0.05, 1.5, "5% dearer to 2.5 times as dear"),
    ],
)
def test_a_range_of_changes_is_said_in_words(low: float, high: float, said: str) -> None:
    assert words.between(low, high) == said


def test_the_headline_has_the_prices_of_both_frontiers() -> None:
    asked = asked_of(model="llama-3.1-70b", gpu="h100-sxm")
    said = words.headline(asked)
    assert said.startswith("Drafts make Llama 3.1 70B at 50 tokens/s per user about ")
    assert asked.with_usd is not None
    assert asked.without_usd is not None
    assert asked.with_usd < asked.without_usd
    assert f"cheaper: ${asked.with_usd:.2g} instead of ${asked.without_usd:.2g} per million output tokens" in said


def test_the_headline_where_a_side_is_out_of_reach() -> None:
    only_with = asked_of(model="llama-3.1-70b", gpu="h100-sxm", at=150.0)
    assert words.headline(only_with).startswith("Only with drafts does Llama 3.1 70B reach 150 tokens/s per user: $")
    neither = words.headline(asked_of(model="llama-3.1-70b", gpu="h100-sxm", at=5000.0))
    assert neither.startswith("Llama 3.1 70B does not reach 5,000 tokens/s per user: ")
    assert "tokens/s with drafts" in neither
    costly = asked_of(
        model="llama-3.1-70b", gpu="h100-sxm", spec="draft", draft="llama-3.1-70b", acceptance=0.0, at=20.0
    )
    assert "at 20 tokens/s per user 2.2 times as dear: $1.5 instead of $0.68" in words.headline(costly)
    swapped = replace(only_with, drafted=only_with.without, without=only_with.drafted)
    assert words.headline(swapped).startswith(
        "With drafts Llama 3.1 70B no longer reaches 150 tokens/s per user; without them it costs $"
    )
    nothing = asked_of(spec="self", acceptance=0.0, at=20.0)
    assert words.headline(nothing).startswith(
        "Drafts change next to nothing for DeepSeek V3 at 20 tokens/s per user: $"
    )


def test_the_support_says_who_drafts_and_that_the_page_assumed_it() -> None:
    assumed = words.support(asked_of(model="llama-3.1-70b", gpu="h100-sxm"))
    assert assumed.startswith("Drafted by Llama 3.2 1B at an acceptance of 0.80 (assumed); the scenario has no draft")
    chosen = words.support(asked_of(model="deepseek-v3", gpu="b200-hgx", spec="self"))
    assert chosen.startswith("Drafted by 1 layer of its own (MTP) at an acceptance of 0.70 (assumed) · ")
    assert chosen.endswith("model, not measurement")


def test_small_changes_have_a_sign_and_none_has_none() -> None:
    assert [words.signed(value) for value in (-0.55, 0.08, 0.004, -0.004)] == ["−55%", "+8%", "0%", "0%"]
    assert [words.gain(value) for value in (0.553, -0.08, 1.31)] == ["55% faster", "8% slower", "2.3 times as fast"]
    assert words.change(0.08) == "8% dearer"


def test_what_is_not_offered_names_the_engine() -> None:
    asked = asked_of(model="llama-3.1-70b", gpu="h100-sxm", engine="published")
    assert "the published engine is not quick enough" in words.without_searches(asked)
