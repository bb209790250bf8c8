"""The part Compare: two models or two accelerators, number by number."""

import math
from collections.abc import Callable

import pandas as pd
import streamlit as st

from infecon_core.analysis.entries import Compared, compared
from infecon_core.catalog import Kind
from infecon_core.schema.words import counted
from infecon_ui.charts.drawings import Bars, Row, Scale, Span
from infecon_ui.charts.palette import CURVE
from infecon_ui.data import entries, listing, tables
from infecon_ui.data.part import Part
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.plots.show import show
from infecon_ui.state.chosen import Chosen

KINDS: dict[str, Kind] = {"Models": "models", "Accelerators": "accelerators"}
# The numbers that most decide what serving costs, in the order of the chart; of others the table tells.
DRAWN: dict[Kind, tuple[str, ...]] = {
    "models": ("Parameters", "Active parameters", "All weights", "KV cache of a token", "All layers", "Model width"),
    "accelerators": (
        "HBM bandwidth",
        "HBM",
        "BF16 peak",
        "FP8 peak",
        "FP4 peak",
        "Scale-up link",
        "Board power",
        "Price",
    ),
}
# With which the present one is compared at first.
_OTHERS: dict[Kind, tuple[str, str]] = {
    "models": ("gpt-oss-120b", "llama-3.1-70b"),
    "accelerators": ("b200-hgx", "h100-sxm"),
}
_MOST_DRAWN = 20.0  # a ratio beyond this would leave nothing of the others


def part(controls: PageControls, choice: Chosen) -> Part:
    """Two entries of one kind."""
    kind = controls.pick("What", KINDS, "kind")
    present = choice.model_id if kind == "models" else choice.accelerator_id
    other = next(one for one in _OTHERS[kind] if one != present)
    one_id = listing.pick(kind, controls, "One", "one", present)
    other_id = listing.pick(kind, controls, "The other", "other", other)
    names = (tables.name_of(kind, one_id), tables.name_of(kind, other_id))
    rows = compared(tables.numbers_of(kind, one_id), tables.numbers_of(kind, other_id))
    drawn = drawn_of(kind, rows)
    title = claim(names, drawn, same=one_id == other_id)
    plots: dict[str, Callable[[], Plot]] = {"ratios": lambda: ratios(names, rows, drawn, title)} if drawn else {}

    def draw(link: str) -> None:
        for make in plots.values():
            show(make(), link)
        if st.button("Compare their frontiers", icon=":material/show_chart:", key="data_compare", type="primary"):
            entries.compare_with(kind, one_id, other_id)
        st.dataframe(
            tables.compared_table(rows, names),
            hide_index=True,
            height="content",
            column_config={"Number": st.column_config.TextColumn(pinned=True)},
            alt=f"{names[0]} and {names[1]}, number by number.",
        )

    same = sum(row.one == row.other for row in rows)
    support = f"{counted(len(rows), 'number')}, of which {same} are the same · ratios are {names[1]} over {names[0]}"
    return Part(title, support, plots, draw)


def drawn_of(kind: Kind, rows: tuple[Compared, ...]) -> tuple[Compared, ...]:
    """The rows with a ratio that the chart has room for."""
    by_name = {row.name: row for row in rows if not row.group}
    found = [by_name[name] for name in DRAWN[kind] if name in by_name]
    return tuple(row for row in found if math.isfinite(row.ratio) and 1 / _MOST_DRAWN <= row.ratio <= _MOST_DRAWN)


def claim(names: tuple[str, str], drawn: tuple[Compared, ...], *, same: bool) -> str:
    """What sets the two apart most, in one sentence."""
    if same:
        return f"{names[0]} is the same twice: choose another one to compare it with"
    if not drawn:
        return f"{names[1]} and {names[0]} have no number in common that a ratio could be made of"
    far = max(drawn, key=lambda row: abs(math.log(row.ratio)))
    if far.ratio == 1:
        return f"{names[1]} and {names[0]} are alike in all that is drawn here"
    label = far.name if far.name.split()[0].isupper() else far.name[:1].lower() + far.name[1:]
    (more, less), ratio = ((names[1], names[0]), far.ratio) if far.ratio > 1 else (names, 1 / far.ratio)
    return f"{more} has {ratio:.3g} times the {label} of {less}"


def ratios(names: tuple[str, str], rows: tuple[Compared, ...], drawn: tuple[Compared, ...], title: str) -> Plot:
    """How many times as much the other has."""
    return Plot(
        "ratios",
        title,
        f"{names[1]} over {names[0]}; 1 is the same",
        Bars(
            Scale("Times as much"),
            tuple(
                Row(
                    row.name,
                    (Span(0.0, row.ratio, CURVE, f"{names[1]} over {names[0]}"),),
                    f"×{row.ratio:.3g}",
                )
                for row in drawn
            ),
        ),
        "Numbers of the catalog or of one's own, with their sources on the page Data",
        lambda: pd.DataFrame(rows).rename(columns={"one": names[0], "other": names[1]} if names[0] != names[1] else {}),
    )
