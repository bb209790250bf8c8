"""The comparison on the front page: claim, curves, bars at the target, ratios, who leads where, table."""

import datetime as dt
import html
from collections.abc import Callable

import streamlit as st

from infecon_core.analysis import claims
from infecon_core.choices import Comparison
from infecon_ui.charts.figure import show as draw
from infecon_ui.charts.measures import MEASURES
from infecon_ui.compare import as_slide, bars, controls, figure, ratios, remedies, table, words
from infecon_ui.compare.compared import Compared, compared
from infecon_ui.frontier import tools
from infecon_ui.frontier.style import SCREEN
from infecon_ui.slide.page import show_slide
from infecon_ui.state import links, session
from infecon_ui.state.title import set_title
from infecon_ui.state.view import SCALES, View
from infecon_ui.text import formats
from infecon_ui.text.markdown import bullets, escaped

CHART, _SENTENCES, _BESIDE = "compare_chart", "compare_sentences", "compare_beside"
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
# Below the claim, so that it and the chart stand on the first screen together.
_STYLE = f"""<style>
.st-key-{ratios.BARS} .annotation-text, .st-key-{CHART} .xtick text, .st-key-{CHART} .ytick text,
.st-key-{CHART} .xtitle {{ fill: currentColor !important; }}
.st-key-{CHART} {{ height: clamp({figure.HEIGHT}px, calc(100dvh - 19rem), 620px) !important; }}
.st-key-stop_comparing, .st-key-stop_comparing button {{ flex: none !important; min-width: 4.9rem; }}
@media (min-width: 641px) {{
    .st-key-tools .st-key-y button {{ padding: 0 0.4rem; }}
    .st-key-tools .st-key-y button p {{ font-size: 0.8rem; }}
}}
@media (max-width: 640px) {{
    /* On a phone the chart, then what it shows, the bars and the sentences. */
    .st-key-{SCREEN} > *:has(.st-key-{CHART}), .st-key-{SCREEN} [data-testid=stHorizontalBlock]:has(.st-key-{CHART}) {{
        display: contents; }}
    .st-key-{SCREEN} [data-testid=stColumn]:has(.st-key-{CHART}, .st-key-{_BESIDE}) {{ flex: none; width: 100%; }}
    .st-key-{SCREEN} [data-testid=stColumn]:has(.st-key-{CHART}) {{ order: 1; }}
    .st-key-{SCREEN} > *:has(.st-key-tools) {{ order: 2 !important; }}
    .st-key-{SCREEN} [data-testid=stColumn]:has(.st-key-{_BESIDE}) {{ order: 3; }}
    .st-key-{SCREEN} > .st-key-{_SENTENCES}, .st-key-{SCREEN} > *:has(> .st-key-{_SENTENCES}) {{ order: 4; }}
}}
@media (hover: none) {{
    .st-key-{CHART} .hoverlayer {{ display: none; }}
    .st-key-{CHART} .drag {{ pointer-events: none !important; }}
}}
</style>"""


def show(comparison: Comparison, view: View, share: Callable[[], None] | None = None) -> None:
    """Draw the comparison.

    Args:
        comparison (Comparison): What is compared; `active`.
        view (View): How it is looked at.
        share (callable, optional): Draws the button that copies the link.
    """
    found = compared(comparison, view.measure)
    if found is None:
        st.warning(escaped(comparison.members[0].problem), icon=":material/info:")
        _tools(view, share)
        return
    set_title(*tab(found))
    st.html(_STYLE)
    claim, support = html.escape(found.claim), html.escape(words.support(found))
    with st.container(key=SCREEN):
        st.html(f'<div class="infecon-verdict"><h1>{claim}</h1><p>{support}</p></div>')
        if said := words.mixed(found):
            st.warning(escaped(said), icon=":material/balance:")
        _tools(view, share)
        chart, beside = st.columns([0.64, 0.36], gap="medium")
        with chart:
            _chart(found, view)
        with beside, st.container(key=_BESIDE):
            _bars(found)
        with st.container(key=_SENTENCES):
            _sentences(found)
    st.html(f'<p class="infecon-note">{html.escape(words.source(found))}</p>')
    _alone(found)
    _table(found)


def slide(comparison: Comparison, view: View) -> None:
    """Draw the slide of the comparison; the page where there is nothing to draw."""
    found = compared(comparison, view.measure)
    if found is None or not found.drawable:
        show(comparison, view)
        return
    set_title(*tab(found))
    link, today = links.link(), dt.date.today()
    made = as_slide.as_slide(found, view, link, today)
    show_slide(
        made,
        csv=lambda: as_slide.csv(found, link, today),
        html=lambda: as_slide.page_html(found, view, made),
        stem=as_slide.stem(found),
    )
    _other_bases(found)


def tab(found: Compared) -> tuple[str, str, str]:
    """What the browser's tab says: what is compared, what all have in common, and the target."""
    names = " or ".join(found.names[:2]) + (" …" if len(found.names) > 2 else "")
    return names, words.common_name(found), f"{found.target.tokens_per_s_user:,g} tok/s"


def _tools(view: View, share: Callable[[], None] | None) -> None:
    """What the axes show, what is compared, and how it is taken along."""

    def beside() -> None:
        if share is not None:
            share()
        st.button(
            "Stop",
            key="stop_comparing",
            icon=":material/close:",
            help="Stop comparing: keep the present scenario alone.",
            on_click=session.stop_comparing,
            width="content",
        )

    def options() -> None:
        tools.pick("Axes", "axes", view.axes, SCALES, labelled=False)

    tools.show_row(view.y, MEASURES, compare=controls.show_controls, options=options, beside=beside)


def _chart(found: Compared, view: View) -> None:
    if not found.drawable:
        st.info("There is no curve to draw; the reasons stand beside.", icon=":material/info:")
        return
    draw(
        figure.curves_figure(found, log_axes=view.log_axes),
        key=CHART,
        height="stretch",
        alt=f"{found.claim}. {words.support(found)}. Below, the same as a table.",
        config=_CONFIG,
    )


def _bars(found: Compared) -> None:
    st.markdown(f"**At {formats.user_speed(found.target.tokens_per_s_user)}** · {escaped(found.measure.title)}")
    draw(
        bars.bars_figure(found, ratios.picked(found) if ratios.by_hand() else ()),
        key=ratios.BARS,
        on_select=ratios.take_click,
        selection_mode="points",
        alt="; ".join(f"{one.name}: {words.said(found, one)}" for one in found.ranked),
        config=_CONFIG,
    )
    ratios.show(found)


def _sentences(found: Compared) -> None:
    """Who leads where, what is missing and why, what was measured."""
    lines = []
    if len(found.curves) > 1:
        lines.append(
            claims.leaders_sentence(found.leaders, found.measure.column, certain=claims.separated(found.standings))
        )
    lines += [*words.missing(found), *remedies.told(found), *([note] if (note := words.measured_note(found)) else [])]
    if lines:
        shown = [escaped(line) for line in lines]
        st.markdown(bullets(shown) if len(shown) > 1 else shown[0])
    _offers(found)
    _other_bases(found)


def _offers(found: Compared) -> None:
    """Buttons that bring the target within reach."""
    if offers := remedies.offers(found):
        with st.container(horizontal=True, gap="small", key="remedies"):
            for i, (label, changes) in enumerate(offers):
                st.button(escaped(label), key=f"compare_remedy_{i}", on_click=session.apply, args=(changes,))


def _other_bases(found: Compared) -> None:
    """The price bases on which all have a price, where they are not on one."""
    bases = words.common_bases(found) if words.gaps(found) or words.mixed(found) else ()
    with st.container(horizontal=True, gap="small"):
        for basis in bases:
            name = words.basis_name(found.comparison.base, basis)
            st.button(
                f"Compare on {name[:1].lower()}{name[1:]}",
                key=f"compare_on_{basis}",
                icon=":material/balance:",
                on_click=session.apply,
                args=({"price_basis": basis},),
            )


def _alone(found: Compared) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Open one alone:", width="content")
        for i, (name, member) in enumerate(zip(found.names, found.members, strict=True)):
            if not member.measured:
                st.button(name, key=f"compare_alone_{i}", on_click=session.show_alone, args=(member.choices,))


def _table(found: Compared) -> None:
    """The points at the target, and all frontiers as one file."""
    box = st.expander("The same as a table", key="open_compare_table", on_change="rerun", icon=":material/table:")
    if box.open:
        rows, columns = table.at_target(found)
        box.dataframe(rows, hide_index=True, column_config=columns)
    link = links.link()
    st.download_button(
        "All curves, CSV",
        lambda: as_slide.csv(found, link, dt.date.today()),
        f"{as_slide.stem(found)}.csv",
        "text/csv",
        key="download_compare",
        on_click="ignore",
        icon=":material/download:",
    )
