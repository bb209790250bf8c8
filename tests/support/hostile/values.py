"""Hostile values of any kind: right ones, those at and beyond bounds, wrong types, an attacker's words."""

import math
from typing import Any

from hypothesis import strategies as st

from infecon_core import catalog
from infecon_core.scenario import Scenario

MODELS, ACCELERATORS = tuple(catalog.models()), tuple(catalog.accelerators())

NUMBERS = (
    *("0", "-0", "-1", "1", "0.5", "1e308", "-1e308", "1e309", "1e-320", "NaN", "nan", "inf", "-Infinity", "9" * 400),
    *(
        "9" * 5000,
        "1_000",
        "0x10",
        "1e5",
        " 7 ",
        "７",
        "१२",
        "١٢٣",
        "²",
        "½",
        "1,5",
        "1.5.5",
        "none",
        "null",
        "true",
        "+5",
    ),
)
WORDS = (
    *("", " ", "\0", "\x1b[2J", "\ud800", "\ufeff", "\u202e", "\r\n", "a\nb", "\t", "é", "🙂", "x" * 10_000),
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "|cmd", "%s%n", "{0}", "{{7*7}}"),
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "</style>", "&lt;"),
    *("[a](javascript:alert(1))", "![a](http://x)", "# a", "$x^2$", "$$\\frac{1}{2}$$", ":red[a]", ":material/home:"),
    *("`a`", "```", "a|b", "../../etc/passwd", "/dev/zero", "~", "; rm", "$(id)", "' OR 1=1 --", "__proto__", "model"),
)


def words() -> st.SearchStrategy[str]:
    """Any text, and what an attacker would write."""
    return st.one_of(st.sampled_from(WORDS), st.sampled_from(NUMBERS), st.text(max_size=30), st.text(st.characters()))


def plain_words() -> st.SearchStrategy[str]:
    """The same without what no file and no address can hold: half of a pair of code units."""
    return words().map(lambda text: text.encode("utf-8", "ignore").decode())


def near(least: float, most: float) -> st.SearchStrategy[float | int]:
    """Numbers within bounds, at them, and just and far beyond them."""
    ends = [least, most, math.nextafter(least, -math.inf), math.nextafter(most, math.inf), least - 1, most + 1]
    ends += [0, -0.0, 1, -1, least * 2, most / 2, 1e308, 10**30]
    finite = [end for end in ends if math.isfinite(end)]
    inside = st.floats(max(least, -1e300), min(most, 1e300)) if least <= most else st.nothing()
    whole = st.integers(math.ceil(max(least, -1e15)), math.floor(min(most, 1e15))) if most - least >= 2 else inside
    powers = st.builds(lambda at: least * (most / least) ** at, st.floats(0, 1)) if 0 < least < most < 1e300 else inside
    return st.one_of(st.sampled_from(finite), inside, whole, powers)


def values() -> st.SearchStrategy[Any]:
    """Whatever JSON can hold, of any type, nested a little."""
    leaf = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(-(10**400), 10**400),
        st.floats(),
        plain_words(),
        st.sampled_from([10**4000, -0.0, 1e308, [], {}, [[]], {"": None}]),
    )
    return st.recursive(
        leaf, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(plain_words(), inner)), max_leaves=5
    )


def presets() -> st.SearchStrategy[Scenario]:
    """Scenarios as people have them: of a model on an accelerator, some with a draft."""
    return st.builds(
        lambda model, accelerator, draft: Scenario.preset(model, accelerator, **({"draft": draft} if draft else {})),
        st.sampled_from(MODELS),
        st.sampled_from(ACCELERATORS),
        st.sampled_from([None, None, None, "llama-3.2-1b", "qwen3-4b"]),
    )
