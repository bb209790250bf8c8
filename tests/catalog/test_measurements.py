"""The measurements: each has a source, and number formats are read in the words of other people's tables."""

import re

import pytest

from infecon_core.catalog.measurements import (
    OTHER,
    all_points,
    all_reduces,
    deviations,
    expert_exchanges,
    format_name,
    near_columns,
    parse,
    shipped_points,
    software,
    software_name,
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
        ("fp8_block", "fp8"),
        ("float8_e4m3fn", "fp8"),
        ("int4_g32", "int4"),
        ("int4_awq", "int4"),
        ("gptq-int8", "int8"),
        ("w4a8", "int4"),
        ("w4a8_fp8", "int4"),
        ("w8a8", "int8"),
        ("W8A8 FP8", "fp8"),
        ("UINT4", "int4"),
        ("NVFP4 (W4A4)", "fp4"),
        ("w8a16", "int8"),
        ("w8a16_fp8", "fp8"),
        ("int4_0", "int4"),
        ("FP8-Dynamic", "fp8"),
        ("fp8_ds_mla", "fp8"),
        ("fp8_block_128x128", "fp8"),
        ("gptq-4bit", "int4"),
    ],
)
def test_formats_in_other_people_s_words(text: str, name: str) -> None:
    assert format_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        *("", "not stated in the sentence (B300/GB200 deployment)", "fp7", "fp80"),
        *("int4_xyz", "int4_g0", "fp8_foo", "FP8-foo", "fp8 attention + int4_xyz experts", "gptq_8bit"),
    ],
)
def test_words_that_name_no_format(text: str) -> None:
    with pytest.raises(ValueError, match="no format that is known here; give one of"):
        format_name(text)


@pytest.mark.parametrize("text", ["fp8/int8", "bf16 attn + fp8", "int8 or fp4 experts"])
def test_words_that_name_several_formats(text: str) -> None:
    with pytest.raises(ValueError, match="names several formats; give one of bf16"):
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
    names = set(shipped_points()["serving_software"].map(software_name))
    assert names == {entry.name for entry in software().values()}
    assert names.isdisjoint({OTHER})


def test_reasons_for_deviations_are_of_groups_that_were_measured() -> None:
    points = shipped_points()
    for name, known in deviations().items():
        assert set(known.models) <= set(points["model_id"]), name
        assert set(known.accelerators) <= set(points["accelerator_id"]), name
        assert known.models or known.accelerators, name
        assert known.evidence.endswith("."), name


def test_shipped_points_have_the_columns_of_the_schema() -> None:
    assert set(all_points().columns) == set(MEASUREMENT_COLUMNS)


def test_columns_that_may_be_meant_for_ours() -> None:
    names = ["Model", "accelerator_id", "weights", "n_gpu", "dp_attn", "batch", "prompt", "output", "tpot", "note"]
    assert near_columns(names) == {
        **{"Model": "model_id", "weights": "weight_precision", "n_gpu": "gpus_per_instance"},
        **{"dp_attn": "attention_dp", "batch": "batch_per_instance", "prompt": "isl", "output": "osl"},
        "tpot": "tpot_ms",
    }
    assert near_columns(["context_length", "batch kind", "tpot_s", "accelerator_memory", "engine"]) == {
        **{"context_length": "context_len", "batch kind": "batch_kind", "tpot_s": "tpot_ms"},
    }
    # Where the column itself is there, others of that sound pass in silence; so do all of the shipped table.
    assert near_columns(["isl", "prompt_tokens", "tpot_ms", "tpot"]) == {}
    assert near_columns(list(all_points().columns)) == {}


def test_rows_of_a_table_keep_their_lines() -> None:
    head = ",".join(REQUIRED_COLUMNS)
    table = parse(f'{head},note\n\n1,2,3,4,5,a\n1,2,3,4,5,"two\nlines"\n1,2,3,4,5,b\n'.encode())
    assert table.index.tolist() == [3, 5, 6]
    assert table["note"].tolist() == ["a", "two\nlines", "b"]
