"""A page's own controls: each bound to a parameter of the address, its values checked, and told in the page's link."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from infecon_core.catalog import Kind, is_own
from infecon_core.choices import Fault
from infecon_core.choices.registry import names
from infecon_core.schema.words import quotable
from infecon_ui.state import links, own, page_links

Value = TypeVar("Value")
# How the parameter ends that holds the ids of one's own entries among what a control says.
_OWN = "_own"
# Labels of the fields whose text the reader wrote here, by parameter; a link gave the others.
_WRITTEN = "page_controls.written"
_NAMED = 3  # values that a sentence names


class PageControls:
    """The controls of one run of a page.

    Every control draws itself where it is called, and returns what it says. What a link says that it has no such value
    for is noted, and `tell` says it.

    Args:
        prefix (str): With which the parameters of the page begin: "planner_".
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._said: dict[str, str | list[str]] = {}

    def pick(
        self,
        label: str,
        options: Mapping[str, Value],
        key: str,
        default: str = "",
        help: str = "",
        *,
        bare: bool = False,
    ) -> Value:
        """One of a few, side by side.

        Args:
            label (str): What is chosen.
            options (mapping): Labels with what they stand for; a label is what stands in a link.
            key (str): Its parameter, without the prefix.
            default (str): The label to begin with; the first where empty.
            help (str): A sentence on it.
            bare (bool): Whether its label is for screen readers alone.
        """
        labels = list(options)
        first = default if default in labels else labels[0]
        name = self._checked(key, labels)
        found = st.segmented_control(
            label,
            labels,
            default=first,
            required=True,
            key=name,
            bind="query-params",
            help=help or None,
            label_visibility="collapsed" if bare else "visible",
        )
        # An empty value in a link takes the choice away all the same.
        return options[self._say(key, found or first, first)]

    def entries(self, kind: Kind, key: str) -> Mapping[str, str]:
        """The options of a control of models or accelerators: labels with ids, one's own of this visit first.

        Others do not know one's own by their names: links and the address hold their whole ids beside these, and a link
        may give such an id in place of a name.

        Args:
            kind (str): `models` or `accelerators`.
            key (str): The control's parameter, without the prefix.
        """
        name = self.prefix + key
        given = st.query_params.get_all(name)
        for text in (*st.query_params.get_all(name + _OWN), *given):
            if is_own(text) and text in names(kind):
                own.remember(kind, text)
        found = own.named(kind)
        labels = {entry_id: label for label, entry_id in found.items() if is_own(entry_id)}
        if len(given) == 1 and given[0] in labels:
            # Before the control takes what the address says for none of its values.
            st.query_params[name] = st.session_state[name] = labels[given[0]]
        return found

    def select(self, label: str, options: Mapping[str, Value], key: str, default: str = "", help: str = "") -> Value:
        """One of many, in a list; arguments as for `pick`."""
        labels = list(options)
        first = default if default in labels else labels[0]
        name = self._checked(key, labels)
        found = st.selectbox(label, labels, index=labels.index(first), key=name, bind="query-params", help=help or None)
        chosen = options[self._say(key, found or first, first)]
        self._tell_own(name, [chosen])
        return chosen

    def several(
        self, label: str, options: Mapping[str, Value], key: str, default: Iterable[str] = (), most: int | None = None
    ) -> list[Value]:
        """Any number of many, at most `most`; other arguments as for `pick`."""
        labels, first = list(options), list(default)
        name = self._checked(key, labels)
        if isinstance(one := st.session_state.get(name), str):
            st.session_state[name] = [one]  # the id of an entry of one's own, as `entries` has it
        found = st.multiselect(label, labels, default=first, key=name, bind="query-params", max_selections=most)
        if found != first:
            self._said[name] = found
        chosen = [options[one] for one in found]
        self._tell_own(name, chosen)
        return chosen

    def number(
        self,
        label: str,
        key: str,
        default: float,
        low: float,
        high: float,
        *,
        step: float | None = None,
        help: str = "",
        format: str | None = None,
    ) -> float:
        """A number between two ends; a whole one where default and ends are.

        Args:
            label (str): What is given, with its unit.
            key (str): Its parameter, without the prefix.
            default (float): To begin with.
            low, high (float): The least and the most.
            step (float, optional): Of its buttons.
            help (str): A sentence on it.
            format (str, optional): How it is written, as "%g"; two decimals for numbers that are not whole where None.
        """
        name = self.prefix + key
        page_links.check_number(name, low, high)
        found = st.number_input(
            label, low, high, default, step, key=name, bind="query-params", help=help or None, format=format
        )
        return self._number(name, found, default)

    def text(
        self, label: str, key: str, default: str = "", *, longest: int = 200, help: str = "", hint: str = ""
    ) -> str:
        """A line of text; `hint` stands in the empty field."""
        name = self.prefix + key
        found = st.text_input(
            label,
            default,
            max_chars=longest,
            key=name,
            bind="query-params",
            help=help or None,
            placeholder=hint,
            on_change=_note_written,
            args=(name, label),
        )
        return self._say(key, found, default)

    def switch(self, label: str, key: str, default: bool = False, help: str = "") -> bool:
        """On or off."""
        name = self._checked(key, ("true", "false"))
        found = st.toggle(label, default, key=name, bind="query-params", help=help or None)
        self._say(key, str(found).lower(), str(default).lower())
        return found

    def say(self, key: str, text: str) -> None:
        """Put a parameter into the link that no control of these holds; not where it is empty."""
        if text:
            self._said[self.prefix + key] = text

    def wrong(self, key: str, given: str, right: str) -> None:
        """Note that what a parameter or its field says is not understood, and what would be right."""
        name = self.prefix + key
        written = st.session_state.get(_WRITTEN, {})
        if name in written:
            page_links.note_sentence(name, f"{written[name]} cannot be “{quotable(given)}”: {right.rstrip('. ')}.")
        else:
            page_links.note(name, Fault(f"{name}={given}", right))

    def passed_over(self, key: str, given: Sequence[str], right: str) -> None:
        """Note that some values of a list in a link are not understood while the others stand."""
        name = self.prefix + key
        words = " and ".join(f"“{quotable(one)}”" for one in given[:_NAMED])
        more = f" and {len(given) - _NAMED} more" if len(given) > _NAMED else ""
        verb = "is" if len(given) == 1 else "are"
        page_links.note_sentence(name, f"In {name} {words}{more} {verb} passed over: {right.rstrip('. ')}.")

    def tell(self, place: DeltaGenerator) -> None:
        """Say in one sentence what was not understood of the parameters, once after they came; after all controls."""
        page_links.show(place, self.prefix)

    @property
    def link(self) -> str:
        """The address of the page with the scenario, how it is looked at, and what these controls say."""
        return links.link(self._said)

    def _tell_own(self, name: str, chosen: Iterable[object]) -> None:
        """Put the ids of one's own entries among what is chosen into the link and the address."""
        ids = [one for one in chosen if isinstance(one, str) and is_own(one)]
        if ids:
            self._said[name + _OWN] = ids
        if ids != st.query_params.get_all(name + _OWN):
            st.query_params[name + _OWN] = ids

    def _checked(self, key: str, options: Iterable[str]) -> str:
        page_links.check(self.prefix + key, options)
        return self.prefix + key

    def _number(self, name: str, found: float | None, default: float) -> float:
        value = default if found is None else found
        if value != default:
            self._said[name] = f"{value:.12g}"
        return value

    def _say(self, key: str, chosen: str, default: str) -> str:
        if chosen != default:
            self._said[self.prefix + key] = chosen
        return chosen


def _note_written(name: str, label: str) -> None:
    st.session_state.setdefault(_WRITTEN, {})[name] = label
