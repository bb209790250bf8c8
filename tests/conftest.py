"""What all tests share: the repository's root, and whether there is a browser."""

from pathlib import Path

import pytest

from tests.support.repository import ROOT
from tools.live_app import BROWSERS, find_chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none."""
    if find_chromium() is None:
        skip = pytest.mark.skip(reason=f"none of {', '.join(BROWSERS)} is on PATH; apt-get install chromium gives one")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a chromium; tests that use it are marked `browser`, so that they skip where there is none."""
    path = find_chromium()
    assert path is not None
    return path
