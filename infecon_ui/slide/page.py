"""The slide view: the slide itself, its headline to edit, and everything to take it away with."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from infecon_ui.slide import typeface
from infecon_ui.slide.content import Slide
from infecon_ui.slide.copy import copy_button, copy_picture_button
from infecon_ui.slide.png import WIDTH, png
from infecon_ui.slide.svg import description, svg
from infecon_ui.state import view
from infecon_ui.text.markdown import escaped

_PICTURE = "slide_picture"
_HEADLINE = "slide_headline"
# The whole slide and its buttons on one screen, whatever its shape. What stood beside a page leaves its empty column
# behind where the slide is opened from there.
_STYLE = f"""<style>
[data-testid=stSidebar], [data-testid=stExpandSidebarButton] {{ display: none; }}
.st-key-{_PICTURE} img {{
    border: 1px solid rgba(125, 140, 165, 0.45); width: auto !important; max-width: 100% !important;
    max-height: max(45vh, calc(100dvh - 16rem)); aspect-ratio: 16 / 9;
}}
</style>"""


def show_slide(slide: Slide, *, csv: Callable[[], str], html: Callable[[], str] | None, stem: str) -> None:
    """Show a slide with buttons that build its files when they are clicked.

    Args:
        slide (Slide): With the headline that was made from its numbers.
        csv, html (callable): What the files of the numbers and of the interactive chart hold; None for no such chart.
        stem (str): Name of the files, without an ending.
    """
    shown = replace(slide, headline=view.current().claim or slide.headline)
    drawn = svg(shown)

    def download(label: str, build: Callable[[], str | bytes], ending: str, mime: str) -> None:
        st.download_button(label, build, f"{stem}.{ending}", mime, key=f"slide_{ending}", on_click="ignore")

    st.html(_STYLE)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("← Back to the chart", on_click=view.change, kwargs={"view": "page", "chart": ""}, key="slide_back")
        download("PNG", lambda: png(drawn), "png", "image/png")
        download("SVG", lambda: drawn, "svg", "image/svg+xml")
        download("CSV", csv, "csv", "text/csv")
        if html is not None:
            download("HTML", html, "html", "text/html")
        copy_picture_button("Copy picture", _PICTURE, WIDTH, "slide_copy_picture")
        copy_button("Copy link", slide.link, "slide_copy_link")
    # Set before it is drawn: what the numbers say, until it is edited.
    st.session_state[_HEADLINE] = shown.headline
    st.text_input(
        "Headline",
        key=_HEADLINE,
        max_chars=view.LONGEST_CLAIM,
        on_change=_edited,
        args=(slide.headline,),
        label_visibility="collapsed",
        icon=":material/edit:",
        help="Empty it to get back what the numbers say.",
    )
    missing = typeface.unknown("".join((shown.headline, shown.subtitle, shown.source)))
    if missing:
        st.caption(escaped(f"The slide's font does not have {' '.join(missing)}; a question mark stands in the place."))
    with st.container(key=_PICTURE):
        st.image(drawn, width="stretch", alt=f"{shown.headline}. {description(shown)}")


def _edited(made: str) -> None:
    """Keep an edited headline; one that says what the numbers say is none."""
    text = " ".join(str(st.session_state[_HEADLINE]).split())
    view.change(claim="" if text == made else text)
