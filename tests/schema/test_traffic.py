"""Traffic: means of several lengths by hand, and lengths as people write them."""

import pytest
from pydantic import ValidationError

from infecon_core.schema.traffic import MOST_LENGTHS, Length, Traffic, lengths_of


def test_means_of_several_lengths() -> None:
    # 3 of 4 ask 1,000 and get 500, one asks 4,000 and gets 100.
    found = Traffic(lengths=lengths_of("1000/500:3, 4000/100:1"))
    assert found.shares == (0.75, 0.25)
    assert found.prompt_tokens == 1750
    assert found.answer_tokens == 400
    # While decoding the short answers are rarely seen: 375 tokens of 400 are of the first kind.
    assert found.context_tokens == pytest.approx((375 * 1250 + 25 * 4050) / 400)
    assert found.request_tokens == pytest.approx((375 * 1500 + 25 * 4100) / 400)
    assert [one.lengths[0].prompt_tokens for one in found.alone()] == [1000, 4000]


def test_one_length_is_that_of_a_scenario() -> None:
    found = Traffic(lengths=(Length(prompt_tokens=1000, output_tokens=0),))
    assert (found.context_tokens, found.request_tokens, found.answer_tokens) == (1000, 1000, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Give 1 to 8 lengths"),
        (",".join(["1/1"] * (MOST_LENGTHS + 1)), "these are 9"),
        ("1000", "'1000' is no length; write prompt/output:share, as in 1000/500:70"),
        ("1000/-5", "no length"),
        ("99999999/1:1", "'prompt_tokens' cannot be 99999999"),
        ("1/1:0", "'share' cannot be 0"),
        ("<script>/1", "no length"),
        ("1/1:nan", "no length"),
    ],
)
def test_what_is_no_length_is_said_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"as in|cannot") as refused:
        lengths_of(text)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_there_is_at_least_one_length_and_some_prompt_is_new() -> None:
    with pytest.raises(ValidationError):
        Traffic(lengths=())
    with pytest.raises(ValidationError):
        Traffic(lengths=(Length(prompt_tokens=1, output_tokens=1),), cached_share=1.0)
