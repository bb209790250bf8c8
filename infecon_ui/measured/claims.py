"""The part of the page that tells what others published on their servers, and what the engine makes of it."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from infecon_core import catalog
from infecon_core.validation.published_claims import MET, RecomputedClaim, claims_table, recomputed
from infecon_ui.charts.figure import Figure, show
from infecon_ui.measured.claims_figure import claims_figure
from infecon_ui.measured.controls import CHART
from infecon_ui.text.markdown import escaped

NOTE = (
    "Each figure is worked out at the layout, lengths and unit in which it was published, by the shipped constants and "
    "the scenario's defaults; no constant belongs to a claim. Where the batch was not stated, it is the one with the "
    "most tokens/s that memory and the limits of the search allow. Above ×1 ours is faster; of the GPUs for a day, "
    "above ×1 ours needs more. The same on the command line: `python -m infecon_core claims`"
)


def show_claims(buttons: Callable[[], None]) -> None:
    """The headline, the chart with its buttons, the table and its file."""
    st.header("What others published", anchor=False)
    found = recomputed()
    said = statement(found)
    st.markdown(escaped(said))
    show(figure(), key="claims_chart", config=CHART, alt=f"{said} Below, the same as a table.")
    buttons()
    st.dataframe(
        table(found),
        hide_index=True,
        height="content",
        placeholder="",
        column_config=_column_config(),
        alt="What others published beside ours, with what is known of the difference.",
    )
    if reasons := differences(found):
        st.markdown(
            "\n".join(["Where it is further off, and what is known of it:", "", *(f"- {text}" for text in reasons)])
        )
    st.caption(NOTE)
    st.download_button(
        "These claims, CSV",
        csv,
        f"published-claims-{catalog.data_version()}.csv",
        "text/csv",
        key="claims_csv",
        on_click="ignore",
        icon=":material/download:",
        width=200,
        help="Every claim with its layout, batch, assumptions and source.",
    )


@lru_cache(maxsize=1)
def figure() -> Figure:
    """The chart of all claims."""
    return claims_figure(recomputed())


def csv() -> str:
    """All claims as CSV."""
    return str(claims_table(recomputed()).to_csv(index=False, lineterminator="\n"))


def statement(found: Sequence[RecomputedClaim]) -> str:
    """How many claims are met, and where the others lie."""
    met = sum(one.met for one in found)
    low, high = (sum(not one.met and sign * (one.ratio - 1) > 0 for one in found) for sign in (-1, 1))
    lost = len(found) - met - low - high
    parts = [f"{n} {words}" for n, words in ((low, "lower"), (high, "higher"), (lost, "without an answer")) if n]
    rest = f"; of the others {', '.join(parts)}" if parts else ""
    middle = float(np.nanmedian([one.ratio for one in found]))
    return (
        f"{met} of {len(found)} figures that others published on their servers come out within {MET:.0%}{rest}. The "
        f"middle one is ×{middle:.2f} of theirs."
    )


def differences(found: Sequence[RecomputedClaim]) -> list[str]:
    """What is known of the claims that are not met, in Markdown; those with one reason share a sentence."""
    named: dict[str, list[str]] = {}
    for one in found:
        if not one.met:
            named.setdefault(one.claim.reason, []).append(f"**{one.claim.label}**{_times(one.ratio)}")
    return [f"{'; '.join(texts)}: {escaped(reason)}" for reason, texts in named.items()]


def _times(ratio: float) -> str:
    return f" (×{ratio:.2f})" if np.isfinite(ratio) else ""


def table(found: Sequence[RecomputedClaim]) -> pd.DataFrame:
    """The claims as they are shown."""
    rows = claims_table(tuple(found))
    shown = rows[["label", "what", "theirs", "ours", "unit", "ratio", "reason", "assumptions", "layout", "date"]]
    return shown.assign(publisher=rows["publisher"], url=rows["url"])


def _column_config() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "label": st.column_config.TextColumn("Claim", pinned=True),
        "what": "What",
        "theirs": number("Theirs", format="localized"),
        "ours": number("Ours", format="%,.0f"),
        "unit": "Unit",
        "ratio": number("Ours / theirs", format="×%.2f"),
        "reason": st.column_config.TextColumn("What is known of the difference", width="large"),
        "assumptions": st.column_config.TextColumn("Taken where nothing is stated", width="medium"),
        "layout": "Layout",
        "date": "Date",
        "publisher": "Published by",
        "url": st.column_config.LinkColumn("Source"),
    }
