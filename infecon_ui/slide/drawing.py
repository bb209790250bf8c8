"""The parts of a drawing, each with the place it takes, and how they are written as SVG."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from infecon_ui.slide import typeface
from infecon_ui.slide.typeface import WEIGHTS, Weight

WHITE = "#FFFFFF"
INK = "#16202C"
SOFT_INK = "#3A4654"  # 9.6 on white
RULE = "#C3CCD7"
GRID = "#E4E8ED"

Anchor = Literal["start", "middle", "end"]


class Box(NamedTuple):
    """A rectangle. [px]"""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right. [px]"""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom. [px]"""
        return self.bottom - self.top

    def grown(self, by: float) -> "Box":
        """The same with a margin on all sides."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def meets(self, other: "Box") -> bool:
        """Whether two rectangles have any area in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        """Whether another rectangle lies in this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True)
class Text:
    """A line of text.

    Args:
        x, y (float): Where its anchor stands on the baseline. [px]
        words (str): What it says.
        size (float): Height of its em. [px]
        weight (str): Regular or Semibold.
        colour (str): Its colour, as "#16202C".
        anchor (str): Which of its ends stands at x.
        link (str): Address that a click opens; none where empty.
    """

    x: float
    y: float
    words: str
    size: float
    weight: Weight = "Regular"
    colour: str = INK
    anchor: Anchor = "start"
    link: str = ""

    @property
    def width(self) -> float:
        """Its width. [px]"""
        return typeface.width(self.words, self.size, self.weight)

    @property
    def box(self) -> Box:
        """The place it takes."""
        left = self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * self.width
        return Box(
            left,
            self.y - typeface.ASCENT * self.size,
            left + self.width,
            self.y + typeface.DESCENT * self.size,
        )

    def svg(self) -> str:
        """The element; its length is told, so that a program without the font keeps to the place."""
        # Without surroundings a space at an end is lost, and its width with it: texts have none.
        element = (
            f'<text x="{self.x:.1f}" y="{self.y:.1f}" font-size="{self.size:g}" font-weight="{WEIGHTS[self.weight]}" '
            f'fill="{self.colour}" text-anchor="{self.anchor}" textLength="{self.width:.1f}" '
            f'lengthAdjust="spacingAndGlyphs">{escape(self.words)}</text>'
        )
        return f"<a href={quoteattr(self.link)}>{element}</a>" if self.link else element


@dataclass(frozen=True)
class Stroke:
    """A line through points.

    Args:
        points (sequence of (float, float)): At least two. [px]
        colour (str): Its colour.
        width (float): Its width. [px]
        dash (str): As `stroke-dasharray`; solid where empty.
    """

    points: Sequence[tuple[float, float]]
    colour: str
    width: float
    dash: str = ""

    def svg(self) -> str:
        """The element."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)
        dash = f' stroke-dasharray="{self.dash}"' if self.dash else ""
        return (
            f'<polyline points="{path}" fill="none" stroke="{self.colour}" stroke-width="{self.width:g}" '
            f'stroke-linejoin="round" stroke-linecap="{"butt" if dash else "round"}"{dash}/>'
        )


@dataclass(frozen=True)
class Rectangle:
    """A filled rectangle."""

    box: Box
    colour: str
    radius: float = 0.0

    def svg(self) -> str:
        """The element."""
        left, top, _, _ = self.box
        corner = f' rx="{self.radius:g}"' if self.radius else ""
        return (
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{self.box.width:.1f}" height="{self.box.height:.1f}"{corner} '
            f'fill="{self.colour}"/>'
        )


@dataclass(frozen=True)
class Disc:
    """A filled circle with a white ring."""

    x: float
    y: float
    radius: float
    colour: str

    @property
    def box(self) -> Box:
        """The place it takes."""
        return Box(self.x, self.y, self.x, self.y).grown(self.radius + 3)

    def svg(self) -> str:
        """The element."""
        return (
            f'<circle cx="{self.x:.1f}" cy="{self.y:.1f}" r="{self.radius:g}" fill="{self.colour}" '
            f'stroke="{WHITE}" stroke-width="3"/>'
        )


Part = Text | Stroke | Rectangle | Disc


def texts_of(parts: Sequence[Part]) -> list[Text]:
    """The texts among the parts of a drawing."""
    return [part for part in parts if isinstance(part, Text)]


def contrast(colour: str, other: str = WHITE) -> float:
    """Contrast of two colours, from 1 to 21. [1]

    (L_lighter + 0.05) / (L_darker + 0.05) with relative luminances L.

    Args:
        colour, other (str): Colours, as "#226FE4".

    Source: WCAG 2.2, definitions of contrast ratio and of relative luminance.
    """
    light, dark = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [value / 255 for value in _channels(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"'{colour}' is no colour; give one as '#226FE4'")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def readable(colour: str, least: float = 7.0) -> str:
    """The colour, darkened as little as it takes to have a contrast of `least` on white."""
    red, green, blue = _channels(colour)
    for percent in range(100, 0, -2):
        darker = "#{:02X}{:02X}{:02X}".format(*(round(c * percent / 100) for c in (red, green, blue)))
        if contrast(darker) >= least:
            return darker
    return "#000000"
