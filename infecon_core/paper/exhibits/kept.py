"""The frontiers behind the exhibits as they are kept in `data/published/curves/`, so that nobody waits for them.

`python -m tools.published_curves` makes the files anew; ten digits are kept.
"""

from collections.abc import Mapping

import pandas as pd

from infecon_core.catalog.published_curves import kept_curve
from infecon_core.paper.exhibits import compare
from infecon_core.paper.exhibits.curves import drawn_figures
from infecon_core.paper.exhibits.values import Setup, exhibits


def curve(setup: Setup) -> pd.DataFrame:
    """The frontier behind a row of the paper: `compare.curve` as it is kept, computed where it is not."""
    found = kept_curve(name_of(setup))
    return compare.curve(setup) if found is None else found


def name_of(setup: Setup) -> str:
    """The name under which the frontier of a setup is kept: what differs from the defaults of a setup.

    Examples:
        >>> name_of(Setup(model="erdil-Llama_3_70B", accelerator="erdil-H100", pipeline=True))
        'model=erdil-Llama_3_70B,accelerator=erdil-H100,pipeline=True'
    """
    return ",".join(f"{name}={value}" for name, value in setup.model_dump(exclude_defaults=True).items())


def computed() -> Mapping[str, pd.DataFrame]:
    """The frontiers behind all exhibits and figures, computed, by the names under which they are kept."""
    found: dict[str, pd.DataFrame] = {}

    def remembered(setup: Setup) -> pd.DataFrame:
        name = name_of(setup)
        if name not in found:
            found[name] = compare.curve(setup)
        return found[name]

    for exhibit_id, exhibit in exhibits().items():
        compare.table(exhibit_id, remembered)
        for line in exhibit.curves:
            remembered(line.setup)
    for curve_set in drawn_figures().sets:
        for line in curve_set.curves:
            remembered(line.setup)
    return found
