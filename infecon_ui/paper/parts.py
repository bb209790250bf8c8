"""What tabs of the page are made of: words, files, and the open points."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from infecon_core.paper.exhibits.curves import DrawnFigures
from infecon_core.paper.exhibits.values import Exhibit
from infecon_ui.paper import exhibits
from infecon_ui.paper.downloads import file_name
from infecon_ui.plots.plot import Plot
from infecon_ui.plots.show import draw, slide_of, tools
from infecon_ui.text.markdown import escaped

PAPER = "[arXiv:2506.04645](https://arxiv.org/abs/2506.04645)"


def show_opening() -> Any:
    """What the page is; returns the place of the count of numbers that agree."""
    st.title("The paper, number by number", anchor=False)
    st.markdown(
        "The published engine computes the model of Ege Erdil, *Inference economics of language models*, "
        f"{PAPER} (June 2025). This page computes the paper's tables, its figures and the numbers in its text anew and "
        "sets them beside the print; most rows and curves open in Frontier, where every number can be changed."
    )
    return st.empty()


def show_sets() -> str:
    """Ask for one set of the curves without printed numbers."""
    labels = [one.label for one in exhibits.drawn().sets]
    chosen = st.segmented_control(
        "Curves", labels, default=labels[0], required=True, key="paper_set", bind="query-params"
    )
    return chosen or labels[0]  # an empty value in a link takes the choice away all the same


def show_words(what: Exhibit | DrawnFigures) -> None:
    """What an exhibit is, what it asks and what comes out, and what it is computed with."""
    st.header(what.title, anchor=False)
    st.markdown(f"**{escaped(what.question)}** {escaped(what.answer)}")
    st.caption(escaped(what.setting))


def show_open_points() -> None:
    """What the paper leaves open, or gets roughly."""
    st.header("What the paper leaves open, or gets roughly", anchor=False)
    st.markdown("\n".join(f"1. **{point.name}.** {point.text}" for point in exhibits.open_points()))


def is_slide(plot: Plot | None, link: str, top: Any) -> bool:
    """Whether the slide of a chart is asked for; it then stands over the tabs, in `top`."""
    with top:
        return slide_of({"" if plot is None else plot.name: lambda: plot}, link)


def show_plot(plot: Plot, link: str) -> None:
    """A chart whose sentences stand above it already, and its buttons."""
    draw(plot)
    tools(plot, link)


def download(label: str, name: str, made: Callable[[], str]) -> None:
    """A button for a file that is made when it is asked for."""
    st.download_button(
        label,
        made,
        file_name(name),
        "text/csv",
        key=f"{name}_csv",
        on_click="ignore",
        icon=":material/download:",
    )
