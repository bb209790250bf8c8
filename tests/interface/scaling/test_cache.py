"""What changes top speeds, and what does not."""

import pytest

from infecon_core import Scenario
from infecon_core.analysis.scaling import exponents, top_speed
from infecon_ui.scaling import cache

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm")


def test_price_target_and_drafts_ask_the_same() -> None:
    asked = cache.asked(SCENARIO)
    drafted = Scenario.preset("llama-3.1-70b", "h100-sxm", draft="llama-3.2-1b")
    for other in (
        SCENARIO.changed(price_usd_per_gpu_hour=9.0),
        SCENARIO.changed(target_tokens_per_s_user=200.0),
        drafted,
    ):
        assert cache.asked(other) == asked
    assert cache.asked(SCENARIO.changed(prompt_tokens=5)) != asked


def test_answers_are_kept() -> None:
    asked = cache.asked(SCENARIO)
    assert cache.top_speeds(asked) is cache.top_speeds(cache.asked(SCENARIO.changed(price_usd_per_gpu_hour=7.0)))


def test_where_laws_break_takes_the_speeds_that_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = cache.asked(SCENARIO.changed(prompt_tokens=1234))
    whole = exponents.where_laws_break(asked, "params")
    conditions = exponents.under_conditions(asked, "params")
    cache.top_speeds(asked)
    monkeypatch.setattr(cache, "answer", lambda _, function, *args: {exponents.under_conditions: conditions}[function])
    monkeypatch.setattr(top_speed, "top_speeds", lambda *_: pytest.fail("speeds were searched again"))
    assert cache.where_laws_break(asked, "params") == whole
