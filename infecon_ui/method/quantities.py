"""Numbers with their units, as people read them and as LaTeX writes them."""

import math

from infecon_ui.text import formats

_PREFIXES = (
    *((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, "")),
    *((1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p"), (1e-15, "f")),
)
# Units that take a prefix: large numbers of bytes and of FLOP, small ones of seconds.
_LARGE = ("B", "B/s", "FLOP", "FLOP/s", "B/token")
_SMALL = ("s", "s/B", "s/token")


def quantity(value: float, unit: str) -> str:
    """A number with its unit [SI]: "1.24 GB", "0.36 ms", "3.35 TB/s", "$2.41", "70.6e9".

    >>> quantity(1.24e9, "B"), quantity(3.6e-4, "s"), quantity(2.41, "USD"), quantity(70.6e9, "1"), quantity(8, "1")
    ('1.24 GB', '360 µs', '2.41 USD', '70.6e9', '8')
    """
    if unit in _LARGE or unit in _SMALL:
        largest, smallest = (1e15, 1.0) if unit in _LARGE else (1.0, 1e-15)
        scales = [(scale, prefix) for scale, prefix in _PREFIXES if smallest <= scale <= largest]
        scale, prefix = next(((s, p) for s, p in scales if abs(value) >= 0.9995 * s), scales[-1])
        if value == 0:
            scale, prefix = 1.0, ""
        return f"{formats.digits(value / scale)} {prefix}{unit}"
    shown = _plain(value)
    return shown if unit in ("", "1") else f"{shown} {unit}"


def latex(value: float, unit: str) -> str:
    r"""The same as LaTeX.

    >>> latex(1.24e9, "B"), latex(70.6e9, "1")
    ('1.24\\,\\mathrm{GB}', '70.6\\!\\cdot\\!10^{9}')
    """
    number, _, words = quantity(value, unit).partition(" ")
    mantissa, power, exponent = number.partition("e")
    written = mantissa.replace(",", "{,}") + (rf"\!\cdot\!10^{{{exponent}}}" if power else "")
    return (
        rf"{written}\,\mathrm{{{words.replace('µ', chr(92) + 'text{µ}').replace('%', chr(92) + '%')}}}"
        if words
        else written
    )


def _plain(value: float) -> str:
    """A number of no unit that takes a prefix: large and small ones with a power of ten in steps of three."""
    size = abs(value)
    if value == 0 or 1e-3 <= size < 1e6:
        whole = value == round(value)
        return f"{value:,.0f}" if whole else formats.digits(value, 4 if size >= 1 else 3)
    power = 3 * math.floor(math.log10(size * (1 + 1e-9)) / 3)
    return f"{formats.digits(value / 10.0**power)}e{power}"
