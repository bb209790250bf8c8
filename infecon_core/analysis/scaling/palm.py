"""Latencies of PaLM as Pope et al. measured them, beside the square-root law."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from infecon_core import catalog
from infecon_core.analysis.scaling.power_law import PowerLaw, fitted, through_middle
from infecon_core.analysis.scaling.top_speed import like_for_like
from infecon_core.engines import top_speed_by_gpus
from infecon_core.paper.exhibits.values import Exhibit, exhibit
from infecon_core.scenario import Scenario

Array = npt.NDArray[np.float64]

# What they ran on: 64 chips, weights in 8-bit integers, contexts of about 2,000 tokens (arXiv:2211.05102, section 4).
CHIPS, CONTEXT_TOKENS = 64, 2048
_IN_CATALOG = ("palm-8b", "palm-540b")


class Measured(NamedTuple):
    """Times per token of some sizes of a model, and what laws say of them.

    Attributes:
        names (tuple of str): The models.
        params (array): Their weights. [1]
        token_s (array): Measured times of a token. [s]
        law (PowerLaw): T = c·√P, its constant fitted.
        fit (PowerLaw): T = c·P^e, both fitted.
        source (str): Where the times come from.
    """

    names: tuple[str, ...]
    params: Array
    token_s: Array
    law: PowerLaw
    fit: PowerLaw
    source: str

    @property
    def off(self) -> Array:
        """Measured time over the law's, less one. [1]"""
        return np.asarray(self.token_s / self.law.at(self.params) - 1)


class Predicted(NamedTuple):
    """The fastest token of one of these models by an engine.

    Attributes:
        name (str): The model.
        params (float): Its weights. [1]
        token_s (float): Time of a token. [s]
        n_gpu (float): On how many chips. [1]
    """

    name: str
    params: float
    token_s: float
    n_gpu: float


def measured() -> Measured:
    """The times that the paper's Figure 2 shows, with both laws through them."""
    shown: Exhibit = exhibit("figure-2")
    rows = [(row.label, row.params.value, row.printed["token_ms"].value / 1e3) for row in shown.rows if row.params]
    names, params, token_s = zip(*rows, strict=True)
    x, y = np.array(params), np.array(token_s)
    source = f"{shown.provenance.source} ({shown.provenance.date})"
    return Measured(tuple(names), x, y, through_middle(x, y, 0.5), fitted(x, y), source)


def predicted() -> tuple[Predicted, ...]:
    """The same by the serving engine, for the sizes of the catalog: fastest on up to 64 TPU v4, one sequence."""
    found = []
    for model_id in _IN_CATALOG:
        shape = catalog.model(model_id).architecture
        scenario = Scenario.preset(
            model_id, "tpu-v4", weights="int8", kv="bf16", prompt_tokens=CONTEXT_TOKENS, output_tokens=1, max_gpus=CHIPS
        )
        table = top_speed_by_gpus(like_for_like(scenario))
        best = table.iloc[int(table["tpot_s"].to_numpy().argmin())]
        found.append(Predicted(shape.name, shape.total_params, float(best["tpot_s"]), float(best["n_gpu"])))
    return tuple(found)
