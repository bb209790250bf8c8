"""The parts Models and Accelerators: searched, and one of them with all its numbers."""

import streamlit as st

from infecon_core import catalog
from infecon_core.analysis.entries import kv_bytes_per_token
from infecon_core.catalog import Kind, found
from infecon_core.choices.registry import names
from infecon_core.schema import FORMAT_BITS
from infecon_ui.data import entries, tables
from infecon_ui.data.part import Part
from infecon_ui.page_controls import PageControls
from infecon_ui.state import own
from infecon_ui.state.chosen import Chosen
from infecon_ui.text import formats
from infecon_ui.text.markdown import escaped

_ROWS = 9  # of the first screen


def models(controls: PageControls, choice: Chosen) -> Part:
    """All models, or those that a search finds."""
    return _part("models", controls, choice.model_id)


def accelerators(controls: PageControls, choice: Chosen) -> Part:
    """All accelerators, or those that a search finds."""
    return _part("accelerators", controls, choice.accelerator_id)


def _part(kind: Kind, controls: PageControls, present: str) -> Part:
    text = controls.text("Search", "find", hint="A name, maker, generation or repository")
    every = tuple(own.named(kind).values())
    named = [one for one in own.ids(kind) if text.strip().lower() in tables.name_of(kind, one).lower()]
    ids = (*named, *found(kind, text)) if text.strip() else every
    picked = pick(kind, controls, "All numbers of", kind[:-1], present)
    title = model_claim(picked) if kind == "models" else accelerator_claim(picked)
    if not ids:
        title = f"No {kind[:-1]} here is known as “{text.strip()}”"
    count = len(names(kind))
    support = f"{count} {kind}, each number with its kind, source and date · data {catalog.data_version()}"
    if kind == "models":
        support += " · active parameters count embeddings, which makers often leave out"

    def draw(link: str) -> None:
        _table(kind, ids, text)
        if ids:
            entries.show(kind, picked, link)

    return Part(title, support, {}, draw)


def pick(kind: Kind, controls: PageControls, label: str, key: str, default_id: str) -> str:
    """One entry of a kind, as an id; the link holds the name of one of the catalog, and the whole id of one's own.

    Args:
        kind (str): `models` or `accelerators`.
        controls (PageControls): Of the page.
        label (str): What is chosen.
        key (str): Its parameter, without the prefix.
        default_id (str): The one to begin with.
    """
    among = controls.entries(kind, key)
    by_id = {one: label for label, one in among.items()}
    return controls.select(label, among, key, by_id.get(default_id, ""))


def model_claim(model_id: str) -> str:
    """What a model is, in one sentence."""
    entry = catalog.model(model_id)
    shape = entry.architecture
    size = f"{shape.name} has {tables.billions(shape.total_params)} parameters"
    if shape.active_params < shape.total_params:
        size += f", of which a token passes {tables.billions(shape.active_params)},"
    kept = kv_bytes_per_token(entry)
    cache = f"leaves {formats.size(kept)} of KV cache per token" if kept else "keeps no KV cache"
    return f"{size} and {cache}"


def accelerator_claim(accelerator_id: str) -> str:
    """What an accelerator is, in one sentence."""
    entry = catalog.accelerator(accelerator_id)
    chip = entry.accelerator
    name = next(name for name in FORMAT_BITS if chip.peaks.of(name) is not None)
    peak = chip.peaks.of(name) or 0.0
    return (
        f"{chip.name} reads {formats.size(chip.hbm_bytes)} at {chip.hbm_bytes_per_s / 1e12:.3g} TB/s and computes "
        f"{peak / 1e12:,.4g} TFLOP/s in {name.upper()}, for {formats.money(chip.price_usd_per_gpu_hour)} an hour"
    )


def _table(kind: Kind, ids: tuple[str, ...], text: str) -> None:
    if not ids:
        st.info(
            f"Nothing is known as “{escaped(text)}”; clear the search, or add it under Your own.",
            icon=":material/search_off:",
        )
        return
    frame = tables.listing(kind, ids)
    numbers = [name for name in frame.columns if frame[name].dtype.kind == "f"]
    key = f"data_table_{kind}"
    st.dataframe(
        frame,
        hide_index=True,
        placeholder=tables.NONE,
        height=38 + 35 * min(_ROWS, len(frame)),
        key=key,
        on_select=lambda: _take(kind, ids, key),
        selection_mode="single-row",
        column_config={
            **{name: st.column_config.NumberColumn(format="%.4g") for name in numbers},
            **{name: st.column_config.NumberColumn(format="%d") for name in ("Year", "Layers", "Domain")},
            frame.columns[0]: st.column_config.TextColumn(pinned=True),
        },
        alt=f"{len(ids)} {kind}",
    )
    st.download_button(
        f"All numbers of {'these' if text.strip() else 'all'} {len(ids)} {kind}, CSV",
        lambda: tables.numbers_file(kind, ids),
        f"infecon-{kind}.csv",
        "text/csv",
        key=f"data_file_{kind}",
        on_click="ignore",
        icon=":material/download:",
    )


def _take(kind: Kind, ids: tuple[str, ...], key: str) -> None:
    """Pick the entry of a row that was clicked."""
    rows = st.session_state[key]["selection"]["rows"]
    if rows:
        labels = {one: label for label, one in own.named(kind).items()}
        st.session_state[f"data_{kind[:-1]}"] = labels[ids[rows[0]]]
