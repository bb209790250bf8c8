"""Steinhardt's argument as a curve: speed over GPUs without the latency of the network, and with it."""

from functools import partial

import numpy as np
import pandas as pd

from infecon_core import Scenario
from infecon_core.analysis.scaling.more_gpus import MOST_GPUS, OverGpus, over_gpus
from infecon_core.engines import engine_of
from infecon_ui.charts.drawings import Line, Lines, Scale
from infecon_ui.charts.palette import VARIANTS
from infecon_ui.page_controls import PageControls
from infecon_ui.plots.plot import Plot
from infecon_ui.scaling import cache, words
from infecon_ui.scaling.section import Section
from infecon_ui.state.chosen import Chosen
from infecon_ui.text import formats


def section(choice: Chosen, scenario: Scenario, controls: PageControls) -> Section:
    """The question; it has no control of its own."""
    one = scenario.model_copy(update={"speculation": None})
    return Section({"more_gpus": partial(more_gpus, one, choice.model_name)})


def more_gpus(scenario: Scenario, model_name: str) -> Plot:
    """Speed of one sequence over GPUs.

    Args:
        scenario (Scenario): Without drafts.
        model_name (str): What its model is called.
    """
    found = over_gpus(scenario)
    best = found.best
    lines = [Line("weights alone", found.n_gpu, found.memory_alone, VARIANTS[3])]
    if found.with_bandwidth is not None:
        lines.append(Line("and link bandwidth", found.n_gpu, found.with_bandwidth, VARIANTS[0]))
    lines.append(
        Line("and link latency", found.n_gpu, found.with_latency, VARIANTS[1], point=(best.n_gpu, best.tokens_per_s))
    )
    engine, own = engine_of(scenario), cache.top_speed_by_gpus(scenario)
    if not own.empty:
        x, y = own["n_gpu"].to_numpy(), 1 / own["tpot_s"].to_numpy()
        name = f"{engine.label} engine, fastest layout"
        lines.append(Line(name, x, y, VARIANTS[2], scattered=engine.capabilities.whole_gpus))
    return Plot(
        "more_gpus",
        _claim(found, own, model_name),
        f"Tokens per second of one user over GPUs. {words.conditions(scenario)}, one sequence, no drafts.",
        Lines(
            Scale("GPUs", True),
            Scale("Speed of one user, tokens/s", True),
            tuple(lines),
            at=best.n_gpu,
            at_words=f"N* = {formats.number(best.n_gpu)}",
        ),
        "Steinhardt 2022 (How fast can we perform a forward pass?) counts memory and link bandwidth; Erdil 2025 "
        "(arXiv:2506.04645, section 2.2) adds the latency of the all-reduces. The curves need no memory to fit into. "
        f"{words.source(scenario)}",
        lambda: _table(found, own),
        (scenario,),
    )


def _claim(found: OverGpus, own: pd.DataFrame, model_name: str) -> str:
    # Where no link leaves a domain, the weights alone say what more GPUs would give.
    linked = found.with_bandwidth is not None and bool(np.isfinite(found.with_bandwidth).all())
    free = found.with_bandwidth if found.with_bandwidth is not None and linked else found.memory_alone
    said = (
        f"Without network latency {MOST_GPUS:,} GPUs would decode {model_name} at {formats.digits(float(free[-1]))} "
        f"tokens/s; with it nothing beats {formats.number(found.best.tokens_per_s)}, on "
        f"{formats.gpus(found.best.n_gpu)}"
    )
    if own.empty:
        return said
    fastest = own.iloc[int(own["tpot_s"].to_numpy().argmin())]
    return f"{said} (engine: {formats.number(1 / fastest['tpot_s'])} on {formats.number(fastest['n_gpu'])})"


def _table(found: OverGpus, own: pd.DataFrame) -> pd.DataFrame:
    curves = {
        "weights alone": found.memory_alone,
        "and link bandwidth": found.with_bandwidth,
        "and link latency": found.with_latency,
    }
    parts = [
        pd.DataFrame({"curve": name, "n_gpu": found.n_gpu, "tokens_per_s_user": speed})
        for name, speed in curves.items()
        if speed is not None
    ]
    if not own.empty:
        parts.append(pd.DataFrame({"curve": "engine", "n_gpu": own["n_gpu"], "tokens_per_s_user": 1 / own["tpot_s"]}))
    return pd.concat(parts, ignore_index=True).dropna()
