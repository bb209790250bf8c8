"""How choices are read from a link and written into one."""

import pytest

from infecon_core import catalog
from infecon_core.choices import Option, Quantity, Switch, choices

START = choices()


@pytest.mark.parametrize("model_id", catalog.models())
def test_every_value_is_read_as_it_was_written(model_id: str) -> None:
    for accelerator_id in ("h100-sxm", "erdil-V100", "trainium2"):
        for choice in choices(model_id, accelerator_id).values():
            assert choice.parse(choice.text(choice.default)) == choice.default, choice.key


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("w", " FP4 ", "fp4"),
        ("pp", "False", False),
        ("max", "128", 128),
        ("prompt", "1e3", 1000),
        ("price", "2.5", 2.5),
        ("demand", "none", None),
        ("a_fp4", "None", None),
    ],
)
def test_reading(key: str, text: str, value: object) -> None:
    assert START[key].parse(text) == value


@pytest.mark.parametrize(
    ("key", "text", "right"),
    [
        ("max", "0", "is a whole number from 1 to 262,144"),
        ("max", "1.5", "is a whole number from 1 to 262,144"),
        ("price", "nan", "is a number from 0.001 to 10,000"),
        ("price", "none", "is a number from 0.001 to 10,000"),
        ("demand", "-1", "is a number from 0.001 to 1e+15, or none"),
        ("a_hbm", "0", "is a number from 0.1 to 100,000"),
        ("pp", "1", "is true or false"),
        ("model", "lama-3.1-70b", "is, for example, llama-3.1-70b or llama-3-70b"),
        ("gpu", "h100", "is, for example, h100-sxm or h100-nvl"),
        ("draft", "gpt oss", "is, for example, gpt-oss-120b or gpt-oss-20b"),
        ("gpu", "xyzzy", "is, for example, h100-sxm"),
        ("w", "fp5", "is, for example, fp8 or fp4"),
    ],
)
def test_what_would_be_right(key: str, text: str, right: str) -> None:
    with pytest.raises(ValueError, match=r"^is") as refused:
        START[key].parse(text)
    assert str(refused.value) == right


def test_numbers_are_shown_in_the_units_of_their_labels() -> None:
    launch, hbm = START["launch"], START["a_hbm"]
    assert isinstance(launch, Quantity)
    assert isinstance(hbm, Quantity)
    assert (launch.label, launch.default, launch.stored(4.2)) == ("Kernel launch (µs)", 4.0, 4.2e-6)
    assert (hbm.label, hbm.stored(hbm.default)) == ("HBM (GB)", 80e9)


def test_what_is_cleaned_has_the_type_of_its_kind() -> None:
    prompt, price, demand = START["prompt"], START["price"], START["demand"]
    assert isinstance(prompt.cleaned(5.0), int)
    assert isinstance(price.cleaned(5), float)
    assert (price.cleaned(None), demand.cleaned(None)) == (price.default, None)


def test_an_option_knows_what_it_is_called_and_by_whom_it_is_known() -> None:
    spec, variant, switch = START["spec"], START["variant"], START["cp"]
    assert isinstance(spec, Option)
    assert isinstance(variant, Option)
    assert isinstance(switch, Switch)
    assert spec.options == {"off": "Off", "draft": "Draft", "self": "Self-draft"}
    assert (spec.known_to("serving"), spec.known_to("published")) == (("off", "draft", "self"), ("off", "draft"))
    assert variant.options["toy"] == "Toy (paper 2.2)"


@pytest.mark.parametrize("text", ["٤٢", "４２", "1_0", "4２", "0x10", "1e", "."])
def test_digits_of_other_scripts_and_words_are_no_numbers(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is a number"):
        START["price"].parse(text)


@pytest.mark.parametrize(("text", "value"), [("4", 4), (" 4.50 ", 4.5), (".5", 0.5), ("2.", 2), ("+1E+1", 10)])
def test_numbers_may_be_written_in_the_usual_ways(text: str, value: float) -> None:
    assert START["price"].parse(text) == value
