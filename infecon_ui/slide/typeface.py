"""The slide's own font: how wide words are in it, and how they break into lines.

The files in fonts/ have plain advances and pair kerning and nothing else that shifts a letter, so what is measured
here is what every program draws.
"""

import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Literal

from infecon_ui.slide.font_tables import FontTables, read

Weight = Literal["Regular", "Semibold"]

FAMILY = "Infecon Sans"
WEIGHTS: dict[Weight, int] = {"Regular": 400, "Semibold": 600}
FOLDER = Path(__file__).parent / "fonts"

# What a line of text takes above and below its baseline, in parts of its size; its lines are LEADING apart.
ASCENT, DESCENT, LEADING = 0.75, 0.22, 1.18
ELLIPSIS, SEPARATOR = "…", " · "


def font_file(weight: Weight, ending: str = "ttf") -> Path:
    """The file of one weight."""
    return FOLDER / f"InfeconSans-{weight}.{ending}"


@cache
def _tables(weight: Weight) -> FontTables:
    return read(font_file(weight))


@lru_cache(maxsize=4096)
def width(words: str, size: float, weight: Weight = "Regular") -> float:
    """Width of a line of text. [px]

    Args:
        words (str): The line, in characters that the font has.
        size (float): Height of its em. [px]
        weight (str): Regular or Semibold.
    """
    return _ends(words, size, weight)[-1] if words else 0.0


def _ends(words: str, size: float, weight: Weight) -> list[float]:
    """Where each character of a line ends. [px]"""
    units, advances, kerning = _tables(weight)
    missing = advances["?"]
    steps = (
        advances.get(character, missing) + kerning.get((before, character), 0)
        for before, character in zip("\0" + words, words, strict=False)
    )
    return [end * size / units for end in accumulate(steps)]


def _has(character: str) -> bool:
    return character in _tables("Regular").advances


def unknown(words: str) -> str:
    """The characters that the font does not have, each once, in the order of the text."""
    printed = "".join(" " if character.isspace() else character for character in words)
    return "".join(dict.fromkeys(c for c in printed if unicodedata.category(c)[0] != "C" and not _has(c)))


def printable(words: str) -> str:
    """A text in the characters of the font: single spaces, no control characters, "?" for what it does not have."""
    composed = unicodedata.normalize("NFC", " ".join(words.split()))
    visible = (character for character in composed if unicodedata.category(character)[0] != "C")
    return "".join(character if _has(character) else "?" for character in visible)


def lines_of(words: str, size: float, weight: Weight, room: float) -> list[str]:
    """A text broken into lines no wider than `room`, at spaces, and inside a word only where one is wider than that.

    Args:
        words (str): The text.
        size, room (float): Height of the em and widest line. [px]
        weight (str): Regular or Semibold.
    """
    lines: list[str] = []
    present = ""
    for word in words.split():
        joined = f"{present} {word}" if present else word
        if width(joined, size, weight) <= room:
            present = joined
            continue
        if present:
            lines.append(present)
        while width(word, size, weight) > room and len(word) > 1:
            kept = _fitting(word, size, weight, room)
            lines.append(kept)
            word = word[len(kept) :]  # noqa: PLW2901 - what is left of it is the next line's first word
        present = word
    return [*lines, present] if present else lines


def _fitting(word: str, size: float, weight: Weight, room: float) -> str:
    """As much of a word as fits, broken after a sign in its second half; at least a character."""
    most = max(1, bisect_right(_ends(word, size, weight), room))
    sign = max((n + 1 for n, character in enumerate(word[:most]) if character in "&?/-_"), default=0)
    return word[: sign if sign > most / 2 else most]


def shortened(words: str, size: float, weight: Weight, room: float) -> str:
    """A text that fits into one line: as it is, or its beginning and an ellipsis."""
    if width(words, size, weight) <= room:
        return words
    most = bisect_right(_ends(words, size, weight), room - width(ELLIPSIS, size, weight))
    return words[:most].rstrip(" ·,;:&") + ELLIPSIS


def at_most(words: str, size: float, weight: Weight, room: float, most: int) -> list[str]:
    """A text broken into no more than `most` lines, the last one shortened where it is too long; as `lines_of`."""
    lines = lines_of(words, size, weight, room)
    if len(lines) <= most:
        return lines
    rest = words[sum(map(len, lines[: most - 1])) :] if " " not in words else " ".join(lines[most - 1 :])
    return [*lines[: most - 1], shortened(rest, size, weight, room)]


def parted(words: str, size: float, weight: Weight, room: float, most: int) -> list[str]:
    """As `at_most`, broken between parts of a list ("FP8 · 8k in / 1k out") where that takes no more lines."""
    lines: list[str] = []
    for part in words.split(SEPARATOR):
        joined = f"{lines[-1]}{SEPARATOR}{part}" if lines else part
        lines = [*lines[:-1], joined] if width(joined, size, weight) <= room else [*lines, part]
    fits = len(lines) <= most and all(width(line, size, weight) <= room for line in lines)
    return [line for line in lines if line] if fits else at_most(words, size, weight, room, most)


def balanced(words: str, size: float, weight: Weight, room: float) -> list[str]:
    """As `lines_of`, with lines as equally long as their number allows."""
    lines = lines_of(words, size, weight, room)
    if len(lines) < 2:
        return lines
    low, high = room / 2, room
    while high - low > 4:
        middle = (low + high) / 2
        low, high = (low, middle) if len(lines_of(words, size, weight, middle)) <= len(lines) else (middle, high)
    return lines_of(words, size, weight, high)
