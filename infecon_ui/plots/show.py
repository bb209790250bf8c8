"""How a chart stands on its page: its sentence, the drawing, and the buttons for slide, file and link."""

import datetime as dt
from collections.abc import Callable, Mapping

import streamlit as st

from infecon_ui.charts import figure
from infecon_ui.charts.drawings import Cells
from infecon_ui.plots.cells import cells_html
from infecon_ui.plots.plot import Plot
from infecon_ui.slide.copy import copy_button
from infecon_ui.slide.facts import file_stem
from infecon_ui.slide.html import chart_html
from infecon_ui.slide.page import show_slide
from infecon_ui.state import view
from infecon_ui.text.markdown import escaped

# Names of charts of a page with what makes them; None where there is nothing to show.
Makers = Mapping[str, Callable[[], Plot | None]]


def slide_of(makers: Makers, link: str) -> bool:
    """Show the slide where one is asked for, and say whether that was so: then a page shows nothing else.

    Args:
        makers (mapping): The charts of the page.
        link (str): Where to open the page as it is.
    """
    shown = view.current()
    if not shown.slide:
        return False
    name = shown.chart if shown.chart in makers else next(iter(makers))
    if shown.chart and name != shown.chart:
        st.warning(
            f"There is no chart “{escaped(shown.chart)}” here; this is the first one. Known: {', '.join(makers)}.",
            icon=":material/link_off:",
        )
        view.change(chart="")
        link = link.replace(f"chart={shown.chart}&", "").replace(f"&chart={shown.chart}", "")
    plot = makers[name]()
    if plot is None:  # what the page says instead has no slide
        view.change(view="page", chart="")
        st.rerun()
    assert plot is not None  # a new run has begun
    today, found = dt.date.today(), plot.figure
    slide = plot.slide(link, today)
    html = None if found is None else lambda: chart_html(found, slide)
    show_slide(slide, csv=lambda: plot.csv(link, today), html=html, stem=_stem(plot))
    return True


def show(plot: Plot, link: str, *, heading: str = "", titled: bool = False, chart_first: bool = False) -> None:
    """Draw a chart under its sentence, and its buttons.

    Args:
        plot (Plot): The chart.
        link (str): Where to open the page as it is.
        heading (str): Above it; empty for none.
        titled (bool): Whether title and first line of the page say its sentence and subtitle already.
        chart_first (bool): Whether what it shows stands below it, so that the chart is on the first screen.
    """
    if heading:
        st.header(heading, anchor=False)
    if not titled:
        st.markdown(f"**{escaped(plot.claim)}**")
    if plot.subtitle and not (titled or chart_first):
        st.caption(escaped(plot.subtitle))
    draw(plot)
    below = [plot.subtitle, plot.source] if chart_first else [plot.source]
    for text in filter(None, below):
        st.caption(escaped(text))
    tools(plot, link)


def draw(plot: Plot) -> None:
    """The drawing of a chart alone."""
    if isinstance(plot.drawing, Cells):
        st.html(cells_html(plot.drawing, plot.claim, dark=st.context.theme.type == "dark"))
    elif (found := plot.figure) is not None:
        options = {"displayModeBar": False}
        figure.show(found, key=f"plot_{plot.name}", config=options, alt=f"{plot.claim} {plot.drawing.said}")


def tools(plot: Plot, link: str) -> None:
    """The row of buttons of a chart: slide, numbers, link."""
    buttons(plot.name, link, lambda: plot, _stem(plot))


def buttons(name: str, link: str, make: Callable[[], Plot | None] | None = None, stem: str = "") -> None:
    """The row of buttons of a chart that is drawn otherwise: nothing is made before it is asked for.

    Args:
        name (str): Of the chart.
        link (str): Where to open the page as it is.
        make (callable, optional): Makes the chart where its numbers are offered here; None where they stand beside.
        stem (str): Name of its file, without an ending; that of the chart where empty.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            "Slide",
            icon=":material/slideshow:",
            key=f"slide_of_{name}",
            on_click=view.change,
            kwargs={"view": "slide", "chart": name},
        )
        if make is not None:
            st.download_button(
                "CSV",
                lambda: "" if (plot := make()) is None else plot.csv(link, dt.date.today()),
                f"{stem or file_stem(name.replace('_', '-'))}.csv",
                "text/csv",
                key=f"csv_of_{name}",
                on_click="ignore",
                icon=":material/download:",
            )
        copy_button("Copy link", link, f"link_of_{name}")


def _stem(plot: Plot) -> str:
    """Name of its files, without an ending."""
    names = {part for one in plot.scenarios for part in (one.architecture.name, one.accelerator.name)}
    return file_stem(plot.name.replace("_", "-"), *sorted(names)[:2])
