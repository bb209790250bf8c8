"""How cells of the landscape's maps look: the colour of who wins and how sure it is, and the shade of a price."""

from collections.abc import Sequence

from infecon_ui.charts.palette import MUTED, SHADES, VARIANTS, themed, words_on
from infecon_ui.plots import map_table

# Colours of accelerators by their place in `market.colour_order`; those beyond share the last one.
COLOURS = (*VARIANTS, MUTED)
# How sure a colour is: told from every other, from every other maker's, or from neither.
ALONE, MAKER, OPEN = "alone", "maker", "open"
PRICED = "priced"
BEYOND_SIGN = "*"
# Of the whole map: heads of its rows have names and sizes of models.
LOOK = "landscape"
SWIPE = "The column of the target comes first; swipe for the others."

_CSS = """
.infecon-map .alone, .infecon-key .alone { background: var(--c); color: var(--ink); }
.infecon-map .maker, .infecon-key .maker { background: color-mix(in srgb, var(--c) 26%, transparent);
    box-shadow: inset 4px 0 var(--c); }
.infecon-map .open, .infecon-key .open { box-shadow: inset 4px 0 var(--c); background-image: repeating-linear-gradient(
    135deg, color-mix(in srgb, var(--c) 20%, transparent) 0 3px, transparent 3px 9px); }
@media not all and (max-width: 640px) { .infecon-map.landscape tbody th { width: 15rem; } }
@media (max-width: 640px) { .st-key-landscape_tools [role="radiogroup"] { flex-wrap: wrap; } }
"""


def style(*, dark: bool) -> str:
    """The style sheet of the maps on a theme."""
    colours = [themed(colour, dark=dark) for colour in COLOURS]
    inked = "".join(
        f".infecon-map .c{i}, .infecon-key .c{i} {{ --c: {colour}; --ink: {words_on(colour)}; }}\n"
        for i, colour in enumerate(colours)
    )
    inked += "".join(
        f".infecon-map .p{i}, .infecon-key .p{i} {{ background: {shade}; color: {words_on(shade)}; }}\n"
        for i, shade in enumerate(shades(dark=dark))
    )
    return map_table.style(dark=dark, more=inked + _CSS)


def shades(*, dark: bool) -> tuple[str, ...]:
    """The colours behind prices on a theme, of the cheapest first, as "#RRGGBB"."""
    return tuple(themed(shade, dark=dark) for shade in SHADES)


def key(entries: Sequence[tuple[str, str]]) -> str:
    """What colours mean: classes of a cell or `BEYOND_SIGN`, and words."""
    return map_table.key([(_sample(look), words) for look, words in entries])


def colour(place: int) -> str:
    """Class of the colour of an accelerator by its place in `market.colour_order`."""
    return f"c{min(place, len(COLOURS) - 1)}"


def priced(strength: float) -> str:
    """Classes of a price by the strength of its colour, from 0 for the cheapest to 1 for the dearest. [1]"""
    return f"{PRICED} p{round((len(SHADES) - 1) * strength)}"


def _sample(look: str) -> str:
    return f"<b>{look}</b>" if look == BEYOND_SIGN else f'<s class="{look}"></s>'
