"""API prices: their arithmetic, and the file."""

import re

import pytest
from pydantic import ValidationError

from infecon_core import catalog
from infecon_core.catalog.api_prices import ApiPrice, api_prices, of_model

WHERE = {"unit": "USD per million tokens", "kind": "published", "source": "a list", "date": "2026-01-02"}


def _price(**given: object) -> ApiPrice:
    return ApiPrice.model_validate({"model_ids": ["m"], "provider": "P", **WHERE, **given})


def test_a_price_of_output_pays_for_the_prompts_that_come_with_it() -> None:
    # 3,000 tokens at 1 dollar and 1,000 at 4 are 7 dollars a thousand requests, for a million tokens of output.
    assert _price(input=1.0, output=4.0).usd_per_million_output(3000, 1000) == pytest.approx(7)
    assert _price(blended=0.5).usd_per_million_output(3000, 1000) == pytest.approx(2)


@pytest.mark.parametrize("given", [{}, {"input": 1.0}, {"input": 1.0, "output": 2.0, "blended": 1.0}, {"blended": -1}])
def test_a_price_is_given_one_way(given: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        _price(**given)


def test_every_price_is_of_models_of_the_catalog_and_has_its_day() -> None:
    assert len(api_prices()) == 18
    for name, price in api_prices().items():
        assert re.fullmatch(r"[a-z0-9.-]+", name)
        assert all(model in catalog.models() for model in price.model_ids)
        assert re.search(r"\d{4}|undated", price.date)
        assert price.source
    assert [price.provider for price in of_model("deepseek-v3")] == ["DeepSeek", "Crusoe", "Nebius, fast"]
    assert of_model("llama-3.1-8b") == ()
