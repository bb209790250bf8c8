"""Whatever somebody pastes is an object or gets one sentence."""

import json

import pytest

from infecon_core.huggingface.reading import LARGEST, kind_of, object_of, text_part


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "The text is empty"),
        (" \n\ufeff", "The text is empty"),
        ("[]", "holds a list of 0"),
        ("[1, 2]", "holds a list of 2"),
        ("7", "holds 7"),
        ("null", "holds null"),
        ('"hidden_size"', "holds the text 'hidden_size'"),
        ("{'a': 1}", "is not JSON: .* in line 1, column 2"),
        ('{"a": 1,}', "is not JSON"),
        ("<!doctype html>", "is not JSON"),
        ('{"a": 1} {"b": 2}', "is not JSON: extra data"),
        ('{"a": 1, "b": 2, "a": 3}', "'a' is given twice"),
        ('{"a": {"b": 1, "b": 1}}', "'b' is given twice"),
        ('{"a": ' + "[" * 200_000, "nested too deeply"),
        ('{"a": ' + '{"a": ' * 150_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "too many digits"),
        ('{"a": "' + "x" * LARGEST + '"}', "too long"),
    ],
)
def test_other_texts_get_a_sentence(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected) as refused:
        object_of(text)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert len(sentence) < 200
    assert sentence.isprintable()


def test_infinity_stands_in_released_files() -> None:
    assert object_of('{"time_step_limit": [0.0, Infinity], "x": NaN}')["time_step_limit"] == [0.0, float("inf")]


def test_a_byte_order_mark_is_none_of_the_text() -> None:
    assert object_of('\ufeff{"a": 1}') == {"a": 1}


def test_the_part_that_writes_text() -> None:
    assert text_part({"a": 1}) == ("", {"a": 1})
    assert text_part({"text_config": {"a": 1}}) == ("text_config", {"a": 1})
    assert text_part({"text_config": None, "a": 1}) == ("", {"text_config": None, "a": 1})
    nested = {"thinker_config": {"text_config": {"a": 1}}}
    assert text_part(nested) == ("thinker_config.text_config", {"a": 1})
    with pytest.raises(ValueError, match="'text_config' is a list of 0; it is an object"):
        text_part({"text_config": []})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (4096, "4,096"),
        (-3, "-3"),
        (1.5, "1.5"),
        (10**400, "too large a number"),
        (1e300, "too large a number"),
        (float("inf"), "no finite number"),
        (float("nan"), "no finite number"),
        ({}, "an object"),
        ("4096", "the text '4096'"),
        ("a\nb", "the text 'a\\nb'"),
    ],
)
def test_values_in_words(value: object, expected: str) -> None:
    assert kind_of(value) == expected


def test_every_value_of_json_has_a_word() -> None:
    for value in json.loads('[null, true, 1, 1.5, "a", [], {}]'):
        assert kind_of(value)
