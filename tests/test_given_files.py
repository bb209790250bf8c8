"""Files that somebody names: read within bounds, and refused in a sentence where they have no end."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from infecon_core.cli import main
from infecon_core.given_files import content_of
from infecon_core.scenario import Scenario
from tests.support.command_line import assert_one_sentence
from tests.support.repository import ROOT

MOST = 1000
PATIENCE_S = 60
# What reads a device without an end fails before the machine has no memory left.
MEMORY_BYTES = 2_000_000_000


def _refusal(path: Path, *endings: str) -> str:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        content_of(path, "an example", MOST, endings)
    return str(caught.value)


@pytest.mark.parametrize("size", [0, 1, MOST])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_read_whole_but_for_its_byte_order_mark(tmp_path: Path, size: int, mark: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes((mark + b"x" * size)[:MOST])
    assert content_of(path, "an example", MOST) == b"x" * min(size, MOST - len(mark))


def test_what_is_too_large_is_read_no_further(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    os.truncate(path, 10**12)  # without blocks on the disk
    assert _refusal(path) == f"{path} is too large: an example has at most 1,000 bytes."


def test_the_name_is_looked_at_first(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert _refusal(path, ".toml", ".json") == f"Cannot read {path}: an example is a .toml or a .json file."


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (Path("/dev/zero"), Path("/dev/null"), pipe):
        assert _refusal(path) == f"Cannot read {path}: it is a device or a pipe; give a file."
    assert _refusal(tmp_path) == f"Cannot read {tmp_path}: Is a directory."
    assert _refusal(tmp_path / "none") == f"Cannot read {tmp_path / 'none'}: No such file or directory."


@pytest.mark.parametrize("size", [5, MOST, 1_000_000])
def test_a_pipe_that_was_opened_for_us_is_read_up_to_the_bound(size: int) -> None:
    """As a shell's `<(…)` and `/dev/stdin` are."""
    reads, writes = os.pipe()
    refused = threading.Event()

    def write() -> None:
        try:
            with os.fdopen(writes, "wb") as stream:
                stream.write(b"x" * size)
        except BrokenPipeError:
            refused.set()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    path = Path(f"/dev/fd/{reads}")
    try:
        if size <= MOST:
            assert content_of(path, "an example", MOST) == b"x" * size
        else:
            assert "at most 1,000 bytes" in _refusal(path)
    finally:
        os.close(reads)
    writer.join(PATIENCE_S)
    assert not writer.is_alive()
    assert refused.is_set() == (size > MOST)  # the rest was not read


COMMANDS = {
    "scenario": ["frontier", "--scenario"],
    "sweep": ["sweep", "--out", "never", "--workers", "1"],
    "predict": ["predict", "--in"],
    "calibrate": ["calibrate", "--in"],
}


@pytest.mark.slow
@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("name", ["/dev/zero", "zero.toml", "pipe.toml"])
def test_every_command_refuses_what_has_no_end(tmp_path: Path, arguments: list[str], name: str) -> None:
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.toml")
    program = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_BYTES}, {MEMORY_BYTES})); "
        "from infecon_core.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments, name],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    what = ".toml or a .json file" if arguments[0] == "sweep" and name == "/dev/zero" else "it is a device or a pipe"
    assert_one_sentence(ran.returncode, ran.stdout, ran.stderr, what)
    assert f"Cannot read {name}: " in ran.stderr


def test_a_scenario_comes_through_a_pipe_and_with_a_byte_order_mark(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = Scenario.preset("llama-3.1-70b", "h100-sxm").model_dump_json(indent=2) + "\n"
    path = tmp_path / "scenario.json"
    path.write_text(text, encoding="utf-8-sig")
    assert main(["scenario", "--scenario", str(path)]) == 0
    assert capsys.readouterr().out == text
    reads, writes = os.pipe()
    with os.fdopen(writes, "w", encoding="utf-8") as stream:  # a pipe holds more than a scenario
        stream.write(text)
    assert main(["scenario", "--scenario", f"/dev/fd/{reads}"]) == 0
    os.close(reads)
    assert capsys.readouterr().out == text


@pytest.mark.parametrize("ending", [".toml", ".json"])
def test_a_specification_may_begin_with_a_byte_order_mark(tmp_path: Path, ending: str) -> None:
    specification = pytest.importorskip("infecon_core.sweep.specification")
    path = tmp_path / f"sweep{ending}"
    text = {".toml": '[fixed]\nmodel = "kimi-k2"\n', ".json": '{"fixed": {"model": "kimi-k2"}}'}[ending]
    path.write_text(text, encoding="utf-8-sig")
    assert specification.read(path).fixed == {"model": "kimi-k2"}
