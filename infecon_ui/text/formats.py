"""Numbers as people read them."""

import math
from collections.abc import Callable

_SMALL = 0.0995  # below this, two decimals would lose the second digit


def money(usd: float) -> str:
    """An amount of dollars [USD]: "$0.37", "$0.037", "$12.30", "$1,230".

    >>> money(0.3659), money(0.0371), money(1229.6)
    ('$0.37', '$0.037', '$1,230')
    """
    if not math.isfinite(usd):
        return "n/a"
    if usd >= 100:
        return f"${usd:,.0f}"
    return f"${usd:.2f}" if usd >= _SMALL or usd == 0 else f"${_two_digits(usd)}"


def about(usd: float) -> str:
    """An amount of dollars [USD] that is not known better than to two digits: "$5.8", "$13", "$110", "$0.037".

    >>> about(5.79), about(12.6), about(107.2), about(0.0371), about(1229.6), about(2), about(0.0998)
    ('$5.8', '$13', '$110', '$0.037', '$1,200', '$2.0', '$0.10')
    """
    if not math.isfinite(usd):
        return "n/a"
    return f"${rounded(usd, 2)}"


def rounded(value: float, n_digits: int) -> str:
    """A number [1] with exactly so many digits that count, without exponent: "1.0", "0.20", "1,200".

    >>> rounded(1.0, 2), rounded(0.0998, 2), rounded(9.99, 2), rounded(1229.6, 3), rounded(0, 2)
    ('1.0', '0.10', '10', '1,230', '0')
    """
    if not math.isfinite(value):
        return "n/a"
    near = float(f"{value:.{n_digits}g}")
    decimals = max(0, n_digits - 1 - math.floor(math.log10(abs(near)))) if near else 0
    return f"{near:,.{decimals}f}"


def digits(value: float, n_digits: int = 3) -> str:
    """A number [1] with at most so many digits that count, without exponent: "50", "32.2", "1,230".

    >>> digits(50.0), digits(32.249), digits(1229.6), digits(0.0123), digits(5.79, 2)
    ('50', '32.2', '1,230', '0.0123', '5.8')
    """
    if not math.isfinite(value):
        return "n/a"
    shown = rounded(value, n_digits)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def number(value: float) -> str:
    """A count that may be a fraction [1]: "7.8", "8", "109", "1,030".

    >>> number(7.82), number(8.02), number(109.4), number(1030)
    ('7.8', '8', '109', '1,030')
    """
    if not math.isfinite(value):
        return "n/a"
    if value >= 9.95 or value == 0 or abs(value - round(value)) < 0.05 <= value:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= _SMALL else _two_digits(value)


def gpus(n_gpu: float) -> str:
    """A number of GPUs [1]: "1 GPU", "7.8 GPUs"."""
    return _counted(n_gpu, "GPU")


def tokens(n_tokens: float) -> str:
    """A number of tokens [tokens]: "1 token", "1,500 tokens"."""
    return _counted(n_tokens, "token")


def speed(tokens_per_s: float) -> str:
    """A decoding speed [tokens/s]: "99 tok/s", "9.4 tok/s"."""
    return f"{number(tokens_per_s)} tok/s"


def value_range(low: float, high: float, value: Callable[[float], str]) -> str:
    """Between which values something lies; an infinite price or no throughput at all is out of reach.

    >>> value_range(1.04, 2.0, about), value_range(1.04, math.inf, about), value_range(0, 2.0, about)
    ('$1.0 to $2.0', '$1.0 to out of reach', 'out of reach to $2.0')
    """
    return " to ".join(value(end) if 0 < end < math.inf else "out of reach" for end in (low, high))


def speed_range(low: float, high: float) -> str:
    """Between which decoding speeds something lies [tokens/s]; 0 is out of reach.

    >>> speed_range(41.6, 78.4), speed_range(0, 78.4)
    ('42 to 78 tok/s', '78 tok/s at most')
    """
    most = f"{digits(high, 2)} tok/s"
    return f"{digits(low, 2)} to {most}" if low > 0 else f"{most} at most"


def user_speed(tokens_per_s: float) -> str:
    """What is asked for every user, as it was chosen [tokens/s]: "50 tokens/s per user", "1 token/s per user"."""
    return f"{tokens_per_s:,g} {'token/s' if tokens_per_s == 1 else 'tokens/s'} per user"


def duration(seconds: float) -> str:
    """A time [s]: "1.20 s", "24.0 ms", "0.42 ms", "8.1 µs".

    >>> duration(0.024), duration(0.00042), duration(8.13e-6), duration(1.2)
    ('24.0 ms', '0.42 ms', '8.1 µs', '1.20 s')
    """
    if not math.isfinite(seconds):
        return "n/a"
    if seconds == 0:
        return "0 ms"
    if seconds >= 0.9995:
        return f"{seconds:,.2f} s"
    if seconds >= 0.0995e-3:
        milliseconds = seconds * 1e3
        decimals = 0 if milliseconds >= 99.95 else 1 if milliseconds >= 9.995 else 2
        return f"{milliseconds:.{decimals}f} ms"
    return f"{seconds * 1e6:.1f} µs"


def size(n_bytes: float) -> str:
    """An amount of memory [B], in decimal units: "730 MB", "1.3 GB", "80 GB".

    >>> size(1.34e9), size(80e9), size(0), size(141e9)
    ('1.3 GB', '80 GB', '0 GB', '141 GB')
    """
    if not math.isfinite(n_bytes):
        return "n/a"
    if n_bytes == 0:
        return "0 GB"
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if n_bytes >= 0.9995 * scale:
            shown = f"{n_bytes / scale:,.0f}" if n_bytes >= 99.95 * scale else f"{n_bytes / scale:.1f}"
            return f"{shown.removesuffix('.0')} {unit}"
    return f"{n_bytes / 1e3:.1f} kB"


def energy(kwh: float) -> str:
    """An amount of energy [kWh]: "0.71 kWh", "7.1 kWh", "71 kWh".

    >>> energy(0.711), energy(7.11), energy(71.1), energy(0)
    ('0.71 kWh', '7.1 kWh', '71 kWh', '0 kWh')
    """
    if not math.isfinite(kwh):
        return "n/a"
    return f"{kwh:,.0f} kWh" if kwh >= 9.95 or kwh == 0 else f"{_two_digits(kwh)} kWh"


def share(fraction: float) -> str:
    """A part of a whole [1]: "41%", "<1%" for a little, "0%" for nothing."""
    if not math.isfinite(fraction):
        return "n/a"
    return "<1%" if 0 < fraction < 0.005 else f"{fraction:.0%}"


def percent(fraction: float) -> str:
    """A change of a whole [1], two digits: "4.1%", "12%", "0.3%".

    >>> percent(0.0413), percent(0.121), percent(0.0034)
    ('4.1%', '12%', '0.3%')
    """
    if not math.isfinite(fraction):
        return "n/a"
    return f"{fraction:.0%}" if fraction >= 0.0995 else f"{fraction:.1%}"


def number_format(name: str) -> str:
    """A number format as it is printed: "FP8", "BF16"."""
    return name.upper()


def _counted(value: float, noun: str) -> str:
    shown = number(value)
    return f"{shown} {noun}" if shown == "1" else f"{shown} {noun}s"


def _two_digits(value: float) -> str:
    return f"{value:.{1 - math.floor(math.log10(abs(value)))}f}"
