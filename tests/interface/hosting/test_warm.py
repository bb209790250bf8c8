"""A warm start: which pages are run, one after the other, and that a slow or lost one does not hold up the server."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from infecon_ui.hosting import warm


class _Runtime:
    """What runs pages: it says which ones, and answers as it is told."""

    def __init__(self, answer: Callable[[Any], None]) -> None:
        self.pages: list[str] = []
        self.closed: list[str] = []
        self._answer = answer

    def connect_session(self, client: Any, _user: Any) -> str:
        self.client = client
        return "session"

    def handle_backmsg(self, session: str, message: Any) -> None:
        assert session == "session"
        self.pages.append(message.rerun_script.page_name)
        self._answer(self.client)

    def close_session(self, session: str) -> None:
        self.closed.append(session)


def _finished(*how: Any) -> Callable[[Any], None]:
    def answer(client: Any) -> None:
        client.write_forward_msg(ForwardMsg())
        for one in how:
            client.write_forward_msg(ForwardMsg(script_finished=one))

    return answer


def _visited(monkeypatch: pytest.MonkeyPatch, answer: Callable[[Any], None], *pages: str) -> _Runtime:
    runtime = _Runtime(answer)
    monkeypatch.setattr(warm.Runtime, "instance", lambda: runtime)
    asyncio.run(warm.visit(pages))
    return runtime


def test_pages_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(warm.PAGES, "  measured paper ")
    assert warm.pages() == ["measured", "paper"]
    monkeypatch.delenv(warm.PAGES)
    assert warm.pages() == []


def test_pages_are_run_in_order_and_the_visit_ends(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    runtime = _visited(monkeypatch, _finished(ForwardMsg.FINISHED_SUCCESSFULLY), "", "measured", "paper")
    assert runtime.pages == ["", "measured", "paper"]
    assert runtime.closed == ["session"]
    assert not caplog.records


def test_a_run_that_gives_way_to_another_one_is_not_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(warm, "_PATIENCE_S", 0.05)
    runtime = _visited(monkeypatch, _finished(ForwardMsg.FINISHED_EARLY_FOR_RERUN), "")
    assert runtime.closed == ["session"]
    assert "not computed within 0.05 s" in caplog.text
    caplog.clear()
    both = (ForwardMsg.FINISHED_EARLY_FOR_RERUN, ForwardMsg.FINISHED_SUCCESSFULLY)
    assert _visited(monkeypatch, _finished(*both), "", "measured").pages == ["", "measured"]
    assert not caplog.records


def test_a_page_without_an_end_is_told_to_the_log_and_the_server_starts(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(warm, "_PATIENCE_S", 0.05)
    runtime = _visited(monkeypatch, _finished(), "", "measured")
    assert runtime.pages == [""]
    assert runtime.closed == ["session"]
    assert "not computed within 0.05 s" in caplog.text
