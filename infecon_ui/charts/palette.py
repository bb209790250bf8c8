"""One meaning, one colour, on every page: the five times of a step, what fills the memory, and curves side by side.

Every colour has one name, the one that it has on the light theme; `themed` says how it looks on the dark one. Colours
of one group stay apart for the three common colour-vision deficiencies; those of the curves stay apart from the five
times too.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from infecon_core.schema import FIVE_TIMES


class Time(NamedTuple):
    """One of the five times of a step.

    Args:
        limit (str): Its name in the `limit` column of a frontier.
        column (str): Its column of a frontier, and its field of a step. [s]
        colour (str): Its colour on every page, on both themes: of areas, bars and markers.
        text (str): The same hue for words, on the light theme; `themed` has the one for the dark theme.
    """

    limit: str
    column: str
    colour: str
    text: str

    @property
    def label(self) -> str:
        """The name at the start of a line."""
        return self.limit.capitalize()


# Colour of areas; of words on the light theme; of words on the dark theme.
_COLOURS: Mapping[str, tuple[str, str, str]] = {
    "arithmetic": ("#B44127", "#A93A21", "#E8805F"),
    "memory": ("#226FE4", "#0B61D0", "#7299FF"),
    "network bandwidth": ("#18AC78", "#007549", "#3BB483"),
    "network latency": ("#EE961C", "#9A5200", "#EE9F3C"),
    "kernel overhead": ("#B06DB6", "#8B4A92", "#C48ACA"),
}
TIMES = tuple(Time(limit, column, *_COLOURS[limit][:2]) for column, limit in FIVE_TIMES.items())
TIME_COLUMNS = [time.column for time in TIMES]
LIMITS = tuple(time.limit for time in TIMES)

# Lines and words of up to six curves that are compared, in the order in which they are taken.
_VARIANTS: Mapping[str, str] = {
    "#0059A3": "#4A92C6",
    "#AE0858": "#EE86AB",
    "#6B5200": "#D5A542",
    "#5A17C8": "#9592FF",
    "#004131": "#88E4A5",
    "#17172B": "#F2F0EA",
}
VARIANTS = tuple(_VARIANTS)
# The one curve where nothing is compared; a comparison begins with it.
CURVE = VARIANTS[0]
# A curve that was, or that is left out: behind the others, never in words.
GHOST = "#8A919C"
# Words that stand back: notes, marks at an axis, what is off.
MUTED = "#5B6472"

# Memory is no time: greys and sand, so that nobody looks for its colour in the frontier.
WEIGHTS = "#5C6573"
KV_CACHE = "#98A1AE"
WORKSPACE = "#C9B79C"
FREE_MEMORY = "rgba(140, 150, 165, 0.22)"
FRAME = "rgba(140, 150, 165, 0.55)"
# Where comparable measurements lie around a frontier.
SPREAD = "rgba(125, 140, 165, 0.20)"

_WHITE, _BLACK = "#FFFFFF", "#0C0F14"


def _mixed(low: str, high: str, count: int = 12) -> tuple[str, ...]:
    """So many colours from one to another, as "#RRGGBB"."""
    ends = [[int(end[i : i + 2], 16) for i in (1, 3, 5)] for end in (low, high)]
    parts = [i / (count - 1) for i in range(count)]
    return tuple(
        "#" + "".join(f"{round(a + (b - a) * part):02X}" for a, b in zip(*ends, strict=True)) for part in parts
    )


# Behind numbers of a map, the least first: from next to the page to the most that stands out from it.
SHADES = _mixed("#EEF4FA", "#0B3C6F")
_ON_DARK: Mapping[str, str] = MappingProxyType(
    {
        **_VARIANTS,
        **{GHOST: "#757C87", MUTED: "#A9AFB9"},
        **{text: dark for _, text, dark in _COLOURS.values()},
        **dict(zip(SHADES, _mixed("#1D2733", "#A9D2FA"), strict=True)),
    }
)
# The whole of a colour: "#0059A3", not the start of "#0059A3FF".
_NAMES = re.compile(rf"(?:{'|'.join(_ON_DARK)})(?![0-9A-Fa-f])")


def themed(text: str, *, dark: bool) -> str:
    """How the colours of this module in a text look on a theme.

    Args:
        text (str): A colour by its name, which is how it looks on the light theme, or words with colours among them.
        dark (bool): Whether the theme is dark: `st.context.theme.type == "dark"`.

    Returns:
        The text itself on the light theme, and where one colour serves both.
    """
    return _NAMES.sub(lambda found: _ON_DARK[found[0]], text) if dark else text


def shade(strength: float) -> str:
    """The colour behind a number, from 0 for the least to 1 for the greatest. [1]"""
    return SHADES[round((len(SHADES) - 1) * strength)]


def in_words(colour: str) -> str:
    """The colour in which something is named: its own, but for the greys, which are too light for words."""
    return MUTED if colour in (GHOST, KV_CACHE, WORKSPACE) else colour


def words_on(colour: str) -> str:
    """The colour of words on an area of some colour: white or near-black, whichever has more contrast."""
    return max((_WHITE, _BLACK), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """Contrast of two opaque colours.

    (L1 + 0.05) / (L2 + 0.05), L the relative luminance, the lighter colour's first.

    Args:
        one, other (str): Colours as "#RRGGBB".

    Returns:
        Between 1, the same luminance, and 21, black on white. [1]

    Source: Web Content Accessibility Guidelines 2.2, "contrast ratio" and "relative luminance".
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
