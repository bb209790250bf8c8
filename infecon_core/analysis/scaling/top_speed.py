"""Top speeds of all models of the catalog under one scenario: the model alone differs."""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.files import is_of_the_paper
from infecon_core.catalog.models import CatalogModel
from infecon_core.engines import top_speed_by_gpus
from infecon_core.physics.formats import has_experts
from infecon_core.scenario import Scenario
from infecon_core.schema import FIVE_TIMES, Architecture, NothingFits


class Sized(NamedTuple):
    """A model of the catalog with what laws ask of it.

    Attributes:
        id, name (str): Its id and name.
        total_params, active_params (float): All its weights, and those that one token passes. [1]
        mixture (bool): Whether it has experts.
    """

    id: str
    name: str
    total_params: float
    active_params: float
    mixture: bool


@cache
def shapes() -> tuple[CatalogModel, ...]:
    """The models of the catalog but the paper's own, one of those that have the same shape, the fewest weights first.

    Releases of one shape would count as several points of a fit.
    """
    found: dict[Architecture, CatalogModel] = {}
    for entry in catalog.models().values():
        if not is_of_the_paper(entry.id):
            found.setdefault(entry.architecture.model_copy(update={"name": ""}), entry)
    return tuple(sorted(found.values(), key=lambda entry: entry.architecture.total_params))


def like_for_like(scenario: Scenario) -> Scenario:
    """A scenario in which only its model differs from the same of another model.

    Without drafts, and without the corrections that measurements have for some models and not for others.
    """
    plain = scenario.serving.model_copy(update={"correction": "off"})
    return scenario.model_copy(update={"speculation": None, "serving": plain})


def top_speeds(scenario: Scenario, latency_factor: float = 1.0) -> pd.DataFrame:
    """The top speed of every model of the catalog on a scenario's accelerator, in its formats and at its lengths.

    1 / min over layouts of TPOT with the fewest sequences, `engines.top_speed_by_gpus`; price, target and drafts do not
    count, and no measurement corrects it.

    Args:
        scenario (Scenario): Everything but the model.
        latency_factor (float): Factor on the latency of every collective, for engines that `searches_again`. [1]

    Returns:
        DataFrame: One row a model that runs, the fewest weights first: `id`, `name`, `total_params`, `active_params`
            [1], `mixture`, `tokens_per_s_user` [tokens/s], `n_gpu` [1] and the five times [s].
    """
    plain, rows = like_for_like(scenario), []
    for entry in shapes():
        shape = entry.architecture
        try:
            found = top_speed_by_gpus(plain.model_copy(update={"architecture": shape}), latency_factor)
        except NothingFits:
            continue
        if found.empty:
            continue
        best = found.iloc[int(found["tpot_s"].to_numpy().argmin())]
        size = Sized(entry.id, shape.name, shape.total_params, shape.active_params, has_experts(shape))
        rows.append(
            {
                **size._asdict(),
                "tokens_per_s_user": 1 / float(best["tpot_s"]),
                **{name: float(best[name]) for name in ("n_gpu", *FIVE_TIMES)},
            }
        )
    columns = [*Sized._fields, "tokens_per_s_user", "n_gpu", *FIVE_TIMES]
    return pd.DataFrame(rows, columns=columns).astype({"mixture": np.bool_})
