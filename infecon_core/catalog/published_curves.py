"""Frontiers of the published model that are kept because computing them takes seconds: `data/published/curves/`."""

from pathlib import Path

import pandas as pd

from infecon_core.catalog.files import DATA

FOLDER = DATA / "published" / "curves"


def curve_file(name: str) -> Path:
    """Where the frontier of a name is kept."""
    return FOLDER / f"{name}.csv"


def kept_curve(name: str) -> pd.DataFrame | None:
    """The frontier that is kept under a name; None where there is none."""
    file = curve_file(name)
    return pd.read_csv(file) if file.exists() else None
