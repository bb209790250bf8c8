"""Predictions of measured setups: rows worked by hand, odd cells, and what must always hold."""

import numpy as np
import pandas as pd
import pytest

from infecon_core import catalog, predict
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import parse, shipped_points
from infecon_core.measured import rows as measurement_rows
from infecon_core.measured.rows import default_kv, read_rows
from infecon_core.schema import FIVE_TIMES

HEADER = "model_id,accelerator_id,weight_precision,gpus_per_instance,batch_per_instance,context_len"


ROW = "llama-3.1-8b,h100-sxm,bf16,1,1,1000"


def _table(*rows: str, header: str = HEADER) -> pd.DataFrame:
    return parse("\n".join((header, *rows)).encode())


def test_a_dense_row_by_hand() -> None:
    """Llama 3.1 8B on one H100: 32 layers of 4096, 32 heads of 128 over 8, 14336 wide, 128256 words, 16 bits."""
    row = predict(_table(ROW)).iloc[0]
    c = shipped()
    attention = 4096 * 128 * (2 * 32 + 2 * 8)
    weights = 32 * (attention + 3 * 4096 * 14336) + 128256 * 4096
    cache = 32 * 2 * 8 * 128 * 1000
    memory = 2 * weights / (3.35e12 * c.weight_read_efficiency) + 2 * cache / (3.35e12 * c.cache_read_efficiency)
    over_cache = 32 * 4 * 32 * 128 * 1000
    arithmetic = (2 * weights + over_cache / c.attention_arithmetic_efficiency) / 989.5e12
    assert row["memory_s"] == pytest.approx(memory, rel=1e-9)
    assert row["arithmetic_s"] == pytest.approx(arithmetic, rel=1e-9)
    assert row["kernel_overhead_s"] == pytest.approx(32 * (c.layer_overhead_s + c.sequence_layer_overhead_s), rel=1e-9)
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


def test_an_empty_cache_format_is_the_default_one() -> None:
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
    "no link": ("llama-3.1-8b,rtx-4090,bf16,100000,1,1000", "not linked"),
}


@pytest.mark.parametrize(("row", "expected"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_row_that_cannot_be_predicted_says_why_and_the_others_are(row: str, expected: str) -> None:
    found = predict(_table(ROW, row, ROW))
    assert expected in found["error"].iloc[1]
    assert found["error"].iloc[[0, 2]].tolist() == ["", ""]
    assert np.isnan(found["predicted_tpot_ms"].iloc[1])
    assert (found["predicted_tpot_ms"].iloc[[0, 2]] > 0).all()


def test_rows_of_one_setup_are_predicted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    # One pass for each model on an accelerator in its formats, however many rows there are of it.
    passes = []
    worked_out = measurement_rows.forward_pass
    monkeypatch.setattr(
        measurement_rows, "forward_pass", lambda *args, **more: passes.append(1) or worked_out(*args, **more)
    )
    points = pd.concat([shipped_points()] * 10)
    found = predict(points)["predicted_tpot_ms"].to_numpy()
    setups = points[["model_id", "accelerator_id", "weight_precision", "kv_format"]].drop_duplicates()
    assert 0 < len(passes) <= len(setups)
    assert len(found) > 18_000
    np.testing.assert_array_equal(
        found.reshape(10, -1), np.broadcast_to(found[: len(found) // 10], (10, len(found) // 10))
    )


def test_predictions_are_positive_and_the_five_times_sum_to_them() -> None:
    found = predict(shipped_points())
    good = found[found["error"] == ""]
    assert len(good) > 1800
    assert (good[list(FIVE_TIMES)] >= 0).all().all()
    np.testing.assert_allclose(good[list(FIVE_TIMES)].sum(axis=1) * 1e3, good["predicted_tpot_ms"], rtol=1e-12)


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


def test_thousands_of_rows_take_no_longer_than_a_breath() -> None:
    points = pd.concat([shipped_points()] * 3)
    assert len(points) > 5000
    found = predict(points)
    third = len(found) // 3
    np.testing.assert_array_equal(found["predicted_tpot_ms"][:third], found["predicted_tpot_ms"][-third:])


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
