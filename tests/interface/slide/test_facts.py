"""What every file says about its numbers."""

import datetime as dt

import pytest

from infecon_core import Scenario, catalog
from infecon_core.measured.neighbours import correction
from infecon_ui.slide.facts import day, facts, file_stem

DATE = dt.date(2026, 11, 21)


def test_facts_hold_all_that_the_reader_of_a_file_asks() -> None:
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", kv="bf16", prompt_tokens=8000)
    found = facts(scenario, "https://example.org/?a=1", DATE)
    assert found == {
        "model": "Llama 3.1 70B",
        "accelerator": "H100 SXM",
        "weights": "fp8",
        "kv": "bf16",
        "prompt_tokens": 8000,
        "output_tokens": 1000,
        "target_tokens_per_s_user": 50.0,
        "target_ttft_s": None,
        "price_usd_per_gpu_hour": scenario.accelerator.price_usd_per_gpu_hour,
        "price_basis": "on_demand",
        "speculation": "none",
        "max_gpus": 64,
        "demand_tokens_per_s": None,
        "engine": "serving",
        "correction": 1.0,
        "correction_measurements": 0,
        "data_version": catalog.data_version(),
        "date": "2026-11-21",
        "link": "https://example.org/?a=1",
    }


def test_a_correction_is_told_with_what_it_rests_on() -> None:
    scenario = Scenario.preset("deepseek-r1", "b200-hgx")
    found, known = facts(scenario, "", DATE), correction(scenario)
    assert known is not None
    assert (found["correction"], found["correction_measurements"]) == (known.factor, known.n_points)
    assert facts(scenario.changed(engine="published"), "", DATE)["correction"] == 1


def test_a_draft_is_named_by_its_kind() -> None:
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm", draft="llama-3.2-1b")
    assert facts(scenario, "", DATE)["speculation"] == "draft_model"


def test_days_are_printed_in_english() -> None:
    assert day(DATE) == "21 Nov 2026"


@pytest.mark.parametrize(
    ("words", "stem"),
    [
        (("Llama 3.1 70B", "fp8", "H100 SXM"), "infecon-llama-3.1-70b-fp8-h100-sxm"),
        (("../a/b", "ü"), "infecon-a-b"),
    ],
)
def test_file_names_are_plain(words: tuple[str, ...], stem: str) -> None:
    assert file_stem(*words) == stem
