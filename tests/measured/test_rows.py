"""Rows read for prediction: defaults of empty cells, and hardware that may only help."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from infecon_core import catalog
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import parse, shipped_points
from infecon_core.measured.rows import MeasurementGroup, default_kv, measured_seconds, read_numbers, read_rows
from infecon_core.schema.measurement import MEASUREMENT_COLUMNS


def test_an_unrecorded_cache_has_the_format_that_launch_scripts_set() -> None:
    h100, a100 = (catalog.accelerator(name).accelerator for name in ("h100-sxm", "a100-sxm-80gb"))
    assert [default_kv(h100, name) for name in ("fp8", "fp4", "bf16", "fp16", "int4")] == [
        *("fp8", "fp8"),
        *("bf16", "fp16", "bf16"),
    ]
    assert default_kv(a100, "fp4") == "bf16"


@pytest.mark.parametrize("field", ["hbm_bytes_per_s", "scale_up_bytes_per_s", "scale_out_bytes_per_s"])
def test_twice_the_bandwidth_is_never_slower(field: str) -> None:
    # No shipped point spans two domains; this one does.
    across = {"model_id": "deepseek-v3", "accelerator_id": "h200-sxm", "weight_precision": "fp8", "context_len": 1000}
    across |= {"gpus_per_instance": 16, "batch_per_instance": 64, "tp": 1, "attention_dp": 16, "ep_in_instance": 16}
    groups, _ = read_rows(pd.concat([shipped_points(), pd.DataFrame([across])], ignore_index=True))
    faster_anywhere = False
    for rows in groups:
        accelerator = rows.deployment.accelerator
        if getattr(accelerator, field) is None:
            continue
        doubled = accelerator.model_copy(update={field: 2 * getattr(accelerator, field)})
        other = replace(rows, deployment=replace(rows.deployment, accelerator=doubled))
        before, after = (r.five_times(shipped()).total_s for r in (rows, other))
        assert (after <= before * (1 + 1e-12)).all()
        faster_anywhere |= bool((after < before).any())
    assert faster_anywhere


HEADER = "model_id,accelerator_id,weight_precision,gpus_per_instance,batch_per_instance"


ROW = "llama-3.1-8b,h100-sxm,bf16"


def _read(header: str, *rows: str) -> MeasurementGroup:
    groups, faults = read_rows(parse("\n".join((f"{HEADER},{header}", *rows)).encode()))
    assert faults == [""] * len(rows)
    (group,) = groups
    return group


@pytest.mark.parametrize(
    ("batch_kind", "metric_kind", "disagg", "prompts"),
    [
        ("client_concurrency", "", "N", 8 / 100),  # the prompts of the eight others
        ("client_concurrency", "", "", 8 / 100),
        ("client_concurrency", "tpot_incl_prefill", "N", 8 / 100),
        ("client_concurrency", "", "y", 0.0),  # prompts run elsewhere
        ("static_batch", "", "N", 0.0),  # prompts are done before
        ("static_batch", "throughput_incl_prefill", "N", 9 / 100),  # its own nine are in the time
        ("client_concurrency", "latency_incl_prefill", "Y", 9 / 100),
        ("", "", "", 0.0),
    ],
)
def test_prompts_beside_a_step_by_hand(batch_kind: str, metric_kind: str, disagg: str, prompts: float) -> None:
    """Nine sequences of 100 output tokens: every step ends 9/100 of a sequence and starts as many."""
    group = _read("isl,osl,batch_kind,metric_kind,disagg", f"{ROW},1,9,1000,100,{batch_kind},{metric_kind},{disagg}")
    assert group.prompts_per_step.tolist() == pytest.approx([prompts])


def test_lengths_are_as_drawn_by_hand() -> None:
    """Nominal 1,000 in and 200 out: a mean context of 1,100, or 0.9 of it where lengths are drawn shorter."""
    rows = [f"{ROW},1,9,{context},1000,200,client_concurrency" for context in ("", "1100", "990", "300", "5000")]
    group = _read("context_len,isl,osl,batch_kind", *rows)
    assert group.context_tokens.tolist() == [1100, 1100, 990, 300, 5000]
    # At 300, far below any draw, half of the nominal lengths; at 5,000 all of them.
    shares = [1.0, 1.0, 0.9, 0.5, 1.0]
    assert group.prompt_tokens.tolist() == pytest.approx([1000 * share for share in shares])
    assert group.prompts_per_step.tolist() == pytest.approx([8 / (200 * share) for share in shares])


@pytest.mark.parametrize(
    ("cells", "context", "prompt", "prompts"),
    [
        ("1100,1000,200", 1100, 1000, 8 / 200),
        (",1000,200", 1100, 1000, 8 / 200),
        ("1100,,200", 1100, 1000, 8 / 200),  # 1100 - 200/2
        ("1100,1000,", 1100, 1000, 8 / 200),  # 2·(1100 - 1000)
        ("1100,,", 1100, 0, 0),  # a bare step: nothing tells the prompts
        ("900,1000,", 900, 1000, 0),  # drawn shorter: nothing tells the output
        ("50,,200", 50, 0, 8 / 100),  # half of the output at least: drawn at half of its length
    ],
)
def test_one_missing_length_follows_from_the_others(cells: str, context: float, prompt: float, prompts: float) -> None:
    group = _read("context_len,isl,osl,batch_kind", f"{ROW},1,9,{cells},client_concurrency")
    assert group.context_tokens.tolist() == pytest.approx([context])
    assert group.prompt_tokens.tolist() == pytest.approx([prompt])
    assert group.prompts_per_step.tolist() == pytest.approx([prompts])


def test_a_context_alone_is_a_bare_step() -> None:
    alone, apart = (_read("context_len,batch_kind", f"{ROW},1,9,1000,{kind}") for kind in ("client_concurrency", ""))
    assert alone.five_times(shipped()).total_s == apart.five_times(shipped()).total_s


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (",,,", "context_len is empty; give the mean context, or isl and osl"),
        (",1000,,", "context_len is empty; give the mean context, or isl and osl"),
        (",,200,", "context_len is empty; give the mean context, or isl and osl"),
        ("1100,,,tpot_incl_prefill", "metric_kind says that the time contains the prompts; give isl and osl"),
        ("1100,1000,,tpot_incl_prefill", ""),
    ],
)
def test_lengths_that_are_needed(cells: str, fault: str) -> None:
    _, faults = read_rows(parse(f"{HEADER},context_len,isl,osl,metric_kind\n{ROW},1,9,{cells}\n".encode()))
    assert faults == [fault]


def test_a_single_sequence_runs_beside_no_prompt() -> None:
    group = _read("isl,osl,batch_kind", *(f"{ROW},1,{batch},100,50,client_concurrency" for batch in (0.5, 1, 1.5)))
    assert group.prompts_per_step.tolist() == pytest.approx([0, 0, 0.01])


def test_layouts_by_hand() -> None:
    """16 GPUs: two stages of eight, in each two copies of attention on four."""
    group = _read("context_len,pp,attention_dp", f"{ROW},16,9,1000,2,2", f"{ROW},8,9,1000,,")
    assert group.n_gpu.tolist() == [16, 8]
    assert group.shards.stages.tolist() == [2, 1]
    assert group.shards.gpus.tolist() == [8, 8]
    assert group.shards.dp_attn.tolist() == [2, 1]
    assert group.shards.tp_attn.tolist() == [4, 8]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f"{ROW},4,1,1000,8,1", "4 GPUs cannot be shared equally by 8 stages with 1 copy of attention each"),
        (f"{ROW},8,1,1000,2,8", "8 GPUs cannot be shared equally by 2 stages with 8 copies of attention each"),
        (f"{ROW},8,1,1000,1,3", "8 GPUs cannot be shared equally by 1 stage with 3 copies of attention each"),
        (f"{ROW},8,1,1000,3,1", "8 GPUs cannot be shared equally by 3 stages with 1 copy of attention each"),
        (f"{ROW},1,1,1000,1,2", "1 GPU cannot be shared equally by 1 stage with 2 copies of attention each"),
        (f"{ROW},8,1,1000,1,1.6", "8 GPUs cannot be shared equally by 1 stage with 1.6 copies of attention each"),
        (f"{ROW},8,1,1000,0,1", "pp is '0'; give a number from 1 up to 1e+06"),
        (f"{ROW},8,1,-5,1,1", "context_len is '-5'; give a number of tokens from 0 up to 1e+09"),
        (f"{ROW},8,,1000,1,1", "batch_per_instance is empty; give a positive number up to 1e+09"),
        (f"{ROW},x,,1000,1,1", "gpus_per_instance is 'x'; give a number from 1 up to 1e+06"),
        ("llama-3.1-8b,h100-sxm,,8,1,1000,1,1", "weight_precision is empty; give the format of the weights"),
        (",h100-sxm,bf16,x,1,1000,1,1", "model_id is empty; give the id of the catalog"),
    ],
)
def test_a_fault_names_the_cell_and_what_would_be_right(row: str, fault: str) -> None:
    groups, faults = read_rows(parse(f"{HEADER},context_len,pp,attention_dp\n{row}\n".encode()))
    assert faults == [fault]
    assert groups == []


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ("foo,N", "batch_kind is 'foo'; give client_concurrency or static_batch"),
        ("Static_batch,N", "batch_kind is 'Static_batch'; give client_concurrency or static_batch"),
        ("static_batch,maybe", "disagg is 'maybe'; give Y or N"),
        ("static_batch,y", ""),
        (" n/a ,", ""),
    ],
)
def test_words_that_change_a_prediction_are_known_or_refused(cells: str, fault: str) -> None:
    _, faults = read_rows(parse(f"{HEADER},context_len,batch_kind,disagg\n{ROW},1,1,1000,{cells}\n".encode()))
    assert faults == [fault]


def test_numbers_of_a_column_by_hand() -> None:
    column = MEASUREMENT_COLUMNS["tpot_ms"]
    values, faults = read_numbers(column, pd.Series(["14.2", 7, "n/a", "0", " fast ", "1e9", "1e10"]), 7)
    assert values[[0, 1, 5]].tolist() == [14.2, 7, 1e9]
    assert np.isnan(values[2])
    assert list(faults) == [3, 4, 6]
    assert faults[4] == "tpot_ms is 'fast'; give a number of milliseconds from 1e-06 up to 1e+09"
    values, faults = read_numbers(MEASUREMENT_COLUMNS["pp"], None, 2)
    assert values.tolist() == [1, 1]
    assert faults == {}


def test_measured_times_are_seconds() -> None:
    found = measured_seconds(pd.DataFrame({"tpot_ms": ["14.2", "", "-1"]}))
    assert found[0] == pytest.approx(0.0142)
    assert np.isnan(found[1:]).all()
    with pytest.raises(ValueError, match="lacks the column tpot_ms"):
        measured_seconds(pd.DataFrame({"time": [1.0]}))


def test_every_shipped_point_can_be_predicted() -> None:
    _, problems = read_rows(shipped_points())
    assert [problem for problem in problems if problem] == []
