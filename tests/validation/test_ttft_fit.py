"""The fit of the first token finds its constants, keeps the others, and leaves whole models out."""

import numpy as np
import pandas as pd
import pytest

from infecon_core.catalog.constants import FITTED, FITTED_TTFT, priors, shipped
from infecon_core.catalog.measurements import shipped_points, software
from infecon_core.validation import ttft_scores
from infecon_core.validation.fit import Fitter
from infecon_core.validation.report import record
from infecon_core.validation.scores import OTHER_SOFTWARE
from infecon_core.validation.ttft_fit import TtftFitter
from tests.support.fitting import report


def made(factor: float = 2.5) -> tuple[pd.DataFrame, TtftFitter, Fitter]:
    """Some of the shipped points with times to first token as constants of ours make them."""
    points = shipped_points()
    names = ["qwen3-32b", "qwen3-235b-a22b", "deepseek-r1"]
    points = points[points["model_id"].isin(names) & points["ttft_ms"].notna()].reset_index(drop=True)
    terms = TtftFitter(Fitter(points)).terms(shipped())
    truth = shipped().model_copy(update={"ttft_overhead_s": 0.08, "ttft_expert_prompt_factor": 2.2})
    slower = np.where(points["serving_software"].str.contains("sglang"), factor, 1.0)
    points["ttft_ms"] = 1e3 * terms.ttft_s(truth) * slower
    fitter = Fitter(points)
    return points, TtftFitter(fitter), fitter


def test_a_fit_recovers_the_constants_and_the_factor_that_made_the_points() -> None:
    _, first, _ = made()
    found = first.fit(shipped(), first.terms(shipped()))
    assert found.constants.ttft_overhead_s == pytest.approx(0.08, rel=0.02)  # the priors pull a little
    assert found.constants.ttft_expert_prompt_factor == pytest.approx(2.2, rel=0.02)
    assert found.factors == {"sglang": pytest.approx(2.5, rel=0.02)}
    for name in FITTED:
        assert getattr(found.constants, name) == getattr(shipped(), name)


def test_without_points_the_priors_stay() -> None:
    points, _, _ = made()
    first = TtftFitter(Fitter(points.drop(columns="ttft_ms")))
    assert not first.usable.any()
    found = first.fit(shipped(), first.terms(shipped()))
    for name in FITTED_TTFT:
        assert getattr(found.constants, name) == pytest.approx(getattr(priors(), name))


def test_a_model_is_predicted_by_what_was_fitted_without_it() -> None:
    points, first, fitter = made()
    own = (points["model_id"] == "qwen3-32b").to_numpy() & first.usable
    unknown, known = first.without_model_s()
    constants = fitter.fit((points["model_id"] != "qwen3-32b").to_numpy())
    terms = first.terms(constants)
    found = first.fit(constants, terms, (points["model_id"] != "qwen3-32b").to_numpy())
    assert unknown[own] == pytest.approx(terms.ttft_s(found.constants)[own])
    sglang = points["serving_software"].str.startswith("sglang").to_numpy() & first.usable
    assert sglang.any()
    assert np.all(known[sglang] > 2 * unknown[sglang])
    assert known[first.usable & ~sglang] == pytest.approx(unknown[first.usable & ~sglang])
    assert np.isnan(unknown[~first.usable]).all()


def test_the_report_tells_models_left_out_beside_other_software() -> None:
    points, _, fitter = made()
    mixture = (points["model_id"] != "qwen3-32b").to_numpy()
    found = ttft_scores.ttft_report(fitter, shipped(), mixture)
    names = {name for name, _ in found.scores}
    assert names == {
        ttft_scores.UNKNOWN,
        ttft_scores.KNOWN,
        ttft_scores.FITTED_KNOWN,
        OTHER_SOFTWARE,
        ttft_scores.ALONE,
    }
    # Made by the formula, so that only the constants of the decoding step move it.
    assert found.scores[ttft_scores.FITTED_KNOWN, "all"].median < 0.02
    assert found.scores[ttft_scores.ALONE, "all"].bias < 0.5
    assert set(found.parts["of"]) == {"model", "accelerator", "software", "prompt, tokens", "users", "attention DP"}
    assert set(found.parts.loc[found.parts["of"] == "users", "label"]) == {"0 to 7", "8 to 63", "64 and more"}
    copies = found.parts[found.parts["of"] == "attention DP"].set_index("label")["n"]
    dp_attn = points.loc[TtftFitter(fitter).usable, "attention_dp"].fillna(1)
    told = {"1": dp_attn < 2, "2 to 7": dp_attn.between(2, 7), "8 and more": dp_attn >= 8}
    assert copies.to_dict() == {name: mask.sum() for name, mask in told.items() if mask.any()}
    assert len(copies) > 1
    plain = ttft_scores.ttft_record(found)
    assert [row["name"] for row in plain["constants"]] == list(FITTED_TTFT)
    assert plain["factors"][0]["software"] == "SGLang"


@pytest.mark.slow
def test_the_shipped_factor_is_what_the_fit_gives_and_the_errors_stay_in_their_bounds() -> None:
    found = report().ttft
    for name, value in found.found.factors.items():
        assert value == pytest.approx(software()[name].ttft_factor, rel=0.02)
    unknown, known = (found.scores[name, "all"] for name in (ttft_scores.UNKNOWN, ttft_scores.KNOWN))
    assert unknown.n == known.n > 1400
    assert unknown.median <= 0.3
    assert known.median <= 0.26
    assert abs(known.bias - 1) <= 0.1
    assert record(report())["ttft"]["errors"][0]["predictions"] == ttft_scores.UNKNOWN
