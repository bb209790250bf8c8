"""The controls of the page; what they say stands in links."""

from collections.abc import Mapping
from typing import Any, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from infecon_core import Scenario, catalog
from infecon_core.catalog.api_prices import ApiPrice, of_model
from infecon_core.choices.registry import ACCELERATOR, BASIS
from infecon_core.schema import BASIS_NAMES, OWN
from infecon_core.schema.field import FieldFacts, facts_of
from infecon_core.schema.requirements import DEMAND_NAMES, Percentile, Requirements
from infecon_core.schema.traffic import EXAMPLE, Length, Traffic, lengths_of
from infecon_ui.page_controls import PageControls
from infecon_ui.planner import words
from infecon_ui.planner.asked import Asked
from infecon_ui.state.chosen import Chosen

# Beside the accelerator of the sidebar, of which all have a price on demand; and at most so many in all.
BESIDE = ("h100-sxm", "h200-sxm", "b200-hgx", "b300-hgx", "gb200-nvl72", "mi300x")
MOST = 6
_FACTS = facts_of(Requirements)
# Of the buttons beside a number; 1 for whole ones.
_STEPS = {
    "demand": 10.0,
    "first_token_s": 0.1,
    "end_to_end_s": 1.0,
    "peak_over_mean": 0.1,
    "usd_per_kwh": 0.01,
    "pue": 0.05,
}
_UNITS = {label: unit for unit, label in DEMAND_NAMES.items()}
_PERCENTILES = {f"{p}th": p for p in get_args(Percentile)}


def ask(page: PageControls, choice: Chosen, scenario: Scenario, below: DeltaGenerator) -> Asked:
    """Draw the controls, and say what they ask.

    Args:
        page (PageControls): Of the page.
        choice (Chosen): What is chosen in the sidebar.
        scenario (Scenario): Its scenario.
        below (DeltaGenerator): Where the switch of the simulation stands.
    """
    asked: dict[str, Any] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", key="planner_tools"):
        asked["demand"] = _number(page, "demand", "demand", width_hint="Demand (mean)")
        asked["demand_unit"] = page.select("Demand in", _UNITS, "per", help=_FACTS["demand_unit"].help)
        asked["first_token_s"] = _limit(page, "first_token_s", "ttft", "First token within, s")
        asked["percentile"] = page.select(
            "Percentile",
            _PERCENTILES,
            "percentile",
            f"{_FACTS['percentile'].default}th",
            help=_FACTS["percentile"].help,
        )
        with st.popover(words.MORE, icon=":material/tune:", key="planner_more", width="content"):
            wanted = _accelerators(page, choice)
            found, traffic, own_price = _more(page, scenario)
            asked |= found
    prices = (*((own_price,) if own_price else ()), *of_model(choice.model_id))
    requirements = Requirements(**asked)
    with below:
        simulated = page.switch("Check by simulation", "simulate", help=_SIMULATION)
    return Asked(scenario, choice.model_name, requirements, traffic, wanted, prices, simulated)


def _more(page: PageControls, scenario: Scenario) -> tuple[dict[str, Any], Traffic, ApiPrice | None]:
    """What stands behind the button: what is seldom changed."""
    asked: dict[str, Any] = {}
    lengths = _lengths(page, scenario)
    cached = page.number("Prompt tokens found in the cache, %", "cached", 0, 0, 99, help=_cached().help)
    asked["peak_over_mean"] = _number(page, "peak_over_mean", "peak")
    percent = _FACTS["utilisation"]
    low, high = round(100 * percent.ge), round(100 * percent.le)
    used = page.number(f"{percent.label}, %", "use", round(100 * percent.default), low, high, help=percent.help)
    asked["utilisation"] = used / 100
    asked["spares"] = int(_number(page, "spares", "spares"))
    asked["end_to_end_s"] = _limit(page, "end_to_end_s", "last", "Last token within, s")
    owned = page.number("GPUs owned", "owned", 0, 0, int(_FACTS["gpus_owned"].le), help=_none("gpus_owned"))
    asked["gpus_owned"] = int(owned) or None
    asked["usd_per_kwh"] = _number(page, "usd_per_kwh", "kwh")
    asked["pue"] = _number(page, "pue", "pue")
    inputs = page.number("API price of input, $ per million", "api_in", 0.0, 0.0, 10_000.0, help=_API, format="%g")
    outputs = page.number("API price of output, $ per million", "api_out", 0.0, 0.0, 10_000.0, help=_API, format="%g")
    price = None
    if outputs:
        price = ApiPrice(
            **{"model_ids": ("own",), "provider": "Your API", "input": inputs, "output": outputs},
            **{"unit": "USD per million tokens", "kind": "estimate", "source": "given here", "date": "given here"},
        )
    return asked, Traffic(lengths=lengths, cached_share=cached / 100), price


_API = "What an API asks for this model, to see from which load on own GPUs are cheaper; 0 for none."


_SIMULATION = (
    "Simulates one instance of the cheapest plan at the peak: requests come at random times, wait for a place and for "
    "prompts before theirs, and slow each other down, one event after the other."
)


def _lengths(page: PageControls, scenario: Scenario) -> tuple[Length, ...]:
    """The lengths that are written, or those of the scenario."""
    own = (Length(prompt_tokens=scenario.prompt_tokens, output_tokens=scenario.output_tokens),)
    text = page.text(
        "Lengths, prompt/output:share",
        "lengths",
        help=f"Requests of several lengths with their shares, such as {EXAMPLE}; empty for those of the sidebar.",
        hint=EXAMPLE,
    )
    try:
        return lengths_of(text) if text.strip() else own
    except ValueError as error:
        page.wrong("lengths", text, str(error))
        return own


def _accelerators(page: PageControls, choice: Chosen) -> Mapping[str, Scenario | str]:
    """The scenario on every accelerator that is looked at, or why it has no price; the chosen one first."""
    labels = page.entries("accelerators", "on")
    known = {key: label for label, key in labels.items()}
    beside = page.several("Side by side", labels, "on", [known[key] for key in BESIDE], most=MOST)
    found: dict[str, Scenario | str] = {}
    if choice.scenario is not None:
        found[choice.accelerator_name] = choice.scenario
    for key in [key for key in beside if key != choice.accelerator_id][: MOST - 1]:
        found[known[key]] = _on(choice, key)
    return found


def _on(choice: Chosen, accelerator_id: str) -> Scenario | str:
    """The scenario on another accelerator at a price on the same basis, or why there is none."""
    basis = choice.choices.basis
    if catalog.is_own(accelerator_id):
        # Its price is a number of one's own, as words beside it say.
        return _with(choice, **{ACCELERATOR: accelerator_id})
    entry = catalog.accelerator(accelerator_id)
    if basis == OWN:
        return "the price of the sidebar is your own number: choose a price basis to compare"
    if basis not in entry.prices:
        others = ", ".join(BASIS_NAMES[name].lower() for name in entry.prices)
        return f"no price {BASIS_NAMES[basis].lower()}; known: {others}"
    return _with(choice, **{ACCELERATOR: accelerator_id, BASIS: basis})


def _with(choice: Chosen, **values: str) -> Scenario | str:
    try:
        return choice.choices.with_values(**values).scenario()
    except ValueError as error:
        return str(error)


def _number(page: PageControls, field: str, key: str, width_hint: str = "") -> float:
    """A number of the requirements, whole where the field is."""
    facts = _FACTS[field]
    low, high, first = (int(x) if facts.whole else float(x) for x in (facts.ge, facts.le, facts.default))
    return page.number(
        width_hint or _title(facts),
        key,
        first,
        low,
        high,
        step=_STEPS.get(field),
        help=facts.help,
        format=None if facts.whole else "%g",
    )


def _limit(page: PageControls, field: str, key: str, label: str) -> float | None:
    """A limit that there may be; 0 for none."""
    facts = _FACTS[field]
    found = page.number(
        label, key, float(facts.default or 0), 0.0, float(facts.le), step=_STEPS[field], help=_none(field), format="%g"
    )
    return max(found, facts.ge) if found else None


def _none(field: str) -> str:
    return _FACTS[field].help.replace("empty", "0")


def _title(facts: FieldFacts) -> str:
    return facts.label if facts.unit == "1" else f"{facts.label}, {facts.unit}"


def _cached() -> FieldFacts:
    return facts_of(Traffic)["cached_share"]
