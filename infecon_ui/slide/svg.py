"""A slide as one SVG that looks the same everywhere: font and scenario travel in it."""

import base64
import json
from functools import cache
from xml.sax.saxutils import escape

from infecon_ui.slide.bars import value_of
from infecon_ui.slide.content import Slide
from infecon_ui.slide.drawing import INK, WHITE
from infecon_ui.slide.layout import HEIGHT, WIDTH, layout
from infecon_ui.slide.typeface import FAMILY, WEIGHTS, font_file

# For programs that do not take a font from the picture: nearly as wide, and every text is told its length.
_FAMILIES = f"'{FAMILY}', 'Source Sans 3', 'Source Sans Pro', 'Segoe UI', Arial, sans-serif"


def svg(slide: Slide) -> str:
    """A slide as SVG, 1920 × 1080 px, with its font, its words and its scenarios inside."""
    drawn = "\n".join(part.svg() for part in layout(slide).parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}" height="{HEIGHT:g}" '
        f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" font-family="{_FAMILIES}" fill="{INK}">\n'
        f"<title>{_plain(slide.headline)}</title>\n<desc>{_plain(description(slide))}</desc>\n"
        f"<metadata>{_plain(metadata(slide))}</metadata>\n"
        f"<style>{_faces()}</style>\n"
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="{WHITE}"/>\n{drawn}\n</svg>\n'
    )


def description(slide: Slide) -> str:
    """What a slide says besides its headline, in one line: for readers who do not see it."""
    shown = ", ".join(f"{bar.name}: {value_of(bar, slide)}" for bar in slide.bars)
    bars = f"{slide.bars_title}: {shown}" if shown else ""
    parts = [slide.subtitle, bars, slide.drawing.said if slide.drawing else "", slide.source, slide.link, slide.date]
    return " · ".join(part.strip() for part in parts if part.strip())


def metadata(slide: Slide) -> str:
    """The words of a slide and its scenarios as JSON."""
    words = {name: getattr(slide, name) for name in ("headline", "subtitle", "source", "link", "date")}
    scenarios = [scenario.model_dump(mode="json") for scenario in slide.scenarios]
    return json.dumps({**words, "scenarios": scenarios}, ensure_ascii=False)


def _plain(text: str) -> str:
    """A text as it may stand in XML."""
    return escape("".join(character for character in text if character >= " " or character in "\t\n"))


@cache
def _faces() -> str:
    return "".join(
        f"@font-face{{font-family:'{FAMILY}';font-weight:{number};"
        f"src:url(data:font/woff2;base64,{base64.b64encode(font_file(weight, 'woff2').read_bytes()).decode()})"
        "format('woff2')}"
        for weight, number in WEIGHTS.items()
    )
