"""The sentences of the page: what drafts do to the price of the target, who drafts, and what is not offered."""

from infecon_core.engines import engine_of
from infecon_ui.speculation.question import Question
from infecon_ui.text import formats

# Below this nobody should act on a difference. [1]
NOTHING = 0.02
# From this on a price is told in steps of 5%, and beyond the other a part says more than its digits. [1]
ROUGH, MOST = 0.1, 0.9


def headline(asked: Question) -> str:
    """What drafts do to the price of the target, or to the fastest speed where it is out of reach."""
    model, speed = asked.choice.model_name, formats.user_speed(asked.target)
    with_usd, without_usd = asked.with_usd, asked.without_usd
    if with_usd is not None and without_usd is not None:
        prices = f"{formats.about(with_usd)} instead of {formats.about(without_usd)} per million output tokens"
        effect = change(with_usd / without_usd - 1)
        if effect == SAME:
            return f"Drafts change next to nothing for {model} at {speed}: {prices}"
        return f"Drafts make {model} at {speed} {effect}: {prices}"
    if with_usd is not None:
        return f"Only with drafts does {model} reach {speed}: {formats.about(with_usd)} per million output tokens"
    if without_usd is not None:
        return (
            f"With drafts {model} no longer reaches {speed}; without them it costs {formats.about(without_usd)} per "
            "million output tokens"
        )
    without = "nothing runs without" if asked.without is None else f"{top(asked.without.speed)} without"
    return f"{model} does not reach {speed}: {top(asked.drafted.speed)} with drafts, {without}"


SAME = "no cheaper"
HALF = 0.005  # half a percent, which rounds to none [1]


def change(relative: float) -> str:
    """A change of a price in words that claim no more than is known: "about 55% cheaper", "2.1 times as dear".

    >>> change(-0.573), change(0.08), change(0.004), change(1.1), change(-0.99)
    ('about 55% cheaper', '8% dearer', 'no cheaper', '2.1 times as dear', 'over 90% cheaper')
    """
    size, word = abs(relative), "cheaper" if relative < 0 else "dearer"
    if size < NOTHING:
        return SAME
    if relative >= 1:
        return f"{formats.digits(1 + relative, 2)} times as dear"
    if relative < -MOST:
        return f"over {MOST:.0%} {word}"
    return f"{size:.0%} {word}" if size < ROUGH else f"about {5 * round(20 * size):g}% {word}"


def between(low: float, high: float) -> str:
    """Between which changes of a price something lies: "about 50% to over 90% cheaper".

    >>> between(-0.97, -0.5), between(-0.301, -0.3), between(0.0, 0.2)
    ('about 50% to over 90% cheaper', 'about 30% cheaper', 'no cheaper to about 20% dearer')
    >>> between(-0.3, 0.2)
    'about 30% cheaper to about 20% dearer'
    """
    first, last = (high, low) if high < 0 else (low, high)
    one, other = change(first), change(last)
    if one == other:
        return one
    number, _, word = one.rpartition(" ")
    same = other.endswith(word) and SAME not in (one, other)
    return f"{number if same else one} to {other}"


def gain(relative: float) -> str:
    """A gain in speed in words: "55% faster", "8% slower", "2.3 times as fast".

    >>> gain(0.553), gain(-0.08), gain(1.31)
    ('55% faster', '8% slower', '2.3 times as fast')
    """
    if relative >= 1:
        return f"{formats.digits(1 + relative, 2)} times as fast"
    return f"{abs(relative):.0%} {'faster' if relative >= 0 else 'slower'}"


def signed(relative: float) -> str:
    """A change as a signed percentage: "−55%", "+8%", "0%"."""
    return "0%" if abs(relative) < HALF else f"{relative:+.0%}".replace("-", "−")


def top(speed: object) -> str:
    """The fastest of some speeds: "90 tokens/s"."""
    return f"{formats.digits(float(max(speed)))} tokens/s"  # type: ignore[call-overload]


def support(asked: Question) -> str:
    """Who drafts, for which requests and at which price, in one line."""
    who = f"Drafted by {asked.drafter}"
    if asked.assumed:
        who += "; the scenario has no draft, so the page takes this one"
    return f"{who} · {asked.served} · model, not measurement"


def without_searches(asked: Question) -> str:
    """What is left out where a search takes long."""
    engine = engine_of(asked.scenario)
    return (
        f"Prices over acceptance and speed take a search each, and the {engine.label.lower()} engine is not quick "
        "enough for so many: they are offered with an engine that is."
    )
