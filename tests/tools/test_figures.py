"""The figures that every Python must find, and how two sets of them are compared."""

import json
import math
from pathlib import Path

import pytest

from tools import figures


@pytest.mark.slow
def test_this_python_finds_the_figures_that_were_written() -> None:
    difference, name = figures.largest_difference(figures.figures(), figures.read())
    assert difference <= figures.WITHIN, f"{name}; where it is meant to move, run `make figures`"


def test_what_is_written_has_figures_of_everything() -> None:
    found = figures.read()
    for name in figures.SCENARIOS:
        assert found[f"{name}: points"] > 1
        assert 0 < found[f"{name}: 0, tpot_s"] < math.inf
    assert sum(name.startswith("measurement ") for name in found) > 100
    assert sum(name.startswith("calibration, ") for name in found) > 100


@pytest.mark.parametrize(
    ("theirs", "difference", "name"),
    [
        ({"a": 1.0, "b": math.nan}, 0, "none differs"),
        ({"a": 1.0 + 1e-8, "b": math.nan}, 1e-8, "a"),
        ({"a": -1.0, "b": math.nan}, 2, "a"),
        ({"a": 1.0, "b": 0.0}, math.inf, "b"),
        ({"a": math.nan, "b": math.nan}, math.inf, "a"),
        ({"a": 1.0}, math.inf, "b"),
        ({"a": 1.0, "b": math.nan, "c": 1.0}, math.inf, "c"),
    ],
)
def test_the_largest_difference_is_named(theirs: dict[str, float], difference: float, name: str) -> None:
    found = figures.largest_difference({"a": 1.0, "b": math.nan}, theirs)
    assert found == (pytest.approx(difference, rel=1e-6), name)


def test_figures_come_back_with_all_their_digits(tmp_path: Path) -> None:
    found = {"a": 0.1 + 0.2, "b": math.nan, "c": 1e-300}
    figures.write(found, tmp_path / "figures.json")
    assert figures.largest_difference(found, figures.read(tmp_path / "figures.json")) == (0, "none differs")
    assert json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["b"] is None


def test_a_figure_that_moved_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    written = figures.read()
    monkeypatch.setattr(figures, "figures", lambda: written)
    assert figures.main([]) == 0
    moved = {**written, "dense: 0, tpot_s": written["dense: 0, tpot_s"] * (1 + 2e-9)}
    monkeypatch.setattr(figures, "figures", lambda: moved)
    assert figures.main([]) == 1
    assert capsys.readouterr().out.endswith("2.0e-09: dense: 0, tpot_s\n")
