"""Exponents of top speed in parameters, memory bandwidth and bits of a weight, and where the paper's laws break.

The laws: T ∝ √P, speed ∝ B^(1/3), T ∝ w^(1/3) (Erdil 2025, arXiv:2506.04645, section 2.2).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from infecon_core.analysis.scaling.closed_form import closed_speeds
from infecon_core.analysis.scaling.power_law import fitted
from infecon_core.analysis.scaling.top_speed import top_speeds
from infecon_core.engines import engine_of
from infecon_core.scenario import Scenario
from infecon_core.schema import Format

Array = npt.NDArray[np.float64]
Quantity = Literal["params", "bandwidth", "bits"]
# Which models: dense ones, or mixtures over active or all parameters.
Group = Literal["dense", "active", "all"]
# What computes the top speeds of a scenario, by model.
Speeds = Callable[[Scenario], pd.DataFrame]
SPEED = "tokens_per_s_user"

# Of the speed: what the paper's closed form gives. [1]
LAWS: Mapping[Quantity, float] = MappingProxyType({"params": -1 / 2, "bandwidth": 1 / 3, "bits": -1 / 3})
# Bandwidths around the present one that an exponent is taken between: a factor of four apart, as weights of 16 and of
# 4 bits are without their block scales. [1]
FACTORS = (0.5, 2.0)
# The context at which the cache counts; the paper's Figure 9 has as much. [tokens]
LONG_CONTEXT_TOKENS = 100_000


class Exponent(NamedTuple):
    """An exponent of the top speed over some models.

    Attributes:
        name (str): Which models, under which conditions.
        value, standard_error (float): The exponent; the error is NaN where there is no telling. [1]
        n_models (int): Over how many. [1]
    """

    name: str
    value: float
    standard_error: float
    n_models: int


def formats_by_bits(scenario: Scenario) -> tuple[Format, Format, Format]:
    """Formats of 16, 8 and 4 bits: BF16, FP8, FP4 where the accelerator computes with them, else FP16, INT8, INT4."""
    peaks = scenario.accelerator.peaks
    return (
        "bf16" if peaks.bf16 else "fp16",
        "fp8" if peaks.fp8 else "int8",
        "fp4" if peaks.fp4 else "int4",
    )


def variants(scenario: Scenario, quantity: Quantity) -> tuple[tuple[float, Scenario], ...]:
    """A scenario at several values of a quantity. [B/s], [1]

    Args:
        scenario (Scenario): What is varied.
        quantity (str): `bandwidth` of the memory, or `bits` of a weight as the engine stores it, with its block scales:
            FP4 has 4.5 by the serving engine; the cache keeps its own format.
    """
    if quantity == "bandwidth":
        chip = scenario.accelerator
        rates = [factor * chip.hbm_bytes_per_s for factor in FACTORS]
        chips = [(rate, chip.model_copy(update={"hbm_bytes_per_s": rate})) for rate in rates]
        return tuple((rate, scenario.model_copy(update={"accelerator": other})) for rate, other in chips)
    names = formats_by_bits(scenario)
    return tuple((engine_of(scenario).stored_bits(name), scenario.changed(weights=name)) for name in names)


def by_model(scenario: Scenario, quantity: Quantity, speeds: Speeds = top_speeds) -> pd.DataFrame:
    """The exponent of every model's top speed in memory bandwidth or in bits of a weight.

    Args:
        scenario (Scenario): Everything but the model, as for `top_speeds`.
        quantity (str): `bandwidth`, between half and twice the present one, or `bits`, as stored in formats of 16, 8
            and 4.
        speeds (callable): What computes the speeds of a scenario, as `top_speeds` does.

    Returns:
        DataFrame: `id`, `name`, `total_params`, `active_params`, `mixture`, `exponent` [1], for models that run at all
            values of the quantity.
    """
    tables = [(value, speeds(one)) for value, one in variants(scenario, quantity)]
    columns = [table.set_index("id")[SPEED].rename(value) for value, table in tables]
    found = pd.concat(columns, axis=1, join="inner")
    values = np.array(found.columns, dtype=np.float64)
    known = tables[0][1].set_index("id").loc[found.index, ["name", "total_params", "active_params", "mixture"]]
    return known.assign(exponent=[fitted(values, row).exponent for row in found.to_numpy()]).reset_index()


def over_params(table: pd.DataFrame, params: str = "total_params") -> Exponent | None:
    """The exponent of speed in parameters over the models of `top_speeds`; None for fewer than two sizes.

    Args:
        table (DataFrame): Some of its rows.
        params (str): `total_params` or `active_params`.
    """
    if table[params].nunique() < 2:
        return None
    law = fitted(table[params], table[SPEED])
    return Exponent("", law.exponent, law.standard_error, law.n_points)


def mean_exponent(exponents: npt.ArrayLike) -> Exponent | None:
    """The mean of exponents with its standard error s/√n; None for none.

    Examples:
        Of 1 and 3: s = √2, so that the error of the mean is 1.

        >>> mean_exponent([1.0, 3.0])[1:]
        (2.0, 1.0, 2)
    """
    values = np.asarray(exponents, dtype=np.float64)
    if not values.size:
        return None
    error = float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else float("nan")
    return Exponent("", float(values.mean()), error, values.size)


def where_laws_break(scenario: Scenario, quantity: Quantity) -> tuple[Exponent, ...]:
    """The exponent of a law over other models, and over the dense ones under other conditions.

    Args:
        scenario (Scenario): The conditions to begin with.
        quantity (str): What the speed is a power of.

    Returns:
        tuple of Exponent: The paper's closed form on the dense models first, then what the engine gives. What nothing
            runs under is left out.
    """
    table = top_speeds(scenario) if quantity == "params" else by_model(scenario, quantity)
    return in_order(over_models(table, quantity), under_conditions(scenario, quantity))


def in_order(models: tuple[Exponent, ...], conditions: tuple[Exponent, ...]) -> tuple[Exponent, ...]:
    """What `over_models` and `under_conditions` give, as `where_laws_break` has it."""
    return (*conditions[:1], *models, *conditions[1:])


def over_models(table: pd.DataFrame, quantity: Quantity) -> tuple[Exponent, ...]:
    """The exponent over dense models and over mixtures, from a table that is known; without those of which none runs.

    Args:
        table (DataFrame): That of `by_model`; over parameters that of `top_speeds`.
        quantity (str): What the speed is a power of.
    """
    rows = [("Dense models", _of_group(table, quantity, "dense"))]
    if quantity == "params":
        rows += [
            ("Mixtures, over active parameters", _of_group(table, quantity, "active")),
            ("Mixtures, over all parameters", _of_group(table, quantity, "all")),
        ]
    else:
        rows.append(("Mixtures of experts", _of_group(table, quantity, "all")))
    return _named(rows)


def under_conditions(scenario: Scenario, quantity: Quantity) -> tuple[Exponent, ...]:
    """The exponent over the dense models under other conditions, the closed form first, which all models have.

    Without the latency of the network and without overhead only where the engine `searches_again`; without what nothing
    runs under.
    """
    # The closed form is the published model's, which stores weights without block scales.
    closed = scenario.model_copy(update={"engine": "published", "speculation": None})
    rows = [("Dense models, by the closed form", _dense(closed, quantity, closed_speeds))]
    if scenario.context_tokens < LONG_CONTEXT_TOKENS:
        longer = scenario.changed(prompt_tokens=LONG_CONTEXT_TOKENS - scenario.output_tokens // 2)
        rows.append((f"Dense models, context of {LONG_CONTEXT_TOKENS:,} tokens", _dense(longer, quantity)))
    engine = engine_of(scenario)
    if engine.capabilities.searches_again:
        bare, without_latency = engine.with_overhead(scenario, 0.0), partial(top_speeds, latency_factor=0.0)
        rows += [
            ("Dense models, without kernel overhead", _dense(bare, quantity)),
            ("Dense models, without network latency", _dense(scenario, quantity, without_latency)),
            ("Dense models, without overhead and latency", _dense(bare, quantity, without_latency)),
        ]
    return _named(rows)


def _named(rows: Sequence[tuple[str, Exponent | None]]) -> tuple[Exponent, ...]:
    return tuple(one._replace(name=name) for name, one in rows if one is not None)


def _dense(scenario: Scenario, quantity: Quantity, speeds: Speeds = top_speeds) -> Exponent | None:
    table = speeds(scenario) if quantity == "params" else by_model(scenario, quantity, speeds)
    return _of_group(table, quantity, "dense")


def _of_group(table: pd.DataFrame, quantity: Quantity, group: Group) -> Exponent | None:
    """The exponent of a group of models, from a table as of `over_models`."""
    rows = table[table["mixture"] == (group != "dense")]
    if quantity != "params":
        return mean_exponent(rows["exponent"])
    return over_params(rows, "active_params" if group == "active" else "total_params")
