"""A map of a chart on the page, as HTML."""

from html import escape

from infecon_ui.charts.drawings import Cell, Cells
from infecon_ui.charts.palette import themed, words_on
from infecon_ui.plots.map_table import Head, TableCell, key, style, table

_ON_A_PHONE = 2  # columns that have room beside the heads of rows
_SWIPE = "Swipe for the columns beside these."
# What stands where there is no value.
NO_VALUE = "–"


def cells_html(drawing: Cells, caption: str, *, dark: bool) -> str:
    """A map as HTML.

    Args:
        drawing (Cells): What is shown.
        caption (str): What it shows, in a sentence.
        dark (bool): Whether the theme is dark.
    """
    row, column = drawing.now
    corner = " · ".join(part for part in (f"{drawing.y_title} ↓", f"{drawing.x_title} →") if len(part) > 2)
    columns = [Head(text, now=j == column) for j, text in enumerate(drawing.columns)]
    rows = [
        (Head(text, now=i == row), [_cell(cell, dark=dark) for cell in cells])
        for i, (text, cells) in enumerate(zip(drawing.rows, drawing.cells, strict=True))
    ]
    samples = [
        (f'<s style="background:{escape(themed(colour, dark=dark))}"></s>', words) for colour, words in drawing.key
    ]
    made = table(caption, corner, columns, rows, swipe=_SWIPE if len(columns) > _ON_A_PHONE else "")
    return style(dark=dark) + made + (key(samples) if samples else "")


def _cell(cell: Cell, *, dark: bool) -> TableCell:
    colour = themed(cell.colour, dark=dark)
    look = f"background:{colour};color:{words_on(colour)}" if colour else ""
    return TableCell(
        cell.text, cell.small, "none" if cell.text in ("", NO_VALUE) else "", look, cell.more, cell.link, cell.sign
    )
