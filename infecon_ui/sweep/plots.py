"""The charts of the page: the sweep as it is asked for, and the map of links below it."""

import pandas as pd

from infecon_core.scenario import Scenario
from infecon_core.schema.frontier import COLUMNS
from infecon_core.sweep.grid import AtTarget
from infecon_ui.charts.drawings import Drawing
from infecon_ui.plots.plot import Plot
from infecon_ui.sweep import drawing, words
from infecon_ui.sweep.asked import MAP, Asked
from infecon_ui.sweep.figures import SHOWN, Figure
from infecon_ui.sweep.swept import KEPT, Swept

SWEEP, VALUES = "sweep", "values"


@KEPT.keep
def sweep(swept: Swept, show: str, form: str) -> Plot:
    """The sweep in a form.

    Args:
        swept (Swept): The answers.
        show, form (str): Keys of `SHOWN` and of `asked.FORMS`.
    """
    shown = SHOWN[show]
    return _plot(swept, show, SWEEP, words.claim(swept, shown), drawing.drawing(swept, shown, form))


@KEPT.keep
def values(swept: Swept, show: str) -> Plot:
    """Every value with its setup, as a map of links."""
    shown = SHOWN[show]
    return _plot(swept, show, VALUES, words.values_claim(swept), drawing.cells(swept, shown))


def is_map(swept: Swept, asked: Asked) -> bool:
    """Whether the sweep itself is drawn as a map."""
    return drawing.possible(swept, SHOWN[asked.show], asked.form) == MAP


def _plot(swept: Swept, show: str, name: str, claim: str, drawn: Drawing) -> Plot:
    shown = SHOWN[show]
    what = shown.title if isinstance(shown, Figure) else shown.label
    at = words.target(swept) if not isinstance(shown, Figure) or shown.at_target else ""
    beyond = " · * beyond what was measured" if drawing.has_beyond(swept) else ""
    return Plot(
        name,
        claim,
        f"{what}{at} · {words.common(swept)}",
        drawn,
        words.source(swept) + beyond,
        lambda: table(swept),
        (swept.base.scenario(),),
        lambda: scenarios(swept),
    )


def scenarios(swept: Swept) -> list[Scenario | None]:
    """The scenario of each row of the table; None where the values make none, as where there is no price."""
    return [_scenario(one) for one in swept.found]


def _scenario(one: AtTarget) -> Scenario | None:
    try:
        return one.choices.scenario()
    except ValueError:  # the column `reason` says why
        return None


def table(swept: Swept) -> pd.DataFrame:
    """One row a scenario: what it has of the axes, its fastest speed, its point, or why there is none."""
    rows = [_row(swept, one) for one in swept.found]
    return pd.DataFrame(rows)


def _row(swept: Swept, one: AtTarget) -> dict[str, object]:
    axes = {f"sweep_{axis.key}": value for axis, value in zip(swept.axes, one.values, strict=True)}
    known = {} if one.point is None else dict(one.point)
    point = {name: known.get(name) for name in COLUMNS}
    return {
        **axes,
        "fastest_tokens_per_s_user": one.fastest,
        **point,
        "reason": one.why,
        "frontier": one.choices.text(),
    }
