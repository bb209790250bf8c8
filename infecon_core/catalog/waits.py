"""How far the formulas of the first and the last token lie from simulations: `data/calibration/waits.toml`."""

from functools import cache

from infecon_core.catalog.files import DATA, toml
from infecon_core.schema import Record

FILE = DATA / "calibration" / "waits.toml"


class FormulaError(Record):
    """What a formula says over what was simulated, less 1.

    Args:
        median (float): Of its size, over all cases. [1]
        least, most (float): Of itself: the farthest too short and too long. [1]
    """

    median: float
    least: float
    most: float


class SimulatedWaits(Record):
    """What came of all cases.

    Args:
        first_token, last_token (FormulaError): At the percentiles of the cases.
        cases (int): How many. [1]
        unit, kind, source, date (str): Where the numbers come from.
    """

    first_token: FormulaError
    last_token: FormulaError
    cases: int
    unit: str
    kind: str
    source: str
    date: str


@cache
def simulated_waits() -> SimulatedWaits:
    """The errors that are shipped."""
    return SimulatedWaits.model_validate(toml(FILE))
