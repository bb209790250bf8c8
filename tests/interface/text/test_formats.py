"""Numbers as people read them."""

import math

import pytest

from infecon_ui.text import formats


@pytest.mark.parametrize(
    ("usd", "shown"),
    [(0.37, "$0.37"), (0.0371, "$0.037"), (0.0996, "$0.10"), (12.3, "$12.30"), (99.996, "$100.00"), (1229.6, "$1,230")],
)
def test_money(usd: float, shown: str) -> None:
    assert formats.money(usd) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (7.82, "7.8"),
        (8.02, "8"),
        (9.97, "10"),
        (109.4, "109"),
        (1030, "1,030"),
        (0.42, "0.4"),
        (0.043, "0.043"),
    ],
)
def test_number(value: float, shown: str) -> None:
    assert formats.number(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.024, "24.0 ms"), (0.1201, "120 ms"), (0.00042, "0.42 ms"), (8.13e-6, "8.1 µs"), (1.2, "1.20 s"), (0, "0 ms")],
)
def test_duration(seconds: float, shown: str) -> None:
    assert formats.duration(seconds) == shown


@pytest.mark.parametrize(
    ("n_bytes", "shown"),
    [(1.34e9, "1.3 GB"), (80e9, "80 GB"), (141e9, "141 GB"), (730e6, "730 MB"), (1.2e12, "1.2 TB"), (500, "0.5 kB")],
)
def test_size(n_bytes: float, shown: str) -> None:
    assert formats.size(n_bytes) == shown


@pytest.mark.parametrize(
    ("kwh", "shown"), [(0.711, "0.71 kWh"), (0.0234, "0.023 kWh"), (9.96, "10 kWh"), (1234, "1,234 kWh"), (0, "0 kWh")]
)
def test_energy(kwh: float, shown: str) -> None:
    assert formats.energy(kwh) == shown


def test_counts_have_a_singular() -> None:
    assert formats.gpus(1) == "1 GPU"
    assert formats.gpus(1.04) == "1 GPU"
    assert formats.gpus(7.84) == "7.8 GPUs"
    assert formats.tokens(1500) == "1,500 tokens"


def test_shares() -> None:
    assert [formats.share(x) for x in (0, 0.001, 0.41, 1)] == ["0%", "<1%", "41%", "100%"]


@pytest.mark.parametrize(
    "show", [formats.money, formats.number, formats.duration, formats.size, formats.energy, formats.share]
)
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_says_so(show, value: float) -> None:
    assert show(value) == "n/a"
