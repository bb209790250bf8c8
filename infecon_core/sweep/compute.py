"""One chunk of a sweep: its frontiers, or the reasons why there are none, as the bytes of a file.

Scenarios that differ only in what moves no search, their prices, are searched once; with the serving engine those that
differ in lengths as well are searched in one sweep (`serving.together`). Else each is computed for itself.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np

from infecon_core.choices import Choices
from infecon_core.engines import frontier
from infecon_core.frontier_table import frontier_columns
from infecon_core.scenario import Scenario
from infecon_core.schema import NothingFits
from infecon_core.serving.together import frontiers_together
from infecon_core.sweep.dataset import Answer, DataSet, Encoded
from infecon_core.sweep.jobs import Chunk, Job

Columns: TypeAlias = Mapping[str, Any]

# Fields that only scale a frontier or name a point of it: no search depends on them, but on the least speed that a
# target may lower.
_PRICES = frozenset(
    {
        ("accelerator", "price_usd_per_gpu_hour"),
        ("accelerator", "board_power_w"),
        ("price_basis",),
        ("target_tokens_per_s_user",),
    }
)
_LENGTHS = frozenset({("prompt_tokens",), ("output_tokens",)})
# Columns that follow from price and power.
_PRICED = frozenset(
    {
        "usd_per_million_tokens",
        "usd_per_million_tokens_blended",
        "kwh_per_million_tokens",
        "kwh_per_million_tokens_drawn",
        "power_share",
        "tokens_per_s_per_mw",
        "tokens_per_s_per_mw_drawn",
    }
)


def computed(data: DataSet, chunk: Chunk, *, together: bool = True) -> Encoded:
    """The file of one chunk; a scenario that fails is a row with its reason and stops nothing.

    Too little memory is no answer, but a MemoryError: the scenarios can be tried again where there is more.

    Args:
        data (DataSet): What is swept.
        chunk (Chunk): Which of it.
        together (bool): Whether scenarios of one shape are computed together, which changes figures by rounding alone.
    """
    return data.encoded(answers(data.jobs.jobs(chunk), together=together))


def lost(data: DataSet, chunk: Chunk, reason: str) -> Encoded:
    """The file of a chunk that no process lived to compute: every scenario with the same reason, to be tried again."""
    return data.encoded([Answer(job.number, job.choices, None, reason) for job in data.jobs.jobs(chunk)], lost=True)


def answers(jobs: Iterable[Job], *, together: bool = True) -> list[Answer]:
    """What comes of each of some jobs, in their order."""
    found: dict[int, Answer] = {}
    groups: dict[Any, list[tuple[Job, Scenario]]] = {}
    for job in jobs:
        found[job.number] = Answer(job.number, job.choices, None, job.problem)
        if job.problem:
            continue
        try:
            scenario = job.choices.scenario()
        except ValueError as error:
            found[job.number] = Answer(job.number, job.choices, None, str(error))
            continue
        groups.setdefault(_shape(job.choices, scenario) if together else job.number, []).append((job, scenario))
    for group in groups.values():
        results = _alike([scenario for _, scenario in group])
        for (job, _), result in zip(group, results, strict=True):
            columns, reason = (None, result) if isinstance(result, str) else (result, "")
            found[job.number] = Answer(job.number, job.choices, columns, reason)
    return list(found.values())


def _shape(chosen: Choices, scenario: Scenario) -> Any:
    """What scenarios have in common that are computed together."""
    apart = _PRICES | _LENGTHS if scenario.engine == "serving" else _PRICES
    kept = tuple(change for change in chosen.changes if chosen.all[change[0]].path not in apart)
    return chosen.model_id, chosen.accelerator_id, scenario.least_tokens_per_s_user, kept


def _alike(scenarios: list[Scenario]) -> list[Columns | str]:
    """The columns of the frontier of each of some scenarios of one shape, or the reason why there is none."""
    if len(scenarios) == 1:
        return [_alone(scenarios[0])]
    try:
        if scenarios[0].engine == "serving":
            return [str(one) if isinstance(one, NothingFits) else one for one in frontiers_together(scenarios)]
        first = _alone(scenarios[0])
        return [first if isinstance(first, str) else _repriced(first, scenario) for scenario in scenarios]
    except Exception:  # what fails for one of them must not fail for all
        return [_alone(scenario) for scenario in scenarios]


def _repriced(columns: Columns, scenario: Scenario) -> Columns:
    """A frontier with the price and the power of another scenario that is the same in all else."""
    known = {name: values for name, values in columns.items() if name not in _PRICED}
    if np.isnan(np.asarray(known["ttft_s"], dtype=np.float64)).all():
        del known["ttft_s"]  # an engine that computes no prompts gives no price of them
    return frontier_columns(scenario, known, 1 / known["tokens_per_s_per_gpu"])


def _alone(scenario: Scenario) -> Columns | str:
    """The columns of a frontier, or the reason why there is none."""
    try:
        table = frontier(scenario)
    except NothingFits as error:
        return str(error)
    except MemoryError:
        raise
    except Exception as error:  # one scenario never stops a sweep of thousands; its row names what happened
        return f"{type(error).__name__}: {error}"
    return {str(name): table[name].to_numpy() for name in table}
