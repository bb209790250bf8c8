"""The command `predict`: tables in, tables out, and bad files refused with the line of the fault."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from infecon_core import predict
from infecon_core.catalog.measurements import shipped_points
from infecon_core.cli import main
from infecon_core.schema import FIVE_TIMES

HEADER = "model_id,accelerator_id,weight_precision,gpus_per_instance,batch_per_instance,context_len"
ROW = "llama-3.1-8b,h100-sxm,bf16,1,1,1000"
ADDED = ["predicted_tpot_ms", "predicted_ttft_ms", *FIVE_TIMES, "error"]


def _predicted(capsys: pytest.CaptureFixture[str], path: Path) -> pd.DataFrame:
    assert main(["predict", "--in", str(path)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return pd.read_csv(io.StringIO(captured.out), dtype=str, keep_default_na=False)


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


def test_cells_of_ones_own_pass_through_as_they_are(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    notes = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x";"y")', "'=1", " a ", "007", "é", "x\ny"]
    first, second, third = (tmp_path / f"{name}.csv" for name in "abc")
    rows = [dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | {"=note()": note} for note in notes]
    pd.DataFrame(rows).to_csv(first, index=False)
    assert main(["predict", "--in", str(first), "--out", str(second)]) == 0
    found = pd.read_csv(second, dtype=str, keep_default_na=False)
    assert found["=note()"].tolist() == notes
    assert set(found["error"]) == {""}
    assert main(["predict", "--in", str(second), "--out", str(third)]) == 0
    assert third.read_bytes() == second.read_bytes()


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


def test_rows_that_memory_cannot_hold_are_kept_where_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "points.csv"
    path.write_text(f"{HEADER}\nllama-3.1-70b,h100-sxm,bf16,1,1,1000\n", encoding="utf-8")
    refused = _predicted(capsys, path)
    assert refused["predicted_tpot_ms"].tolist() == [""]
    assert "more than its 80 GB" in refused["error"][0]
    assert main(["predict", "--in", str(path), "--keep"]) == 0
    kept = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert kept["predicted_tpot_ms"].iloc[0] > 0
    assert kept["error"].isna().all()


def test_rows_are_corrected_by_each_other_where_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(f"{HEADER},tpot_ms\n{ROW},100\n{ROW},100\n{ROW},\n", encoding="utf-8")
    assert main(["predict", "--in", str(path), "--correct"]) == 0
    found = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert list(found.columns)[-4:] == [
        *("corrected_tpot_ms", "correction", "correction_points", "correction_measurements"),
    ]
    assert found["correction_measurements"].tolist() == [0, 0, 0]
    assert found["correction_points"].tolist() == [1, 1, 2]
    np.testing.assert_allclose(found["corrected_tpot_ms"], found["correction"] * found["predicted_tpot_ms"])
    assert found["correction"].iloc[2] > found["correction"].iloc[0] > 1


def test_times_that_correct_nothing_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    times = ["100", "-5", "0", "fast", ""]
    path.write_text("\n".join([f"{HEADER},tpot_ms", *(f"{ROW},{time}" for time in times)]) + "\n", encoding="utf-8")
    assert main(["predict", "--in", str(path), "--correct"]) == 0
    found = pd.read_csv(io.StringIO(capsys.readouterr().out), keep_default_na=False)
    right = "give a number of milliseconds from 1e-06 up to 1e+09"
    assert found["error"].tolist() == ["", *(f"tpot_ms is '{time}'; {right}" for time in times[1:4]), ""]
    assert found["correction_points"].tolist() == [0, 1, 1, 1, 1]
    assert (found["corrected_tpot_ms"] > 0).all()


def test_columns_that_may_be_meant_for_ours_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(f"{HEADER},prompt_tokens,remark\n{ROW},500,x\n", encoding="utf-8")
    assert main(["predict", "--in", str(path)]) == 0
    captured = capsys.readouterr()
    assert captured.err == "infecon: not read, but passed through: 'prompt_tokens' (is it isl?).\n"
    assert captured.out.startswith(f"{HEADER},prompt_tokens,remark,")


def test_the_help_says_which_columns_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "batch_per_instance, and context_len, or isl and osl" in said
    assert "predicted_ttft_ms, take isl, osl and client_concurrency as batch_kind" in said


BAD_FILES = {
    "empty": (b"", "line 1 is empty"),
    "empty lines": (b"\n\n", "line 1 is empty"),
    "no CSV": (b"{}\n", "line 1 lacks the column model_id"),
    "semicolons": (HEADER.replace(",", ";").encode(), "separate the columns by commas"),
    "one column short": (HEADER.replace("accelerator_id,", "").encode(), "line 1 lacks the column accelerator_id"),
    "another word": (f"{HEADER.replace('model_id', 'model')}".encode(), "; 'model' may be meant for it"),
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
