"""Where a law breaks."""

import math

import pytest

from infecon_core import Scenario
from infecon_core.analysis.scaling.exponents import Exponent
from infecon_core.schema import NothingFits
from infecon_ui.charts.drawings import Bars
from infecon_ui.scaling import breaks, cache

SCENARIO = cache.asked(Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8"))


def _found(monkeypatch: pytest.MonkeyPatch, *exponents: tuple[str, float, float]) -> None:
    found = tuple(Exponent(name, value, error, 9) for name, value, error in exponents)
    monkeypatch.setattr(cache, "where_laws_break", lambda *_: found)


def test_bars_have_the_sign_of_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    _found(monkeypatch, ("Dense", -0.51, 0.02), ("Bare", -0.95, 0.01), ("Scattered", -2.0, 0.9))
    found = breaks.plot(SCENARIO, "params")
    assert isinstance(found.drawing, Bars)
    law, dense, *_ = found.drawing.rows
    assert law.spans[0].end == 0.5
    assert dense.spans[0].end == pytest.approx(0.51)
    assert (dense.low, dense.high) == (pytest.approx(0.47), pytest.approx(0.55))
    assert dense.text == "0.51 ± 0.02, 9 models"
    # What its error leaves open counts neither as the law nor as farthest from it.
    assert found.claim == "The exponent is the law's 0.50 in 1 of 3 cases; farthest from it: bare, 0.95"


def test_the_source_names_the_cause_of_the_closed_form(monkeypatch: pytest.MonkeyPatch) -> None:
    _found(monkeypatch, ("A", 0.33, 0.01), ("B", 0.35, 0.02))
    assert "fourth root" in breaks.plot(SCENARIO, "params").source
    for quantity in ("bandwidth", "bits"):
        source = breaks.plot(SCENARIO, quantity).source
        assert "because of the −1 in its latency" in source
        assert "fourth root" not in source


def test_claims_of_the_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    _found(monkeypatch, ("A", 0.33, 0.01), ("B", 0.35, 0.02), ("C", 0.2, 0.5))
    assert breaks.plot(SCENARIO, "bandwidth").claim == (
        "Wherever the mean exponent tells, in 2 of 3 cases, it is the law's 0.33"
    )
    _found(monkeypatch, ("A", 0.3, 1.0), ("B", 0.3, 1.0))
    assert breaks.plot(SCENARIO, "bandwidth").claim.startswith("In none of 2 cases")
    _found(monkeypatch, ("A", 0.31, math.nan), ("B", 0.8, math.nan))
    assert "in 1 of 2 cases; farthest from it: b, 0.80" in breaks.plot(SCENARIO, "bandwidth").claim


def test_the_closed_form_alone_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    _found(monkeypatch, ("Closed form", 0.4, 0.01))
    with pytest.raises(NothingFits, match="under any of these conditions"):
        breaks.plot(SCENARIO, "bandwidth")
