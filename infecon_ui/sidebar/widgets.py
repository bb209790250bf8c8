"""How a choice becomes a control whose value outlives its being folded away."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import streamlit as st

from infecon_core.choices import Choice, Choices, Option, Quantity, Switch
from infecon_core.scenario import MAX_GPUS, MAX_TOKENS

# About equal factors from stop to stop, round numbers, and the powers of two that benchmarks use.
TOKEN_STEPS = tuple(
    sorted(
        {
            0,
            *(digit * 10**power // 10 for power in range(1, 7) for digit in (10, 15, 20, 25, 30, 35, 40, 50, 60, 80)),
            *(2**power for power in range(7, 18)),
            MAX_TOKENS,
        }
    )
)
STOPS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"round": TOKEN_STEPS, "doubling": tuple(2**power for power in range(MAX_GPUS.bit_length()))}
)


@dataclass(frozen=True)
class Controls:
    """The controls of one scenario.

    Args:
        prefix (str): Of the scenario in the session.
        choices (Choices): What is chosen at the start of this run.
    """

    prefix: str
    choices: Choices

    def of(self, *sections: str) -> list[Choice]:
        """The choices of some sections that have a part in what is computed."""
        return [
            choice
            for key, choice in self.choices.all.items()
            if choice.facts.section in sections and self.choices.enters(key)
        ]

    def changed(self, choices: Iterable[Choice]) -> int:
        """How many of these differ from their defaults."""
        return sum(self.choices.value(choice.key) != choice.default for choice in choices)

    def key(self, key: str) -> str:
        """Key of the control of one choice, with the choice's value in the session so that the control shows it."""
        # Without a `value=` of its own a control takes what the session holds; giving both is an error.
        st.session_state.setdefault(self.prefix + key, self.choices.value(key))
        return self.prefix + key

    def draw(self, choices: Iterable[Choice]) -> None:
        """Controls one below the other, groups under their headings."""
        heading = ""
        for choice in choices:
            if choice.heading != heading:
                heading = choice.heading
                st.markdown(f"**{heading}**")
            self.one(choice)

    def one(self, choice: Choice, hint: str = "") -> None:
        """The control that fits the kind of a choice; a hint stands after its help."""
        key, label, text = self.key(choice.key), choice.label, f"{choice.help} {hint}".rstrip()
        if isinstance(choice, Switch):
            st.toggle(label, key=key, help=text, persist_state="session")
        elif isinstance(choice, Option):
            names = choice.options
            options = choice.known_to(self.choices.engine)
            st.selectbox(label, options, format_func=names.__getitem__, key=key, help=text, persist_state="session")
        elif choice.facts.scale:
            # A link may have brought a value between the stops.
            stops = sorted({*STOPS[choice.facts.scale], st.session_state[key]})
            st.select_slider(label, stops, format_func=lambda n: f"{n:,}", key=key, help=text, persist_state="session")
        elif choice.facts.step:
            bounds, step = (choice.minimum, choice.maximum), choice.facts.step
            st.slider(label, *bounds, step=step, key=key, help=text, persist_state="session")
        else:
            st.number_input(  # both bounds are int, or both float
                label,
                choice.minimum,
                choice.maximum,
                value=None,
                step=_step(choice),
                format="%d" if choice.whole else "%g",
                key=key,
                help=text,
                placeholder="None",
                persist_state="session",
            )

    def segments(self, choice: Choice, names: Mapping[str, str], text: str) -> None:
        """The ids of an option side by side."""
        key = self.key(choice.key)
        st.segmented_control(
            choice.label,
            tuple(names),
            format_func=names.__getitem__,
            key=key,
            required=True,
            help=text,
            width="stretch",
        )


def _step(choice: Quantity) -> int | float:
    """A step of one to a few percent of the default."""
    size = abs(choice.default or 0)
    if choice.whole:
        return 1 if size < 100 else 2 ** max(0, math.floor(math.log2(size)) - 5)
    return 10.0 ** (math.floor(math.log10(size)) - 1) if size else 1.0
