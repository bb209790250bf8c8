"""Benchmarks run by hand only: here it shows that the names they use still exist."""

import importlib

import pytest

from tests.support.repository import ROOT

NAMES = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))


def test_there_are_benchmarks() -> None:
    assert {"page_script", "serving_frontier"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_can_be_started(name: str) -> None:
    assert callable(importlib.import_module(f"benchmarks.{name}").main)
