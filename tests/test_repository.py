"""What the import linter cannot say: what a module may touch, how long it may be, and what it may name."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.repository import ROOT

MAX_LINES = 400
MAX_PAGE_LINES = 100

# In a page, these are arithmetic or the inside of a package.
NOT_IN_PAGES = ("numpy", "pandas", "math", "statistics", "plotly")
# `catalog` reads data/; the command line reads --scenario and --in through `given_files`, and writes --out through
# `whole_files`;
# `machine` reads what the system says of the bounds of this process.
OPENS_FILES = {"catalog", "cli", "given_files.py", "machine.py", "whole_files.py", "sweep"}
OPENERS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "read_csv", "read_json", "to_pickle"}


def _modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


APP = ROOT / "app.py"
CORE, UI, PAGES = _modules("infecon_core"), _modules("infecon_ui"), _modules("pages")
REST = _modules("tests", "benchmarks", "tools")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imports(path: Path) -> Iterator[str]:
    """Dotted names that a module imports, `from a import b` as `a.b`, also inside functions."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _is_under(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def test_there_is_something_to_walk() -> None:
    assert min(len(CORE), len(UI), len(REST)) > 10
    assert PAGES


@pytest.mark.parametrize("path", CORE, ids=_name)
def test_core_touches_no_files(path: Path) -> None:
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    package = path.relative_to(ROOT / "infecon_core").parts[0]
    assert package in OPENS_FILES or called & OPENERS == set()


@pytest.mark.parametrize("path", CORE + UI + PAGES, ids=_name)
def test_nothing_imports_the_app(path: Path) -> None:
    # The linter sees packages; app.py is none.
    assert [name for name in _imports(path) if _is_under(name, "app")] == []


@pytest.mark.parametrize("path", [*PAGES, APP], ids=_name)
def test_pages_hold_no_arithmetic(path: Path) -> None:
    names = list(_imports(path))
    assert [name for name in names if _is_under(name, *NOT_IN_PAGES)] == []
    # `from infecon_core import frontier` is a public name; `infecon_core.paper.x` is inside a package.
    assert [name for name in names if _is_under(name, "infecon_core.paper", "infecon_core.serving")] == []
    assert [name for name in names if _is_under(name, "infecon_core") and name.count(".") > 1] == []


@pytest.mark.parametrize("path", [*CORE, *UI, *PAGES, APP, *REST], ids=_name)
def test_modules_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    most = MAX_PAGE_LINES if path in (*PAGES, APP) else MAX_LINES
    assert lines <= most, f"{lines} lines: split it by topic"


@pytest.mark.parametrize("path", _modules("tests"), ids=_name)
def test_no_test_imports_another(path: Path) -> None:
    assert [name for name in _imports(path) if "test_" in name or name.split(".")[-1] == "conftest"] == []


@pytest.mark.parametrize("path", _modules("benchmarks", "tools"), ids=_name)
def test_what_stands_beside_the_tests_needs_none_of_them(path: Path) -> None:
    assert [name for name in _imports(path) if _is_under(name, "tests")] == []


def test_repository_names_no_place_outside_itself() -> None:
    # Spelled in two halves, so that this file passes its own test.
    outside = ("/wo" + "rk/", "../sha" + "red")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:  # a copy without its history
        files = [path for path in ROOT.rglob("*") if not any(part.startswith(".") for part in path.parts)]
    else:
        files = [ROOT / name for name in listed.stdout.split("\0") if name]
    faults = [
        f"{path.relative_to(ROOT)} names {place}"
        for path in files
        if path.is_file()
        for place in outside
        if place.encode() in path.read_bytes()
    ]
    assert len(files) > 100
    assert faults == []


def test_core_runs_without_streamlit_and_plotly() -> None:
    script = """
import sys
for name in ("streamlit", "plotly", "infecon_ui"):
    sys.modules[name] = None
import importlib, pkgutil, infecon_core
for module in pkgutil.walk_packages(infecon_core.__path__, "infecon_core."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
