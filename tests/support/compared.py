"""Comparisons of real scenarios as the page gets them."""

from infecon_core.choices import Choices, Comparison, Value
from infecon_ui.charts.measures import MEASURES
from infecon_ui.compare.compared import Compared, compared

BASE = Choices("deepseek-v3", "b200-hgx").with_values(prompt=8000, basis="rent_3y")
CHIPS: tuple[Value, ...] = ("b200-hgx", "gb200-nvl72", "mi355x", "h200-sxm", "h100-sxm", "gb300-nvl72")


def comparison(key: str = "gpu", values: tuple[Value, ...] = CHIPS, base: Choices = BASE) -> Comparison:
    """Several values of one choice."""
    return Comparison(base).with_values(key, values)


def shown(given: Comparison | None = None, measure: str = "output") -> Compared:
    """A comparison as it is shown."""
    found = compared(given or comparison(), MEASURES[measure])
    assert found is not None
    return found
