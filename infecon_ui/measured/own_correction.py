"""Predictions corrected by a reader's own measurements: the error after it, and the way to the frontier with it."""

from functools import lru_cache
from urllib.parse import urlencode

import pandas as pd

from infecon_core import catalog
from infecon_core.catalog.measurements import format_name
from infecon_core.choices import Choices, Comparison
from infecon_core.validation.scores import Errors
from infecon_ui.state import links
from infecon_ui.text.formats import percent

# Decimals of a factor, in the table and in the link: more than any measurement knows.
_DECIMALS = 2


def summary(before: Errors, after: Errors) -> str:
    """Say what the correction does to the error."""
    return (
        f"Each of your points predicted with a factor from your others, and from shipped measurements of the same "
        f"model and accelerator: the middle error goes from {percent(before.median)} to {percent(after.median)}, and "
        f"nine of ten are within ×{after.factor_90:.2f} instead of ×{before.factor_90:.2f}."
    )


def table(found: pd.DataFrame) -> pd.DataFrame:
    """The factor of each model on each accelerator, as `own_factors` returns them, with a link to its frontier."""
    models, accelerators = catalog.models(), catalog.accelerators()
    return pd.DataFrame(
        {
            "Model": [models[name].architecture.name for name in found["model_id"]],
            "Accelerator": [accelerators[name].accelerator.name for name in found["accelerator_id"]],
            "Your points": found["n_points"],
            "Factor on time": found["factor"],
            "Frontier": [address(*row) for row in found[_COLUMNS].itertuples(index=False)],
        }
    )


_COLUMNS = ["model_id", "accelerator_id", "weight_precision", "factor"]


@lru_cache(maxsize=1024)
def address(model_id: str, accelerator_id: str, weights: str, factor: float) -> str:
    """Where the first page shows the frontier of a model on an accelerator with a factor of one's own.

    Empty for a factor beyond what a scenario takes.
    """
    values = {"model": model_id, "gpu": accelerator_id, "w": format_name(weights)}
    chosen = Choices().with_values(**values, correction="own", factor=float(f"{factor:.{_DECIMALS}f}"))
    try:
        chosen.scenario()
    except ValueError:
        return ""
    return f"./?{urlencode(links.encode(Comparison(chosen)), safe=',')}"
