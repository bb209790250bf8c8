"""The printed values: when a number agrees with one, and what a file must say."""

from pathlib import Path

import pytest

from infecon_core.catalog import files
from infecon_core.paper.exhibits import values as published_values
from infecon_core.paper.exhibits.claims import CLAIMS
from infecon_core.paper.exhibits.values import Printed, exhibit, exhibits


@pytest.mark.parametrize(
    ("ours", "agrees"), [(98.4, False), (98.6, True), (99.4, True), (99.6, False), (float("nan"), False)]
)
def test_agreement_is_that_of_the_printed_digits(ours: float, agrees: bool) -> None:
    assert Printed(value=99, unit="tokens/s").agrees(ours) is agrees


def test_ranges_and_bounds_agree_inside() -> None:
    between = Printed(value=20, high=26, unit="%")
    assert [between.agrees(x) for x in (19.4, 20, 23, 26, 26.6)] == [False, True, True, True, False]
    assert [round(between.relative_difference(x), 2) for x in (10, 23, 52)] == [-0.5, 0, 1]
    bound = Printed(value=20, at_most=True, unit="%")
    assert [bound.agrees(x) for x in (1, 20, 21)] == [True, True, False]
    assert bound.relative_difference(5) == 0


def test_every_computation_of_the_claims_is_used() -> None:
    rows = exhibit("claims").rows
    assert {part.compute for row in rows for part in (row, *row.alternatives)} == set(CLAIMS)


def test_every_exhibit_has_a_source_and_a_place() -> None:
    tables, figures = (f"table-{number}" for number in range(1, 7)), (f"figure-{number}" for number in (1, 2, 9))
    assert set(exhibits()) == {*tables, *figures, "claims"}
    for shown in exhibits().values():
        assert "arXiv:2506.04645" in shown.provenance.source
        assert shown.provenance.date[:4].isdigit()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('unit = "tokens/s"', 'unit = "tokens"', "tokens_per_s_user is in 'tokens'; give it in 'tokens/s'"),
        ('point = "closed_form"', "", "needs either a point or a computation"),
        ('date = "2025-06-05"', "", "'provenance.date' is missing"),
    ],
)
def test_file_with_a_fault_is_refused_in_a_sentence(
    old: str, new: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (files.DATA / "published" / "exhibits" / "table-1.toml").read_text(encoding="utf-8")
    folder = tmp_path / "published" / "exhibits"
    folder.mkdir(parents=True)
    (folder / "table-1.toml").write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(files, "DATA", tmp_path)
    with pytest.raises(ValueError, match=r"data/published/exhibits/table-1\.toml: ") as refused:
        published_values.exhibits.__wrapped__()
    assert message in str(refused.value)
