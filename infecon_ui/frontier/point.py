"""One point of the frontier on the page: what it costs, where its time goes, what fills its memory, why it is best."""

import streamlit as st

from infecon_core import Layout, Step
from infecon_ui.charts.figure import show
from infecon_ui.charts.palette import LIMITS, TIMES
from infecon_ui.frontier import breakdown, cache, sensitivity, words
from infecon_ui.frontier.points import Point
from infecon_ui.frontier.shown import Shown
from infecon_ui.text import formats
from infecon_ui.text.glossary import TERMS, glossary
from infecon_ui.text.markdown import bullets, escaped

FIXED = {"displayModeBar": False}


def show_sentence(shown: Shown, point: Point, *, picked: bool) -> None:
    """What the point is, in words."""
    st.subheader("The point you picked" if picked else "The preferred point", anchor=False)
    speed, price = formats.speed(point["tokens_per_s_user"]), formats.money(point["usd_per_million_tokens"])
    st.markdown(
        escaped(f"{speed} per user at {price} per million tokens. {words.layout(point)}"),
        help=glossary("TP", "PP", "EP", "DP", "batch"),
    )
    notes = ["" if picked else "Click any point of the curve to see it here instead.", words.fractions(shown.scenario)]
    if any(notes):
        st.caption(" ".join(note for note in notes if note))


def show_costs(point: Point) -> None:
    """What a point means to those who wait, pay and supply power."""
    with st.container(horizontal=True, gap="medium"):
        blended, energy = point["usd_per_million_tokens_blended"], point["kwh_per_million_tokens"]
        _metric("First token, at the least", formats.duration(point["ttft_s"]), "TTFT")
        _metric("Per million tokens, prompts included", formats.money(blended), "blended price")
        _metric("Energy per million tokens", formats.energy(energy), "energy")


def show_time(step: Step, point: Point) -> None:
    """Where the time of a step goes, in one of several ways."""
    st.markdown("**Where the time goes**", help=glossary("TPOT", *LIMITS))
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


def show_memory(step: Step) -> None:
    """What fills the memory of one GPU, and how well the GPUs are used."""
    terms = ["HBM", "KV cache", *(["workspace"] if breakdown.counts_workspace(step) else [])]
    st.markdown("**What fills the memory of a GPU**", help=glossary(*terms))
    alt = "Weights, KV cache and free memory."
    show(breakdown.memory_figure(step), key="memory_chart", config=FIXED, alt=alt)
    with st.container(horizontal=True, gap="medium"):
        _metric("MFU", formats.share(step.mfu), "MFU")
        _metric("MBU", formats.share(step.mbu), "MBU")


def show_why(shown: Shown, point: Point) -> None:
    """The neighbours of a point, and what better hardware would give; worked out when it is unfolded."""
    box = st.expander("Why this point?", key="open_why", on_change="rerun", icon=":material/explore:")
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
