"""Links from the paper's rows and curves to the page where their scenario can be changed."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import pandas as pd

from infecon_core.choices import Choices, Comparison
from infecon_core.choices.comparison import MOST_MEMBERS
from infecon_core.paper.exhibits.scenarios import choices_of
from infecon_core.paper.exhibits.values import Curve, Exhibit, Setup
from infecon_ui.state import links
from infecon_ui.text.markdown import escaped

# A row of an exhibit: its label, and the alternative's where it is one.
RowName = tuple[str, str]
ROOT = "./?"
# What has no scenario: solved by hand, fitted to measurements, or worked out of several curves.
WITHOUT = "Rows without a link are no point of one curve: they are solved in closed form or follow from several curves."


def address(shown: Comparison) -> str:
    """Where the first page shows a scenario, or several side by side; relative, so that it holds below any path."""
    return f"{ROOT}{urlencode(links.encode(shown), safe=',')}"


def of_rows(shown: Exhibit, table: pd.DataFrame) -> Mapping[RowName, str]:
    """Addresses of the rows that are points of a curve, each with its own speed as the target.

    Args:
        shown (Exhibit): Whose rows they are.
        table (DataFrame): What is computed for them, as `compare.table` returns it.
    """
    speeds = table[table["quantity"] == "tokens_per_s_user"].set_index(["row", "alternative"])["ours"]
    setups: dict[RowName, Setup | None] = {}
    for row in shown.rows:
        if row.point != "closed_form":
            setups[row.label, ""] = row.setup
            setups |= {(row.label, other.label): other.setup for other in row.alternatives}
    return {
        name: address(Comparison(choices_of(setup, float(speeds[name]))))
        for name, setup in setups.items()
        if setup is not None
    }


def choices(table: pd.DataFrame, shown: Exhibit) -> list[str]:
    """The scenario of every line of a table in one line of text each, empty where it has none."""
    known = of_rows(shown, table)
    names = zip(table["row"], table["alternative"], strict=True)
    return [known.get(name, "").removeprefix(ROOT) for name in names]


def of_curves(curves: Iterable[Curve]) -> Mapping[str, str]:
    """Addresses of single curves, by label."""
    return {line.label: address(Comparison(choices_of(line.setup))) for line in curves}


def together(curves: Iterable[Curve]) -> str:
    """The address of all curves side by side; empty where they are more than a comparison takes."""
    found: list[Choices] = [choices_of(line.setup) for line in curves]
    return address(Comparison(found[0], pinned=tuple(found[1:]))) if len(found) <= MOST_MEMBERS else ""


def sentence(curves: tuple[Curve, ...]) -> str:
    """The links of a figure in one line of Markdown."""
    each = " · ".join(f"[{escaped(name)}]({link})" for name, link in of_curves(curves).items())
    every = together(curves)
    return f"Open in Frontier: [all side by side]({every}) · {each}" if every else f"Open in Frontier: {each}"
