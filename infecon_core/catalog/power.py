"""How much of its full power a board draws: what was measured of it, and the constants by software."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from infecon_core.catalog.files import DATA, tables
from infecon_core.schema import Provenance

Share = Annotated[float, Field(ge=0, le=1)]


class DrawnPower(Provenance):
    """Power of a board over its full power.

    Args:
        waiting, working (float): While it waits for the network or for a kernel to start, and while it computes, reads
            memory or moves data. [1]
        unit (str): Of both.
    """

    waiting: Share
    working: Share
    unit: Literal["1"]


@cache
def drawn_power() -> Mapping[str, DrawnPower]:
    """The constants of `data/calibration/power.toml`, by software; software that is not among them was not measured."""
    return tables(DATA / "calibration" / "power.toml", DrawnPower.model_validate)


def waiting_share(stack: str) -> float:
    """Power of a board that waits over its full power; NaN for software whose boards were not measured. [1]"""
    known = drawn_power().get(stack)
    return float("nan") if known is None else known.waiting


def working_share(stack: str) -> float:
    """The same of one that works. [1]"""
    known = drawn_power().get(stack)
    return float("nan") if known is None else known.working


@cache
def power_runs() -> pd.DataFrame:
    """Boards measured while they served: `data/measurements/power.csv`, one row a run of a server.

    Returns:
        DataFrame: `model_id`, `accelerator_id`, format of the `weights`, `tp`, `ep` and `concurrency` [1], the window's
            `duration_s` [s] with the `requests` [1], `prompt_tokens` and `output_tokens` in it [tokens], mean `power_w`
            of one board [W], and the `run` of InferenceX's workflow.
    """
    return pd.read_csv(DATA / "measurements" / "power.csv", dtype={"run": str})
