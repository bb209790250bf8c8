"""Work is done here instead of in a process of its own, which only a page needs."""

from collections.abc import Callable
from typing import Any

import pytest

from infecon_ui.scaling import cache


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers without a worker."""

    def answer(_: str, function: Callable[..., Any], *args: object) -> Any:
        return function(*args)

    monkeypatch.setattr(cache, "answer", answer)
