"""Where sliders stop."""

import pytest

from infecon_core.choices import Choices, Quantity
from infecon_ui.sidebar.stops import nearest, stops


def quantity(key: str, choices: Choices | None = None) -> Quantity:
    """A number of the first page, or of other choices."""
    found = (choices or Choices()).all[key]
    assert isinstance(found, Quantity)
    return found


def test_a_number_goes_from_a_quarter_of_its_default_to_four_times_in_eighths_of_doublings() -> None:
    heads = stops(quantity("m_num_attention_heads"))
    assert (heads[0], heads[-1]) == (16, 256)
    assert heads[heads.index(64) : heads.index(128) + 1] == (64, 72, 80, 88, 96, 104, 112, 120, 128)
    price = stops(quantity("price"))
    assert (price[0], price[-1]) == (0.738, 11.8)
    assert price[price.index(2.95) + 1] == 3.32
    assert all(isinstance(stop, int) for stop in heads)


def test_small_whole_numbers_stop_at_each_and_stay_within_their_bounds() -> None:
    experts = stops(quantity("m_num_experts_per_tok", Choices(model_id="mixtral-8x7b")))
    assert experts == (1, 2, 3, 4, 5, 6, 7, 8)
    efficiency = stops(quantity("s_weight_read_efficiency"))
    assert efficiency[-1] <= quantity("s_weight_read_efficiency").maximum


def test_a_step_covers_all_values() -> None:
    acceptance = stops(quantity("acceptance"))
    assert acceptance == tuple(round(i / 100, 2) for i in range(101))


def test_scales_have_stops_of_their_own() -> None:
    assert stops(quantity("max")) == (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
    prompt = stops(quantity("prompt"))
    assert (prompt[0], prompt[-1]) == (0, 131_072)
    assert {1000, 1024, 8000, 8192, 32_768, 100_000} <= set(prompt)


@pytest.mark.parametrize("key", ["demand", "ttft", "a_fp4"])
def test_where_there_is_no_number_to_begin_with_there_is_no_slider(key: str) -> None:
    assert stops(quantity(key)) == ()


@pytest.mark.parametrize("model", ["llama-3.1-70b", "deepseek-v3", "gemma-3-27b", "erdil-GPT_4_16x"])
def test_every_slider_rises_and_stops_at_the_default(model: str) -> None:
    for choice in Choices(model_id=model).all.values():
        if isinstance(choice, Quantity) and (rising := stops(choice)):
            assert list(rising) == sorted(set(rising))
            assert choice.default in rising or choice.facts.scale or choice.facts.step
            assert choice.minimum <= rising[0] <= rising[-1] <= choice.maximum


def test_the_nearest_stop_is_an_end_for_what_lies_beyond() -> None:
    assert [nearest((16, 32, 64), value) for value in (1, 16, 25, 63.9, 1e9)] == [16, 16, 32, 64, 64]
