"""What the paper leaves open: a list with a source, refused in a sentence where the file has a fault."""

from pathlib import Path

import pytest

from infecon_core.catalog import files
from infecon_core.paper.exhibits.open_points import open_points


def test_open_points_name_what_the_paper_leaves_open() -> None:
    points = open_points()
    assert len({point.name for point in points}) == len(points) == 10
    assert all(point.text.endswith(".") for point in points)
    assert "PaLM-540B in Table 1 has four all-reduces a layer" in points[-1].text


def test_open_points_with_a_fault_are_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "published").mkdir()
    text = (files.DATA / "published" / "open-points.toml").read_text(encoding="utf-8")
    (tmp_path / "published" / "open-points.toml").write_text(text.replace("kind =", "sort ="), encoding="utf-8")
    monkeypatch.setattr(files, "DATA", tmp_path)
    with pytest.raises(ValueError, match=r"data/published/open-points\.toml: 'provenance.kind' is missing"):
        open_points.__wrapped__()
