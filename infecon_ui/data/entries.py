"""One model or accelerator: all its numbers with their sources, and what can be done with it."""

import streamlit as st

from infecon_core import catalog
from infecon_core.catalog import Kind
from infecon_core.choices import Choices, Comparison
from infecon_core.choices.registry import ACCELERATOR, MODEL
from infecon_ui.data import tables
from infecon_ui.slide.copy import copy_button
from infecon_ui.slide.facts import file_stem
from infecon_ui.state import links, session
from infecon_ui.text.markdown import escaped

KEYS: dict[Kind, str] = {"models": MODEL, "accelerators": ACCELERATOR}
FRONTIER = "pages/frontier.py"


def show(kind: Kind, entry_id: str, link: str) -> None:
    """All numbers of an entry, and its buttons.

    Args:
        kind (str): `models` or `accelerators`.
        entry_id (str): Its id.
        link (str): Address of the page as it is.
    """
    name = tables.name_of(kind, entry_id)
    st.header(escaped(name), anchor=False)
    entry = catalog.model(entry_id) if kind == "models" else catalog.accelerator(entry_id)
    if entry.note:
        st.caption(escaped(entry.note))
    buttons(kind, entry_id, link)
    st.dataframe(
        tables.numbers_table(tables.numbers_of(kind, entry_id)),
        hide_index=True,
        height="content",
        column_config={
            "Number": st.column_config.TextColumn(pinned=True),
            "Source": st.column_config.TextColumn(width="medium"),
            "Note": st.column_config.TextColumn(width="medium"),
        },
        alt=f"All numbers of {name} with kind, source and date.",
    )


def buttons(kind: Kind, entry_id: str, link: str) -> None:
    """Its frontier, its data file, and the link; arguments as for `show`."""
    name = tables.name_of(kind, entry_id)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Open its frontier", icon=":material/show_chart:", key=f"data_use_{kind}", type="primary"):
            use(kind, entry_id)
        st.download_button(
            "Data file",
            lambda: file_of(kind, entry_id),
            f"{slug(name)}.toml",
            "application/toml",
            key=f"data_toml_{kind}",
            on_click="ignore",
            icon=":material/download:",
            width=160,
            help=f"What a pull request adds to data/{kind}/, and what Your own takes back.",
        )
        copy_button("Copy link", link, f"data_link_{kind}")


def use(kind: Kind, entry_id: str) -> None:
    """Put an entry into the scenario and open its frontier."""
    _open(session.scenarios()[session.FIRST].with_values(**{KEYS[kind]: entry_id}))


def compare_with(kind: Kind, entry_id: str, other_id: str) -> None:
    """Open the frontiers of an entry and of another one side by side."""
    base = session.scenarios()[session.FIRST].with_values(**{KEYS[kind]: entry_id})
    _open(base, KEYS[kind], (entry_id, other_id))


def _open(base: Choices, key: str = "", values: tuple[str, ...] = ()) -> None:
    alone = Comparison(base)
    session.open_comparison(alone.with_values(key, values) if values else alone)
    # Without parameters of its own a change of page would clear those of this page's controls, which are bound.
    st.switch_page(FRONTIER, query_params=links.encode(session.comparison()))


def slug(name: str) -> str:
    """A name as the id of a data file: "our-30b"."""
    return file_stem(name).removeprefix("infecon-").removeprefix("infecon") or "own"


def file_of(kind: Kind, entry_id: str) -> str:
    """An entry as the data file that the catalog's reader takes; one's own gets an id from its name."""
    if kind == "models":
        model = catalog.model(entry_id)
        own_id = slug(model.architecture.name) if catalog.is_own(entry_id) else entry_id
        return catalog.model_toml(model.model_copy(update={"id": own_id}))
    chip = catalog.accelerator(entry_id)
    own_id = slug(chip.accelerator.name) if catalog.is_own(entry_id) else entry_id
    return catalog.accelerator_toml(chip.model_copy(update={"id": own_id}))
