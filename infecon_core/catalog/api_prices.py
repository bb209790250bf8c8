"""What providers ask for tokens of a model: `data/providers/api_prices.toml`."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, model_validator

from infecon_core.catalog.files import DATA, tables
from infecon_core.schema import Kind, Record

Usd = Annotated[float, Field(ge=0, le=10_000)]


class ApiPrice(Record):
    """The price of one provider on one day.

    Args:
        model_ids (tuple of str): Models of the catalog that have this price, those of the same shape among them.
        provider (str): Who asks it.
        for_model (str): The model that it is listed for, where that is another of the same shape.
        input, output (float or None): Of a million tokens of prompts, and of output. [USD]
        blended (float or None): Where these are not told apart, of a million tokens, three of prompts to one of output.
            [USD]
        unit, kind, source, date, note (str): Its unit, and where and when it was read.
    """

    model_ids: Annotated[tuple[str, ...], Field(min_length=1)]
    provider: Annotated[str, Field(min_length=1, max_length=40)]
    for_model: Annotated[str, Field(max_length=40)] = ""
    input: Usd | None = None
    output: Usd | None = None
    blended: Usd | None = None
    unit: Literal["USD per million tokens"]
    kind: Kind
    source: str
    date: Annotated[str, Field(min_length=1)]
    note: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> "ApiPrice":
        apart = self.input is not None and self.output is not None
        if apart == (self.blended is not None):
            raise ValueError("give the prices of input and output, or a blended one")
        return self

    def usd_per_million_output(self, prompt_tokens: float, answer_tokens: float) -> float:
        """What a million output tokens cost with the prompts that come with them: (p·input + o·output)/o. [USD]

        A blended price is taken for every token, of whatever kind: too much where prompts are short, and too little
        where they are long.

        Args:
            prompt_tokens, answer_tokens (float): Mean of a request; at least one of the answer. [tokens]
        """
        if self.input is None or self.output is None:
            return (self.blended or 0.0) * (prompt_tokens + answer_tokens) / answer_tokens
        return (prompt_tokens * self.input + answer_tokens * self.output) / answer_tokens


@cache
def api_prices() -> Mapping[str, ApiPrice]:
    """All prices by name; errors as for `catalog.files.tables`."""
    return tables(DATA / "providers" / "api_prices.toml", ApiPrice.model_validate)


def of_model(model_id: str) -> tuple[ApiPrice, ...]:
    """The prices of a model of the catalog, in the order of the file."""
    return tuple(price for price in api_prices().values() if model_id in price.model_ids)
