"""What boards drew while they served beside what `power.power_share` says of them."""

import numpy as np
import pandas as pd

from infecon_core.catalog.power import power_runs
from infecon_core.scenario import Scenario
from infecon_core.schema import Layout
from infecon_core.serving.breakdown import evaluator_at
from infecon_core.serving.frontier import columns


def against_measured() -> pd.DataFrame:
    """Predicted beside measured board power, one row a run of `data/measurements/power.csv`.

    Prompts and outputs are the means of the run, the batch is its concurrency, the layout is tensor-parallel.

    Returns:
        DataFrame: `accelerator_id`, `tp`, `concurrency`, `measured` and `predicted` mean power over the board's full
            power, and their `ratio`. [1]
    """
    rows = []
    for run in power_runs().to_dict(orient="records"):
        scenario = Scenario.preset(
            run["model_id"],
            run["accelerator_id"],
            weights=run["weights"],
            prompt_tokens=round(run["prompt_tokens"] / run["requests"]),
            output_tokens=round(run["output_tokens"] / run["requests"]),
            correction="off",
        )
        layout = Layout(n_gpu=run["tp"], tp=run["tp"], ep=run["ep"], scheme="1-D")
        # What ran had its memory, whatever ours keeps free of it.
        engine, batch = evaluator_at(scenario, layout), np.array([float(run["concurrency"])])
        predicted = float(np.ravel(columns(engine, batch, np.zeros(1))["power_share"])[0])
        measured = run["power_w"] / (scenario.accelerator.board_power_w or np.nan)
        given = {name: run[name] for name in ("accelerator_id", "tp", "concurrency")}
        rows.append({**given, "measured": measured, "predicted": predicted, "ratio": predicted / measured})
    return pd.DataFrame(rows)
