"""The measurements: each has a source, and number formats are read in the words of other people's tables."""

import re

import pytest

from infecon_core.catalog.measurements import (
    all_points,
    all_reduces,
    deviations,
    expert_exchanges,
    format_name,
    parse,
    shipped_points,
    software_by_word,
    sources,
)
from infecon_core.schema.measurement import MEASUREMENT_COLUMNS, REQUIRED_COLUMNS


def test_every_measurement_has_a_source() -> None:
    named = {*all_points()["source_id"], *all_reduces()["source_id"]}
    named |= set(expert_exchanges()["source_id"])
    assert named == set(sources())
    for name, source in sources().items():
        assert source.what, name
        assert source.origin, name
        assert re.search(r"\b20\d\d\b", source.date), name


def test_points_of_sources_that_are_left_out_are_not_fitted() -> None:
    left_out = {name for name, source in sources().items() if source.left_out}
    named = set(shipped_points()["source_id"])
    assert left_out
    assert named
    assert not named & left_out
    assert shipped_points()["suspect"].isna().all()
    assert left_out <= set(all_points()["source_id"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("fp8", "fp8"),
        ("NVFP4", "fp4"),
        ("nvfp4 FFN/MoE + bf16 attention", "fp4"),
        ("fp8 attn + nvfp4 moe", "fp4"),
        ("fp16 (paper default; not stated in transcription)", "fp16"),
        ("auto (fp16)", "fp16"),
        ("f16", "fp16"),
        ("Q4_K_M", "int4"),
        ("fp8_e4m3", "fp8"),
    ],
)
def test_formats_in_other_people_s_words(text: str, name: str) -> None:
    assert format_name(text) == name


@pytest.mark.parametrize("text", ["", "not stated in the sentence (B300/GB200 deployment)", "fp7", "fp80"])
def test_words_that_name_no_format(text: str) -> None:
    with pytest.raises(ValueError, match="no format that is known here; give one of"):
        format_name(text)


def test_what_is_left_out_has_a_reason_and_nothing_else_is() -> None:
    points, shipped = all_points(), shipped_points()
    assert len(points) > len(shipped) > 1800
    assert shipped["suspect"].isna().all()
    left_out = {name for name, source in sources().items() if source.left_out}
    assert left_out >= {"S14_mlc_llm_perf_bench", "S18_pope2022", "S28_llamacpp_xiongjie"}
    assert not left_out & set(shipped["source_id"])
    assert (points["suspect"].isna() & ~points["source_id"].isin(left_out)).sum() == len(shipped)


def test_every_fitted_point_is_of_software_that_is_known() -> None:
    first = shipped_points()["serving_software"].str.lower().str.split().str[0]
    assert set(first) <= set(software_by_word())


def test_reasons_for_deviations_are_of_groups_that_were_measured() -> None:
    points = shipped_points()
    for name, known in deviations().items():
        assert set(known.models) <= set(points["model_id"]), name
        assert set(known.accelerators) <= set(points["accelerator_id"]), name
        assert known.models or known.accelerators, name
        assert known.evidence.endswith("."), name


def test_shipped_points_have_the_columns_of_the_schema() -> None:
    assert set(all_points().columns) == set(MEASUREMENT_COLUMNS)


def test_rows_of_a_table_keep_their_lines() -> None:
    head = ",".join(REQUIRED_COLUMNS)
    table = parse(f'{head},note\n\n1,2,3,4,5,a\n1,2,3,4,5,"two\nlines"\n1,2,3,4,5,b\n'.encode())
    assert table.index.tolist() == [3, 5, 6]
    assert table["note"].tolist() == ["a", "two\nlines", "b"]
