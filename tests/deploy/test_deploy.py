"""What a server needs: the container's recipe, the pins, the configuration, the way to start."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from streamlit import config

from tools.live_app import serving

RUN_TIME = {
    "cachetools",
    "docstring_parser",
    "duckdb",
    "numpy",
    "orjson",
    "pandas",
    "plotly",
    "pyarrow",
    "pydantic",
    "resvg_py",
    "scipy",
    "starlette",
    "streamlit",
    "uvloop",
}


@pytest.fixture(scope="module")
def dockerfile(root: Path) -> list[list[str]]:
    """Instructions of the Dockerfile, words apart, continued lines joined."""
    text = (root / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [shlex.split(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _sources(dockerfile: list[list[str]]) -> list[str]:
    """What the COPY instructions take from the repository."""
    return [
        source.rstrip("/")
        for words in dockerfile
        if words[0] == "COPY" and not words[1].startswith("--from")
        for source in words[1:-1]
    ]


def test_container_copies_what_exists(dockerfile: list[list[str]], root: Path) -> None:
    sources = _sources(dockerfile)
    assert sources
    assert [source for source in sources if not (root / source).exists()] == []


def test_container_copies_what_the_app_imports(dockerfile: list[list[str]], root: Path) -> None:
    copied = set(_sources(dockerfile))
    app = [
        root / "app.py",
        root / "asgi.py",
        *(path for name in ("infecon_core", "infecon_ui", "pages") for path in (root / name).rglob("*.py")),
    ]
    imported = {
        name.split(".")[0]
        for path in app
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    local = {name for name in imported if (root / name).is_dir() and name} | {
        "app.py",
        "asgi.py",
        "data",
        ".streamlit",
        "pages",
    }
    assert local <= copied
    third_party = {name for name in imported if name not in sys.stdlib_module_names and not (root / name).exists()}
    assert third_party <= RUN_TIME


def test_container_ignores_all_but_what_it_copies(dockerfile: list[list[str]], root: Path) -> None:
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == set(_sources(dockerfile))


def test_container_runs_as_an_ordinary_user(dockerfile: list[list[str]]) -> None:
    names = [words[0] for words in dockerfile]
    users = [words[1] for words in dockerfile if words[0] == "USER"]
    assert users[-1] == "1000:1000"
    assert names.index("USER") < names.index("CMD")


def test_container_installs_before_it_copies_code(dockerfile: list[list[str]]) -> None:
    lines = [" ".join(words) for words in dockerfile]
    (install,) = (i for i, line in enumerate(lines) if " -m pip " in line)
    # Nothing that is not in the lock file, and nothing that runs code of others to be installed.
    assert "--require-hashes --only-binary :all:" in lines[install]
    assert "-r requirements.lock" in lines[install]
    assert all(i > install for i, line in enumerate(lines) if line.startswith("COPY") and "requirements" not in line)


def test_container_names_its_base_to_the_patch_and_once(root: Path) -> None:
    text = (root / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^ARG PYTHON=python:3\.\d+\.\d+-slim-\w+$", text, re.MULTILINE)
    assert {line.split()[1] for line in text.splitlines() if line.startswith("FROM")} == {"${PYTHON}"}


def test_container_serves_the_port_it_exposes(dockerfile: list[list[str]]) -> None:
    (port,) = next(words[1:] for words in dockerfile if words[0] == "EXPOSE")
    command = next(words for words in dockerfile if words[0] == "CMD")
    assert f"--server.port={port}" in " ".join(command)
    assert f":{port}/_stcore/health" in " ".join(_health_check(dockerfile))


def _health_check(dockerfile: list[list[str]]) -> list[str]:
    words = next(words for words in dockerfile if words[0] == "HEALTHCHECK")
    return [word.strip("[],") for word in words[words.index("CMD") + 1 :]]


def test_requirements_pin_exactly_what_runs(root: Path) -> None:
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line.strip() and not line.startswith("#"))
    assert set(pins) == RUN_TIME
    assert all(re.fullmatch(r"\d+(\.\d+)+", version) for version in pins.values())


def test_development_requirements_are_pinned(root: Path) -> None:
    lines = (root / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith(("#", "-r "))]
    assert "-r requirements-sweep.txt" in lines
    assert [line for line in wanted if not re.fullmatch(r"[\w-]+==[\d.]+", line)] == []


@pytest.fixture(scope="module")
def settings(root: Path) -> dict[str, dict[str, object]]:
    """The Streamlit configuration as written."""
    return tomllib.loads((root / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_settings_are_those_that_streamlit_knows(settings: dict[str, dict[str, object]]) -> None:
    names = {f"{section}.{name}" for section, values in settings.items() for name in values if section != "theme"}
    assert names
    assert names <= set(config._config_options_template)


def test_settings_keep_visitors_private_and_pages_quick(settings: dict[str, dict[str, object]]) -> None:
    assert settings["runner"]["postScriptGC"] is False
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["logger"]["hideWelcomeMessage"] is True
    assert settings["client"]["showErrorDetails"] == "none"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ten_distinct_colours(settings: dict[str, dict[str, dict[str, list[str]]]], theme: str) -> None:
    colours = settings["theme"][theme]["chartCategoricalColors"]
    assert len(colours) == len(set(colours)) == 10
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in colours)


def test_settings_name_no_other_host(root: Path) -> None:
    assert "//" not in (root / ".streamlit" / "config.toml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_server_starts_and_the_container_s_health_check_agrees(dockerfile: list[list[str]]) -> None:
    with serving() as server:
        port = server.address.rpartition(":")[2]
        check = [sys.executable, *(word.replace("8501", port) for word in _health_check(dockerfile)[1:])]
        assert subprocess.run(check, capture_output=True, check=False).returncode == 0
    assert subprocess.run(check, capture_output=True, check=False).returncode != 0


def test_make_says_which_python_it_needs(root: Path, tmp_path: Path) -> None:
    shutil.copy(root / "Makefile", tmp_path)
    for name in ("requirements.lock", "requirements-dev.lock"):
        shutil.copy(root / name, tmp_path)
    old = tmp_path / "python3.10"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    environment = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    }
    ran = subprocess.run(
        ["make", "run", f"PYTHON={old}"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    assert "Python 3.11 or newer" in ran.stderr
    assert not (tmp_path / ".venv").exists()


def test_continuous_integration_runs_what_people_run(root: Path) -> None:
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").rstrip().endswith("exec make test")
