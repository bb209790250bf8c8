"""Who serves which model at the least price, and what that is: a sweep over models, accelerators and lengths."""

from dataclasses import replace
from functools import partial

import streamlit as st

from infecon_core import catalog
from infecon_ui.landscape import controls, grid, maps, plots, table, words
from infecon_ui.landscape.dataset import DataSet, NoDataSet, folder, opened, told
from infecon_ui.landscape.market import market
from infecon_ui.landscape.question import Question
from infecon_ui.navigation import require_app
from infecon_ui.plots.show import buttons, slide_of
from infecon_ui.slide.copy import copy_button
from infecon_ui.state import page_links
from infecon_ui.state.title import set_title
from infecon_ui.text.markdown import escaped


def main() -> None:
    """Show the page, or why there is no data set that it could show."""
    set_title("Landscape")
    data = opened(folder())
    try:
        if isinstance(data, DataSet):
            show(data)
            return
    except NoDataSet as reason:
        data = told(folder(), reason)
    st.title("Landscape", anchor=False)
    st.error(escaped(data), icon=":material/database_off:")


def show(data: DataSet) -> None:
    """What a data set says to the question of the controls."""
    claim = st.container(gap="small")
    unclear = st.container()
    question, wanted = controls.ask(data)
    for text, place in ((words.stale(data), st.warning), (words.without(data, question, wanted), st.caption)):
        if text:
            place(escaped(text))
    if not question.accelerators:
        claim.title("Landscape", anchor=False)
        st.info("No accelerator takes part: clear a filter, or choose another price.", icon=":material/filter_alt:")
        return
    set_title("Landscape", f"{question.target_tokens_per_s_user:g} tok/s")
    found, first, second = market(data, question), st.container(), st.container()
    heading, across = second.container(), replace(question, across="length")
    with second:
        accelerator = controls.ask_accelerator(question)
    made = {"wins": partial(plots.wins, data, question), "costs": partial(plots.costs, data, across, accelerator)}
    with claim:
        if slide_of(made, controls.link()):
            return
        st.title(escaped(words.claim(found)), anchor=False)
        st.markdown(escaped(f"{words.support(found)} {words.chosen(question)}.".strip()))
    st.html(grid.style(dark=st.context.theme.type == "dark"))
    with first:
        st.html(maps.wins_key(data, question) + maps.wins(data, question))
        buttons("wins", controls.link(), made["wins"])
    heading.header("What the target costs", anchor=False)
    with second:
        st.html(maps.costs_key(data, across, accelerator) + maps.costs(data, across, accelerator))
        buttons("costs", controls.link(), made["costs"])
    show_table(data, question)
    st.caption(escaped(f"{words.source(data, question)} {words.told_apart(data, question)}".strip()))
    page_links.show(unclear, "landscape_")


def show_table(data: DataSet, question: Question) -> None:
    """The winners at the target as a table, the file and the link."""
    st.header("Winners at the target, as a table", anchor=False)
    rows, columns = table.at_target(data, question)
    drawn = table.shown(rows, question)
    st.dataframe(drawn, hide_index=True, column_config=columns, height="content", placeholder="", alt="The winners.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "All rows, CSV",
            lambda: table.csv(data, question),
            f"landscape-{catalog.data_version()}.csv",
            "text/csv",
            key="landscape_csv",
            on_click="ignore",
            width=160,
            icon=":material/download:",
            help="Every model on every accelerator that takes part, at all lengths, with its setup.",
        )
        copy_button("Copy link", controls.link(), "landscape_copy")


require_app()
main()
