"""The audit: a known vulnerability fails, a service that does not answer is told and does not."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools import audit

# Every case starts pip-audit, which takes more than a second.
pytestmark = pytest.mark.slow

HASH = "--hash=sha256:" + 64 * "0"
FAULT = {
    "id": "GHSA-test",
    "summary": "A hole.",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "jinja2"},
            "versions": ["2.10"],
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.6"}]}],
        }
    ],
}


class _Answers(BaseHTTPRequestHandler):
    """Knows of one hole in one package, as the service OSV tells it."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"vulns": [FAULT]} if asked["package"]["name"] == "jinja2" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[str, ...]]:
    """A service on this machine that answers as OSV does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield _at(server.server_port)
    server.shutdown()
    server.server_close()


@pytest.fixture
def silent() -> Iterator[tuple[str, ...]]:
    """A service that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield _at(server.getsockname()[1])


def _at(port: int) -> tuple[str, ...]:
    return ("osv", "--osv-url", f"http://127.0.0.1:{port}/v1/query")


def _closed() -> tuple[str, ...]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return _at(server.getsockname()[1])


def _lock(folder: Path, *pins: str) -> Path:
    path = folder / "requirements.lock"
    path.write_text("".join(f"{pin} {HASH}\n" for pin in pins), encoding="utf-8")
    return path


def test_a_known_vulnerability_fails(
    tmp_path: Path, service: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert audit.audit(_lock(tmp_path, "jinja2==2.10", "numpy==2.4.6"), [service]) == 1
    told = capfd.readouterr()
    assert told.err == "jinja2 2.10: GHSA-test, mended in 3.1.6\n"
    assert told.out == "Audit by osv: 2 packages, known vulnerabilities: 1.\n"


def test_none_known_passes(tmp_path: Path, service: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    assert audit.audit(_lock(tmp_path, "numpy==2.4.6"), [service]) == 0
    assert capfd.readouterr() == ("Audit by osv: 1 packages, known vulnerabilities: 0.\n", "")


def test_where_one_service_is_out_of_reach_the_next_is_asked(
    tmp_path: Path, service: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert audit.audit(_lock(tmp_path, "jinja2==2.10"), [_closed(), service]) == 1
    assert "GHSA-test" in capfd.readouterr().err


def test_a_closed_network_is_told_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert audit.audit(_lock(tmp_path, "numpy==2.4.6"), [_closed(), _closed()]) == 0
    told = capfd.readouterr()
    assert (told.out.count("\n"), told.err) == (1, "")
    assert "nothing was checked" in told.out


def test_who_never_answers_is_not_waited_for(
    tmp_path: Path, silent: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert audit.audit(_lock(tmp_path, "numpy==2.4.6"), [silent, silent], limit_s=2) == 0
    assert "nothing was checked" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("report", "status", "said"),
    [
        ([{"name": "a", "skip_reason": "not found"}], 0, "nothing was checked"),
        (
            [{"name": "a", "skip_reason": "not found"}, {"name": "b", "version": "1", "vulns": []}],
            0,
            "1 packages, known vulnerabilities: 0; it does not know a.",
        ),
    ],
)
def test_a_package_that_nobody_knows_is_not_called_safe(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], report: list, status: int, said: str
) -> None:
    monkeypatch.setattr(audit, "report", lambda *_: {"dependencies": report})
    assert audit.audit() == status
    assert said in capfd.readouterr().out
