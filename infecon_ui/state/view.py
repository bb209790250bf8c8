"""How the chosen scenarios are looked at: what the axes show, page or slide; in the session and in the address.

Every part stands in the session under its own key, which is its key in links and that of its control.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Self

import streamlit as st

from infecon_core.choices import Fault
from infecon_ui.charts.axes import Ranges
from infecon_ui.charts.measures import MEASURES, OUTPUT, Measure

SCALES: Mapping[str, str] = MappingProxyType({"log": "Logarithmic", "linear": "Linear"})
VIEWS: Mapping[str, str] = MappingProxyType({"page": "Page", "slide": "Slide"})
LONGEST_CLAIM = 160
_NAME = re.compile(r"[a-z0-9_]{0,40}")


class Part(NamedTuple):
    """One part of a view.

    Attributes:
        default (str): Where nothing is chosen.
        right (str): What a link may say.
        known (callable): Whether a text is one of these.
    """

    default: str
    right: str
    known: Callable[[str], bool]


def _one_of(options: Mapping[str, object]) -> Part:
    return Part(next(iter(options)), f"is {', '.join(options)}", options.__contains__)


def _ranges(text: str) -> Ranges | None:
    try:
        found = Ranges(*map(float, text.split(",")))
    except (TypeError, ValueError):
        return None
    known = all(math.isfinite(end) and end >= 0 for end in found)
    return found if known and found.slowest < found.fastest and found.cheapest < found.dearest else None


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "y": _one_of(MEASURES),
        "axes": _one_of(SCALES),
        "view": _one_of(VIEWS),
        "chart": Part("", "is the name of a chart", lambda text: _NAME.fullmatch(text) is not None),
        "ranges": Part(
            "", "is the ends of both axes: slowest,fastest,lowest,highest", lambda text: not text or bool(_ranges(text))
        ),
        "claim": Part(
            "",
            f"has at most {LONGEST_CLAIM} characters, all of them printable",
            lambda text: len(text) <= LONGEST_CLAIM and text.isprintable(),
        ),
    }
)


@dataclass(frozen=True)
class View:
    """How scenarios are looked at.

    Args:
        y (str): What the vertical axis shows, a key of `MEASURES`.
        axes (str): `log` or `linear`.
        view (str): `page` or `slide`.
        chart (str): Which chart of a page the slide shows; empty for the first.
        ranges (str): Ends of both axes where they are held: slowest, fastest, lowest and highest; empty where they
            follow the curve.
        claim (str): Headline of the slide where it was edited; else empty.
    """

    y: str = OUTPUT
    axes: str = "log"
    view: str = "page"
    chart: str = ""
    ranges: str = ""
    claim: str = ""

    @property
    def measure(self) -> Measure:
        """What the vertical axis shows."""
        return MEASURES[self.y]

    @property
    def log_axes(self) -> bool:
        """Whether the axes are logarithmic."""
        return self.axes == "log"

    @property
    def slide(self) -> bool:
        """Whether the slide is shown."""
        return self.view == "slide"

    @property
    def held(self) -> Ranges | None:
        """The ends of both axes where they are held."""
        return _ranges(self.ranges)

    def query(self) -> dict[str, str]:
        """Parameters of a link: what differs from the defaults."""
        return {key: text for key, part in PARTS.items() if (text := getattr(self, key)) != part.default}

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> tuple[Self, tuple[Fault, ...]]:
        """A view from the parameters of a link, and what was not understood."""
        given = {key: query[key] for key in PARTS if key in query}
        known = {key: text for key, text in given.items() if PARTS[key].known(text)}
        faults = tuple(Fault(f"{key}={given[key]}", f"{key} {PARTS[key].right}") for key in given.keys() - known)
        return cls(**known), faults


def ranges_text(ranges: Ranges) -> str:
    """Ends of both axes as they stand in a view."""
    return ",".join(f"{end:.4g}" for end in ranges)


def current() -> View:
    """The view that is chosen, from the session."""
    held = {key: str(st.session_state[key]) for key in PARTS if key in st.session_state}
    return View(**{key: text for key, text in held.items() if PARTS[key].known(text)})


def adopt(view: View) -> None:
    """Put a view into the session; not after its controls are drawn."""
    change(**{key: getattr(view, key) for key in PARTS})


def change(**parts: str) -> None:
    """Change parts of the view; for a button's `on_click`."""
    for key, text in parts.items():
        if text != PARTS[key].default or key in st.session_state:
            st.session_state[key] = text
