"""Values of a swept choice: how they are written, and those to begin with."""

import re

import pytest

from infecon_core.choices import Choices, Quantity, choices
from infecon_core.sweep.axes import MOST_NAMES, read_values, usual_values, values_text
from infecon_core.sweep.specification import Range


@pytest.mark.parametrize(
    ("key", "text", "values"),
    [
        ("prompt", "1000,2000,1000", (1000, 2000)),
        ("prompt", " 1000 .. 8000 * 2 ", (1000, 2000, 4000, 8000)),
        ("prompt", "1000..7999*2", (1000, 2000, 4000)),
        ("prompt", "0..20+5", (0, 5, 10, 15, 20)),
        ("prompt", "0..20 5", (0, 5, 10, 15, 20)),  # a plus that a link has turned into a space
        ("prompt", "10..100*1.5", (10, 15, 22, 34, 51, 76)),  # rounded to whole tokens: 22.5 to the even one
        ("price", ".5..2*2", (0.5, 1.0, 2.0)),
        ("w", "FP8, fp4", ("fp8", "fp4")),
        ("disagg", "true,false", (True, False)),
        ("ttft", "none,0.5", (None, 0.5)),
    ],
)
def test_values_are_read(key: str, text: str, values: tuple[object, ...]) -> None:
    assert read_values(choices()[key], text) == values


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("prompt", "1000,many", "prompt is a whole number from 0 to 10,000,000"),
        ("prompt", "", "prompt has no value; give a list such as 0,10000000"),
        ("prompt", "1000..8000", "a range is written 1000..8000*2"),
        ("prompt", "8000..1000*2", "goes upwards"),
        ("prompt", "1..1e9*2", "prompt is a whole number"),
        ("prompt", "0..8*2", "begins above 0"),
        ("prompt", "1..8*1", "greater than 1"),
        ("prompt", "1..9999999+1", "at most 10,000 values"),
        ("w", "fp8..fp4*2", "w takes words, which have no range"),
        ("w", "fp3", "w is, for example"),
        ("w", " , ", "w has no value; give a list such as fp8"),
    ],
)
def test_what_is_no_value_is_refused(key: str, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_values(choices()[key], text)


@pytest.mark.parametrize("model_id", ["llama-3.1-70b", "deepseek-v3", "jamba-v0.1", "gpt-oss-120b"])
@pytest.mark.parametrize("changes", [{}, {"spec": "draft"}, {"spec": "self"}, {"engine": "published"}])
def test_every_choice_has_values_to_begin_with(model_id: str, changes: dict[str, str]) -> None:
    base = Choices(model_id).with_values(**changes)
    for key, choice in base.all.items():
        if not base.enters(key):
            continue
        text = values_text(choice, usual_values(base, key))
        values = read_values(choice, text)
        # Of a number that is 0 or not there, and of which nothing is usual, nobody can say around what.
        assert len(values) > 1 or base.value(key) in (0, choice.facts.usual), (key, text)
        now = base.value(key)
        if isinstance(choice, Quantity) and now and not choice.facts.step:
            assert now in values, (key, text)


def test_names_to_begin_with_are_few_and_have_a_price() -> None:
    base = Choices("llama-3.1-8b", "l40s")
    gpus = usual_values(base, "gpu")
    assert isinstance(gpus, tuple)
    assert len(gpus) == MOST_NAMES
    assert "l40s" in gpus
    assert "h100-sxm" in gpus
    assert not [name for name in gpus if str(name).startswith("erdil")]
    # Without a price on demand.
    assert "mi355x" not in gpus
    assert "mi355x" in usual_values(base.with_values(gpu="h100-sxm", basis="rent_3y"), "gpu")  # type: ignore[operator]


def test_lengths_are_doubled_and_shares_go_from_end_to_end() -> None:
    base = Choices().with_values(prompt=8000)
    assert values_text(base.all["prompt"], usual_values(base, "prompt")) == "2000..256000*2"
    assert values_text(base.all["overlap"], usual_values(base, "overlap")) == "0..1+0.1"
    assert values_text(base.all["max"], usual_values(base, "max")) == "8..512*2"


def test_a_range_is_the_same_after_it_was_written() -> None:
    one = Range.model_validate({"from": 0.1, "to": 0.7, "step": 0.1})
    assert one.text == "0.1..0.7+0.1"
    assert read_values(choices()["price"], one.text) == one.values
