"""What more bandwidth or fewer bits give."""

import pandas as pd
import pytest

from infecon_core import Scenario
from infecon_core.schema import NothingFits
from infecon_ui.charts.drawings import Lines
from infecon_ui.scaling import cache
from infecon_ui.scaling.exponents import exponents

SCENARIO = cache.asked(Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8"))


def _table(exponents_of_speed: list[float], mixtures: list[bool]) -> pd.DataFrame:
    n = len(mixtures)
    return pd.DataFrame(
        {
            "id": [str(i) for i in range(n)],
            "name": [f"Model {i}" for i in range(n)],
            "total_params": [1e9 * (i + 1) for i in range(n)],
            "active_params": [1e9 * (i + 1) for i in range(n)],
            "mixture": mixtures,
            "exponent": exponents_of_speed,
        }
    ).astype({"mixture": bool})


def test_bandwidth_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    # 2^0.5 is 41% more, 2^0.1 7.2%, 2^0.3 23%; the mixture does not count.
    monkeypatch.setattr(cache, "by_model", lambda *_: _table([0.1, 0.5, 0.9], [False, False, True]))
    found = exponents(SCENARIO, "bandwidth")
    assert found.claim == (
        "Twice the HBM bandwidth makes dense models 23% faster on average, too uncertain to be held against the "
        "paper's cube root: from Model 0, +7.2%, to Model 1, +41%"
    )
    assert isinstance(found.drawing, Lines)
    assert [line.name for line in found.drawing.lines] == [
        "Dense",
        "mean: 0.30",
        "Mixtures of experts",
        "mean: 0.90",
        "paper: 0.33",
    ]


def test_fewer_bits_are_told_as_a_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "by_model", lambda *_: _table([-1.0, -1.0, 0.5], [False, False, False]))
    found = exponents(SCENARIO, "bits")
    assert found.claim.startswith("Half the bits of a weight make dense models 41% faster on average")
    assert "from Model 2, −29%, to Model 0, +100%" in found.claim
    assert "through weights of 16 (BF16), 8 (FP8) and 4.125 (INT4) bits as stored" in found.subtitle


def test_one_model_and_only_mixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "by_model", lambda *_: _table([1.0], [True]))
    assert exponents(SCENARIO, "bandwidth").claim == (
        "Twice the HBM bandwidth makes Model 0 100% faster, more than the paper's cube root says"
    )
    monkeypatch.setattr(cache, "by_model", lambda *_: _table([1.0, 1.0], [True, True]))
    assert "makes mixtures 100% faster on average" in exponents(SCENARIO, "bandwidth").claim


def test_where_nothing_runs_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "by_model", lambda *_: _table([], []))
    with pytest.raises(NothingFits, match="in all of these"):
        exponents(SCENARIO, "bandwidth")
