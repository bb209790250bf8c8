"""Comparisons as tables: all frontiers with what tells their scenarios apart, and the points at the target."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from infecon_core import catalog
from infecon_core.analysis.compare import Entrant, Standing
from infecon_core.engines import engine_of
from infecon_core.scenario import Scenario
from infecon_core.schema.field import walk
from infecon_core.validation import uncertainty

# Records whose numbers stand in a table only where they differ: their names say the rest.
_NAMED = ("architecture.", "accelerator.")
_ALWAYS = ("price_usd_per_gpu_hour",)
_FIELDS = ("option", "switch", "number")


def tidy(entrants: Sequence[Entrant], texts: Mapping[str, str] | None = None) -> pd.DataFrame:
    """One row for every point of every frontier; one row without a point for a scenario that has none.

    Args:
        entrants (sequence of Entrant): What is compared.
        texts (mapping): What was chosen for each, by its name, as `Choices.text` writes it.

    Returns:
        DataFrame: `compared` (the name), `problem` (why there is no point), the columns of `scenario_columns`,
            `data_version`, `choices` where texts are given, the columns of `uncertainty.ranges_along` where
            measurements tell how wrong the engine is, and those of `schema.frontier`.
    """
    own = scenario_columns([entrant.scenario for entrant in entrants])
    parts = []
    for entrant, columns in zip(entrants, own, strict=True):
        frame = pd.DataFrame(index=[0]) if entrant.frontier is None else entrant.frontier
        front = {
            "compared": entrant.name,
            "problem": entrant.problem,
            **({**columns, "engine": "measured"} if entrant.measured else columns),
            "data_version": catalog.data_version(),
            **({"choices": texts.get(entrant.name, "")} if texts is not None else {}),
        }
        parts.append(pd.concat([pd.DataFrame(front, index=frame.index), *_ranges(entrant), frame], axis=1))
    # Frontiers first, so that their columns keep their order where the first scenario has none.
    order = max(parts, key=lambda part: part.shape[1]).columns
    return pd.concat(parts, ignore_index=True).reindex(columns=order)


def _ranges(entrant: Entrant) -> list[pd.DataFrame]:
    """The ranges of comparable measurements around every point, where there are some."""
    scenario, frame = entrant.scenario, entrant.frontier
    if scenario is None or frame is None or entrant.measured or not engine_of(scenario).capabilities.uncertainty:
        return []
    return [uncertainty.ranges_along(frame, uncertainty.spread(scenario))]


def scenario_columns(scenarios: Sequence[Scenario | None]) -> list[dict[str, Any]]:
    """What defines each scenario and what tells them apart, by field name.

    Names of model and accelerator, and every field outside them that a person can choose; fields of model and
    accelerator and the calibration constants where any two scenarios differ in them, and the price of a GPU-hour
    always.

    Args:
        scenarios (sequence of Scenario or None): None for one that its numbers do not make; it has no values.
    """
    found = [_fields(scenario) if scenario is not None else {} for scenario in scenarios]
    names = list(dict.fromkeys(name for fields in found for name in fields))

    def counts(name: str) -> bool:
        if name.startswith(_NAMED) or "constants" in name:
            values = {fields.get(name) for fields, one in zip(found, scenarios, strict=True) if one is not None}
            return name.endswith(_ALWAYS) or len(values) > 1
        return True

    kept = [name for name in names if counts(name)]
    short = [name.rsplit(".", maxsplit=1)[-1] for name in kept]
    titles = [last if short.count(last) == 1 else name for name, last in zip(kept, short, strict=True)]
    rows = []
    for scenario, fields in zip(scenarios, found, strict=True):
        row: dict[str, Any] = {"model": "", "accelerator": ""}
        if scenario is not None:
            row = {"model": scenario.architecture.name, "accelerator": scenario.accelerator.name}
        rows.append({**row, **{title: fields.get(name) for title, name in zip(titles, kept, strict=True)}})
    return rows


def at_target(found: Sequence[Standing]) -> pd.DataFrame:
    """One row for every scenario at the target, in the order given.

    Returns:
        DataFrame: `compared`, `value`, `low`, `high` (in the compared column's unit), `slowest`, `quickest` (speeds at
            that value) [tokens/s], `ratio` to the first one with a value [1], `value_at_tokens_per_s_user` [tokens/s],
            `note`, `price_usd_per_gpu_hour`, `price_basis`, and the columns of the point; NaN where there is none.
    """
    base = next((standing.value for standing in found if standing.reached), float("nan"))
    rows = []
    for standing in found:
        scenario = standing.entrant.scenario
        rows.append(
            {
                "compared": standing.name,
                "value": standing.value,
                "low": standing.low,
                "high": standing.high,
                "slowest": standing.slowest,
                "quickest": standing.quickest,
                "ratio": standing.value / base,
                "value_at_tokens_per_s_user": standing.speed,
                "note": standing.note,
                "price_usd_per_gpu_hour": scenario.accelerator.price_usd_per_gpu_hour if scenario else float("nan"),
                "price_basis": scenario.price_basis if scenario else "",
                **({} if standing.point is None else standing.point.to_dict()),
            }
        )
    return pd.DataFrame(rows)


def _fields(scenario: Scenario) -> dict[str, Any]:
    """Every field that a person can choose and that the engine looks at, by its path."""
    found = {}
    engine = engine_of(scenario).name
    for place in walk(type(scenario), scenario):
        if (
            place.path[-1] != "kind"
            and place.facts.kind in _FIELDS
            and place.facts.link is not None
            and place.facts.only in ("", engine)
        ):
            found[".".join(map(str, place.path))] = place.value
    draft = scenario.speculation
    found["speculation"] = "none" if draft is None else draft.kind
    return found
