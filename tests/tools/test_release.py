"""The checks before a release: each refuses what it is there to refuse, and says what to do."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from infecon_core import __version__
from tests.support.repository import ROOT
from tools import release

DATED = f"# Changelog\n\n## [{__version__}] - 2026-11-22\n\n### Added\n\n- A thing.\n\n## [0.0.1] - 2026-01-01\n"


def _folder(folder: Path, log: str = DATED, cited: str = __version__) -> Path:
    (folder / "CHANGELOG.md").write_text(log, encoding="utf-8")
    (folder / "CITATION.cff").write_text(f"cff-version: 1.2.0\nversion: {cited}\n", encoding="utf-8")
    return folder


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository of one committed file."""
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", *words], cwd=tmp_path, check=True)
    return tmp_path


def test_what_is_uncommitted_is_no_release(clone: Path) -> None:
    assert release.tree(clone).startswith("clean at ")
    (clone / "b.txt").write_text("b", encoding="utf-8")
    with pytest.raises(ValueError, match=r"commit or remove 1 changed files, such as b\.txt"):
        release.tree(clone)


def test_large_files_are_no_release(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert release.sizes(clone) == "1 files, the largest a.txt, 0.0 MB"
    monkeypatch.setattr(release, "LARGEST_FILE_BYTES", 0)
    with pytest.raises(ValueError, match=r"shrink a\.txt"):
        release.sizes(clone)


def test_a_version_is_told_the_same_everywhere(tmp_path: Path) -> None:
    assert release.version(_folder(tmp_path)).startswith(f"{__version__} of 2026-11-22 with 1 entries, data ")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cited": "0.0.1"}, r"CITATION\.cff tells \['0\.0\.1'\]"),
        ({"log": "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n"}, r"begins with '## \[Unreleased\]'"),
        ({"log": DATED.replace(__version__, "0.0.2")}, r"begins with '## \[0\.0\.2\]"),
        ({"log": DATED.replace(" - 2026-11-22", "")}, "begins with"),
        ({"log": DATED.replace("2026-11-22", "2026-13-22")}, "month"),
        ({"log": DATED.replace("- A thing.\n", "")}, "says nothing under"),
        ({"log": "# Changelog\n"}, "begins with '## nothing'"),
    ],
)
def test_another_version_anywhere_is_no_release(tmp_path: Path, changed: Mapping[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        release.version(_folder(tmp_path, **changed))


def test_readme_without_its_pictures_is_no_release(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("![A picture](docs/none.png)\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"README\.md names docs/none\.png"):
        release.readme(tmp_path)


@pytest.mark.parametrize(
    ("expression", "compatible"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib", True),
        ("GPL-3.0-only OR MIT", True),
        ("(GPL-3.0-only OR MIT)", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("none told", False),
        ("", False),
    ],
)
def test_licences_that_bind_us_are_no_release(expression: str, compatible: bool) -> None:
    assert release.is_compatible(expression) is compatible


def test_all_that_a_server_runs_has_a_compatible_licence() -> None:
    assert " packages: " in release.licences(ROOT)


@pytest.mark.parametrize(
    ("packages", "said"),
    [
        (None, "unknown: no service for known vulnerabilities answers here, so nothing was checked; try again"),
        ([{"name": "a", "skip_reason": "not found"}], "unknown: "),
        ([{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": []}]}], "raise the pins"),
    ],
)
def test_an_audit_that_checked_nothing_is_no_release(
    monkeypatch: pytest.MonkeyPatch, packages: list[dict[str, object]] | None, said: str
) -> None:
    monkeypatch.setattr(release.audit, "report", lambda *_: None if packages is None else {"dependencies": packages})
    with pytest.raises(ValueError, match=f"^{said}"):
        release.vulnerabilities(ROOT)


def test_an_audit_without_a_finding_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"dependencies": [{"name": "a", "version": "1", "vulns": []}]}
    monkeypatch.setattr(release.audit, "report", lambda *_: found)
    assert release.vulnerabilities(ROOT) == "Audit by pypi: 1 packages, known vulnerabilities: 0."


def test_every_check_is_run_whatever_became_of_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    def fails(_: Path) -> str:
        raise ValueError("do this")

    def breaks(_: Path) -> str:
        raise subprocess.CalledProcessError(1, ["/bin/tool"], stderr="first\nwhy\n")

    assert release.main(ROOT, [("a", fails), ("b", breaks), ("c", lambda _: "fine")]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "not yet a: do this.",
        "not yet b: tool fails: why",
        "ok      c: fine",
    ]
    assert release.main(ROOT, [("c", lambda _: "fine")]) == 0


def test_make_runs_it() -> None:
    ran = subprocess.run(["make", "--dry-run", "release-check"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "-m tools.release" in ran.stdout
