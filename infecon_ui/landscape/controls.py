"""The controls of the page; what they say stands in links."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

import streamlit as st

from infecon_core import catalog
from infecon_core.choices import Value
from infecon_core.schema import BASIS_NAMES, OWN, PriceBasis
from infecon_ui.charts.measures import MEASURES
from infecon_ui.landscape import words
from infecon_ui.landscape.dataset import DataSet
from infecon_ui.landscape.market import prices
from infecon_ui.landscape.question import Question
from infecon_ui.state import links, page_links

# Speeds that can be the target. [tokens/s]
STOPS = (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 75.0, 100.0, 125.0, 150.0, 200.0, 250.0, 300.0, 400.0)
TARGET = 50.0
# Where a data set has it, the page begins with it: the shortest prompts say little about serving.
_LENGTH = "8k in / 1k out"
# One date and one kind of source for most accelerators, so that prices are like for like.
_BASIS = BASIS_NAMES["rent_3y"]
_OF_THE_SET = "As in the data set"
_BY: Mapping[str, Literal["active", "all"]] = {"Active parameters": "active", "All parameters": "all"}
_ACROSS: Mapping[str, Literal["speed", "length"]] = {"Speeds": "speed", "Lengths": "length"}
_CHEAPEST = "The cheapest"
_KEY = "landscape_"
_LINK = "landscape.link"  # what the controls say, as parameters, in the order of the page


class Asked(NamedTuple):
    """What the controls ask.

    Attributes:
        question (Question): With those accelerators that can take part.
        wanted (tuple of str): Ids of all that were chosen.
    """

    question: Question
    wanted: tuple[str, ...]


def ask(data: DataSet) -> Asked:
    """Draw the controls that stand over everything, and say what they ask."""
    st.session_state[_LINK] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", key="landscape_tools"):
        page_links.check(f"{_KEY}at", map(_number, STOPS))
        target = st.select_slider(
            "Target, tokens/s per user",
            STOPS,
            value=TARGET,
            format_func=_number,
            key=f"{_KEY}at",
            bind="query-params",
            width=300,
            help="What every user shall get at least; the cheapest setup that is as fast counts.",
        )
        _say("at", _number(target), _number(TARGET))
        lengths = {words.length(pair): pair for pair in data.lengths}
        length = lengths[_pick("Tokens of a request", lengths, "length", _LENGTH)]
        where = tuple((name, _dimension(name, values)) for name, values in data.dimensions.items())
        across = _ACROSS[_pick("Columns", _ACROSS, "across")]
        with st.popover("Prices and accelerators", icon=":material/tune:", key="landscape_more", width="content"):
            labels = {one.label: name for name, one in MEASURES.items()}
            y = labels[_pick("Compared by", labels, "y")]
            names = _bases(data)
            basis = names[_select("Price of a GPU-hour", names, "basis", _BASIS)]
            by = _BY[_pick("Models by", _BY, "by")]
            wanted = _wanted(data)
    question = Question(target, length, wanted, basis, y, where, by, across)
    return Asked(replace(question, accelerators=words.priced(data, question, wanted)), wanted)


def ask_accelerator(question: Question) -> str:
    """Draw the control of the second map: an id of those that take part, or empty for the cheapest."""
    names = {_CHEAPEST: "", **{words.accelerator(name): name for name in question.accelerators}}
    return names[_select("Accelerator", names, "on", _CHEAPEST)]


def link() -> str:
    """The address of the page with what its controls say."""
    return links.of_page(st.session_state[_LINK])


def _bases(data: DataSet) -> dict[str, PriceBasis]:
    """Price bases by their names: those on which any accelerator of the data set has a price."""
    found: dict[str, PriceBasis] = {
        name: basis for basis, name in BASIS_NAMES.items() if basis != OWN and (prices(data, basis) > 0).any()
    }
    return {_OF_THE_SET: OWN, **found} if data.own_prices else found


def _wanted(data: DataSet) -> tuple[str, ...]:
    """Ids of the accelerators that pass the filters, all of them where none is set."""
    entries = {name: catalog.accelerator(name) for name in data.accelerators}
    makers = dict.fromkeys(entry.vendor for entry in entries.values())
    generations = dict.fromkeys(entry.generation for entry in entries.values() if entry.generation)
    chosen = [
        _several("Makers", makers, "makers"),
        _several("Generations", generations, "generations"),
        _several("Accelerators", [words.accelerator(name) for name in entries], "accelerators"),
    ]
    return tuple(
        name
        for name, entry in entries.items()
        if all(
            not wanted or own in wanted
            for wanted, own in zip(chosen, (entry.vendor, entry.generation, words.accelerator(name)), strict=True)
        )
    )


def _dimension(name: str, values: tuple[Value, ...]) -> Value:
    """One value of a dimension of the data set; that of a scenario that says nothing, where it is there."""
    named = {words.value(name, value): value for value in values}
    choice = words.choice_of(name)
    default = "" if choice is None else words.value(name, words.stored_default(choice))
    label = name if choice is None else choice.label
    few = sum(map(len, named)) < 40
    return named[(_pick if few else _select)(label, named, name, default)]


def _pick(label: str, among: Iterable[str], key: str, default: str = "") -> str:
    """One of a few, side by side."""
    options = list(among)
    first = default if default in options else options[0]
    page_links.check(_KEY + key, options)
    chosen = st.segmented_control(label, options, default=first, required=True, key=_KEY + key, bind="query-params")
    # An empty value in a link takes the choice away all the same.
    return _say(key, chosen or first, first)


def _select(label: str, among: Iterable[str], key: str, default: str = "") -> str:
    """One of many, in a list."""
    options = list(among)
    first = default if default in options else options[0]
    page_links.check(_KEY + key, options)
    chosen = st.selectbox(label, options, index=options.index(first), key=_KEY + key, bind="query-params", width=230)
    return _say(key, chosen or first, first)


def _several(label: str, among: Iterable[str], key: str) -> list[str]:
    """Any number of several; none for all."""
    options = list(among)
    page_links.check(_KEY + key, options)
    chosen = st.multiselect(label, options, key=_KEY + key, bind="query-params", placeholder="All")
    if chosen:
        st.session_state[_LINK][_KEY + key] = chosen
    return chosen


def _say(key: str, chosen: str, default: str) -> str:
    if chosen != default:
        st.session_state[_LINK][_KEY + key] = chosen
    return chosen


def _number(speed: float) -> str:
    return f"{speed:g}"
