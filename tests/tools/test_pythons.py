"""Which interpreters of a machine are asked."""

import sys
from pathlib import Path

import pytest

from tools import pythons

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


def _interpreter(folder: Path, name: str, prints: str, status: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"python{name}"
    path.write_text(f"#!/bin/sh\necho {prints}\nexit {status}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_wheel_names_the_pythons_that_it_is_compared_on() -> None:
    assert pythons.supported() == ("3.11", "3.12", "3.13")


def test_the_running_python_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    monkeypatch.setenv("PYENV_ROOT", "/nonexistent")
    if not (Path(sys.executable).parent / f"python{RUNNING}").exists():
        pytest.skip("this interpreter has no name with its version")
    assert list(pythons.interpreters()) == [RUNNING]


def test_shims_that_refuse_and_older_patches_are_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _interpreter(tmp_path / "shims", "3.12", "refused", 1)
    _interpreter(tmp_path / "old", "3.12", "3.12.9")
    newest = _interpreter(tmp_path / "pyenv" / "versions" / "3.12.11" / "bin", "3.12", "3.12.11")
    _interpreter(tmp_path / "old", "3.13", "3.9.1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'old'}")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert pythons.interpreters() == {"3.12": newest}
