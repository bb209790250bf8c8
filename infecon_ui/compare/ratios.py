"""Two of the compared scenarios: chosen by clicks on their bars or by name, and what their ratio says."""

import streamlit as st

from infecon_core.analysis import claims
from infecon_core.analysis.compare import ratio
from infecon_ui.compare import bars
from infecon_ui.compare.compared import Compared
from infecon_ui.text.markdown import escaped

BARS, PAIR = "compare_bars", "compare_pair"
_BEFORE = "compare.pair_before"
_BY_HAND = "compare.pair_by_hand"


def picked(compared: Compared) -> tuple[str, ...]:
    """Names of the two that are chosen, the two that the claim is about where none were."""
    names = [one.name for one in compared.reached]
    if by_hand():
        return tuple(name for name in st.session_state.get(PAIR, ()) if name in names)[-2:]
    first = compared.standings[0].name
    return (*names[:1], *((first,) if first in names[1:] else names[1:2]))


def by_hand() -> bool:
    """Whether a reader chose them."""
    return bool(st.session_state.get(_BY_HAND))


def take_click() -> None:
    """Add the bar that was clicked to the two, or take it away; for the chart's `on_select`."""
    name = bars.picked_name(st.session_state[BARS].selection.points)
    if name is not None:
        # The two that nobody chose give way to the first that somebody does.
        held = list(st.session_state.get(_BEFORE, ())) if by_hand() else []
        now = [one for one in held if one != name] if name in held else [*held, name]
        st.session_state[PAIR] = now[-2:]
        st.session_state[_BY_HAND] = True


def show(compared: Compared) -> None:
    """The names to choose two of, and the sentence about them."""
    names = [one.name for one in compared.reached]
    if len(names) < 2:
        return
    chosen = list(picked(compared))
    st.session_state[PAIR] = chosen
    st.session_state[_BEFORE] = chosen
    st.pills(
        "Ratio of two: choose them here, or click two bars",
        names,
        selection_mode="multi",
        key=PAIR,
        on_change=_keep_two,
        persist_state="session",
        wrap=True,
    )
    said, *notes = sentences(compared, tuple(chosen))
    st.markdown(escaped(said))
    if notes:
        st.caption(escaped(" ".join(notes)))


def sentences(compared: Compared, names: tuple[str, ...]) -> list[str]:
    """The ratio of two, whether they are told apart, and where their curves cross."""
    if len(names) < 2:
        return ["Choose two."]
    found = {one.name: one for one in compared.reached}
    both = ratio(found[names[0]], found[names[1]])
    said = [claims.ratio_sentence(both, compared.measure.phrase, compared.values), claims.certainty_sentence(both)]
    crossed = compared.crossings(names[0], names[1])
    if crossed is not None:
        said.append(claims.crossings_sentence((names[0], names[1]), crossed, compared.measure.column))
    return said


def _keep_two() -> None:
    """Of three chosen the one that was there longest goes."""
    before = [name for name in st.session_state.get(_BEFORE, ()) if name in st.session_state[PAIR]]
    new = [name for name in st.session_state[PAIR] if name not in before]
    st.session_state[PAIR] = [*before, *new][-2:]
    st.session_state[_BY_HAND] = True
