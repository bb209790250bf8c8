"""Answers of the library for the page, kept over reruns and visitors."""

import pandas as pd

from infecon_core import Scenario, engines
from infecon_core.analysis.scaling import closed_form, exponents, palm, top_speed
from infecon_core.analysis.scaling.closed_form import Fastest
from infecon_core.analysis.scaling.exponents import Exponent, Quantity
from infecon_core.analysis.scaling.palm import Predicted
from infecon_core.engines import engine_of
from infecon_ui.bounded_cache import BoundedCache
from infecon_ui.work.answer import answer

# A table of all models takes 20 kB: some hundred scenarios.
ANSWERS = BoundedCache(8_000_000)


def asked(scenario: Scenario) -> Scenario:
    """A scenario as top speeds know it: no price, target or draft changes them."""
    return top_speed.like_for_like(engines.searched_as(scenario))


def top_speeds(scenario: Scenario) -> pd.DataFrame:
    """The top speed of every model of the catalog; of a scenario as `asked`."""
    if engine_of(scenario).capabilities.searches_again:
        return _top_speeds(scenario)
    return answer("Finding the fastest setup of every model.", top_speed.top_speeds, scenario)


@ANSWERS.keep
def _top_speeds(scenario: Scenario) -> pd.DataFrame:
    return top_speed.top_speeds(scenario)


@ANSWERS.keep
def top_speed_by_gpus(scenario: Scenario) -> pd.DataFrame:
    """The fastest setup of each number of GPUs."""
    return engines.top_speed_by_gpus(scenario)


def by_model(scenario: Scenario, quantity: Quantity) -> pd.DataFrame:
    """The exponent of every model in a quantity; of a scenario as `asked`."""
    if engine_of(scenario).capabilities.searches_again:
        return _by_model(scenario, quantity)
    return answer("Finding the fastest setup of every model.", exponents.by_model, scenario, quantity)


@ANSWERS.keep
def _by_model(scenario: Scenario, quantity: Quantity) -> pd.DataFrame:
    return exponents.by_model(scenario, quantity)


def where_laws_break(scenario: Scenario, quantity: Quantity) -> tuple[Exponent, ...]:
    """Exponents over other models and under other conditions, which take seconds; of a scenario as `asked`."""
    # Over the models from the speeds that the chart beside it shows: no search is made twice.
    table = top_speeds(scenario) if quantity == "params" else by_model(scenario, quantity)
    conditions = answer("Fitting exponents under other conditions.", exponents.under_conditions, scenario, quantity)
    return exponents.in_order(exponents.over_models(table, quantity), conditions)


@ANSWERS.keep
def forms(scenario: Scenario) -> tuple[Fastest, ...]:
    """The fastest token by the closed form and by engines that leave less out."""
    return closed_form.forms(scenario)


@ANSWERS.keep
def predicted() -> tuple[Predicted, ...]:
    """The fastest token of PaLM by the serving engine."""
    return palm.predicted()
