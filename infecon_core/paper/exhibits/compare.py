"""The paper's tables, figures and claims: what is printed, beside what the library computes.

Source: Erdil 2025, arXiv:2506.04645; printed values in `data/published/exhibits/`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from infecon_core import catalog
from infecon_core.paper.exhibits.claims import CLAIMS
from infecon_core.paper.exhibits.values import (
    ACCEPTANCE,
    MAX_DRAFT_TOKENS,
    Curves,
    Exhibit,
    Row,
    Setup,
    exhibit,
)
from infecon_core.paper.frontier import frontier
from infecon_core.paper.toy import closed_form
from infecon_core.pareto import fastest, preferred
from infecon_core.schema import Accelerator

# Table 1 takes four all-reduces a layer for every model, also where attention and feed-forward run side by side.
TABLE_1_REDUCTIONS = 4


def curve(setup: Setup) -> pd.DataFrame:
    """The frontier behind a row of the paper.

    Args:
        setup (Setup): What is served on what.

    Returns:
        DataFrame: As from `infecon_core.paper.frontier`.
    """
    return frontier(
        setup.variant,
        setup.model,
        _accelerator(setup),
        context_tokens=setup.context_tokens,
        demand_tokens_per_s=setup.demand_tokens_per_s,
        pipeline=setup.pipeline,
        traffic=setup.traffic,
        attention_scaledown=setup.attention_scaledown,
        draft=setup.draft,
        acceptance=ACCEPTANCE if setup.draft else None,
        max_draft_tokens=MAX_DRAFT_TOKENS,
    )


def table(exhibit_id: str, curves: Curves = curve) -> pd.DataFrame:
    """One table, figure or the claims of the paper: printed beside computed.

    Args:
        exhibit_id (str): `table-1` to `table-6`, `figure-1`, `figure-2`, `figure-9`, `claims`.
        curves (callable): What computes the frontier of a setup; give one that remembers, for exhibits share frontiers.

    Returns:
        DataFrame: One row a printed number: `row`, `alternative` (empty, or another way to compute it), `quantity`,
            `unit`, `printed`, `ours` [unit], `difference` (ours over printed, less one) [1], `agrees` (at the printed
            precision), `counted` (a printed value that ours should equal), `reason`, `how`, and the print's `high` end
            of a range, `at_most` and `decimals`.

    Raises:
        ValueError: For an unknown id.
    """
    shown = exhibit(exhibit_id)
    records = []
    for row in shown.rows:
        records += _records(row, "", "", _values(shown, row, row.setup, row.compute, curves))
        for other in row.alternatives:
            values = _values(shown, row, other.setup, other.compute, curves)
            records += _records(row, other.label, other.difference, values)
    return pd.DataFrame(records)


def square_root_law(params: np.ndarray, latency: np.ndarray) -> float:
    """The constant c of T = c·√P that is nearest to measured times in logarithms, in their unit.

    Examples:
        >>> round(square_root_law(np.array([4.0, 16.0]), np.array([6.0, 12.0])), 9)
        3.0
    """
    return float(np.exp(np.mean(np.log(latency / np.sqrt(params)))))


def latency_exponent(params: np.ndarray, latency: np.ndarray) -> float:
    """The exponent e of T ∝ P^e by least squares in logarithms. [1]"""
    return float(np.polyfit(np.log(params), np.log(latency), 1)[0])


def measurements(shown: Exhibit) -> tuple[np.ndarray, np.ndarray]:
    """Weights [1] and times per token [ms] that an exhibit shows as measured."""
    rows = [row for row in shown.rows if row.measured and row.params]
    return np.array([row.params.value for row in rows if row.params]), np.array(
        [row.printed["token_ms"].value for row in rows]
    )


def _values(shown: Exhibit, row: Row, setup: Setup | None, compute: str | None, curves: Curves) -> Mapping[str, Any]:
    if compute is not None:
        if compute not in CLAIMS:
            raise ValueError(f"There is no computation '{compute}' for '{row.label}'.")
        return dict.fromkeys(row.printed, CLAIMS[compute](curves))
    if row.point == "square_root_law" and row.params:
        return {"token_ms": square_root_law(*measurements(shown)) * row.params.value**0.5}
    if row.point == "latency_exponent":
        return {"exponent": latency_exponent(*measurements(shown))}
    if setup is None:
        raise ValueError(f"'{row.label}' needs a setup.")
    if row.point == "closed_form":
        best = closed_form(setup.model, setup.accelerator, reductions_per_layer=TABLE_1_REDUCTIONS)
        return {"tokens_per_s_user": best.tokens_per_s, "n_gpu": best.n_gpu}
    frame = curves(setup)
    if row.point == "within_price":
        frame = frame[frame["usd_per_million_tokens"] <= row.limit_usd_per_million_tokens]
    return dict((preferred if row.point == "preferred" else fastest)(frame))


def _records(row: Row, alternative: str, reason: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    records = []
    for quantity, printed in row.printed.items():
        ours = float(values[quantity])
        agrees = printed.agrees(ours)
        records.append(
            {
                "row": row.label,
                "alternative": alternative,
                "quantity": quantity,
                "unit": printed.unit,
                "printed": printed.value,
                "ours": ours,
                "difference": printed.relative_difference(ours),
                "agrees": agrees,
                "counted": not alternative and not row.measured,
                "reason": "" if agrees else reason or printed.difference,
                "how": "" if alternative else row.how,
                "high": printed.high,
                "at_most": printed.at_most,
                "decimals": printed.decimals,
            }
        )
    return records


def _accelerator(setup: Setup) -> str | Accelerator:
    entry = catalog.accelerator(setup.accelerator).accelerator
    changes: dict[str, float] = {}
    if setup.price_usd_per_gpu_hour is not None:
        changes["price_usd_per_gpu_hour"] = setup.price_usd_per_gpu_hour
    if setup.hbm_bandwidth_scale != 1:
        changes["hbm_bytes_per_s"] = entry.hbm_bytes_per_s * setup.hbm_bandwidth_scale
    if not changes:
        return setup.accelerator
    return Accelerator.model_validate({**entry.model_dump(exclude_unset=True), **changes})
