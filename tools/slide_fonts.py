"""Cut the fonts of the slides from the variable font that Streamlit bundles: `python tools/slide_fonts.py`.

Needs fonttools and brotli (`pip install fonttools brotli`), which nothing else here does. The name of the original is
reserved, so the cut ones have another; infecon_ui/slide/fonts/OFL.txt says what was changed.
"""

from pathlib import Path
from typing import Any

import streamlit
from fontTools import subset
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0
from fontTools.varLib import instancer

FOLDER = Path(__file__).resolve().parent.parent / "infecon_ui" / "slide" / "fonts"
SOURCE = next((Path(streamlit.__file__).parent / "static").rglob("SourceSansVF-Upright*.woff2"))
FAMILY = "Infecon Sans"
WEIGHTS = {"Regular": 400, "Semibold": 600}
# Latin with all its accents, Greek letters of formulas, and signs.
LETTERS = "ΑΒΓΔΕΘΛΜΣΩαβγδεθλμστφω"
SIGNS = "–—‘’“”„†•…‰′″‹›€™−×÷±≈≠≤≥∞√·→←↑↓▲▼◂▸½¼¾²³"
CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, LETTERS + SIGNS)]
KERNED = [*range(0x20, 0x7F), *map(ord, "–’“”·×−")]
LEAST_KERNING = 4  # less is not seen [units of 1,000 per em]
# Long ago, so that the same input always gives the same files.
MADE = 3849984000
NOTICE = "© 2023 Adobe (http://www.adobe.com/), with Reserved Font Name 'Source'. Modified: weights, subset and name."


def kerning(font: Any) -> dict[tuple[str, str], int]:
    """Pairs of glyphs and what comes between them, from the font's positioning table."""
    table = font["GPOS"].table
    lookups = {
        i for record in table.FeatureList.FeatureRecord if record.FeatureTag == "kern"
        for i in record.Feature.LookupListIndex
    }  # fmt: skip
    order = font.getGlyphOrder()
    pairs: dict[tuple[str, str], int] = {}
    for i in sorted(lookups):
        found: dict[tuple[str, str], int] = {}
        for packed in table.LookupList.Lookup[i].SubTable:
            part = packed.ExtSubTable if packed.LookupType == 9 else packed
            if part.Format == 1:
                for first, records in zip(part.Coverage.glyphs, part.PairSet, strict=True):
                    for record in records.PairValueRecord:
                        found.setdefault((first, record.SecondGlyph), _advance(record.Value1))
            else:
                one, other = part.ClassDef1.classDefs, part.ClassDef2.classDefs
                for first in part.Coverage.glyphs:
                    row = part.Class1Record[one.get(first, 0)].Class2Record
                    for second in order:
                        found.setdefault((first, second), _advance(row[other.get(second, 0)].Value1))
        for pair, value in found.items():
            pairs[pair] = pairs.get(pair, 0) + value
    return pairs


def _advance(value: Any) -> int:
    return int(getattr(value, "XAdvance", 0) or 0)


def cut(style: str, weight: int) -> None:
    """Make the two files of one weight."""
    font = instancer.instantiateVariableFont(TTFont(SOURCE, recalcTimestamp=False), {"wght": weight})
    options = subset.Options(
        layout_features=["kern"], hinting=False, name_IDs=[], notdef_outline=True, glyph_names=False
    )
    options.drop_tables += ["STAT", "MVAR", "HVAR", "DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    glyphs = font.getBestCmap()
    kerned = {glyphs[code] for code in KERNED}
    pairs = KernTable_format_0()
    pairs.version, pairs.format, pairs.coverage, pairs.apple, pairs.tupleIndex = 0, 0, 1, False, None
    pairs.kernTable = {
        pair: value
        for pair, value in kerning(font).items()
        if kerned.issuperset(pair) and abs(value) >= LEAST_KERNING
    }  # fmt: skip
    # The plain table instead of the rich one: programs that measure and programs that draw agree on it.
    font["kern"] = table = newTable("kern")
    table.version, table.kernTables = 0, [pairs]
    for tag in ("GPOS", "GSUB", "GDEF"):
        if tag in font:
            del font[tag]
    name = f"{FAMILY} {style}"
    words = {
        **{0: NOTICE, 1: FAMILY if style == "Regular" else name, 2: "Regular", 4: name, 5: "Version 1.0", 16: FAMILY},
        **{3: f"1.0;InfeconSans-{style}", 6: f"InfeconSans-{style}", 17: style, 14: "https://openfontlicense.org"},
        13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
    }
    font["name"].names = []
    for number, text in sorted(words.items()):
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["head"].created = font["head"].modified = MADE
    for flavor, ending in ((None, "ttf"), ("woff2", "woff2")):
        font.flavor = flavor
        font.save(FOLDER / f"InfeconSans-{style}.{ending}")


if __name__ == "__main__":
    for style, weight in WEIGHTS.items():
        cut(style, weight)
