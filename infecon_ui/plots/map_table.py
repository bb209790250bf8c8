"""A map as a table of cells: words in every cell, a colour behind them, and more where a pointer or the focus rests.

Phones swipe through the columns beside the heads of the rows, and show in place of details what a click opens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_NOW = "now"
_MANY = 14  # columns that a page has room for

_CSS = """
.infecon-map { overflow-x: auto; }
.infecon-map table { border-collapse: separate; border-spacing: 2px; width: 100%; font-size: 0.8rem; line-height: 1.2; }
.infecon-map + figcaption { padding-top: 0.4rem; font-size: 0.8rem; }
.infecon-around { margin: 0; }
.infecon-map th, .infecon-map td { border: none; padding: 0; font-weight: 400; }
.infecon-map thead th { padding: 0.2rem 0.1rem; text-align: center; vertical-align: bottom; }
.infecon-map thead th.now { font-weight: 700; text-decoration: underline; text-underline-offset: 0.2em; }
.infecon-map tbody th { text-align: right; padding-right: 0.5rem; white-space: nowrap; width: 1%; }
.infecon-map tbody th.now { font-weight: 700; text-decoration: underline; text-underline-offset: 0.2em; }
.infecon-map small { font-size: 0.7rem; }
.infecon-map td { position: relative; min-width: 4.1rem; height: 2.15rem; text-align: center; border-radius: 3px; }
.infecon-map td > a, .infecon-map td > div { display: flex; flex-direction: column; justify-content: center;
    height: 100%; padding: 0.1rem 0.2rem; color: inherit !important; text-decoration: none !important;
    border-radius: 3px; white-space: nowrap; }
.infecon-map td > :is(a:hover, :focus-visible) { outline: 2px solid currentColor; outline-offset: 1px; }
.infecon-map b { font-weight: 600; overflow: hidden; text-overflow: ellipsis; max-width: 8rem; margin: 0 auto; }
.infecon-map .none { border: 1px dashed rgba(125, 135, 150, 0.5); box-sizing: border-box; }
.infecon-map sup { position: absolute; top: 0.1rem; right: 0.25rem; font-size: 0.8rem; line-height: 1; }
.infecon-swipe { display: none; font-size: 0.8rem; margin: 0 0 0.3rem; }
.infecon-map .tip { position: absolute; z-index: 5; opacity: 0; pointer-events: none; white-space: normal;
    width: 17rem; padding: 0.45rem 0.6rem; text-align: left; border-radius: 4px; font-size: 0.8rem; line-height: 1.35;
    background: var(--paper); color: var(--word); box-shadow: 0 2px 12px rgba(0, 0, 0, 0.35); top: calc(100% + 4px);
    left: 0; }
.infecon-map .tip.up { top: auto; bottom: calc(100% + 4px); }
.infecon-map .tip.back { left: auto; right: 0; }
.infecon-map td > :hover .tip, .infecon-map td > :focus-visible .tip { opacity: 1; }
.infecon-map .tip i { display: block; font-style: normal; }
.infecon-key { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.8rem; margin: 0.4rem 0; }
.infecon-key span { display: inline-flex; align-items: center; gap: 0.35rem; }
.infecon-key s { display: inline-block; width: 1.5rem; height: 0.9rem; border-radius: 3px; }
@media not all and (max-width: 640px) { .infecon-map:not(.many) { overflow: visible; } }
@media (max-width: 640px) {
    .infecon-map tbody th { position: sticky; left: 0; z-index: 2; background: var(--page); max-width: 7.2rem;
        width: auto; overflow: hidden; text-overflow: ellipsis; text-align: left; align-content: center; }
    .infecon-map tbody th small { display: block; }
    .infecon-map .tip { display: none; }
    .infecon-map b { font-size: 0.72rem; letter-spacing: -0.02em; }
    .infecon-swipe { display: block; }
    .infecon-map table, .infecon-map thead, .infecon-map tbody { display: block; }
    .infecon-map tr { display: flex; gap: 2px; width: max-content; margin-bottom: 2px; }
    .infecon-map tr > * { box-sizing: border-box; flex: 0 0 5.6rem; }
    .infecon-map tr > th:first-child { flex-basis: 7.2rem; order: -2; }
    .infecon-map.first tr > .now { order: -1; }
    .infecon-map td > a, .infecon-map td > div { padding: 0.1rem 0.4rem; }
}
"""


@dataclass(frozen=True)
class TableCell:
    """One cell of a map.

    Args:
        words (str): In the first line, large.
        small (str): Below it.
        look (str): Its classes; "none" for one without a value.
        style (str): Its colours as CSS, where no class has them.
        more (tuple of str): Lines that stand beside it where a pointer or the focus rests on it.
        link (str): Where it leads; empty for nowhere.
        sign (str): In its corner; empty for none.
    """

    words: str
    small: str = ""
    look: str = "none"
    style: str = ""
    more: tuple[str, ...] = ()
    link: str = ""
    sign: str = ""


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


def table(
    caption: str,
    corner: str,
    columns: Sequence[Head],
    rows: Sequence[tuple[Head, Sequence[TableCell]]],
    *,
    below: str = "",
    swipe: str = "",
    first: bool = False,
    look: str = "",
) -> str:
    """A map as HTML; all texts are escaped.

    Args:
        caption (str): What it shows, in a sentence.
        corner (str): What the columns are.
        columns (sequence of Head): Over the columns.
        rows (sequence of (Head, cells)): From top to bottom.
        below (str): Stands below it.
        swipe (str): What a phone says of the columns that it has no room for.
        first (bool): Whether the column that the page is about comes first on a phone.
        look (str): Its classes.
    """
    over = "".join(f'<th scope="col"{_now(one)}>{_named(one, "<br>")}</th>' for one in columns)
    body = []
    for i, (head, cells) in enumerate(rows):
        drawn = "".join(
            _drawn(cell, up=2 * i >= len(rows), back=2 * j >= len(columns), now=columns[j].now)
            for j, cell in enumerate(cells)
        )
        body.append(f'<tr><th scope="row"{_now(head)}>{_named(head, " ")}</th>{drawn}</tr>')
    classes = " ".join(filter(None, ["infecon-map", "many" * (len(columns) > _MANY), "first" * first, look]))
    note = f'<p class="infecon-swipe">{escape(swipe)}</p>' if swipe else ""
    under = f"<figcaption>{escape(below)}</figcaption>" if below else ""
    return (
        f'<figure class="infecon-around">{note}<div class="{classes}"><table aria-label="{escape(caption)}"><thead><tr>'
        f'<th scope="col"><small>{escape(corner)}</small></th>{over}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>{under}</figure>"
    )


def style(*, dark: bool, more: str = "") -> str:
    """The style sheet of maps on a theme, with more rules after it."""
    page = "#14171C" if dark else "#FFFFFF"
    paper, word = ("#2A3038", "#F1F2F4") if dark else ("#FFFFFF", "#0C0F14")
    around = f"--page: {page}; --paper: {paper}; --word: {word};"
    return f"<style>.infecon-map, .infecon-key {{ {around} }}\n{_CSS}{more}</style>"


def key(entries: Sequence[tuple[str, str]]) -> str:
    """What colours or signs mean: the HTML of a sample, and words."""
    shown = "".join(f"<span>{sample}{escape(words)}</span>" for sample, words in entries)
    return f'<div class="infecon-key">{shown}</div>'


def _now(head: Head) -> str:
    return f' class="{_NOW}"' if head.now else ""


def _named(head: Head, between: str) -> str:
    small = f"{between}<small>{escape(head.small)}</small>" if head.small else ""
    return f"{escape(head.words)}{small}"


def _drawn(cell: TableCell, *, up: bool, back: bool, now: bool) -> str:
    side = f"{' up' if up else ''}{' back' if back else ''}"
    lines = "".join(f"<i>{escape(line)}</i>" for line in cell.more)
    more = f'<span class="tip{side}">{lines}</span>' if lines else ""
    small = f"<small>{escape(cell.small)}</small>" if cell.small else ""
    sign = f"<sup>{escape(cell.sign)}</sup>" if cell.sign else ""
    inside = f"<b>{escape(cell.words)}</b>{small}{sign}{more}"
    focus = ' tabindex="0"' if lines else ""
    # The page is left and found again by the browser's own way back.
    framed = (
        f'<a href="{escape(cell.link)}" target="_self">{inside}</a>' if cell.link else f"<div{focus}>{inside}</div>"
    )
    classes = " ".join(filter(None, [cell.look, _NOW if now else ""]))
    colours = f' style="{escape(cell.style)}"' if cell.style else ""
    return f'<td class="{classes}"{colours}>{framed}</td>'
