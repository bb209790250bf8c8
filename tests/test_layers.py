"""The house keeps its floors: who may import whom, and what a module may touch."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT

MAX_LINES = 400

# The topmost names of the floors of infecon_core, each with those it may import from. A module that
# stands on no floor here fails the test: a new floor is a decision, not an accident.
FLOORS: dict[str, set[str]] = {
    "spec": {"spec"},
    "catalog": {"spec", "catalog"},
    "scenario": {"spec", "catalog", "scenario"},
    "printing": {"printing"},
    "paper": {"spec", "catalog", "scenario", "paper"},
    "physics": {"spec", "physics"},
    "calibration": {"spec", "catalog", "scenario", "printing", "physics", "calibration"},
    "economics": {"spec", "catalog", "scenario", "physics", "economics"},
}
# Single doors between floors that otherwise do not know each other.
DOORS: dict[str, tuple[str, ...]] = {
    "paper": ("infecon_core.economics.pareto",),
    # An engine without constants of its own takes the fitted ones.
    "economics": ("infecon_core.calibration.constants",),
    # Measurements are held against Leviathan's formula, and against the published model by its face.
    "calibration": ("infecon_core.economics.speculation", "infecon_core.paper.token_latency"),
}
# These join the floors: the engines' common entrance, what is asked of a point, the package's face, and the command
# line on top.
JOINING = {
    "engines": set(FLOORS),
    "insight": {*FLOORS, "engines"},
    "__init__": {*FLOORS, "engines", "insight"},
    "reports": set(FLOORS),
    "cli": {*FLOORS, "reports"},
    "__main__": {"cli"},
}

# In a page, these are arithmetic or the inside of a layer.
NOT_IN_PAGES = ("numpy", "pandas", "math", "statistics", "plotly")
NETWORK = ("socket", "urllib", "http", "requests", "httpx", "ftplib", "smtplib", "asyncio", "subprocess")
# `catalog` and `calibration` read data/; the command line reads --scenario and writes --out.
OPENS_FILES = {"catalog", "calibration", "cli"}
OPENERS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "read_csv", "read_json", "to_pickle"}


def _modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


CORE, UI, PAGES = _modules("infecon_core"), _modules("infecon_ui"), _modules("pages")
APP = [path for path in (ROOT / "app.py",) if path.exists()]
REST = _modules("tests", "benchmarks")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


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


def _floor(path: Path) -> str:
    return path.relative_to(ROOT / "infecon_core").with_suffix("").parts[0]


def test_there_is_something_to_walk() -> None:
    assert len(CORE) > 5


@pytest.mark.parametrize("path", CORE, ids=_name)
def test_core_knows_no_interface(path: Path) -> None:
    forbidden = ("streamlit", "plotly", "infecon_ui", "pages", "app", *NETWORK)
    assert [name for name in _imports(path) if _is_under(name, *forbidden)] == []


@pytest.mark.parametrize("path", CORE, ids=_name)
def test_core_keeps_its_floors(path: Path) -> None:
    floor = _floor(path)
    assert floor in FLOORS | JOINING, f"{floor} stands on no floor of the house"
    allowed = FLOORS.get(floor) or JOINING[floor]
    for name in _imports(path):
        if floor in JOINING and name == "infecon_core":
            continue  # the command line uses the package's face
        if _is_under(name, "infecon_core"):
            below = name.split(".")[1] if "." in name else "__init__"
            assert _is_under(name, *DOORS.get(floor, ())) or below in allowed, f"{floor} imports {name}"


@pytest.mark.parametrize("path", CORE, ids=_name)
def test_core_touches_no_files(path: Path) -> None:
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    assert _floor(path) in OPENS_FILES or called & OPENERS == set()


@pytest.mark.parametrize("path", UI, ids=_name)
def test_interface_knows_no_pages(path: Path) -> None:
    assert [name for name in _imports(path) if _is_under(name, "pages", "app")] == []


@pytest.mark.parametrize("path", PAGES + APP, ids=_name)
def test_pages_hold_no_arithmetic(path: Path) -> None:
    names = list(_imports(path))
    assert [name for name in names if _is_under(name, *NOT_IN_PAGES)] == []
    # `from infecon_core import frontier` is a name of the library's face; `infecon_core.paper.x` is its inside.
    inside = [name for name in names if _is_under(name, "infecon_core.paper", "infecon_core.economics")]
    assert inside == []
    assert [name for name in names if _is_under(name, "infecon_core") and name.count(".") > 1] == []


@pytest.mark.parametrize("path", CORE + UI + PAGES + APP + REST, ids=_name)
def test_modules_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_LINES, f"{lines} lines: split it by topic"


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
