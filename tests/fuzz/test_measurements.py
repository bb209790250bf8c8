"""Measurements as CSV from anybody: a report with its faulty rows, or one sentence."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infecon_core.catalog.measurements import parse
from infecon_ui.measured import refit, upload
from infecon_ui.measured.sentences import refit_summary, upload_summary
from infecon_ui.measured.upload import BadFileError
from tests.support.fuzzing import assert_sentence, command, fuzzed, limits
from tests.support.hostile.files import tables
from tests.support.measured import HEAD, ROW


@fuzzed(0.10)
@given(data=tables())
@example(data=(HEAD + ROW.replace("llama-3.1-70b", '"a\nb"')).encode())
@example(data=(HEAD + ROW.replace("fp8", '"a\nb"') + ROW.replace("8,16", '"\n",16')).encode())
def test_any_file_gets_a_report_or_a_sentence(data: bytes, part: int) -> None:
    with limits():
        try:
            report = upload.upload_report(data)
        except BadFileError as fault:
            assert_sentence(str(fault))
            return
        summary = upload_summary(report)
        upload.faults_table(report)
        upload.metrics(report.score)
    assert_sentence(summary)
    times = report.points["serving_ms"].to_numpy(dtype=np.float64)
    assert (np.isfinite(times) & (times > 0)).all()
    assert not [text for text in report.points["hover"] if re.search("<(?!/?b>|br>)", text)]
    for fault in report.faults:
        assert fault.line > 1
        assert_sentence(fault.reason)
    assert len(report.points) + len(report.faults) == len(parse(data))


@fuzzed(0.02, few=40)
@given(data=tables())
def test_any_file_is_corrected_and_refitted_or_refused(data: bytes, part: int) -> None:
    for work in (upload.correction, refit.refit):
        with limits(6):
            try:
                found = work(data)
            except ValueError as fault:
                assert_sentence(str(fault))
                continue
        if isinstance(found, refit.Refit):
            assert_sentence(refit_summary(found))
            assert all(np.isfinite(value) for _, value in found.constants)
        else:
            assert (found.factors["factor"] > 0).all()


@fuzzed(0.06)
@given(data=tables(), correct=st.booleans())
@example(data=HEAD.replace("\n", ',"a\rb"\n').encode(), correct=False)
@example(data=(HEAD.replace("\n", ",note\n") + ROW.replace("\n", ',"a\rb"\n')).encode(), correct=False)
def test_any_file_is_predicted_by_the_command_line(
    data: bytes, correct: bool, part: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = Path(tmp_path_factory.getbasetemp()) / "points.csv"
    file.write_bytes(data)
    status, printed = command("predict", "--in", str(file), *(["--correct"] if correct else []))
    if status == 0:
        assert len(parse(printed.encode())) == len(parse(data))
