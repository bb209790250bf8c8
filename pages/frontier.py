"""Speed against price: the reading, three headline points, the chart, one point taken apart, what it rests on."""

from typing import Any

import streamlit as st

from infecon_core import Layout, approximations, cheapest, fastest, preferred
from infecon_ui import cache, exports, figures, formats, insight, links, wording
from infecon_ui.navigation import require_app

SCALES = {"Log": True, "Linear": False}
SPREAD = "chart_spread"
FIXED = {"displayModeBar": False}
HEADLINES = (("Fastest", fastest), ("Preferred", preferred), ("Cheapest", cheapest))


def main() -> None:
    """Show the page."""
    choice = st.session_state["choice"]
    st.header("Speed against price", anchor=False)
    if choice.problem:
        st.error(wording.escaped(choice.problem), icon=":material/error:")
    if choice.scenario is None:
        return
    result = cache.frontier(choice.scenario)
    if result.frame is None:
        show_problem(result)
        return
    frame = result.frame.reset_index(drop=True)
    names = {
        "model": choice.model_name,
        "weights": choice.scenario.precision.weights,
        "accelerator": choice.accelerator_name,
    }
    st.markdown(f"#### {wording.escaped(wording.reading(preferred(frame), **names))}")
    st.caption(wording.escaped(wording.basis(choice.scenario)))
    show_headlines(frame)
    explore(choice, frame, names)
    show_foundations(choice, frame, names)


def show_problem(result: Any) -> None:
    """Say why there is no chart, and offer what would bring one."""
    st.warning(wording.escaped(result.problem), icon=":material/info:")
    if result.changes:
        label = wording.escaped(wording.change(result.changes))
        st.button(label, type="primary", key="apply_changes", on_click=links.apply, args=(result.changes,))


def show_headlines(frame: Any) -> None:
    """Three cards: fastest, preferred, cheapest."""
    with st.grid(3, min_column_width=220):
        for name, choose in HEADLINES:
            point = choose(frame)
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{name}**", help=wording.TERMS[name.lower()])
                with st.container(horizontal=True, gap="medium"):
                    st.metric("Tokens/s per user", formats.number(point["tokens_per_s_user"]), width="content")
                    st.metric(
                        "Per million tokens",
                        wording.escaped(formats.money(point["usd_per_million_tokens"])),
                        width="content",
                    )
                st.caption(wording.escaped(wording.setup(point)))


@st.fragment
def explore(choice: Any, frame: Any, names: dict[str, str]) -> None:
    """The chart, and the point that was clicked."""
    scenario = choice.scenario
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "Colour: what takes most of each step.",
            width="stretch",
            help=wording.glossary("frontier", *wording.LIMITS),
        )
        scale = st.segmented_control(
            "Axes",
            list(SCALES),
            default=next(iter(SCALES)),
            required=True,
            key="chart_axes",
            persist_state="session",
            label_visibility="collapsed",
        )
        image = st.segmented_control(
            "The camera over the chart saves",
            ["PNG", "SVG"],
            format_func=lambda name: f":material/photo_camera: {name}",
            default="PNG",
            required=True,
            key="chart_image",
            persist_state="session",
            label_visibility="collapsed",
        )
        if scenario.engine == "serving":
            st.toggle("Uncertainty", True, key=SPREAD, persist_state="session", help=wording.TERMS["spread"])
        locked = st.toggle(
            "Lock axes",
            key="chart_lock",
            persist_state="session",
            help="Keep both axes where they are, to see the curve move when something changes.",
        )
    log_axes = SCALES[scale]
    event = st.plotly_chart(
        figures.frontier_figure(
            frame,
            title=wording.title(**names),
            log_axes=log_axes,
            ranges=held_ranges(frame, log_axes, locked),
            spread=shown_spread(scenario),
        ),
        key="frontier_chart",
        on_select="rerun",
        selection_mode="points",
        alt=wording.reading(preferred(frame), **names),
        config={
            "displaylogo": False,
            "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
            "toImageButtonOptions": {
                "format": image.lower(),
                "scale": 3 if image == "PNG" else 1,
                "width": 1200,
                "height": 675,
                "filename": exports.file_stem(*names.values()),
            },
        },
    )
    row = figures.picked_row(event.selection.points, frame)
    show_point(choice, preferred(frame) if row is None else frame.iloc[row], picked=row is not None)


def shown_spread(scenario: Any) -> Any:
    """How far measurements lie from predictions; None for the published model, or where it is switched off."""
    return cache.spread(scenario) if scenario.engine == "serving" and st.session_state.get(SPREAD, True) else None


def held_ranges(frame: Any, log_axes: bool, locked: bool) -> figures.Ranges | None:
    """What the axes showed when they were locked; None while they are free."""
    if not locked:
        st.session_state.pop("chart_ranges", None)
        return None
    kinds = {log: figures.ranges_of(frame, log_axes=log) for log in (True, False)}
    return st.session_state.setdefault("chart_ranges", kinds)[log_axes]


def show_point(choice: Any, point: Any, *, picked: bool) -> None:
    """One point taken apart."""
    step = cache.step(choice.scenario, Layout.of(point), point["batch"])
    st.subheader("The point you picked" if picked else "The preferred point", anchor=False)
    st.markdown(
        wording.escaped(
            f"{formats.speed(point['tokens_per_s_user'])} per user at "
            f"{formats.money(point['usd_per_million_tokens'])} per million tokens. {wording.layout(point)}"
        ),
        help=wording.glossary("TP", "PP", "EP", "DP", "batch"),
    )
    notes = [] if picked else ["Click any point of the curve to see it here instead."]
    if choice.scenario.engine == "published":
        notes.append(wording.FRACTIONS)
    if notes:
        st.caption(" ".join(notes))
    show_figures_of(point)
    time, memory = st.columns([0.64, 0.36], gap="medium")
    with time:
        show_time(step, point)
    with memory:
        show_memory(step)
    show_why(choice.scenario, point)


def show_why(scenario: Any, point: Any) -> None:
    """The neighbours of a point, and what better hardware would give; worked out when it is unfolded."""
    box = st.expander("Why this point?", key="open_why", on_change="rerun", icon=":material/explore:")
    if not box.open:
        return
    layout, batch = Layout.of(point), point["batch"]
    with box:
        around, better = st.columns(2, gap="medium")
    with around:
        st.markdown("**Another setup**", help=wording.TERMS["neighbours"])
        show_lines(insight.neighbour_lines(cache.neighbours(scenario, layout, batch), point["n_gpu"]))
    # Ten searches of the published model take seconds, and its grid is coarser than what 10% change.
    if scenario.engine == "published":
        return
    with better:
        st.markdown("**Better hardware: faster, or cheaper at this speed**", help=wording.TERMS["elasticities"])
        show_lines(insight.hardware_lines(cache.elasticities(scenario, layout, batch)))


def show_lines(lines: list[tuple[str, str]]) -> None:
    """Changes and their effects as a list."""
    st.markdown("\n".join(f"- {wording.escaped(name)}: **{wording.escaped(effect)}**" for name, effect in lines))


def show_figures_of(point: Any) -> None:
    """What a point means to those who wait, pay and supply power; the published model knows none of it."""
    if wording.WORKSPACE not in point:
        return
    with st.container(horizontal=True, gap="medium"):
        blended, energy = point["usd_per_million_tokens_blended"], point["kwh_per_million_tokens"]
        metric("First token, at the least", formats.duration(point["ttft_s"]), "TTFT")
        metric("Per million tokens, prompts included", wording.escaped(formats.money(blended)), "blended price")
        metric("Energy per million tokens", formats.energy(energy), "energy")


def metric(label: str, shown: str, term: str) -> None:
    """One number with the meaning of its term."""
    st.metric(label, shown, help=wording.TERMS[term], width="content")


def show_time(step: Any, point: Any) -> None:
    """Where the time of a step goes, in one of several ways."""
    st.markdown("**Where the time goes**", help=wording.glossary("TPOT", *wording.LIMITS))
    way = st.segmented_control(
        "Parts",
        figures.ways(step),
        format_func=figures.WAYS.__getitem__,
        default="operator",
        required=True,
        key="step_parts",
        label_visibility="collapsed",
    )
    st.plotly_chart(
        figures.step_figure(step, way),
        key="step_chart",
        config=FIXED,
        alt=f"In this point {wording.bottleneck(point)}.",
    )
    with st.expander("The same in numbers, by operator"):
        st.dataframe(
            figures.operator_table(step),
            hide_index=True,
            column_config={
                "Share": st.column_config.NumberColumn(format="percent"),
                **{
                    name: st.column_config.NumberColumn(f"{name}, ms", format="%.3f")
                    for name in ("Time", *(limit.capitalize() for limit in wording.LIMITS))
                },
            },
        )


def show_memory(step: Any) -> None:
    """What fills the memory of one GPU, and how well the GPUs are used."""
    terms = ["HBM", "KV cache", *(["workspace"] if step.workspace_bytes_per_gpu else [])]
    st.markdown("**What fills the memory of a GPU**", help=wording.glossary(*terms))
    st.plotly_chart(
        figures.memory_figure(step), key="memory_chart", config=FIXED, alt="Weights, KV cache and free memory."
    )
    with st.container(horizontal=True, gap="medium"):
        metric("MFU", formats.share(step.mfu), "MFU")
        metric("MBU", formats.share(step.mbu), "MBU")


def show_foundations(choice: Any, frame: Any, names: dict[str, str]) -> None:
    """What the figures rest on, and what can be taken away."""
    stem = exports.file_stem(*names.values())
    scenario = choice.scenario
    st.subheader("Take it with you", anchor=False)
    with st.container(horizontal=True):
        download("Frontier, CSV", lambda: exports.frontier_csv(frame), f"{stem}.csv", "text/csv")
        download("Scenario, JSON", lambda: exports.scenario_json(scenario), f"{stem}.json", "application/json")
        download(
            "Chart, HTML",
            lambda: exports.chart_html(
                figures.frontier_figure(frame, title=wording.title(**names), spread=shown_spread(scenario))
            ),
            f"{stem}.html",
            "text/html",
        )
    link, shell, python = st.tabs(["Link", "Command line", "Python"])
    with link:
        st.caption("Opens this page with every choice as it is now.")
        st.code(links.permalink(), language=None, wrap_lines=True)
    with shell:
        st.code(exports.command_line(scenario), language="bash", height=260)
    with python:
        st.code(exports.python_snippet(scenario), language="python", height=260)
    with st.expander("What these figures rest on"):
        notes = [*approximations(scenario), *choice.estimates]
        if notes:
            st.markdown("\n".join(f"- {wording.escaped(note)}" for note in notes))
        st.dataframe(wording.sources_table(choice.sources), hide_index=True)


def download(label: str, build: Any, file_name: str, mime: str) -> None:
    """A button that builds its file when it is clicked."""
    st.download_button(
        label, build, file_name, mime, key=f"download_{mime}", on_click="ignore", icon=":material/download:"
    )


require_app()
main()
