"""The very configuration of nginx that deploy/ ships, in front of two real servers."""

import gzip
import http.client
import subprocess
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tools.live_app import HOST
from tools.replicas import Replicas, configuration, find_nginx, free_port, write_configuration

pytestmark = pytest.mark.slow


def ask(
    hosted: Replicas, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers in small letters and body of one request."""
    connection = http.client.HTTPConnection(urlsplit(hosted.address).netloc, timeout=30)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=given)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def _script(hosted: Replicas) -> str:
    page = ask(hosted, "/")[2].decode()
    return "/static/js/" + page.partition('src="./static/js/')[2].partition('"')[0]


def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    nginx = find_nginx()
    if nginx is None:
        pytest.skip("no nginx is on PATH; apt-get install nginx gives one")
    text = configuration(f"{HOST}:8080", (f"{HOST}:8501", f"{HOST}:8502"), "infecon.example.com *.example.org")
    assert "${" not in text
    main = write_configuration(tmp_path, text)
    ran = subprocess.run(
        [nginx, "-t", "-p", str(tmp_path), "-e", "stderr", "-c", str(main)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "warn" not in ran.stderr


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"],
)
def test_the_operators_doors_are_closed(hosted: Replicas, path: str) -> None:
    assert ask(hosted, path)[0] == 404
    assert ask(hosted, path, "POST", b"{}")[0] == 404


def test_other_hosts_are_refused(hosted: Replicas) -> None:
    assert ask(hosted, "/", Host="attacker.example.com")[0] == 421
    assert ask(hosted, "/_stcore/stream", Host="attacker.example.com")[0] == 421
    assert ask(hosted, "/_stcore/health", Host="10.0.0.7")[2] == b"ok"


def test_a_visitor_stays_with_one_replica(hosted: Replicas) -> None:
    _, first, _ = ask(hosted, "/")
    cookie = first["set-cookie"].partition(";")[0]
    assert cookie in ("infecon_replica=1", "infecon_replica=2")
    assert "HttpOnly" in first["set-cookie"]
    for _ in range(6):
        assert "set-cookie" not in ask(hosted, "/measured", Cookie=cookie)[1]
    # Whoever comes without a past goes where there is room.
    new = Counter(ask(hosted, "/")[1]["set-cookie"].partition(";")[0] for _ in range(10))
    assert len(new) == 2


def test_answers_are_compressed_once_and_kept(hosted: Replicas) -> None:
    path = _script(hosted)
    status, headers, body = ask(hosted, path, Accept_Encoding="gzip")
    assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
    assert "immutable" in headers["cache-control"]
    assert gzip.decompress(body) == ask(hosted, path)[2]
    # Of both replicas the same.
    for cookie in ("infecon_replica=1", "infecon_replica=2"):
        status, _, body = ask(hosted, path, Accept_Encoding="gzip", If_None_Match=headers["etag"], Cookie=cookie)
        assert (status, body) == (304, b"")
    assert ask(hosted, "/", Accept_Encoding="gzip")[1]["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/", "/measured", "/_stcore/health", "/preview.png"])
def test_answers_say_what_browsers_may_do(hosted: Replicas, path: str) -> None:
    _, headers, _ = ask(hosted, path)
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["server"] == "nginx"


OWN = "default-src 'none'; frame-ancestors 'none'"


def _checked(connection: http.client.HTTPConnection, wanted: int, path: str, method: str = "GET", **given: str) -> None:
    """An answer of nginx itself has each security header once."""
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in given.items()})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == wanted
    assert answer.headers.get_all("content-security-policy") == [OWN]
    assert answer.headers.get_all("x-content-type-options") == ["nosniff"]
    assert answer.headers.get_all("referrer-policy") == ["strict-origin-when-cross-origin"]


def test_what_nginx_answers_itself_has_security_headers_too(hosted: Replicas) -> None:
    for wanted, path, method, given in (
        (404, "/_stcore/metrics", "GET", {}),
        (421, "/", "GET", {"Host": "attacker.example.com"}),
        (413, "/_stcore/upload_file/session/file", "PUT", {"Content_Length": "2000000"}),
    ):
        connection = http.client.HTTPConnection(urlsplit(hosted.address).netloc, timeout=30)
        try:
            _checked(connection, wanted, path, method, **given)
        finally:
            connection.close()


def test_headers_of_the_replicas_are_not_doubled(hosted: Replicas) -> None:
    connection = http.client.HTTPConnection(urlsplit(hosted.address).netloc, timeout=30)
    try:
        for path in ("/", "/_stcore/health", _script(hosted)):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            for name in ("content-security-policy", "x-content-type-options", "referrer-policy"):
                assert len(answer.headers.get_all(name, [])) == 1
    finally:
        connection.close()


def test_behind_tls_the_cookie_and_the_name_are_for_tls(hosted: Replicas) -> None:
    _, plain, _ = ask(hosted, "/")
    assert "Secure" not in plain["set-cookie"]
    assert "strict-transport-security" not in plain
    _, secure, _ = ask(hosted, "/", X_Forwarded_Proto="https")
    assert secure["set-cookie"].endswith("SameSite=Lax; Secure")
    assert secure["strict-transport-security"] == "max-age=31536000"


def test_shared_files_bear_no_cookie(hosted: Replicas) -> None:
    assert "set-cookie" not in ask(hosted, _script(hosted))[1]


def test_no_replica_is_said_under_headers_too(tmp_path: Path) -> None:
    nginx = find_nginx()
    if nginx is None:
        pytest.skip("no nginx is on PATH; apt-get install nginx gives one")
    listen = f"{HOST}:{free_port()}"
    nobody = f"{HOST}:{free_port()}"
    main = write_configuration(tmp_path, configuration(listen, (nobody, nobody), HOST))
    with subprocess.Popen(
        [nginx, "-p", str(tmp_path), "-e", "stderr", "-c", str(main)], stderr=subprocess.DEVNULL
    ) as process:
        try:
            end = time.monotonic() + 10
            while True:
                connection = http.client.HTTPConnection(listen, timeout=10)
                try:
                    _checked(connection, 502, "/")
                    break
                except ConnectionRefusedError:
                    assert time.monotonic() < end
                    time.sleep(0.05)
                finally:
                    connection.close()
        finally:
            process.terminate()


def test_a_preview_names_the_address_that_visitors_know(hosted: Replicas) -> None:
    page = ask(hosted, "/?model=gemma-3-27b")[2].decode()
    assert f"{hosted.address}/preview.png?model=gemma-3-27b" in page
    secure = ask(hosted, "/?model=gemma-3-27b", X_Forwarded_Proto="https")[2].decode()
    assert f"{hosted.address.replace('http', 'https')}/preview.png" in secure


def test_large_uploads_are_refused_before_they_arrive(hosted: Replicas) -> None:
    status, _, _ = ask(hosted, "/_stcore/upload_file/session/file", "PUT", b"", Content_Length=str(2_000_000))
    assert status == 413


def test_who_asks_too_often_is_told_so_and_files_are_not_counted(hosted: Replicas) -> None:
    path = _script(hosted)
    with ThreadPoolExecutor(16) as pool:
        files = Counter(pool.map(lambda _: ask(hosted, path, "HEAD")[0], range(700)))
        answers = list(pool.map(lambda _: ask(hosted, "/_stcore/upload_file/session/file", "DELETE"), range(60)))
    uploads = Counter(status for status, _, _ in answers)
    assert {headers["content-security-policy"] for status, headers, _ in answers if status == 429} == {OWN}
    assert set(files) == {200}
    assert uploads[429] > 0
    assert uploads.total() - uploads[429] >= 20
