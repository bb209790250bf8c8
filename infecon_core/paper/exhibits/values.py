"""What the paper prints, as read from `data/published/exhibits/`: one file a table, a figure, or the claims."""

import math
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, model_validator

from infecon_core.catalog.files import records
from infecon_core.schema import Provenance, Record
from infecon_core.schema.options import Variant

# The paper's speculation: four of five drafted tokens are accepted, at most five are drafted.
ACCEPTANCE = 0.8
MAX_DRAFT_TOKENS = 5

# The one unit of each quantity that more than one exhibit prints.
UNITS: Mapping[str, str] = MappingProxyType(
    {"tokens_per_s_user": "tokens/s", "usd_per_million_tokens": "USD", "n_gpu": "1", "batch": "1", "token_ms": "ms"}
)

ChosenPoint = Literal["fastest", "preferred", "within_price", "closed_form", "latency_exponent", "square_root_law"]


class Setup(Record):
    """What one frontier of the paper is computed with.

    Args:
        variant, model, accelerator, pipeline, attention_scaledown, traffic, context_tokens, demand_tokens_per_s: As in
            `infecon_core.paper.frontier`.
        draft (str or None): Draft model; acceptance and longest draft are the paper's.
        price_usd_per_gpu_hour (float or None): Rent; None for the accelerator's own. [USD/h]
        hbm_bandwidth_scale (float): Factor on the memory bandwidth. [1]
    """

    variant: Variant = "reference"
    model: str
    accelerator: str
    draft: str | None = None
    context_tokens: float = 0
    demand_tokens_per_s: float | None = None
    pipeline: bool = False
    attention_scaledown: bool = True
    traffic: Literal["final", "early"] = "final"
    price_usd_per_gpu_hour: float | None = None
    hbm_bandwidth_scale: float = 1


# What computes the frontier of a setup.
Curves = Callable[[Setup], pd.DataFrame]


class Printed(Record):
    """One number as it is printed.

    Args:
        value (float): The number, or the lower end of a range.
        unit (str): Its unit as printed; "1" for counts and ratios.
        decimals (int): Digits printed behind the point; -1 where only tens are meant.
        high (float or None): Upper end of a range.
        at_most (bool): Whether the paper gives a bound and no value.
        difference (str): Why ours differs; empty where it does not.
    """

    value: float
    unit: Annotated[str, Field(min_length=1)]
    decimals: Annotated[int, Field(ge=-3, le=6)] = 0
    high: float | None = None
    at_most: bool = False
    difference: str = ""

    def agrees(self, ours: float) -> bool:
        """Whether a value is the printed one at the printed precision, or lies in the range, or under the bound."""
        half = 0.5 * 10.0**-self.decimals
        low = -math.inf if self.at_most else self.value - half
        return low <= ours <= (self.value if self.high is None else self.high) + half

    def relative_difference(self, ours: float) -> float:
        """Ours over the printed value, less one; 0 inside a range or under a bound. [1]"""
        high = self.value if self.high is None else self.high
        if (self.at_most and ours <= high) or self.value <= ours <= high:
            return 0.0
        return ours / (self.value if ours < self.value else high) - 1


class Alternative(Record):
    """The same printed row computed in another way, shown beside it and not counted.

    Args:
        label (str): Which way.
        setup, compute: As in `Row`.
        difference (str): Why it differs from the print.
    """

    label: str
    setup: Setup | None = None
    compute: str | None = None
    difference: str = ""


class Row(Record):
    """One row of a table, one marked point of a figure, or one claim.

    Args:
        label (str): The row's name.
        printed (mapping): What is printed, by quantity.
        setup, point (Setup, str or None): The frontier, and which of its points is meant.
        limit_usd_per_million_tokens (float or None): With the point `within_price`: the most that a million tokens may
            cost. [USD]
        compute (str or None): Name of the computation in `claims`, instead of a setup.
        params (Printed or None): With the point `square_root_law`: weights of the model. [1]
        measured (bool): Whether the paper shows a measurement against a law; such rows are not counted.
        how (str): How the value is computed, where the setting of the exhibit does not say it.
        alternatives (tuple of Alternative): Other ways to compute it.
    """

    label: str
    printed: dict[str, Printed]
    setup: Setup | None = None
    point: ChosenPoint | None = None
    limit_usd_per_million_tokens: float | None = None
    compute: str | None = None
    params: Printed | None = None
    measured: bool = False
    how: str = ""
    alternatives: tuple[Alternative, ...] = ()

    @model_validator(mode="after")
    def _units_are_the_known_ones(self) -> "Row":
        for quantity, number in self.printed.items():
            if number.unit != UNITS.get(quantity, number.unit):
                raise ValueError(f"{quantity} is in '{number.unit}'; give it in '{UNITS[quantity]}'")
        if (self.point is None) == (self.compute is None):
            raise ValueError(f"'{self.label}' needs either a point or a computation")
        return self


class Observed(Record):
    """A point of a figure that the paper took from elsewhere, by quantity."""

    label: str
    numbers: dict[str, Printed]


class Curve(Record):
    """One curve of a figure."""

    label: str
    setup: Setup


class Exhibit(Record):
    """A table, a figure, or the claims in the text.

    Args:
        id, label, title, setting (str): The id; the paper's number; what it shows and what it is computed with, in our
            words.
        question, answer (str): What it asks and what comes out, for those without the paper.
        provenance (Provenance): Source and date of all printed numbers.
        rows, observed, curves: What is printed, what was observed elsewhere, what is drawn.
    """

    id: str
    label: str
    title: str
    question: Annotated[str, Field(min_length=1)]
    answer: Annotated[str, Field(min_length=1)]
    setting: str
    provenance: Provenance
    rows: tuple[Row, ...]
    observed: tuple[Observed, ...] = ()
    curves: tuple[Curve, ...] = ()


@cache
def exhibits() -> Mapping[str, Exhibit]:
    """All exhibits by id: claims, figures, tables in the order of their numbers."""
    return records("published/exhibits", Exhibit.model_validate)


def exhibit(exhibit_id: str) -> Exhibit:
    """The exhibit of an id, such as `table-3`, `figure-9` or `claims`.

    Raises:
        ValueError: Where there is none; the sentence lists those there are.
    """
    if exhibit_id not in exhibits():
        raise ValueError(f"There is no exhibit '{exhibit_id}'; choose one of {', '.join(exhibits())}.")
    return exhibits()[exhibit_id]
