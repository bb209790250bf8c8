"""A map as a table of links: words in every cell, a colour behind them, and more where a pointer rests on one."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from infecon_ui.charts.palette import MUTED, VARIANTS, themed, words_on

# Colours of accelerators by their place in `market.colour_order`; those beyond share the last one.
COLOURS = (*VARIANTS, MUTED)
# How sure a colour is: told from every other, from every other maker's, or from neither.
ALONE, MAKER, OPEN = "alone", "maker", "open"
PRICED = "priced"
_NOW = "now"
BEYOND_SIGN = "*"
SHADES = 12  # of the colour behind prices
# The cheapest and the dearest price: from next to the page to the most that stands out from it.
_RAMP = {False: ("#EEF4FA", "#0B3C6F"), True: ("#1D2733", "#A9D2FA")}

_CSS = """
.infecon-map { overflow-x: auto; }
.infecon-map table { border-collapse: separate; border-spacing: 2px; width: 100%; font-size: 0.8rem; line-height: 1.2; }
.infecon-map + figcaption { padding-top: 0.4rem; font-size: 0.8rem; }
.infecon-around { margin: 0; }
.infecon-map th, .infecon-map td { border: none; padding: 0; font-weight: 400; }
.infecon-map thead th { padding: 0.2rem 0.1rem; text-align: center; vertical-align: bottom; }
.infecon-map thead th.now { font-weight: 700; text-decoration: underline; text-underline-offset: 0.2em; }
.infecon-map tbody th { text-align: right; padding-right: 0.5rem; white-space: nowrap; width: 15rem; }
.infecon-map small { font-size: 0.7rem; }
.infecon-map td { position: relative; min-width: 4.1rem; height: 2.15rem; text-align: center; border-radius: 3px; }
.infecon-map td > a, .infecon-map td > div { display: flex; flex-direction: column; justify-content: center;
    height: 100%; padding: 0.1rem 0.2rem; color: inherit !important; text-decoration: none !important;
    border-radius: 3px; white-space: nowrap; }
.infecon-map td > a:hover, .infecon-map td > a:focus-visible { outline: 2px solid currentColor; outline-offset: 1px; }
.infecon-map b { font-weight: 600; overflow: hidden; text-overflow: ellipsis; max-width: 7rem; margin: 0 auto; }
.infecon-map .none { border: 1px dashed rgba(125, 135, 150, 0.5); box-sizing: border-box; }
.infecon-map .alone { background: var(--c); color: var(--ink); }
.infecon-map .maker { background: color-mix(in srgb, var(--c) 26%, transparent); box-shadow: inset 4px 0 var(--c); }
.infecon-map .open { box-shadow: inset 4px 0 var(--c); background-image: repeating-linear-gradient(
    135deg, color-mix(in srgb, var(--c) 20%, transparent) 0 3px, transparent 3px 9px); }
.infecon-map sup { position: absolute; top: 0.1rem; right: 0.25rem; font-size: 0.8rem; line-height: 1; }
.infecon-swipe { display: none; font-size: 0.8rem; margin: 0 0 0.3rem; }
.infecon-map .tip { position: absolute; z-index: 5; opacity: 0; pointer-events: none; white-space: normal;
    width: 17rem; padding: 0.45rem 0.6rem; text-align: left; border-radius: 4px; font-size: 0.8rem; line-height: 1.35;
    background: var(--paper); color: var(--word); box-shadow: 0 2px 12px rgba(0, 0, 0, 0.35); top: calc(100% + 4px);
    left: 0; }
.infecon-map .tip.up { top: auto; bottom: calc(100% + 4px); }
.infecon-map .tip.back { left: auto; right: 0; }
.infecon-map td > :hover .tip, .infecon-map td > a:focus-visible .tip { opacity: 1; }
.infecon-map .tip i { display: block; font-style: normal; }
.infecon-key { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.8rem; margin: 0 0 0.4rem; }
.infecon-key span { display: inline-flex; align-items: center; gap: 0.35rem; }
.infecon-key s { display: inline-block; width: 1.5rem; height: 0.9rem; border-radius: 3px; }
@media not all and (max-width: 640px) { .infecon-map { overflow: visible; } }
@media (max-width: 640px) {
    .infecon-map tbody th { position: sticky; left: 0; z-index: 2; background: var(--page); max-width: 7.2rem;
        width: auto; overflow: hidden; text-overflow: ellipsis; text-align: left; }
    .infecon-map tbody th small { display: block; }
    .infecon-map .tip { display: none; }
    .infecon-map b { font-size: 0.72rem; letter-spacing: -0.02em; }
    .infecon-swipe { display: block; }
    .st-key-landscape_tools [role="radiogroup"] { flex-wrap: wrap; }
    .infecon-map table, .infecon-map thead, .infecon-map tbody { display: block; }
    .infecon-map tr { display: flex; gap: 2px; width: max-content; margin-bottom: 2px; }
    .infecon-map tr > * { box-sizing: border-box; flex: 0 0 5.6rem; }
    .infecon-map tr > th:first-child { flex-basis: 7.2rem; order: -2; }
    .infecon-map tr > .now { order: -1; }
    .infecon-map td > a, .infecon-map td > div { padding: 0.1rem 0.4rem; }
}
"""


@dataclass(frozen=True)
class Cell:
    """One cell of a map.

    Args:
        words (str): In the first line, large.
        small (str): Below it.
        look (str): Its classes: a colour's and how sure it is, or that it is a price, or empty.
        more (tuple of str): Lines that stand beside it where a pointer rests on it.
        link (str): Where it leads; empty for nowhere.
        strength (float): Of the colour behind a price, from 0 to 1. [1]
        beyond (bool): Whether its setup lies beyond what was measured, which a sign says.
    """

    words: str
    small: str = ""
    look: str = "none"
    more: tuple[str, ...] = ()
    link: str = ""
    strength: float = 0.0
    beyond: bool = False


@dataclass(frozen=True)
class Head:
    """What stands over a column or before a row.

    Args:
        words, small (str): A name, and what is said of it.
        now (bool): Whether it is what the page is about.
    """

    words: str
    small: str = ""
    now: bool = False


def table(caption: str, corner: str, columns: Sequence[Head], rows: Sequence[tuple[Head, Sequence[Cell]]]) -> str:
    """A map as HTML; texts are those of the catalog, the data set and the schema, and escaped all the same.

    Args:
        caption (str): What it shows, in a sentence.
        corner (str): What the columns are.
        columns (sequence of Head): Over the columns.
        rows (sequence of (Head, cells)): From top to bottom.
    """
    over = "".join(f'<th scope="col" class="{_NOW if one.now else ""}">{_named(one, "<br>")}</th>' for one in columns)
    body = []
    for i, (head, cells) in enumerate(rows):
        drawn = "".join(
            _drawn(cell, up=2 * i >= len(rows), back=2 * j >= len(columns), now=columns[j].now)
            for j, cell in enumerate(cells)
        )
        body.append(f'<tr><th scope="row">{_named(head, " ")}</th>{drawn}</tr>')
    return (
        f'<figure class="infecon-around"><p class="infecon-swipe">The column of the target comes first; swipe for '
        f'the others.</p><div class="infecon-map"><table aria-label="{escape(caption)}"><thead><tr>'
        f'<th scope="col"><small>{escape(corner)}</small></th>{over}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div><figcaption>{escape(caption)}</figcaption></figure>"
    )


def style(*, dark: bool) -> str:
    """The style sheet of maps on a theme."""
    page = "#14171C" if dark else "#FFFFFF"
    paper, word = ("#2A3038", "#F1F2F4") if dark else ("#FFFFFF", "#0C0F14")
    colours = [themed(colour, dark=dark) for colour in COLOURS]
    inked = "".join(
        f".infecon-map .c{i}, .infecon-key .c{i} {{ --c: {colour}; --ink: {words_on(colour)}; }}\n"
        for i, colour in enumerate(colours)
    )
    inked += "".join(
        f".infecon-map .p{i}, .infecon-key .p{i} {{ background: {shade}; color: {words_on(shade)}; }}\n"
        for i, shade in enumerate(shades(dark=dark))
    )
    around = f"--page: {page}; --paper: {paper}; --word: {word};"
    shared = _CSS.replace(".infecon-map .alone", ".infecon-map .alone, .infecon-key .alone")
    for look in (MAKER, OPEN):
        shared = shared.replace(f".infecon-map .{look} {{", f".infecon-map .{look}, .infecon-key .{look} {{")
    return f"<style>.infecon-map, .infecon-key {{ {around} }}\n{inked}{shared}</style>"


def shades(*, dark: bool) -> tuple[str, ...]:
    """The colours behind prices on a theme, of the cheapest first, as "#RRGGBB"."""
    low, high = (np.array([int(end[i : i + 2], 16) for i in (1, 3, 5)]) for end in _RAMP[dark])
    mixed = [low + (high - low) * i / (SHADES - 1) for i in range(SHADES)]
    return tuple("#" + "".join(f"{round(part):02X}" for part in colour) for colour in mixed)


def key(entries: Sequence[tuple[str, str, float]]) -> str:
    """What colours mean: classes of `Cell.look` or `BEYOND_SIGN`, words, and the strength of a price's colour."""
    shown = "".join(f"<span>{_sample(look, strength)}{escape(words)}</span>" for look, words, strength in entries)
    return f'<div class="infecon-key">{shown}</div>'


def colour(place: int) -> str:
    """Class of the colour of an accelerator by its place in `market.colour_order`."""
    return f"c{min(place, len(COLOURS) - 1)}"


def _named(head: Head, between: str) -> str:
    small = f"{between}<small>{escape(head.small)}</small>" if head.small else ""
    return f"{escape(head.words)}{small}"


def _drawn(cell: Cell, *, up: bool, back: bool, now: bool) -> str:
    side = f"{' up' if up else ''}{' back' if back else ''}"
    lines = "".join(f"<i>{escape(line)}</i>" for line in cell.more)
    more = f'<span class="tip{side}">{lines}</span>' if lines else ""
    small = f"<small>{escape(cell.small)}</small>" if cell.small else ""
    sign = f"<sup>{BEYOND_SIGN}</sup>" if cell.beyond else ""
    inside = f"<b>{escape(cell.words)}</b>{small}{sign}{more}"
    # The page is left and found again by the browser's own way back.
    framed = f'<a href="{escape(cell.link)}" target="_self">{inside}</a>' if cell.link else f"<div>{inside}</div>"
    classes = f"{_classes(cell.look, cell.strength)}{f' {_NOW}' if now else ''}"
    return f'<td class="{classes}">{framed}</td>'


def _classes(look: str, strength: float) -> str:
    return f"{look} p{round((SHADES - 1) * strength)}" if look == PRICED else look


def _sample(look: str, strength: float) -> str:
    return f"<b>{look}</b>" if look == BEYOND_SIGN else f'<s class="{_classes(look, strength)}"></s>'
