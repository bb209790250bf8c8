"""The sections of the page: equations with numbers, constants, assumptions, terms."""

from collections.abc import Mapping

import streamlit as st

from infecon_core.analysis.assumptions import Effect, Effects
from infecon_core.catalog.assumptions import assumptions
from infecon_core.documentation.equations import Equation, Substituted
from infecon_ui.method import equations, tables, words
from infecon_ui.method.cache import Worked
from infecon_ui.method.controls import Asked
from infecon_ui.text.formulas import FORMULAS
from infecon_ui.text.glossary import entries
from infecon_ui.text.markdown import escaped

# So many equations are drawn at once: each is some ten formulas.
MOST_EQUATIONS = 24
# What is wider than a phone scrolls by itself: a table of many calls.
_STYLE = f"""<style>{FORMULAS}
[data-testid=stMain] [data-testid=stExpander] table {{ display: block; overflow-x: auto; }}
</style>"""


def show_equations(asked: Asked, worked: Worked) -> None:
    """The equations of a subject or those that are found, each with the numbers of the point."""
    found = equations.found(asked.subject, asked.words, frozenset(worked.numbers))
    if not found:
        nothing = f"No equation mentions “{asked.words}”; try one word of it, or a symbol."
        st.info(escaped(nothing), icon=":material/search:")
        return
    st.html(_STYLE)
    for equation in found[:MOST_EQUATIONS]:
        show_equation(equation, worked.numbers)
    if len(found) > MOST_EQUATIONS:
        st.caption(f"{len(found) - MOST_EQUATIONS} more are found; search for a word that fewer have.")


def show_equation(equation: Equation, numbers: Mapping[str, tuple[Substituted, ...]]) -> None:
    """One equation: sentence, formula with the numbers of its first call, symbols, range and source."""
    calls, said = numbers.get(equation.name, ()), equation.said
    with st.container(border=True, gap="small"):
        used = "" if calls else " · :gray[not part of this step]"
        st.markdown(
            f"**{equations.prose(said.summary)}** `{equation.name}`{used}\n\n"
            f"{equations.formulas(equation, calls[0] if calls else None)}"
        )
        with st.expander("Symbols, range and source"):
            parts = [equations.prose(part) for part in said.body.split("\n\n") if part]
            parts.append(equations.symbols(equation, calls))
            parts += [f"*Range and errors.* {equations.prose(note)}" for note in said.notes]
            parts.append(f"*Source.* {equations.prose(said.source)}" if said.source else "")
            st.markdown("\n\n".join(part for part in parts if part))


def show_constants(found: Effects) -> None:
    """The constants that the engine reads, and the numbers that no control changes."""
    st.dataframe(tables.constants_table(found), hide_index=True, height="content", alt="Constants of the engine.")
    st.caption(
        "Change of the price per million output tokens at exactly the target, read between two neighbouring batches of "
        "a layout, all layouts searched again. Constants can be set in the sidebar under Engine and constants."
    )
    st.header("Numbers that no control changes", anchor=False)
    st.dataframe(tables.stated_table(), hide_index=True, height="content", alt="Other numbers of the data.")


def show_assumptions(found: Effects) -> None:
    """The assumptions of the engine: those that move the price most first, then those that are not modelled."""
    effects: dict[str, list[Effect]] = {}
    for effect in found.assumptions:
        effects.setdefault(effect.name, []).append(effect)
    known = assumptions()[found.scenario.engine]
    sizes = {name: max((effect.size for effect in effects.get(name, ())), default=0.0) for name in known}
    order = sorted(known, key=lambda name: (-sizes[name], not effects.get(name), not known[name].alternatives))
    parts = []
    for name in order:
        said = known[name]
        worth = words.assumption(said, effects.get(name, []))
        parts += [
            f"**{escaped(said.title)}.** {escaped(said.states)}",
            f"→ {escaped(worth[:1].upper() + worth[1:])}",
            f"{escaped(said.why)} :gray[{escaped(f'{said.kind.capitalize()}: {said.source} ({said.date}).')}]",
            "---",
        ]
    st.markdown("\n\n".join(parts[:-1]))


def show_reading() -> None:
    """How the chart is read, and what it leaves out."""
    st.caption(
        "Each bar is a search over all layouts with one thing otherwise; the setup may be another one, and the "
        "correction by measurements stays as it is now. Batches are searched in steps of some 9%, so changes are "
        "those of prices at exactly the target, read between the two neighbouring batches of a layout. What no engine "
        "models stands under Assumptions."
    )


def show_glossary(asked: Asked) -> None:
    """Terms and what they mean."""
    found = entries(asked.words)
    if not found:
        st.info(escaped(f"No term mentions “{asked.words}”; try a shorter word."), icon=":material/search:")
        return
    lines = (f"**{escaped(term[:1].upper() + term[1:])}.** {escaped(meaning)}" for term, meaning in found)
    st.markdown("\n\n".join(lines))
