"""One point of the frontier on the page: what it costs, where its time goes, what fills its memory, why it is best."""

import streamlit as st

from infecon_core import Layout, Step
from infecon_core.engines import engine_of
from infecon_ui.charts.figure import show
from infecon_ui.charts.palette import LIMITS, TIMES
from infecon_ui.frontier import breakdown, cache, energy, load, sensitivity, support, verdict, words
from infecon_ui.frontier.points import Point
from infecon_ui.frontier.shown import Shown
from infecon_ui.text import formats
from infecon_ui.text.glossary import TERMS, glossary
from infecon_ui.text.markdown import bullets, escaped

FIXED = {"displayModeBar": False}


def show_point(shown: Shown) -> None:
    """Why the point at the target is what it is."""
    meaning = glossary("frontier", "fastest", "preferred", "cheapest")
    st.header("Why this price?" if shown.reached else "Why no faster?", anchor=False, help=meaning)
    found = cache.step(shown.scenario, shown.row)
    _show_sentence(shown)
    time, memory = st.columns([0.64, 0.36], gap="medium")
    with time:
        show_time(found, shown.point)
    with memory:
        show_memory(found, shown.point)
    load.show_load(shown, shown.point)
    show_why(shown, shown.point)


def _show_sentence(shown: Shown) -> None:
    """What the point is, in words, and how sure that is."""
    speed = formats.speed(shown.point["tokens_per_s_user"])
    value = f"{verdict.amount(shown.measure, shown.value)} {shown.measure.phrase}"
    st.markdown(
        escaped(f"{speed} per user at {value}. {words.layout(shown.point)}"),
        help=glossary("TP", "PP", "EP", "DP", "batch"),
    )
    if shown.capabilities.uncertainty:
        st.markdown(escaped(f"{support.ranges(shown)}."), help=TERMS["spread"])
    computed = f"{engine_of(shown.scenario).summary(shown.scenario)}."
    st.caption(escaped(" ".join(filter(None, (computed, words.fractions(shown.scenario))))))


def show_time(step: Step, point: Point) -> None:
    """Where the time of a step goes, in one of several ways."""
    st.subheader("Where the time goes", anchor=False, help=glossary("TPOT", *LIMITS))
    way = st.segmented_control(
        "Parts",
        breakdown.ways(step),
        format_func=breakdown.WAYS.__getitem__,
        default="operator",
        required=True,
        key="step_parts",
        label_visibility="collapsed",
    )
    alt = f"In this point {words.bottleneck(point)}."
    show(breakdown.step_figure(step, way), key="step_chart", config=FIXED, alt=alt)
    box = st.expander("The same in numbers, by operator", key="open_numbers", on_change="rerun")
    if box.open:
        number = st.column_config.NumberColumn
        times = {name: number(f"{name}, ms", format="%.3f") for name in ("Time", *(time.label for time in TIMES))}
        box.dataframe(
            breakdown.operator_table(step), hide_index=True, column_config={"Share": number(format="percent"), **times}
        )


def show_memory(step: Step, point: Point) -> None:
    """What fills the memory of one GPU, and how well the GPUs are used."""
    terms = ["HBM", "KV cache", *(["workspace"] if breakdown.counts_workspace(step) else [])]
    st.subheader("What fills the memory of a GPU", anchor=False, help=glossary(*terms))
    alt = "Weights, KV cache and free memory."
    show(breakdown.memory_figure(step), key="memory_chart", config=FIXED, alt=alt)
    with st.container(horizontal=True, gap="medium"):
        _metric("MFU", formats.share(step.mfu), "MFU")
        _metric("MBU", formats.share(step.mbu), "MBU")
        if shown := energy.per_million(point):
            st.metric("Energy per million", escaped(shown), help=energy.meaning(), width="content")


def show_why(shown: Shown, point: Point) -> None:
    """The neighbours of a point, and what better hardware would give; worked out when it is unfolded."""
    box = st.expander("Other setups, and better hardware", key="open_why", on_change="rerun", icon=":material/explore:")
    if not box.open:
        return
    layout, batch = Layout.of(point), point["batch"]
    around, better = box.columns(2, gap="medium")
    with around:
        st.markdown("**Another setup**", help=TERMS["neighbours"])
        neighbours = cache.neighbours(shown.scenario, layout, batch)
        _effects(sensitivity.neighbour_lines(neighbours, point["n_gpu"]))
    if shown.capabilities.searches_again:
        with better:
            st.markdown("**Better hardware: faster, or cheaper at this speed**", help=TERMS["sensitivity"])
            _effects(sensitivity.hardware_lines(cache.elasticities(shown.scenario, layout, batch)))


def _effects(lines: list[tuple[str, str]]) -> None:
    st.markdown(bullets(f"{escaped(name)}: **{escaped(effect)}**" for name, effect in lines))


def _metric(label: str, shown: str, term: str) -> None:
    """One number with the meaning of its term."""
    st.metric(label, escaped(shown), help=TERMS[term], width="content")
