"""What comparisons say in words."""

import re

import pytest

from infecon_core.analysis import claims
from infecon_core.analysis.claims import certainty_sentence, claim, crossings_sentence, leaders_sentence, ratio_sentence
from infecon_core.analysis.compare import Entrant, Standing, Target, ratio, standings
from infecon_core.analysis.crossings import Crossing, Leader
from infecon_core.validation import differences
from infecon_core.validation.differences import Difference
from tests.support.comparisons import BASE, OTHER, OUTPUT, PER_GPU, made, standing

PHRASE, THROUGHPUT = "per million output tokens", "output tokens per second and GPU"


@pytest.fixture(autouse=True)
def same_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every order is told, unless a test says otherwise."""
    monkeypatch.setattr(differences, "difference", lambda one, other: Difference(1.0, 0, ""))


def two(first: float, second: float, column: str = OUTPUT) -> tuple[Standing, ...]:
    """The present scenario and another one at two prices."""
    points = (made("B200", [(60, first)]), made("GB200", [(60, second)], OTHER))
    return standing(*points, column=column)


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (2.74, 1.28, "GB200 serves DeepSeek V3 for less than half of what B200 costs"),
        (3.0, 0.95, "GB200 serves DeepSeek V3 for less than a third of what B200 costs"),
        (4.0, 0.95, "GB200 serves DeepSeek V3 for less than a quarter of what B200 costs"),
        (10.0, 1.2, "GB200 serves DeepSeek V3 for 12% of what B200 costs"),
        (10.0, 6.2, "GB200 serves DeepSeek V3 for 38% less than B200"),
        (10.0, 4.0, "GB200 serves DeepSeek V3 for 60% less than B200"),
        (10.0, 9.81, "GB200 and B200 cost the same"),
        # The present scenario is the best: the next best is what it is compared with.
        (6.2, 10.0, "B200 serves DeepSeek V3 for 38% less than GB200"),
    ],
)
def test_accelerators(first: float, second: float, says: str) -> None:
    assert claim(two(first, second), "gpu", PHRASE) == f"At 50 tokens/s per user, {says}"


def test_the_best_is_compared_with_the_present_scenario_whoever_is_between() -> None:
    found = standing(*(made(name, [(60, price)]) for name, price in (("now", 10.0), ("second", 8.0), ("best", 6.2))))
    assert claim(found, "", PHRASE).endswith("best costs 38% less than now")
    assert claim(found[::-1], "", PHRASE).endswith("best costs 22% less than second")


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("model", "other costs 38% less than now"),
        ("", "other costs 38% less than now"),
        ("engine", "other puts DeepSeek V3 on B200 at 38% less than now"),
        ("w", "DeepSeek V3 on B200 with other costs 38% less than with now"),
    ],
)
def test_other_choices(key: str, says: str) -> None:
    found = standing(made("now", [(60, 10.0)]), made("other", [(60, 6.2)]))
    assert claim(found, key, PHRASE) == f"At 50 tokens/s per user, {says}"


def test_names_of_values_stand_inside_of_sentences() -> None:
    found = standing(made("Weights FP8", [(60, 10.0)]), made("Weights FP4", [(60, 4.9)]))
    said = claim(found, "w", PHRASE)
    assert said.endswith("with weights FP4 costs less than half of what it costs with weights FP8")


def test_throughput() -> None:
    assert claim(two(2.0, 1.0, PER_GPU), "gpu", THROUGHPUT) == (
        "At 50 tokens/s per user, GB200 makes 2 times as many output tokens per second and GPU as B200"
    )
    assert claim(two(2.0, 1.99, PER_GPU), "gpu", THROUGHPUT).endswith("make the same output tokens per second and GPU")


@pytest.mark.parametrize(("first", "second"), [(7.77, 1.0), (9.1, 5.3), (3.0, 2.9), (100.0, 3.3), (1.0, 0.21)])
def test_the_number_in_the_claim_is_the_ratio(first: float, second: float) -> None:
    (number,) = re.findall(r"(\d+)%", claim(two(first, second), "gpu", PHRASE))
    part = second / first
    assert int(number) == pytest.approx(100 * (part if part < 0.2 else 1 - part), abs=0.5)


def test_what_is_not_told_apart_is_not_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "difference", lambda one, other: Difference(9.0, 40, "pairs of a kind"))
    said = claim(two(5.79, 3.69), "gpu", PHRASE)
    assert said == (
        "At 50 tokens/s per user, our cost model does not separate GB200 from B200: "
        "$3.7 and $5.8 per million output tokens"
    )
    values = {"B200": "with FP8 weights", "GB200": "with FP4 weights"}
    found = standing(made("B200", [(60, 5.79)]), made("GB200", [(60, 3.69)]))
    assert "does not separate DeepSeek V3 on B200 with FP4 weights from the same with FP8 weights: $3.7" in claim(
        found, "w", PHRASE, values
    )
    said = certainty_sentence(ratio(*two(5.79, 3.69)))
    assert said.startswith("Our cost model does not separate the two: of 40 pairs of a kind, four of five")
    assert "enough to put the target out of reach here; the two differ 1.6 times" in said


def test_what_is_out_of_reach_or_missing_is_said() -> None:
    fast, slow = made("GB200", [(60, 2.14)], OTHER), made("B200", [(38.4, 1.0)])
    gap = Entrant("MI355X", None, None, "It has no price.")
    assert claim(standing(slow, fast), "gpu", PHRASE) == (
        "Only GB200 reaches 50 tokens/s per user with DeepSeek V3: $2.1 per million output tokens"
    )
    assert claim(standing(slow, gap), "gpu", PHRASE) == (
        "None of these 2 reaches 50 tokens/s per user; the fastest is B200 with 38"
    )
    assert claim(standing(fast, gap), "gpu", PHRASE).endswith("GB200 comes to $2.1 per million output tokens; MI355X "
                                                               "has no figure")  # fmt: skip
    assert claim(standing(gap, gap), "gpu", PHRASE) == "None of these 2 has a figure"
    # Others do not change what is said of those that have a value.
    third = made("H100", [(60, 4.28)], BASE)
    assert claim(standing(third, fast, slow, gap), "gpu", PHRASE).startswith("At 50 tokens/s per user, GB200 serves")


def test_a_limit_on_the_first_token_is_part_of_the_target() -> None:
    entrants = (made("a", [(60, 2.0)]), made("b", [(60, 1.0)]))
    found = standings(entrants, OUTPUT, Target(50.0, 1.5))
    assert claim(found, "", PHRASE).startswith("At 50 tokens/s per user with the first token within 1.5 s, b costs")
    late = standings(entrants, OUTPUT, Target(50.0, 0.5))
    assert late[0].note == "cannot answer within 0.5 s at 50 tokens/s"


def test_ratios() -> None:
    assert ratio_sentence(ratio(*two(5.0, 2.5)), PHRASE) == (
        "B200 costs 2 times as much as GB200: $2.5 and $5.0 per million output tokens."
    )
    assert ratio_sentence(ratio(*two(5.0, 2.5, PER_GPU)), THROUGHPUT) == (
        "GB200 makes 2 times as much as B200: 400 and 200 output tokens per second and GPU."
    )
    assert ratio_sentence(ratio(*two(5.0, 4.95)), PHRASE).startswith("GB200 and B200 cost the same: $5.0 and $5.0")


def test_certainty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "share the model's error" in certainty_sentence(ratio(*two(5.0, 4.0)))
    monkeypatch.setattr(differences, "difference", lambda one, other: Difference(1.15, 43, "pairs of a kind"))
    assert certainty_sentence(ratio(*two(50.0, 4.0))) == (
        "Our cost model separates the two: of 43 pairs of a kind, four of five are predicted within 15% of each other "
        "in time. That is up to 1.1 times in price here; the two differ 12 times. Their ranges may overlap all the "
        "same: most of the error is common to both."
    )
    monkeypatch.setattr(differences, "difference", lambda one, other: None)
    assert certainty_sentence(ratio(*two(50.0, 4.0))).startswith("No measurement says")
    measured = standing(made("now", [(60, 2.0)]), made("measured", [(60, 3.0)], measured=True))
    assert certainty_sentence(ratio(*measured)).startswith("What was measured has no error")


def test_leaders() -> None:
    found = [Leader("MI355X", 0, 11.2), Leader("GB200", 11.2, 99.6), Leader("B200", 99.6, 120.4)]
    assert leaders_sentence(found, OUTPUT) == (
        "Cheapest up to 11 tokens/s per user: MI355X; up to 100: GB200; up to 120: B200."
    )
    often = [Leader(name, 10 * i, 10 * i + 10) for i, name in enumerate("abcabab")]
    assert leaders_sentence(often, OUTPUT).endswith("up to 30: c; up to 70: a and b in turn.")
    assert leaders_sentence(found[:1], OUTPUT, certain=False) == (
        "Cheapest, on our central values, at every speed up to 11 tokens/s per user: MI355X."
    )
    assert leaders_sentence(found[:1], PER_GPU) == "Most tokens at every speed up to 11 tokens/s per user: MI355X."


def test_crossings() -> None:
    found = [Crossing(20.4, "a", "b"), Crossing(61.0, "b", "a")]
    assert crossings_sentence(("a", "b"), found, OUTPUT) == (
        "Up to 20 tokens/s per user a is cheaper, then b, from 61 on a."
    )
    assert crossings_sentence(("a", "b"), [], OUTPUT) == "The curves of a and b do not cross."


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.284, "$1.3"), (12.6, "$13"), (0.366, "$0.37"), (0.0371, "$0.037"), (1229.6, "$1,200"), (0.996, "$1.0")],
)
def test_values_have_two_digits(value: float, shown: str) -> None:
    assert claims.worth(two(value, 1.0)[0]) == shown


def test_an_engine_without_prompts_says_so_beside_one_that_pays_for_them() -> None:
    other = made("Published model", [(60, 6.2)], BASE.changed(engine="published"))
    found = standing(made("Serving engine", [(60, 10.0)]), other)
    assert claim(found, "engine", PHRASE).endswith("38% less than Serving engine; Published model counts no prompts")
    assert "prompts" not in claim(standing(other, other), "engine", PHRASE)
    measured = standing(made("Serving engine", [(60, 10.0)]), made("Measured", [(60, 6.2)], measured=True))
    assert "prompts" not in claim(measured, "engine", PHRASE)


def test_values_of_a_choice_are_written_as_in_speech() -> None:
    found = standing(made("Off", [(60, 10.0)]), made("Self", [(60, 6.2)]))
    values = {"Off": "without speculative decoding", "Self": "with self-drafting"}
    assert claim(found, "spec", PHRASE, values) == (
        "At 50 tokens/s per user, DeepSeek V3 on B200 with self-drafting costs 38% less "
        "than without speculative decoding"
    )
    assert ratio_sentence(ratio(*found), PHRASE, values).startswith(
        "It costs 1.6 times as much without speculative decoding as with self-drafting: $6.2 and $10"
    )


@pytest.mark.parametrize(("value", "shown"), [(2_123_456.0, "2.1 million"), (212_345.0, "210,000"), (7.83, "7.8")])
def test_throughputs_have_no_exponent(value: float, shown: str) -> None:
    assert claims.worth(two(1000 / value, 1.0, PER_GPU)[0]) == shown
