"""Styles that every page has."""

import re
import tomllib

from infecon_ui.charts.palette import contrast
from infecon_ui.text.styles import ON_DARK, STYLES
from tests.support.app import open_script
from tests.support.repository import ROOT


def test_styles_take_no_room() -> None:
    app = open_script("from infecon_ui.text import styles\nstyles.apply()", {})
    (element,) = app.get("html")
    assert element.proto.body.strip() == STYLES.strip()
    # Streamlit hides an element that is nothing but styles.
    assert STYLES.strip().startswith("<style>")
    assert STYLES.strip().endswith("</style>")
    assert STYLES.count("<style") == 1


def test_buttons_can_be_read_on_the_dark_theme() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]["dark"]
    colour = re.search(r"color: (#[0-9A-F]{6})", ON_DARK)
    assert colour is not None
    assert contrast(colour[1], theme["primaryColor"]) >= 4.5
    assert contrast(theme["primaryColor"], theme["secondaryBackgroundColor"]) >= 4.5
