"""Constants fitted to a reader's points."""

import io

import pandas as pd
import pytest

from infecon_core.catalog.constants import FITTED, shipped
from infecon_core.catalog.measurements import shipped_points
from infecon_core.measured.predict import predict
from infecon_ui.measured.refit import constants_table, refit
from infecon_ui.measured.sentences import refit_summary, upload_summary
from infecon_ui.measured.upload import BadFileError, template, upload_report
from tests.support.measured import HEAD, ROW


def test_refit_finds_the_constants_behind_the_points() -> None:
    truth = shipped().model_copy(update={"layer_overhead_s": 1.6 * shipped().layer_overhead_s})
    chosen = shipped_points().query("model_id in ('llama-3.3-70b', 'qwen3-32b')")
    own = predict(chosen, truth).assign(tpot_ms=lambda frame: frame["predicted_tpot_ms"])
    found = refit(own.to_csv(index=False).encode())
    assert found.before.median > 0.05
    assert found.after.median < 0.01
    assert found.unseen is not None
    assert found.unseen.median < 0.015
    assert found.constants.layer_overhead_s == pytest.approx(truth.layer_overhead_s, rel=0.05)
    # What these dense models do not touch stays.
    assert found.constants.all_to_all_latency_s == pytest.approx(shipped().all_to_all_latency_s, rel=1e-6)
    table = constants_table(found.constants)
    assert len(table) == len(FITTED)
    assert "the error goes from" in refit_summary(found)


def test_refit_says_when_a_unit_is_wrong() -> None:
    seconds = HEAD + ROW.replace("14.2", "0.0142") * 40
    with pytest.raises(BadFileError, match="perhaps a column is in another unit"):
        refit(seconds.encode())


@pytest.mark.parametrize("column", ["tpot_ms", "batch_per_instance", "context_len", "isl", "osl"])
@pytest.mark.parametrize("cell", ["1e308", "1e9", "1e-300"])
@pytest.mark.filterwarnings("error")
def test_extreme_numbers_give_a_short_sentence(column: str, cell: str) -> None:
    table = pd.read_csv(io.StringIO(template()), dtype=str).assign(**{column: cell})
    data = table.to_csv(index=False).encode()
    said = upload_summary(upload_report(data))
    try:
        said += refit_summary(refit(data))
    except BadFileError as fault:
        said += str(fault)
    assert "inf" not in said
    assert "nan" not in said
    assert len(said) < 500


def test_refit_needs_a_point() -> None:
    with pytest.raises(BadFileError, match="nothing to fit"):
        refit((HEAD + ROW.replace("fp8", "fp3")).encode())
