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
ADDED = ["predicted_tpot_ms", *FIVE_TIMES, "error"]


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
