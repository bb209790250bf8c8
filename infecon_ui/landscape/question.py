"""What a reader asks of the data set, as a value: it is the key of every answer that is kept."""

from dataclasses import dataclass
from typing import Literal

from infecon_core.schema import PriceBasis
from infecon_ui.charts.measures import MEASURES, OUTPUT, Measure
from infecon_ui.landscape.dataset import Length, Where

# Speeds beside the target that the map shows. [tokens/s]
SPEEDS = (10.0, 20.0, 30.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0)


@dataclass(frozen=True)
class Question:
    """What is asked of every model on every accelerator.

    Args:
        target_tokens_per_s_user (float): The least speed of every user. [tokens/s]
        length (tuple of int): Prompt and output. [tokens]
        accelerators (tuple of str): Which take part, ids.
        basis (str): What their prices pay for; `own` for those of the data set itself.
        y (str): What is compared, a key of `MEASURES`.
        where (tuple of (str, value)): The value of each other dimension of the data set.
        by (str): Whether models are sorted by `active` or by `all` parameters.
        across (str): Whether the columns of the map are speeds at one length, or lengths at the target.
    """

    target_tokens_per_s_user: float
    length: Length
    accelerators: tuple[str, ...]
    basis: PriceBasis
    y: str = OUTPUT
    where: Where = ()
    by: Literal["active", "all"] = "active"
    across: Literal["speed", "length"] = "speed"

    @property
    def measure(self) -> Measure:
        """What is compared."""
        return MEASURES[self.y]

    @property
    def speeds(self) -> tuple[float, ...]:
        """The speeds that the map shows, the target among them. [tokens/s]"""
        return tuple(sorted({*SPEEDS, self.target_tokens_per_s_user}))
