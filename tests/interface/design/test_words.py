"""Words for changed numbers."""

import pytest

from infecon_core.analysis.design import is_price, numbers
from infecon_core.choices.registry import preset
from infecon_ui.design import words
from infecon_ui.design.subject import gained

KNOWN = numbers(preset("llama-3.1-70b", "h100-sxm"))


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("a_bandwidth", 6.7, "twice the HBM bandwidth"),
        ("a_bandwidth", 3.685, "10% more HBM bandwidth"),
        ("a_bandwidth", 3.4, "HBM bandwidth of 3.4 TB/s instead of 3.35 TB/s"),
        ("a_scaleup", 225.0, "half the scale-up link"),
        ("a_scaleup", 500.0, "scale-up link of 500 GB/s instead of 450 GB/s"),
        ("overhead", 0.9, "10% less kernel overhead"),
        ("overhead", 0.3, "0.3 times the kernel overhead"),
        ("arithmetic", 4.0, "four times the arithmetic of all formats"),
        ("m_num_layers", 72.0, "72 layers instead of 80"),
        ("m_num_layers", 240.0, "three times the layers"),
        ("m_num_key_value_heads", 16.0, "twice the KV heads"),
        ("m_hidden_size", 9216.0, "model width of 9,216 instead of 8,192"),
    ],
)
def test_a_change_reads_after_with(key: str, value: float, expected: str) -> None:
    assert words.change(KNOWN[key], value) == expected


def test_every_number_can_be_told() -> None:
    for number in KNOWN.values():
        for factor in (0.5, 0.77, 1.5, 3.0):
            told = words.change(number, number.near(number.value * factor))
            assert words.name(number) in told
            assert "nan" not in told
        assert words.amount(number, number.value)[0].isdigit()


def test_lists_and_gains() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert gained("price", -0.5) == "50% cheaper"
    assert gained("speed", 1.0) == "2 times as fast"


def test_an_own_number_is_told_with_its_noun() -> None:
    assert words.of_amount(KNOWN["m_num_layers"], 30.0) == "30 layers"
    assert words.of_amount(KNOWN["a_hbm"], 5.0) == "HBM size of 5 GB"
    price = next(number for number in KNOWN.values() if is_price(number))
    assert words.change(price, 1.5 * price.value).startswith("a 50% higher price")
    assert [words.article(name) for name in ("HBM bandwidth", "scale-up link", "KV heads")] == ["an", "a", "a"]
