"""The part Your own, models: a config.json pasted or uploaded, what was read of it, and what to do with it."""

import streamlit as st

from infecon_core import catalog
from infecon_core.analysis.entries import kv_bytes_per_token
from infecon_core.catalog.own import LONGEST_NAME
from infecon_core.choices.registry import names
from infecon_core.huggingface.reading import LARGEST
from infecon_ui.data import entries, given, listing, tables
from infecon_ui.data.part import Part
from infecon_ui.page_controls import PageControls
from infecon_ui.state import own
from infecon_ui.state.chosen import Chosen
from infecon_ui.text import formats
from infecon_ui.text.markdown import bullets, foreign

_TEXT, _NAME, _FILE, _WRONG = "data_text", "data_name", "data_file", "data.wrong_file"
_ENTRY, _PARAMETER = "entry", "data_entry"
_BESIDE = "gpt-oss-120b"


def part(controls: PageControls, choice: Chosen) -> Part:
    """A model of one's own."""
    text, name = str(st.session_state.get(_TEXT, "")), str(st.session_state.get(_NAME, ""))
    found, problem = None, st.session_state.pop(_WRONG, "")
    if text.strip() and not problem:
        try:
            found = given.read(text, name.strip())
        except ValueError as error:
            problem = str(error)
    elif not problem:
        found = _linked(controls)
    if found is not None and found.kind == "models":
        own.propose("models", found.entry_id)
        controls.say(_ENTRY, found.entry_id)
        st.query_params[controls.prefix + _ENTRY] = found.entry_id
        title = listing.model_claim(found.entry_id)
        support = "Counted from the shape; biases, norms and learned positions are left out (below 0.1%)"
    else:
        title = "A model of your own is in every page and link once its config.json is here"
        support = "Nothing is stored: the whole model stands in the link"

    def draw(link: str) -> None:
        _inputs(compact=found is not None)
        if problem:
            st.error(foreign(problem), icon=":material/error:")
        if found is not None and found.kind == "accelerators":
            own.remember("accelerators", found.entry_id)
            name = tables.name_of("accelerators", found.entry_id)
            st.info(foreign(f"This is an accelerator, {name}: it is under Accelerator now."), icon=":material/memory:")
        elif found is not None:
            _preview(found, link)
        listed("models")

    return Part(title, support, {}, draw)


def _linked(controls: PageControls) -> given.Given | None:
    """The entry of a link."""
    entry_id = st.query_params.get(controls.prefix + _ENTRY, "")
    if not entry_id:
        return None
    try:
        catalog.model(entry_id)
    except ValueError as error:
        controls.wrong(_ENTRY, entry_id, str(error))
        del st.query_params[controls.prefix + _ENTRY]
        return None
    return given.Given("models", entry_id)


def _inputs(*, compact: bool) -> None:
    """Where the file is given, and its name."""
    left, right = st.columns(2, gap="large")
    with left:
        st.text_area(
            "Paste a config.json of Hugging Face",
            key=_TEXT,
            height=110 if compact else 220,
            max_chars=LARGEST,
            placeholder='{"model_type": "llama", "hidden_size": 4096, …}',
            persist_state="session",
            on_change=_typed,
        )
    with right:
        st.file_uploader(
            f"Or upload it, or a data file saved here (at most {LARGEST / 1e6:g} MB)",
            type=["json", "toml"],
            key=_FILE,
            on_change=_take_file,
        )
        st.text_input(
            "Name",
            key=_NAME,
            max_chars=LONGEST_NAME,
            placeholder="As in the file; such as Our 30B",
            persist_state="session",
        )


def _take_file() -> None:
    """Put the text of an uploaded file where one is pasted."""
    file = st.session_state[_FILE]
    if file is None:
        return
    try:
        st.session_state[_TEXT] = given.text_of(file.getvalue(), file.name)
    except ValueError as error:
        st.session_state[_TEXT] = ""
        _refused(str(error))


def _typed() -> None:
    """Say where the text was taken away, and the entry with it."""
    if not str(st.session_state[_TEXT]).strip():
        _refused("The text is empty; give what stands in a model's config.json.")


def _refused(why: str) -> None:
    """Keep why nothing is taken; what was taken before does not stay as if it came from this."""
    st.session_state[_WRONG] = why
    if _PARAMETER in st.query_params:
        del st.query_params[_PARAMETER]


def _preview(found: given.Given, link: str) -> None:
    """What was read, what was assumed, and what to do with it."""
    entry = catalog.model(found.entry_id)
    shape = entry.architecture
    kept = formats.size(kv_bytes_per_token(entry))
    with st.container(horizontal=True, gap="large"):
        for label, value in (
            ("Parameters", tables.billions(shape.total_params)),
            ("Active", tables.billions(shape.active_params)),
            ("Layers", f"{shape.num_hidden_layers:,}"),
            ("KV cache per token", kept),
            ("Weights", entry.precision.weights.upper()),
        ):
            st.metric(label, value, width="content")
    if found.assumed:
        st.markdown("**Assumed, or left out**\n\n" + bullets(map(foreign, found.assumed)))
    compare("models", found.entry_id, _BESIDE)
    entries.show("models", found.entry_id, link)


def compare(kind: catalog.Kind, entry_id: str, beside: str) -> None:
    """Its frontier beside that of another entry."""
    among = {label: one for label, one in own.named(kind).items() if one != entry_id}
    labels = list(among)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        other = st.selectbox(
            "Is it cheaper than",
            labels,
            index=labels.index(names(kind)[beside]),
            key=f"data_beside_{kind}",
            width=320,
            persist_state="session",
        )
        key = f"data_compare_{kind}"
        if st.button("Compare their frontiers", icon=":material/show_chart:", key=key, type="primary"):
            entries.compare_with(kind, entry_id, among[other])


def listed(kind: catalog.Kind) -> None:
    """One's own entries of this visit."""
    held = own.ids(kind)
    if not held:
        return
    st.header(f"Your own {kind} of this visit", anchor=False)
    for i, entry_id in enumerate(held):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(foreign(tables.name_of(kind, entry_id)), width="content")
            if st.button("Open its frontier", key=f"data_open_{kind}_{i}", type="tertiary"):
                entries.use(kind, entry_id)
            st.button(
                "Remove", key=f"data_remove_{kind}_{i}", type="tertiary", on_click=own.forget, args=(kind, entry_id)
            )
