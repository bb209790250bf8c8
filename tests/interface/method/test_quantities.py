"""Numbers with units: prefixes where the unit takes one, powers of ten elsewhere, LaTeX of both."""

import pytest

from infecon_ui.method.quantities import latex, quantity


@pytest.mark.parametrize(
    ("value", "unit", "text", "written"),
    [
        (1.24e9, "B", "1.24 GB", r"1.24\,\mathrm{GB}"),
        (0.9996e12, "B/s", "1 TB/s", r"1\,\mathrm{TB/s}"),
        (3.6e-4, "s", "360 µs", r"360\,\mathrm{\text{µ}s}"),
        (4.2e-12, "s/B", "4.2 ps/B", r"4.2\,\mathrm{ps/B}"),
        (0.0, "s", "0 s", r"0\,\mathrm{s}"),
        (1.98e15, "FLOP/s", "1.98 PFLOP/s", r"1.98\,\mathrm{PFLOP/s}"),
        (0.5, "B", "0.5 B", r"0.5\,\mathrm{B}"),
        (2.41, "USD", "2.41 USD", r"2.41\,\mathrm{USD}"),
        (1500.0, "tokens", "1,500 tokens", r"1{,}500\,\mathrm{tokens}"),
        (70.6e9, "1", "70.6e9", r"70.6\!\cdot\!10^{9}"),
        (0.785555, "1", "0.786", "0.786"),
        (1e-7, "1", "100e-9", r"100\!\cdot\!10^{-9}"),
        (8.0, "", "8", "8"),
    ],
)
def test_quantities(value: float, unit: str, text: str, written: str) -> None:
    assert quantity(value, unit) == text
    assert latex(value, unit) == written


def test_negative_numbers_keep_their_sign() -> None:
    assert quantity(-2.5e9, "B") == "-2.5 GB"
