"""The container's command, run as its user on files that he can only read: what can be tested without an engine."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support.container import command, instructions
from tools.live_app import HOST, START_S
from tools.replicas import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not hasattr(os, "getuid") or os.getuid() != 0 or shutil.which("setpriv") is None,
        reason="only root can become another user, with util-linux' setpriv",
    ),
]

USER = "1000"
# He may read what he would find in the image, also where this machine hides it in root's home, and write nothing of it.
AS_USER = [
    *("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs"),
    *("--bounding-set=-all,+dac_read_search", "--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"),
]


@pytest.fixture(scope="module")
def image(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the container has of the repository: of root, and read only."""
    folder = tmp_path_factory.mktemp("image") / "app"
    folder.mkdir()
    for name in ("app.py", "asgi.py"):
        shutil.copy(root / name, folder)
    for name in (".streamlit", "data", "infecon_core", "infecon_ui", "pages"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in (folder.parent, folder.parent.parent):
        path.chmod(path.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    return folder


def test_it_starts_is_healthy_and_stops_gracefully(root: Path, image: Path, tmp_path: Path) -> None:
    port = free_port()
    settings = {
        name: value
        for words in instructions(root)
        if words[0] == "ENV"
        for name, _, value in (word.partition("=") for word in words[1:])
        if name != "PATH"
    }
    # The further pages take long and are those that people see: nothing else runs in them.
    environment = {"PATH": os.environ["PATH"], **settings, "INFECON_WARM_PAGES": "measured", "INFECON_DRAIN_S": "2"}
    assert settings.keys() >= {"INFECON_WARM_PAGES", "INFECON_DRAIN_S"}
    program, *arguments = (word.replace("8501", str(port)) for word in command(root, "CMD"))
    assert program == "streamlit"
    log = tmp_path / "log"
    began = time.time()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*AS_USER, sys.executable, "-m", program, *arguments],
            cwd=image,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        check = [
            *AS_USER,
            sys.executable,
            *(word.replace("8501", str(port)) for word in command(root, "HEALTHCHECK")[1:]),
        ]
        end = time.monotonic() + 2 * START_S
        while subprocess.run(check, env=environment, capture_output=True, check=False).returncode != 0:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.2)
        identity = Path(f"/proc/{process.pid}/status").read_text()
        assert f"Uid:\t{USER}\t{USER}\t{USER}\t{USER}" in identity
        # Asked to end, it says so to whoever looks, serves on, and then ends by itself.
        process.send_signal(signal.SIGTERM)
        _wait_for_status(f"http://{HOST}:{port}/_stcore/health", 503)
        with urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=10) as answer:
            assert answer.status == 200
        process.wait(20)
    finally:
        process.kill()
        process.wait()
    printed = log.read_text()
    assert "Traceback" not in printed
    assert "Permission" not in printed
    written = [
        path
        for folder in (image, Path("/var/tmp"), Path("/dev/shm"))  # noqa: S108 - what others left there is not ours
        for path in folder.rglob("*")
        if path.lstat().st_uid == int(USER) and path.lstat().st_mtime > began
    ]
    assert written == []


def _wait_for_status(address: str, wanted: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError as answer:
            if answer.code == wanted:
                return
        time.sleep(0.05)
    raise AssertionError(f"no {wanted} within 10 s")
