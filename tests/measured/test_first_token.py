"""Predicted times to first token of measured setups: rows by hand, and what is not predicted."""

import numpy as np
import pandas as pd
import pytest

from infecon_core import Layout, Scenario, predict, step
from infecon_core.catalog.constants import shipped
from infecon_core.catalog.measurements import parse, shipped_points, software
from infecon_core.measured.first_token import first_token_terms, measured_ttft_s, software_factors
from infecon_core.measured.rows import read_rows
from infecon_core.physics.ttft import prompt_s

HEADER = (
    "model_id,accelerator_id,weight_precision,gpus_per_instance,batch_per_instance,context_len,isl,osl,"
    "batch_kind,metric_kind,disagg,concurrency,serving_software"
)
ROW = "llama-3.1-8b,h100-sxm,bf16,1,{batch},1250,1000,500,client_concurrency,{kind},N,{users},{software}"


def row(batch: float = 8, kind: str = "serving_median_tpot", users: str = "", software: str = "vllm 0.19.0") -> str:
    return ROW.format(batch=batch, kind=kind, users=users, software=software)


def table(*rows: str) -> pd.DataFrame:
    return parse("\n".join((HEADER, *rows)).encode())


def test_a_median_of_a_row_is_the_time_of_the_engine_at_that_batch() -> None:
    scenario = Scenario.preset("llama-3.1-8b", "h100-sxm", weights="bf16", prompt_tokens=1000, output_tokens=500)
    expected = step(scenario, Layout(n_gpu=1), 8)
    found = predict(table(row(), row(users="8"))).iloc[[0, 1]]
    assert found["predicted_tpot_ms"].tolist() == pytest.approx([1e3 * expected.tpot_s] * 2)
    assert found["predicted_ttft_ms"].tolist() == pytest.approx([1e3 * expected.ttft_s] * 2)


def test_a_mean_has_the_start_of_the_benchmark_and_users_who_wait_count() -> None:
    points = table(row(), row(kind="serving_mean_tpot"), row(users="9"), row(kind="serving_mean_tpot", users="9"))
    groups, _ = read_rows(points)
    terms = first_token_terms(points, groups, [group.pass_with(shipped()) for group in groups])
    # Seven and eight others in one of ten waves.
    prompts = terms.waiting_s / terms.prompt_pass_s
    assert prompts[[1, 3]] - prompts[[0, 2]] == pytest.approx([0.35, 0.4])
    assert prompts[2] > prompts[0] * 9 / 8
    assert not terms.mixture.any()


def test_copies_of_attention_work_on_the_prompts_of_the_start_at_once() -> None:
    header = HEADER.replace("context_len", "context_len,attention_dp,ep_in_instance")
    rows = [
        f"deepseek-v3,h200-sxm,fp8,96,3000,1500,96,96,1000,1000,client_concurrency,{kind},N,3000,vllm"
        for kind in ("serving_median_tpot", "serving_mean_tpot")
    ]
    points = parse("\n".join((header, *rows)).encode())
    groups, faults = read_rows(points)
    assert not any(faults)
    terms = first_token_terms(points, groups, [group.pass_with(shipped()) for group in groups])
    alone = float(prompt_s(groups[0].pass_with(shipped()))[0])
    # 3000 prompts less one for each of 96 copies, half of them in one of ten waves, as the instance takes them.
    median, mean = terms.waiting_s
    assert mean - median == pytest.approx(2904 / 20 * alone)
    assert mean < 3000 * alone


def test_the_factor_of_a_row_s_software_is_applied() -> None:
    factor = software()["sglang"].ttft_factor
    points = table(row(), row(software="SGLang 0.5.9"), row(software=""), row(software="somebody's"))
    assert factor > 1.5
    assert software_factors(points).tolist() == [1, factor, 1, 1]
    found = predict(points)["predicted_ttft_ms"]
    assert found[1:].tolist() == pytest.approx([factor * found.iloc[0], found.iloc[0], found.iloc[0]])
    assert software_factors(points.drop(columns="serving_software")).tolist() == [1] * 4
    assert all(bool(entry.ttft_evidence) == (entry.ttft_factor != 1) for entry in software().values())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",1000,500,", ",,500,"),
        (",1000,500,", ",1000,,"),
        ("client_concurrency", "static_batch"),
        ("client_concurrency", ""),
        (",N,", ",Y,"),
        ("llama-3.1-8b", "nobody"),
    ],
)
def test_what_is_not_known_is_not_predicted(old: str, new: str) -> None:
    here, other = predict(table(row(), row().replace(old, new)))["predicted_ttft_ms"]
    assert here > 0
    assert np.isnan(other)


def test_a_table_without_optional_columns_has_no_first_token() -> None:
    names = ["model_id", "accelerator_id", "weight_precision", "gpus_per_instance", "batch_per_instance", "context_len"]
    assert predict(table(row())[names])["predicted_ttft_ms"].isna().all()


def test_measured_times_are_positive_numbers() -> None:
    points = pd.DataFrame({"ttft_ms": ["250", "", "0", "soon"]})
    assert measured_ttft_s(points).tolist() == pytest.approx([0.25, np.nan, np.nan, np.nan], nan_ok=True)
    assert np.isnan(measured_ttft_s(pd.DataFrame({"tpot_ms": [1.0]}))).all()


def test_of_the_shipped_points_those_with_prompts_of_their_own_are_left_out() -> None:
    points = shipped_points()
    known = predict(points)["predicted_ttft_ms"].notna()
    assert not known[points["disagg"] == "Y"].any()
    assert known[points["ttft_ms"].notna() & (points["disagg"] == "N") & points["isl"].notna()].all()
