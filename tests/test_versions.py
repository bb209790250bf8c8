"""What has a version stands in one place, or says the same in all of them."""

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import infecon_core
from infecon_core import catalog
from infecon_core.cli import main
from tests.support.repository import ROOT
from tests.support.requirements import pins


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """The project file."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_version_is_told_with_that_of_the_data(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"infecon {infecon_core.__version__}, data {catalog.data_version()}\n"


def test_the_wheel_takes_its_version_from_the_library(project: dict[str, Any]) -> None:
    assert "version" not in project["project"]
    place = ROOT / project["tool"]["hatch"]["version"]["path"]
    assert f'__version__ = "{infecon_core.__version__}"' in place.read_text(encoding="utf-8")
    assert str(Version(infecon_core.__version__)) == infecon_core.__version__


def test_the_citation_has_the_version() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", text, re.MULTILINE) == [infecon_core.__version__]


def test_the_wheel_asks_for_what_the_tests_run_with(project: dict[str, Any]) -> None:
    pinned = {
        name: Version(version.removeprefix("=="))
        for file in ("requirements.txt", "requirements-sweep.txt")
        for name, version in pins(file).items()
    }
    optional = project["project"]["optional-dependencies"]
    assert set(pins("requirements-sweep.txt")) <= {Requirement(text).name for text in optional["sweep"]}
    wanted = [Requirement(text) for texts in (project["project"]["dependencies"], *optional.values()) for text in texts]
    for one in wanted:
        least, next_major = pinned[one.name], pinned[one.name].major + 1
        assert {str(part) for part in one.specifier} == {f">={least}", f"<{next_major}"}, one.name


def test_the_wheel_is_built_with_what_the_tests_build_it_with(project: dict[str, Any]) -> None:
    (backend,) = [Requirement(text) for text in project["build-system"]["requires"]]
    assert str(backend.specifier) == pins("requirements-dev.txt")[backend.name]
