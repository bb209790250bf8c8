"""What others published, recomputed: against other ways through the engine, by hand, and where the ratios lie."""

import numpy as np
import pandas as pd
import pytest

from infecon_core import engines
from infecon_core.catalog.published_claims import (
    DecodeClaim,
    FleetClaim,
    FrontierClaim,
    PromptClaim,
    PublishedClaim,
    published_claims,
)
from infecon_core.measured.predict import predict
from infecon_core.scenario import Scenario
from infecon_core.validation.published_claims import MET, RecomputedClaim, claims_table, decode_rates, recompute

CLAIMS = published_claims()

# Ours over theirs. A change of the engine moves them: look at `python -m infecon_core claims` before they are changed.
RATIOS = {
    "deepseek-day": 1.05,
    "deepseek-h800-decode": 0.80,
    "deepseek-h800-prefill": 1.32,
    "sglang-96h100-decode": 1.09,
    "sglang-96h100-prefill-2k": 0.87,
    "sglang-96h100-prefill-4k": 0.89,
    "trtllm-b200-batch-1": 1.32,
    "trtllm-b200-mtp3": 1.40,
    "sglang-gb200-decode-1": 1.07,
    "kimi-k2-decode": 1.30,
    "kimi-k2-prefill": 0.85,
    "sglang-gb200-decode-2": 0.89,
    "sglang-gb200-prefill-fp4": 0.81,
    "sglang-gb200-prefill-fp8": 0.86,
    "inferencemax-dsr1-gb200": 1.30,
    "inferencemax-llama-b200": 0.94,
    "vllm-h200-decode": 1.35,
    "vllm-gb200-decode": 0.85,
    "vllm-gb200-prefill": 0.93,
}


def _found(claim_id: str) -> RecomputedClaim:
    return recompute(CLAIMS[claim_id], CLAIMS)


def _scenario(claim: PublishedClaim, **changes: object) -> Scenario:
    """A claim's setup without what the catalog would add to it: drafts and neighbours of the measurements."""
    preset = Scenario.preset(claim.model_id, claim.accelerator_id, weights=claim.weights, kv=claim.kv)
    return preset.changed(speculation=None, correction="off", **changes)


def test_every_claim_lies_where_it_did() -> None:
    assert {name: _found(name).ratio for name in CLAIMS} == pytest.approx(RATIOS, rel=0.02)


def test_as_many_are_met_as_is_told() -> None:
    found = [_found(name) for name in CLAIMS]
    assert (sum(one.met for one in found), len(found)) == (13, 19)


def test_a_decode_claim_is_what_predict_says() -> None:
    claim = CLAIMS["sglang-gb200-decode-1"]  # inside one scale-up domain, where nothing overlaps
    assert isinstance(claim, DecodeClaim)
    row = {
        "model_id": claim.model_id,
        "accelerator_id": claim.accelerator_id,
        "weight_precision": claim.weights,
        "kv_format": claim.kv,
        "gpus_per_instance": 48,
        "attention_dp": 48,
        "batch_per_instance": 768 * 48,
        "context_len": claim.context_tokens,
        "disagg": "Y",
    }
    tpot_ms = float(predict(pd.DataFrame([row]))["predicted_tpot_ms"].iloc[0])
    assert _found(claim.id).ours == pytest.approx(768 / (tpot_ms * 1e-3))


def test_tokens_per_user_are_those_of_a_step() -> None:
    claim = CLAIMS["trtllm-b200-batch-1"]
    scenario = _scenario(claim, prompt_tokens=1000, output_tokens=2000)
    layout = engines.engine_of(scenario).layout(scenario, {"n_gpu": 8})
    assert _found(claim.id).ours == pytest.approx(1 / engines.step(scenario, layout, 1).tpot_s)


def test_drafts_of_a_claim_are_those_that_are_stated() -> None:
    bare, drafted = _found("trtllm-b200-batch-1"), _found("trtllm-b200-mtp3")
    # A round makes 2.82 tokens, and takes longer than a step: three drafts of one layer and a check of four positions.
    assert bare.ours < drafted.ours < 2.82 * bare.ours


def test_prompts_of_a_pool_are_those_a_frontier_pays_for() -> None:
    claim = CLAIMS["sglang-gb200-prefill-fp4"]
    assert isinstance(claim, PromptClaim)
    scenario = _scenario(claim, prompt_tokens=2000, output_tokens=1, disaggregated=True)
    layout = engines.engine_of(scenario).layout(scenario, {"n_gpu": 4, "dp_attn": 4})
    step = engines.step(scenario, layout, 4)
    # GPU-seconds of a token that needs one prompt: 4·(TPOT/4 + one prompt).
    usd = scenario.accelerator.price_usd_per_gpu_hour / 3600
    prompt_s = (step.usd_per_million_tokens / 1e6 / usd - step.tpot_s) / 4
    assert _found(claim.id).ours == pytest.approx(2000 / prompt_s / 4)


def test_a_claim_on_the_frontier_is_its_cheapest_point_at_the_speed() -> None:
    claim = CLAIMS["inferencemax-llama-b200"]
    assert isinstance(claim, FrontierClaim)
    scenario = _scenario(claim, prompt_tokens=922, output_tokens=922, max_gpus=8)
    points = engines.frontier(scenario)
    fast = points[points["tokens_per_s_user"] >= 50]
    # As many prompt tokens as output tokens.
    assert _found(claim.id).ours == pytest.approx(2 * fast["tokens_per_s_per_gpu"].max())


def test_a_speed_that_is_stated_sets_the_batch() -> None:
    claim = CLAIMS["deepseek-h800-decode"]
    assert isinstance(claim, DecodeClaim)
    found = _found(claim.id)
    batch, tpot = decode_rates(claim)
    after = np.flatnonzero(batch > found.batch)
    assert found.speed >= 21 > 1 / tpot[after[0]]
    assert found.batch % 144 == 0


def test_a_batch_that_is_not_stated_is_the_best_that_fits() -> None:
    claim = CLAIMS["vllm-h200-decode"]
    assert isinstance(claim, DecodeClaim)
    batch, tpot = decode_rates(claim)
    assert _found(claim.id).ours == pytest.approx((batch / tpot).max() / 32)
    # With the batch stated as the largest, it is the same.
    stated = claim.model_copy(update={"batch": float(batch[-1])})
    assert recompute(stated, CLAIMS).ours == pytest.approx(batch[-1] / tpot[-1] / 32)


def test_a_stated_batch_that_memory_cannot_hold_has_no_answer() -> None:
    claim = CLAIMS["kimi-k2-decode"]
    # A cached token takes 61 layers · (512 + 64) · 2 B, a sequence of 2,500 tokens 0.1757 GB. A GPU of 141 GB holds
    # 4 of 384 experts and the shared one of 60 layers with their routers, 13.38 GB, attention and the dense layer,
    # 6.57 GB, and 1/96 of two tables, 0.05 GB: room for 688.
    experts = 60 * (5 * 3 * 7168 * 2048 + 7168 * 384)
    attention = 61 * (7168 * 1536 + 1536 * 64 * 192 + 7168 * 576 + 512 * 64 * 256 + 64 * 128 * 7168)
    other = 3 * 7168 * 18432 + 2 * 2 * 163840 * 7168 / 96
    rooms = (141e9 - experts - attention - other) / (61 * 576 * 2 * 2500)
    assert int(rooms) == 688
    held, lost = (recompute(claim.model_copy(update={"batch": 96.0 * n}), CLAIMS) for n in (688, 689))
    assert np.isfinite(held.ours)
    assert held.batch == 96 * 688
    assert np.isnan(lost.ours)
    assert not lost.met


def test_a_speed_out_of_reach_has_no_answer() -> None:
    found = recompute(CLAIMS["deepseek-h800-decode"].model_copy(update={"tokens_per_s_user": 1e4}), CLAIMS)
    assert np.isnan(found.ours)
    assert not found.met


def test_a_fleet_does_the_work_of_a_day() -> None:
    claim = CLAIMS["deepseek-day"]
    assert isinstance(claim, FleetClaim)
    # With the rates that they published themselves, the day takes the GPUs that they published.
    gpus = 168e9 / 86400 / 14800 * 8 + 266e9 / 86400 / 32207 * 8
    assert gpus == pytest.approx(claim.value, rel=0.01)
    decode, prompts = _found(claim.decode_claim).ours, _found(claim.prompt_claim).ours
    assert _found(claim.id).ours == pytest.approx(168e9 / 86400 / decode * 8 + 266e9 / 86400 / prompts * 8)


def test_a_claim_is_met_within_a_quarter() -> None:
    claim = CLAIMS["deepseek-day"]
    for ratio, met in ((0.74, False), (0.76, True), (1.24, True), (1.26, False)):
        assert RecomputedClaim(claim, ratio * claim.value, np.nan, np.nan, "").met is met
    assert MET == 0.25


def test_the_table_has_a_row_a_claim() -> None:
    found = tuple(_found(name) for name in ("deepseek-day", "vllm-gb200-prefill"))
    table = claims_table(found)
    assert list(table["id"]) == ["deepseek-day", "vllm-gb200-prefill"]
    assert table["ratio"].tolist() == pytest.approx((table["ours"] / table["theirs"]).tolist())
    assert table[["reason", "source", "date", "unit", "kind"]].ne("").all(axis=None)


def test_a_claim_on_missing_claims_is_refused() -> None:
    with pytest.raises(KeyError, match="deepseek-h800-decode"):
        recompute(CLAIMS["deepseek-day"], {})
