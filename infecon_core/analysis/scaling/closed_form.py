"""The closed form of the paper beside engines that leave less out: where the time of the fastest token goes in each.

Source: Erdil 2025, arXiv:2506.04645, section 2.2; `paper.toy` has the equations.
"""

from typing import NamedTuple

import pandas as pd

from infecon_core.analysis.scaling.top_speed import Sized, shapes
from infecon_core.engines import engine_of, frontier, top_speed_by_gpus
from infecon_core.paper.toy import ClosedFormTerms, closed_form_terms
from infecon_core.physics.formats import has_experts
from infecon_core.scenario import Scenario
from infecon_core.schema import FIVE_TIMES, NothingFits
from infecon_core.schema.options import Variant

# From the closed form to the whole of the published model.
_FORMS: tuple[tuple[Variant, str], ...] = (
    ("toy", "With 6 µs a reduction, capped rates"),
    ("printed", "Equations printed in the paper"),
    ("reference", "Published model in full"),
)


class Fastest(NamedTuple):
    """The fastest token of one form of a model.

    Attributes:
        name (str): Which form.
        times_s (mapping): The five times by column; empty where it computes nothing. [s]
        n_gpu (float): On how many GPUs. [1]
        problem (str): Why it computes nothing; empty where it does.
    """

    name: str
    times_s: dict[str, float]
    n_gpu: float
    problem: str = ""

    @property
    def token_s(self) -> float:
        """Time of the token; NaN where nothing is computed. [s]"""
        return sum(self.times_s.values()) if self.times_s else float("nan")

    @property
    def tokens_per_s(self) -> float:
        """Its speed; NaN where nothing is computed. [tokens/s]"""
        return 1 / self.token_s


def terms_of(scenario: Scenario) -> ClosedFormTerms:
    """What the closed form takes of a scenario; context, cache and memory are none of it.

    Raises:
        NothingFits: Where the accelerator lists no rate for the weights.
    """
    return closed_form_terms(scenario.architecture, scenario.accelerator, precision=scenario.precision)


def forms(scenario: Scenario) -> tuple[Fastest, ...]:
    """The fastest token by the closed form, by what the published model adds to it, and by the scenario's engine.

    Args:
        scenario (Scenario): What is served on what; drafts are left out.

    Returns:
        tuple of Fastest: The closed form first, the scenario's own engine last; the closed form has the GPUs that it
            likes best, the others at most those of the scenario.
    """
    terms = terms_of(scenario)
    latency, read = terms.times(terms.best.n_gpu)
    found = [
        Fastest(
            "Closed form of the paper",
            {"network_latency_s": float(latency), "memory_s": float(read)},
            terms.best.n_gpu,
        )
    ]
    own = engine_of(scenario)
    for variant, name in _FORMS:
        options = scenario.published.model_copy(update={"variant": variant})
        one = scenario.model_copy(update={"engine": "published", "published": options})
        # The scenario's own form stands at the end, under its own name.
        if one != scenario:
            found.append(_fastest(name, one))
    found.append(_fastest(f"{own.label} engine", scenario))
    return tuple(found)


def _fastest(name: str, scenario: Scenario) -> Fastest:
    try:
        found = top_speed_by_gpus(scenario)
        if found.empty:
            frontier(scenario)  # says why
            raise NothingFits("No setup runs with one sequence.")
    except NothingFits as reason:
        return Fastest(name, {}, float("nan"), str(reason))
    best = found.iloc[int(found["tpot_s"].to_numpy().argmin())]
    return Fastest(name, {column: float(best[column]) for column in FIVE_TIMES}, float(best["n_gpu"]))


def closed_speeds(scenario: Scenario) -> pd.DataFrame:
    """The closed form's top speed of every model of the catalog on a scenario's accelerator and in its formats.

    Returns:
        DataFrame: Columns as of `top_speed.top_speeds`, `n_gpu` a fraction, without the five times; weights need not
            fit.
    """
    rows = []
    for entry in shapes():
        shape = entry.architecture
        best = terms_of(scenario.model_copy(update={"architecture": shape})).best
        size = Sized(entry.id, shape.name, shape.total_params, shape.active_params, has_experts(shape))
        rows.append({**size._asdict(), "tokens_per_s_user": best.tokens_per_s, "n_gpu": best.n_gpu})
    return pd.DataFrame(rows)
