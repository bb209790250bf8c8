"""Predictions of measured setups: rows worked by hand, odd cells, bad files, and what must always hold."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from infecon_core import catalog, predict
from infecon_core.calibration.constants import shipped
from infecon_core.calibration.measurements import format_name, parse, shipped_points
from infecon_core.calibration.predict import default_kv, read_rows
from infecon_core.cli import main
from infecon_core.spec import FIVE_TIMES

HEADER = "model_id,accelerator_id,weight_precision,gpus_per_instance,batch_per_instance,context_len"
ROW = "llama-3.1-8b,h100-sxm,bf16,1,1,1000"
ADDED = ["predicted_tpot_ms", *FIVE_TIMES, "error"]


def _table(*rows: str, header: str = HEADER) -> pd.DataFrame:
    return parse("\n".join((header, *rows)).encode())


def _predicted(capsys: pytest.CaptureFixture[str], path: Path) -> pd.DataFrame:
    assert main(["predict", "--in", str(path)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return pd.read_csv(io.StringIO(captured.out), dtype=str, keep_default_na=False)


# By hand


def test_a_dense_row_by_hand() -> None:
    """Llama 3.1 8B on one H100: 32 layers of 4096, 32 heads of 128 over 8, 14336 wide, 128256 words, 16 bits."""
    row = predict(_table(ROW)).iloc[0]
    c = shipped()
    attention = 4096 * 128 * (2 * 32 + 2 * 8)
    weights = 32 * (attention + 3 * 4096 * 14336) + 128256 * 4096
    cache = 32 * 2 * 8 * 128 * 1000
    memory = 2 * weights / (3.35e12 * c.weight_read_share) + 2 * cache / (3.35e12 * c.cache_read_share)
    over_cache = 32 * 4 * 32 * 128 * 1000
    arithmetic = (2 * weights + over_cache / c.attention_arithmetic_share) / 989.5e12
    assert row["memory_s"] == pytest.approx(memory, rel=1e-9)
    assert row["arithmetic_s"] == pytest.approx(arithmetic, rel=1e-9)
    assert row["kernel_overhead_s"] == pytest.approx(32 * c.layer_s + c.sequence_s, rel=1e-9)
    assert row["network_bandwidth_s"] == row["network_latency_s"] == 0
    assert row["predicted_tpot_ms"] == pytest.approx(1e3 * sum(row[name] for name in FIVE_TIMES), rel=1e-12)


def test_prompts_of_others_lengthen_a_step_and_its_own_does_not() -> None:
    header = f"{HEADER},isl,osl,batch_kind,metric_kind,disagg"
    table = _table(
        f"{ROW},1000,100,static_batch,,N",
        f"{ROW},1000,100,client_concurrency,,N",
        f"{ROW.replace(',1,1,', ',1,9,')},1000,100,client_concurrency,,N",
        f"{ROW.replace(',1,1,', ',1,9,')},1000,100,client_concurrency,,Y",
        f"{ROW},1000,100,static_batch,throughput_incl_prefill,N",
        header=header,
    )
    alone, first, shared, apart, counted = predict(table)["predicted_tpot_ms"]
    assert alone == first < counted
    # Eight others bring 8/100 of a prompt a step, one batch of one brings 1/100 of its own. The context of 1,000
    # against the nominal 1,050 says that lengths were drawn a little shorter.
    assert shared - apart == pytest.approx(8 * (counted - alone), rel=1e-9)


# Cells


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


def test_an_unrecorded_cache_has_the_format_that_launch_scripts_set() -> None:
    h100, a100 = (catalog.accelerator(name).accelerator for name in ("h100-sxm", "a100-sxm-80gb"))
    assert [default_kv(h100, name) for name in ("fp8", "fp4", "bf16", "fp16", "int4")] == [
        *("fp8", "fp8"),
        *("bf16", "fp16", "bf16"),
    ]
    assert default_kv(a100, "fp4") == "bf16"
    rows = _table(f"{ROW},", f"{ROW},bf16", f"{ROW},fp8", header=f"{HEADER},kv_format")
    empty, same, narrow = predict(rows)["predicted_tpot_ms"]
    assert empty == same > narrow


BAD_ROWS = {
    "nobody": ("nobody,h100-sxm,bf16,1,1,1000", "There is no model 'nobody'"),
    "no model": (",h100-sxm,bf16,1,1,1000", "model_id is empty"),
    "no accelerator": ("llama-3.1-8b,,bf16,1,1,1000", "accelerator_id is empty"),
    "format": ("llama-3.1-8b,h100-sxm,fp7,1,1,1000", "'fp7' is no format"),
    "no format": ("llama-3.1-8b,h100-sxm,,1,1,1000", "weight_precision is empty"),
    "GPUs in words": ("llama-3.1-8b,h100-sxm,bf16,eight,1,1000", "gpus_per_instance is 'eight'; give a number from 1"),
    "no GPU": ("llama-3.1-8b,h100-sxm,bf16,0,1,1000", "gpus_per_instance is '0'"),
    "no batch": ("llama-3.1-8b,h100-sxm,bf16,1,,1000", "batch_per_instance is empty; give a positive number"),
    "batch of zero": ("llama-3.1-8b,h100-sxm,bf16,1,0,1000", "batch_per_instance is '0'"),
    "infinite batch": ("llama-3.1-8b,h100-sxm,bf16,1,inf,1000", "batch_per_instance is 'inf'"),
    "negative context": ("llama-3.1-8b,h100-sxm,bf16,1,1,-5", "context_len is '-5'"),
    "no context": ("llama-3.1-8b,h100-sxm,bf16,1,1,", "context_len is empty"),
    "no link": ("llama-3.1-8b,l4,bf16,100000,1,1000", "not linked"),
}


@pytest.mark.parametrize(("row", "expected"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_row_that_cannot_be_predicted_says_why_and_the_others_are(row: str, expected: str) -> None:
    if expected == "not linked" and catalog.accelerator("l4").accelerator.scale_out_bytes_per_s:
        row = row.replace("l4", "rtx-4090")
    found = predict(_table(ROW, row, ROW))
    assert expected in found["error"].iloc[1]
    assert found["error"].iloc[[0, 2]].tolist() == ["", ""]
    assert np.isnan(found["predicted_tpot_ms"].iloc[1])
    assert (found["predicted_tpot_ms"].iloc[[0, 2]] > 0).all()


# Files


def test_order_and_other_columns_are_kept(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    header = f'note,{HEADER},tp,"a, b"'
    rows = [
        f'"1,50",{ROW},layer-split,007',
        f"x,{ROW.replace('h100', 'h200')},8,",
        f'"say ""so""",{ROW.replace(",1,1,", ",1,4,")},,NaN',
        f"x,{ROW},8,1e3",
    ]
    path = tmp_path / "points.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    found = _predicted(capsys, path)
    assert list(found.columns) == ["note", *HEADER.split(","), "tp", "a, b", *ADDED]
    assert found["note"].tolist() == ["1,50", "x", 'say "so"', "x"]
    assert found["a, b"].tolist() == ["007", "", "NaN", "1e3"]
    assert found["tp"].tolist() == ["layer-split", "8", "", "8"]
    times = found["predicted_tpot_ms"].astype(float)
    assert times[0] == times[3]
    assert times[1] < times[0] < times[2]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_marks_and_line_ends(capsys: pytest.CaptureFixture[str], tmp_path: Path, mark: bytes, end: str) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes(mark + end.join([HEADER, ROW, "", ROW]).encode())
    found = _predicted(capsys, path)
    assert found["error"].tolist() == ["", ""]
    assert found["context_len"].tolist() == ["1000", "1000"]


def test_a_header_alone_gives_a_header(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(HEADER, encoding="utf-8")
    assert list(_predicted(capsys, path).columns) == [*HEADER.split(","), *ADDED]


def test_a_round_trip(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    shipped_points().head(40).to_csv(first, index=False)
    assert main(["predict", "--in", str(first), "--out", str(second)]) == 0
    assert main(["predict", "--in", str(second), "--out", str(first)]) == 0
    assert first.read_bytes() == second.read_bytes()
    library = predict(shipped_points().head(40))["predicted_tpot_ms"]
    np.testing.assert_array_equal(_predicted(capsys, first)["predicted_tpot_ms"].astype(float), library)


BAD_FILES = {
    "empty": (b"", "line 1 is empty"),
    "empty lines": (b"\n\n", "line 1 is empty"),
    "no CSV": (b"{}\n", "line 1 lacks the column model_id"),
    "semicolons": (HEADER.replace(",", ";").encode(), "separate the columns by commas"),
    "one column short": (HEADER.replace("accelerator_id,", "").encode(), "line 1 lacks the column accelerator_id"),
    "twice": (f"{HEADER},model_id\n{ROW},x".encode(), "line 1 names the column model_id twice"),
    "a field too few": (f"{HEADER}\n{ROW}\na,b\n".encode(), "line 3 has 2 fields, the header has 6"),
    "a field too many": (f"{HEADER}\n{ROW},x\n".encode(), "line 2 has 7 fields"),
    "open quote": (f'{HEADER}\n{ROW}\n"{ROW}'.encode(), "line 3"),
    "Latin-1": (f"{HEADER},note\n{ROW},".encode() + b"\xe9\n", "line 2 is not UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "line 1 is not UTF-8"),
    "zeros": (f"{HEADER}\n\0".encode(), "line 2 is not text"),
}


@pytest.mark.parametrize(("data", "expected"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_gets_one_line_with_its_number(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: bytes, expected: str
) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes(data)
    assert main(["predict", "--in", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert expected in captured.err
    assert "points.csv: line " in captured.err


def test_thousands_of_rows_take_no_longer_than_a_breath() -> None:
    points = pd.concat([shipped_points()] * 3)
    assert len(points) > 5000
    found = predict(points)
    third = len(found) // 3
    np.testing.assert_array_equal(found["predicted_tpot_ms"][:third], found["predicted_tpot_ms"][-third:])


# What must always hold


def test_predictions_are_positive_and_the_five_times_sum_to_them() -> None:
    found = predict(shipped_points())
    good = found[found["error"] == ""]
    assert len(good) > 1800
    assert (good[list(FIVE_TIMES)] >= 0).all().all()
    np.testing.assert_allclose(good[list(FIVE_TIMES)].sum(axis=1) * 1e3, good["predicted_tpot_ms"], rtol=1e-12)


@pytest.mark.parametrize("field", ["hbm_bytes_per_s", "scale_up_bytes_per_s", "scale_out_bytes_per_s"])
def test_twice_the_bandwidth_is_never_slower(field: str) -> None:
    groups, _ = read_rows(shipped_points())
    faster_anywhere = False
    for rows in groups:
        accelerator = rows.deployment.accelerator
        if getattr(accelerator, field) is None:
            continue
        doubled = accelerator.model_copy(update={field: 2 * getattr(accelerator, field)})
        other = type(rows)(
            **{**vars(rows), "deployment": type(rows.deployment)(**{**vars(rows.deployment), "accelerator": doubled})}
        )
        before, after = (r.five_times(shipped()).total_s for r in (rows, other))
        assert (after <= before * (1 + 1e-12)).all()
        faster_anywhere |= bool((after < before).any())
    assert faster_anywhere or field == "scale_out_bytes_per_s"
