"""A figure at the target over one or two choices, each value of which opens its frontier."""

from functools import partial

import streamlit as st

from infecon_ui.navigation import require_app
from infecon_ui.page_controls import PageControls
from infecon_ui.plots import show
from infecon_ui.state import view
from infecon_ui.state.chosen import Chosen
from infecon_ui.state.title import set_title
from infecon_ui.sweep import asked, command, controls, plots, swept
from infecon_ui.text.markdown import escaped


def main() -> None:
    """Show the page, or why there is nothing that could be swept."""
    set_title("Sweep")
    choice: Chosen = st.session_state["choice"]
    if choice.scenario is None:
        st.title("Sweep", anchor=False)
        st.warning(escaped(choice.problem or ""), icon=":material/info:")
        return
    own = PageControls(asked.PREFIX)
    asked.adopt(choice.choices, own)
    wanted = asked.asked(choice.choices, own)
    asked.write(choice.choices, wanted)
    claim = st.container(gap="small")
    if not view.current().slide:
        controls.show_controls(choice.choices)
        for problem in wanted.problems:
            st.warning(escaped(problem), icon=":material/info:")
        own.tell(st.container())
    answer = swept.answer(choice.choices, wanted)
    if isinstance(answer, swept.Swept):
        show_sweep(answer, wanted, own.link, claim)
    else:
        claim.title("Sweep", anchor=False)
        st.info(escaped(answer), icon=":material/info:")
    if not view.current().slide:
        command.show_command(choice.choices, wanted)


def show_sweep(found: swept.Swept, wanted: asked.Asked, link: str, claim: st.delta_generator.DeltaGenerator) -> None:
    """The sweep under what it shows, and every value as a link; or the slide."""
    makers = {
        plots.SWEEP: partial(plots.sweep, found, wanted.show, wanted.form),
        plots.VALUES: partial(plots.values, found, wanted.show),
    }
    if show.slide_of(makers, link):
        return
    plot = makers[plots.SWEEP]()
    with claim:
        st.title(escaped(plot.claim), anchor=False)
        st.caption(escaped(plot.subtitle))
    show.draw(plot)
    st.caption(escaped(plot.source))
    show.tools(plot, link)
    if not plots.is_map(found, wanted):
        show.show(makers[plots.VALUES](), link, heading="Every value, as a link to its frontier")


require_app()
main()
