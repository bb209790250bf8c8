"""A slide as PNG, drawn without a browser, with the same words about itself as its SVG."""

import re
import struct
import zlib
from xml.etree import ElementTree

import resvg_py

from infecon_ui.slide.typeface import FAMILY, WEIGHTS, font_file

WIDTH = 3840  # twice the width in which a slide is laid out [px]
CARD = (1200, 630)  # what programs that show links have room for [px]

_SPACE = "{http://www.w3.org/2000/svg}"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Parts of an SVG by the keyword that PNG has for them.
_WORDS = {"Title": "title", "Description": "desc", "Scenario": "metadata"}


def png(svg: str) -> bytes:
    """A slide as PNG, 3840 × 2160 px.

    Args:
        svg (str): As `svg.svg` makes it.

    Source: PNG specification, third edition, 11.3.3 for its words (iTXt).
    """
    drawn = _drawn(svg, WIDTH)
    root = ElementTree.fromstring(svg)  # noqa: S314 - just drawn here, without entities; words of others are escaped
    words = {keyword: root.findtext(_SPACE + part) or "" for keyword, part in _WORDS.items()} | {"Software": "infecon"}
    # After the signature and the header, which is always the first chunk.
    header = len(_SIGNATURE) + 12 + struct.unpack(">I", drawn[8:12])[0]
    chunks = [_chunk(keyword, text) for keyword, text in words.items() if text]
    return drawn[:header] + b"".join(chunks) + drawn[header:]


def card(svg: str) -> bytes:
    """A slide as the picture of a link preview, 1200 × 630 px: all of it, with margins at its sides."""
    wide, high = CARD
    size = re.search(r'width="(\d+)" height="(\d+)" viewBox="0 0 \1 \2"', svg)
    assert size is not None
    width, height = int(size[1]), int(size[2])
    across = height * wide / high
    frame = f'width="{wide}" height="{high}" viewBox="{(width - across) / 2:.1f} 0 {across:.1f} {height}"'
    return _drawn(svg.replace(size[0], frame, 1), wide)


def _drawn(svg: str, width: int) -> bytes:
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            background="#FFFFFF",
            skip_system_fonts=True,
            font_family=FAMILY,
            font_files=[str(font_file(weight)) for weight in WEIGHTS],
        )
    )


def _chunk(keyword: str, text: str) -> bytes:
    """International text, not compressed."""
    data = b"iTXt" + keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    return struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
