"""How many GPUs a demand needs on each accelerator, and what they cost."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from infecon_ui.navigation import require_app
from infecon_ui.page_controls import PageControls
from infecon_ui.planner import break_even, controls, costs, first_token, reach, words
from infecon_ui.planner.asked import Asked, Entrant
from infecon_ui.plots.plot import Plot
from infecon_ui.plots.show import show, slide_of
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.title import set_title
from infecon_ui.text.markdown import bullets, escaped, foreign


def main() -> None:
    """Show the page, or why there is no scenario to plan for."""
    choice: Chosen = st.session_state["choice"]
    set_title("Planner", choice.model_name)
    if choice.scenario is None:
        st.title("Planner", anchor=False)
        st.warning(escaped(choice.problem or ""), icon=":material/info:")
        return
    head, unclear, tools, body, check = (st.container() for _ in range(5))
    page = PageControls("planner_")
    with tools:
        asked = controls.ask(page, choice, choice.scenario, check)
    page.tell(unclear)
    entrants = asked.entrants
    with head:
        if slide_of(makers(asked, entrants), page.link):
            return
        st.title(escaped(words.title(asked, entrants)), anchor=False)
        st.markdown(escaped(words.support(asked, entrants)))
    with body:
        show_costs(asked, entrants, page.link)
        if (plot := break_even.plot(asked, entrants)) is not None:
            show(plot, page.link, heading="GPUs or an API")
            st.caption(escaped(break_even.beside(asked)))
        show_first_token(asked, entrants, page, check)


def makers(asked: Asked, entrants: list[Entrant]) -> Mapping[str, Callable[[], Plot | None]]:
    """The charts of the page by name."""
    return {
        "costs": partial(costs.plot, asked, entrants),
        "reach": partial(reach.plot, asked),
        "break_even": partial(break_even.plot, asked, entrants),
        "first_token": partial(first_token.plot, asked, entrants),
    }


def show_costs(asked: Asked, entrants: list[Entrant], link: str) -> None:
    """What each accelerator costs, why some do not serve the demand, and all numbers."""
    if (owned := reach.plot(asked)) is not None:
        show(owned, link, titled=True, chart_first=True)
    if (plot := costs.plot(asked, entrants)) is not None:
        show(plot, link, titled=owned is None, chart_first=owned is None)
    if between := words.jumps(asked, entrants):
        st.caption(escaped(between))
    if lines := [foreign(words.helps(one, asked.scenario)) for one in entrants if one.found.plan is None]:
        st.markdown("\n".join(["What would help:", "", bullets(lines)]))
    costs.show_table(entrants)


def show_first_token(asked: Asked, entrants: list[Entrant], page: PageControls, check: DeltaGenerator) -> None:
    """The first token over load, checked by a simulation where that is asked for."""
    simulated = first_token.simulation(asked, entrants)
    plot = first_token.plot(asked, entrants, simulated)
    if plot is None:
        return
    show(plot, page.link, heading="First token over load")
    if simulated is not None:
        check.markdown(escaped(first_token.said(simulated, asked.requirements.percentile)))


require_app()
main()
