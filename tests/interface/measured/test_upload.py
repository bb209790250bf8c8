"""A reader's own file: read line by line, scored, its faults named."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from infecon_core import catalog
from infecon_ui.measured import own_correction
from infecon_ui.measured.points import measured_points
from infecon_ui.measured.sentences import upload_summary
from infecon_ui.measured.upload import (
    MAX_ROWS,
    MAX_SETUPS,
    BadFileError,
    columns_table,
    correction,
    template,
    upload_report,
)
from infecon_ui.state import links
from infecon_ui.text.formats import percent
from tests.support.measured import HEAD, ROW


def test_hover_names_setup_and_source_and_keeps_foreign_text_as_text() -> None:
    text = measured_points()["hover"].iloc[0]
    for part in ("<b>DeepSeek R1 in FP4</b>", "4 × B200", "TP 4", "batch 3.8", "prompt 1,024, output 1,024", "sglang"):
        assert part in text
    assert "InferenceX" in text
    row = HEAD.replace("tpot_ms", "tpot_ms,serving_software") + ROW.replace("14.2", "14.2,<img src=x>")
    assert "<img" not in upload_report(row.encode()).points["hover"].iloc[0]


def test_a_file_of_too_many_setups_is_refused_before_anything_is_computed() -> None:
    """They cost, not the rows: 19,000 setups in 0.8 MB took 78 s."""
    rows = [
        ROW.replace("llama-3.1-70b", model).replace("h100-sxm", accelerator)
        for model in list(catalog.models())[:20]
        for accelerator in list(catalog.accelerators())[:11]
    ]
    most = upload_report((HEAD + "".join(rows[:MAX_SETUPS] + rows[:MAX_SETUPS])).encode())
    assert len(most.points) + len(most.faults) == 2 * MAX_SETUPS
    with pytest.raises(BadFileError) as caught:
        upload_report((HEAD + "".join(rows)).encode())
    assert str(caught.value) == (
        "The file has 220 different setups (model, accelerator, weights and KV cache); split it into parts of at most "
        "200."
    )


def test_template_reads_back_without_a_fault() -> None:
    report = upload_report(template().encode())
    assert len(report.points) == 3
    assert report.faults == ()
    listed = columns_table()
    assert set(template().splitlines()[0].split(",")) == set(listed["Column"])
    needed = listed[listed["Needed"] == "yes"]
    assert needed.index.tolist() == list(range(6))  # those that must be there stand first
    assert (listed["Holds"] != "").all()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "Line 1 is empty"),
        (b"PK\x03\x04 a spreadsheet", "save the table as CSV"),
        (HEAD.encode() + b"llama-3.1-70b,h100-sxm,fp8,8,\xff\xfe,1,1\n", "Line 2 is not UTF-8 text"),
        (HEAD.replace("tpot_ms", "time").encode() + ROW.encode(), "lacks the column tpot_ms"),
        (HEAD.replace("model_id", "a").encode() + ROW.encode(), ", tpot_ms"),
        (HEAD.replace("model_id", "model").encode() + ROW.encode(), "Line 1 lacks the column model_id"),
        (HEAD.replace(",", ";").encode() + ROW.replace(",", ";").encode(), "separate the columns by commas"),
        (HEAD.replace("context_len", "model_id").encode() + ROW.encode(), "names the column model_id twice"),
        ((HEAD + ROW + "llama-3.1-70b,h100-sxm\n").encode(), "Line 3 has 2 fields, the header has 7"),
        ((HEAD + '"llama').encode(), "Line 2 is not CSV"),
        (HEAD.encode(), "holds no rows"),
        ((HEAD + ROW * (MAX_ROWS + 1)).encode(), "20,001 rows; split it"),
    ],
)
def test_bad_file_says_what_is_wrong_in_one_sentence(data: bytes, why: str) -> None:
    with pytest.raises(BadFileError) as caught:
        upload_report(data)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_own_points_correct_each_other_and_lead_to_their_frontier() -> None:
    slow = upload_report(template().encode()).points
    rows = "".join(ROW.replace(",16,", f",{batch},").replace("14.2", "40") for batch in (4, 8, 16))
    report, found = upload_report((HEAD + rows).encode()), correction((HEAD + rows).encode())
    after = found.score
    assert after.n == report.score.n == 3
    assert after.median < report.score.median
    assert percent(after.median) in own_correction.summary(report.score, after)
    shown = own_correction.table(found.factors)
    assert shown["Model"].tolist() == ["Llama 3.1 70B"]
    assert shown["Your points"].tolist() == [3]
    query = dict(parse_qsl(urlsplit(shown["Frontier"].iloc[0]).query))
    assert query["correction"] == "own"
    found_again = links.decode(query).comparison.base.scenario()
    assert found_again.serving.time_factor == pytest.approx(shown["Factor on time"].iloc[0], rel=1e-2)
    assert found_again.architecture.name == "Llama 3.1 70B"
    assert found_again.precision.weights == "fp8"
    assert own_correction.table(correction(template().encode()).factors)["Your points"].sum() == len(slow)


def test_a_factor_beyond_what_a_scenario_takes_has_no_link() -> None:
    assert own_correction.address("llama-3.1-70b", "h100-sxm", "fp8", 7.0) == ""


def test_rows_that_cannot_be_predicted_name_their_line_and_the_rest_is_scored() -> None:
    rows = [
        ROW,
        "\n",
        ROW.replace("llama-3.1-70b", "lama-3.1-70b"),
        ROW.replace("14.2", "fast"),
        ROW.replace("14.2", "-1"),
        ROW.replace(",16,", ",,"),
        ROW.replace("fp8", "fp3"),
        ROW.replace("14.2", "15"),
    ]
    report = upload_report((HEAD + "".join(rows)).encode())
    assert report.points.index.tolist() == [2, 9]
    faults = dict(report.faults)
    assert list(faults) == [4, 5, 6, 7, 8]
    assert "llama-3.1-70b" in faults[4]
    assert faults[5] == "tpot_ms is 'fast'; give a number of milliseconds from 1e-06 up to 1e+09"
    assert "batch_per_instance is empty" in faults[7]
    assert "'fp3' is no format" in faults[8]
    assert report.score.n == 2
    assert upload_summary(report).endswith("5 rows cannot be predicted.")


def test_line_numbers_hold_after_a_field_with_a_line_break() -> None:
    head, row = HEAD.replace("tpot_ms", "tpot_ms,serving_software"), ROW.replace("14.2\n", '14.2,"two\nlines"\n')
    report = upload_report((head + row + ROW.replace("14.2", "x,y")).encode())
    assert report.points.index.tolist() == [3]
    assert [fault.line for fault in report.faults] == [4]
