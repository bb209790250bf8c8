"""How a choice becomes a control whose value outlives its being folded away."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from infecon_core.choices import Choice, Choices, Option, Quantity, Switch
from infecon_core.choices.kinds import NONE
from infecon_core.sweep.axes import usual_values, values_text
from infecon_ui.sidebar.search import SEARCHED, labels, missed, take
from infecon_ui.sidebar.stops import Stops, nearest, stops
from infecon_ui.state import links, own

# How keys of containers begin whose fields have their labels inside: style.py knows them by it.
INSIDE = "inside_"
# How keys of sliders end that move a field.
SLIDER = "_slider"
# How keys begin of containers of a control, and of the buttons that open the page Sweep with its choice; those beside a
# heading always show.
SWEPT = "swept_"
SWEEP, SWEEP_HEADING = "to_sweep_", "to_sweep_heading_"
_SWEEP_PAGE, _SWEEP = "pages/sweep.py", "sweep_"


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

    def heading(self, text: str, choices: Iterable[Choice]) -> None:
        """A heading with the units and the explanations of the choices below it, whose fields have room for neither."""
        choices = list(choices)
        if self.can_be_swept(choices[0]):
            self.sweep(choices[0], SWEEP_HEADING)
        units = dict.fromkeys(choice.facts.shown or choice.facts.unit for choice in choices)
        shown = " · ".join(unit for unit in units if unit not in ("", "1"))
        st.markdown(
            f"**{text}** {shown}".rstrip(),
            help="\n\n".join(f"**{choice.label}.** {choice.help}" for choice in choices),
        )

    def can_be_swept(self, choice: Choice) -> bool:
        """Whether a choice changes anything now."""
        return self.choices.enters(choice.key) and not self.choices.idle(choice.key)

    def sweep(self, choice: Choice, prefix: str = SWEEP) -> None:
        """A button that opens the page Sweep with a choice; `style` gives it its place.

        Args:
            choice (Choice): What is swept.
            prefix (str): How its key begins: that of a control, or of a heading.
        """
        label, icon = f"Sweep {choice.facts.label}", ":material/query_stats:"
        if st.button(label, icon=icon, key=self.prefix + prefix + choice.key, type="tertiary"):
            # The whole address of the page, so that it writes none of its own beside it into the browser's history.
            query = {**links.of_scenarios(), f"{_SWEEP}x": choice.key}
            if usual := values_text(choice, usual_values(self.choices, choice.key)):
                query[_SWEEP + choice.key] = usual
            st.switch_page(_SWEEP_PAGE, query_params=query)

    def draw(self, choices: Iterable[Choice]) -> None:
        """Controls one below the other, groups under their headings."""
        heading = ""
        for choice in choices:
            if choice.heading != heading:
                heading = choice.heading
                st.markdown(f"**{heading}**")
            self.with_sweep(choice)

    def with_sweep(self, choice: Choice) -> None:
        """The control of a choice with its way to the page Sweep."""
        with st.container(key=self.prefix + SWEPT + choice.key, gap=None):
            self.one(choice)
            if self.can_be_swept(choice):
                self.sweep(choice)

    def one(self, choice: Choice) -> None:
        """The control that fits the kind of a choice, with its label and its help above it."""
        if isinstance(choice, Switch):
            st.toggle(choice.label, key=self.key(choice.key), help=choice.help, persist_state="session")
        elif isinstance(choice, Option):
            self._options(choice, choice.label, choice.help)
        elif rising := stops(choice):
            slider, field = st.columns((2, 1), gap="xsmall", vertical_alignment="bottom", wrap=False)
            with slider:
                self._slider(choice, rising, choice.help)
            with field:
                self._number(choice, choice.label, hidden=True)
        else:
            self._number(choice, choice.label, choice.help)

    def pairs(self, choices: Sequence[Choice], *, widths: tuple[float, float] = (1, 1), sliders: bool = False) -> None:
        """Fields with their labels inside, two in a row; one that is left over has the whole width.

        Args:
            choices (sequence): In the order of reading.
            widths (float, float): How two share the width.
            sliders (bool): Put the slider of a number below its field.
        """
        for i in range(0, len(choices), 2):
            row = choices[i : i + 2]
            with st.container(key=self.prefix + INSIDE + row[0].key, gap=None):
                places = st.columns(widths, gap="xsmall", wrap=False) if len(row) > 1 else (st.container(gap=None),)
                for place, choice in zip(places, row, strict=True):
                    with place, st.container(key=self.prefix + SWEPT + choice.key, gap=None):
                        self._inside(choice, slider=sliders)
                        # What a section begins with has its button beside the heading.
                        if len(choices) > 1 and self.can_be_swept(choice):
                            self.sweep(choice)

    def _inside(self, choice: Choice, *, slider: bool) -> None:
        if isinstance(choice, Option):
            self._options(choice, choice.facts.label)
        elif isinstance(choice, Switch):
            st.toggle(choice.label, key=self.key(choice.key), persist_state="session")
        else:
            self._number(choice, choice.facts.label)
            if slider and (rising := stops(choice)):
                self._slider(choice, rising, hidden=True)

    def segments(self, choice: Option, names: Mapping[str, str], text: str = "") -> None:
        """The ids of an option side by side."""
        st.segmented_control(
            choice.label,
            tuple(names),
            format_func=names.__getitem__,
            key=self.key(choice.key),
            required=True,
            help=text or None,
            label_visibility="visible" if text else "collapsed",
            width="stretch",
            persist_state="session",
        )

    def _options(self, choice: Option, label: str, text: str | None = None) -> None:
        options, key = own.listed(choice, self.choices.engine), self.key(choice.key)
        if choice.key not in SEARCHED:
            names = choice.options
            st.selectbox(label, options, format_func=names.__getitem__, key=key, help=text, persist_state="session")
            return
        names = labels(SEARCHED[choice.key], tuple((one, choice.options[one]) for one in options))
        st.selectbox(
            label,
            options,
            format_func=lambda name: names.get(name, name),  # Streamlit asks for the name of a typed text too
            key=key,
            help=text,
            # The browser's own search would sort the list anew and begin with the paper's entries.
            filter_mode="contains",
            # A text that is typed reaches `take`, whatever of the list the browser itself would find for it.
            accept_new_options=True,
            on_change=take,
            args=(key, choice, self.choices.value(choice.key)),
            persist_state="session",
        )
        if sentence := missed(key, choice):
            st.warning(sentence)

    def _number(self, choice: Quantity, label: str, text: str | None = None, *, hidden: bool = False) -> None:
        # Without bounds: the browser would keep what lies beyond them, and nobody could say what is wrong.
        st.number_input(
            label,
            value=None,
            step=_step(choice),  # an int makes the field one of whole numbers
            format="%d" if choice.whole else "%g",
            key=self.key(choice.key),
            help=text,
            placeholder=NONE,
            disabled=self.choices.idle(choice.key),
            on_change=_tell_default,
            args=(self.key(choice.key), choice),
            label_visibility="collapsed" if hidden else "visible",
            persist_state="session",
        )

    def _slider(self, choice: Quantity, rising: Stops, text: str | None = None, *, hidden: bool = False) -> None:
        """A slider that moves the field of a number; it stands at the stop nearest to what the field says."""
        value, key = self.choices.value(choice.key), self.prefix + choice.key
        shown = nearest(rising, float(rising[0] if value is None else value))
        # What is set again travels to the browser again, so only what differs is set.
        if st.session_state.get(key + SLIDER) != shown:
            st.session_state[key + SLIDER] = shown
        st.select_slider(
            choice.label,
            rising,
            format_func=lambda n: f"{n:,.6g}",
            key=key + SLIDER,
            on_change=_follow_slider,
            args=(key,),
            help=text,
            disabled=value is None or self.choices.idle(choice.key),
            label_visibility="collapsed" if hidden else "visible",
        )


def _tell_default(key: str, choice: Quantity) -> None:
    """Say that an emptied field gets its default back."""
    default = choice.cleaned(None)
    # A field that has gone meanwhile, with the model it belonged to, has no value at all.
    if st.session_state.get(key, default) is None and default is not None:
        st.toast(f"{choice.facts.label} is back at its default: {default:,.12g}.")


def _follow_slider(key: str) -> None:
    st.session_state[key] = st.session_state[key + SLIDER]


def _step(choice: Quantity) -> int | float:
    """A step of one to a few percent of the default."""
    if choice.facts.step:
        return choice.facts.step
    size = abs(choice.default or 0)
    if choice.whole:
        return 1 if size < 100 else 2 ** max(0, math.floor(math.log2(size)) - 5)
    return 10.0 ** (math.floor(math.log10(size)) - 1) if size else 1.0
