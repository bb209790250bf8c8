"""Widths of the characters of a TrueType font, from its own tables."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class FontTables(NamedTuple):
    """What it takes to measure a text.

    Attributes:
        units (int): Units of the font per em. [1]
        advances (mapping): Width of every character that the font has. [units]
        kerning (mapping): What comes between two characters besides. [units]
    """

    units: int
    advances: Mapping[str, int]
    kerning: Mapping[tuple[str, str], int]


def read(path: Path) -> FontTables:
    """The tables of a font whose characters are all in the basic plane, as `cmap` format 4 and `kern` format 0 have it.

    Source: OpenType specification 1.9: `head`, `hhea`, `hmtx`, `cmap`, `kern`.
    """
    data = path.read_bytes()
    (count,) = struct.unpack_from(">H", data, 4)
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * n) for n in range(count))
    tables = {tag.decode("latin-1"): data[offset : offset + length] for tag, _, offset, length in records}
    (units,) = struct.unpack_from(">H", tables["head"], 18)
    (metrics,) = struct.unpack_from(">H", tables["hhea"], 34)
    widths = [struct.unpack_from(">H", tables["hmtx"], 4 * n)[0] for n in range(metrics)]
    glyphs = _glyphs(tables["cmap"])
    characters: dict[int, list[str]] = {}
    for character, glyph in glyphs.items():
        characters.setdefault(glyph, []).append(character)
    # Glyphs beyond the last width are as wide as the last.
    advances = {character: widths[min(glyph, metrics - 1)] for character, glyph in glyphs.items()}
    kerning = {
        (first, second): value
        for left, right, value in _pairs(tables["kern"])
        for first in characters.get(left, ())
        for second in characters.get(right, ())
    }
    return FontTables(units, advances, kerning)


def _glyphs(cmap: bytes) -> dict[str, int]:
    """Glyph of every character."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    starts = (struct.unpack_from(">HHI", cmap, 4 + 8 * n)[2] for n in range(count))
    start = next(start for start in starts if struct.unpack_from(">H", cmap, start)[0] == 4)
    (doubled,) = struct.unpack_from(">H", cmap, start + 6)
    n_segments = doubled // 2
    ends, firsts, deltas, offsets = (
        struct.unpack_from(f">{n_segments}H", cmap, start + 14 + place * doubled + 2 * (place > 0))
        for place in range(4)
    )
    found: dict[str, int] = {}
    for n, (first, last) in enumerate(zip(firsts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offsets[n]:
                place = start + 16 + 3 * doubled + 2 * n + offsets[n] + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", cmap, place)
            if (glyph or not offsets[n]) and (index := (glyph + deltas[n]) % 0x10000):
                found[chr(code)] = index
    return found


def _pairs(kern: bytes) -> list[tuple[int, int, int]]:
    """Pairs of glyphs and what comes between them."""
    (count,) = struct.unpack_from(">H", kern, 10)
    return [struct.unpack_from(">HHh", kern, 18 + 6 * n) for n in range(count)]
