"""What every engine promises: the same columns with one meaning each, and a step that knows what its row says."""

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest

from infecon_core import Layout, Scenario, at_speed, cheapest, fastest, frontiers, steady_frontier, step
from infecon_core import frontier as computed
from infecon_core.engines import ENGINES, engine_of, search, searched_as, step_of_row, top_speed_by_gpus
from infecon_core.scenario import LEAST_TARGET
from infecon_core.schema import FIVE_TIMES
from infecon_core.schema.frontier import COLUMNS, FRONTIER_COLUMNS

CASES = [
    ("llama-3.1-70b", "h100-sxm", {"weights": "fp8", "pipelines": True}),
    ("deepseek-v3", "gb200-nvl72", {}),
    ("deepseek-v3", "h200-sxm", {"draft": "llama-3.2-1b", "max_gpus": 32}),
    ("llama-3.1-70b", "h100-sxm", {"engine": "published"}),
    ("deepseek-v3", "h200-sxm", {"engine": "published"}),
    ("mixtral-8x7b", "h100-sxm", {"engine": "published", "draft": "llama-3.2-1b", "acceptance": 0.7}),
    ("llama-3.1-70b", "h100-sxm", {"engine": "published", "published": {"variant": "toy"}}),
]


@cache
def frontier(scenario: Scenario) -> pd.DataFrame:
    """A frontier, worked out once for all tests."""
    return computed(scenario)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]} on {case[1]} {case[2]}")
def scenario(request: pytest.FixtureRequest) -> Scenario:
    model_id, accelerator_id, changes = request.param
    return Scenario.preset(model_id, accelerator_id, **changes)


def _rows(scenario: Scenario) -> list[dict]:
    frame = frontier(scenario)
    return [frame.iloc[i].to_dict() for i in (0, len(frame) // 2, len(frame) - 1)]


def test_every_column_is_told_once() -> None:
    assert len(COLUMNS) == len(FRONTIER_COLUMNS)
    assert all(column.meaning.endswith(".") and column.label for column in FRONTIER_COLUMNS)
    units = {"tokens/s", "tokens/s/GPU", "tokens/s/MW", "USD", "kWh", "1", "tokens", "s", "B", ""}
    assert {column.unit for column in FRONTIER_COLUMNS} <= units


def test_every_engine_returns_the_same_columns(scenario: Scenario) -> None:
    assert list(frontier(scenario).columns) == list(COLUMNS)


def test_only_what_an_engine_cannot_know_is_missing(scenario: Scenario) -> None:
    can = engine_of(scenario).capabilities
    unknown = {
        "ttft_s": can.prompts,
        "end_to_end_s": can.prompts,
        "usd_per_million_tokens_blended": can.prompts,
        **dict.fromkeys(("workspace_bytes_per_gpu", "idle_gpus", "beyond_measured"), scenario.engine != "published"),
    }
    missing = frontier(scenario).isna()
    for name in COLUMNS:
        assert missing[name].all() == (not unknown.get(name, True)), name
        assert missing[name].any() == missing[name].all(), name


def test_degrees_multiply_to_the_gpus(scenario: Scenario) -> None:
    frame = frontier(scenario)
    n_gpu = frame["n_gpu"].to_numpy()
    np.testing.assert_allclose(frame["tp"] * frame["dp_attn"] * frame["pp"], n_gpu, rtol=1e-12)
    np.testing.assert_allclose(frame["tp_ff"] * frame["ep"] * frame["pp"], n_gpu, rtol=1e-12)


def test_whole_layouts_where_they_are_promised(scenario: Scenario) -> None:
    degrees = frontier(scenario)[["n_gpu", "tp", "tp_ff", "pp", "ep", "dp_attn"]].to_numpy()
    assert (degrees == np.round(degrees)).all() == engine_of(scenario).capabilities.whole_gpus


def test_columns_follow_their_formulas(scenario: Scenario) -> None:
    chip = scenario.accelerator
    for row in _rows(scenario):
        tpot = row["tpot_s"]
        assert row["tokens_per_s_user"] == pytest.approx(1 / tpot, rel=1e-12)
        gpu_seconds = row["usd_per_million_tokens"] / 1e6 * 3600 / chip.price_usd_per_gpu_hour
        assert chip.board_power_w is not None
        assert row["kwh_per_million_tokens"] == pytest.approx(1e6 * gpu_seconds * chip.board_power_w / 3.6e6, rel=1e-9)
        assert row["tokens_per_s_per_gpu"] == pytest.approx(1 / gpu_seconds, rel=1e-9)
        assert row["tokens_per_s_per_mw"] == pytest.approx(1e6 / chip.board_power_w / gpu_seconds, rel=1e-9)
        assert row["limit"] == FIVE_TIMES[max(FIVE_TIMES, key=row.__getitem__)]
        if engine_of(scenario).capabilities.prompts:
            share = scenario.output_tokens / (scenario.prompt_tokens + scenario.output_tokens)
            blended = row["usd_per_million_tokens"] * share
            assert row["usd_per_million_tokens_blended"] == pytest.approx(blended, rel=1e-12)
        else:  # nothing but decoding is paid for
            assert gpu_seconds == pytest.approx(row["n_gpu"] * tpot / row["batch"], rel=1e-9)


def test_top_speed_is_that_of_the_frontier_without_its_draft_and_limits(scenario: Scenario) -> None:
    bare = scenario.changed(speculation=None, target_ttft_s=None, demand_tokens_per_s=None)
    found = top_speed_by_gpus(
        scenario.changed(target_ttft_s=1e-3 if engine_of(scenario).capabilities.prompts else None)
    )
    assert list(found.columns) == ["n_gpu", "batch", "tpot_s", *FIVE_TIMES]
    assert found["n_gpu"].is_monotonic_increasing
    assert found["n_gpu"].is_unique
    assert found["n_gpu"].max() <= scenario.max_gpus
    np.testing.assert_allclose(found[list(FIVE_TIMES)].sum(axis=1), found["tpot_s"], rtol=1e-9)
    top = float(fastest(frontier(bare))["tokens_per_s_user"])
    # A setup of the published grid with a little more than one sequence may be a little faster.
    tolerance = 1e-9 if engine_of(scenario).capabilities.whole_gpus else 5e-3
    assert 1 / found["tpot_s"].min() == pytest.approx(top, rel=tolerance)
    assert found.equals(top_speed_by_gpus(bare))


def test_top_speed_of_what_fits_nowhere_has_no_rows() -> None:
    for engine in ENGINES:
        assert top_speed_by_gpus(Scenario.preset("llama-3.1-405b", "h100-sxm", max_gpus=2, engine=engine)).empty


def test_a_step_says_what_its_row_says(scenario: Scenario) -> None:
    for row in _rows(scenario):
        found = step(scenario, Layout.of(row), row["batch"])
        shared = set(type(found).model_fields) & set(COLUMNS)
        assert {"usd_per_million_tokens", "kwh_per_million_tokens", "ttft_s", "n_gpu", "batch", "mfu"} <= shared
        assert {"tokens_per_s_per_gpu", "tokens_per_s_per_mw"} <= shared
        for name in shared:
            ours, theirs = getattr(found, name), row[name]
            assert (math.isnan(ours) and math.isnan(theirs)) or ours == pytest.approx(theirs, rel=1e-9), name


def test_the_step_of_a_row_is_the_step_at_its_point(scenario: Scenario) -> None:
    for row in _rows(scenario):
        found, expected = step_of_row(scenario, row), step(scenario, Layout.of(row), row["batch"])
        assert found.operators == expected.operators
        for name, number in expected:
            if name != "operators":
                assert getattr(found, name) == pytest.approx(number, rel=1e-9, nan_ok=True), name


@pytest.mark.parametrize("name", ENGINES)
def test_a_layout_follows_from_what_a_person_chooses(name: str) -> None:
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", engine=name)
    engine = engine_of(scenario)
    assert engine.name == name
    layout = engine.layout(scenario, {"n_gpu": 32.0, "pp": 2.0, "dp_attn": 4.0})
    assert (layout.tp, layout.pp, layout.dp_attn) == (4, 2, 4)
    assert layout.tp * layout.pp * layout.dp_attn == layout.n_gpu == 32
    assert set(engine.capabilities.degrees) <= set(Layout.model_fields)


@pytest.mark.parametrize("name", ENGINES)
def test_slower_networks_and_kernels_make_a_step_slower(name: str) -> None:
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", engine=name)
    engine = engine_of(scenario)
    row = frontier(scenario).iloc[0]
    point = (Layout.of(row), row["batch"])
    here, slow = engine.step(scenario, *point), engine.step(scenario, *point, 2.0)
    assert slow.network_latency_s == pytest.approx(2 * here.network_latency_s, rel=1e-9)
    assert slow.tpot_s - here.tpot_s == pytest.approx(here.network_latency_s, rel=1e-6)
    busy = engine.step(engine.with_overhead(scenario, 2.0), *point)
    assert busy.kernel_overhead_s == pytest.approx(2 * here.kernel_overhead_s, rel=1e-9)


DEGREES = ["n_gpu", "tp", "pp", "ep", "dp_attn"]


def _changes(frame: pd.DataFrame) -> int:
    """How often the layout changes along a frontier."""
    return int((frame[DEGREES].diff().iloc[1:] != 0).any(axis=1).sum())


@pytest.fixture(params=CASES[:3], ids=lambda case: f"{case[0]} on {case[1]} {case[2]}")
def whole(request: pytest.FixtureRequest) -> Scenario:
    """A scenario whose engine has whole layouts."""
    model_id, accelerator_id, changes = request.param
    scenario = Scenario.preset(model_id, accelerator_id, **changes)
    assert engine_of(scenario).capabilities.whole_gpus
    return scenario


def test_where_layouts_are_fractions_the_steady_frontier_is_the_exact_one() -> None:
    model_id, accelerator_id, changes = CASES[-1]
    scenario = Scenario.preset(model_id, accelerator_id, **changes)
    assert not engine_of(scenario).capabilities.whole_gpus
    pd.testing.assert_frame_equal(steady_frontier(scenario), frontier(scenario))


@pytest.mark.parametrize("tolerance", [0.01, 0.03])
def test_a_steady_frontier_stays_near_the_exact_one(whole: Scenario, tolerance: float) -> None:
    exact, steady = frontiers(whole, tolerance)
    pd.testing.assert_frame_equal(exact, frontier(whole), rtol=1e-12)
    assert list(steady.columns) == list(COLUMNS)
    assert np.all(np.diff(steady["tokens_per_s_user"]) < 0)
    assert np.all(np.diff(steady["usd_per_million_tokens"]) < 0)
    factor = 1 + tolerance + 1e-9
    for speed, usd in steady[["tokens_per_s_user", "usd_per_million_tokens"]].to_numpy():
        best = at_speed(exact, speed * (1 - 1e-12))
        assert best is not None
        assert usd <= factor * best["usd_per_million_tokens"]
    for speed, usd in exact[["tokens_per_s_user", "usd_per_million_tokens"]].to_numpy():
        near = at_speed(steady, speed / factor)
        assert near is not None
        assert near["usd_per_million_tokens"] <= factor * usd


def test_layouts_change_seldom_along_a_steady_frontier(whole: Scenario) -> None:
    exact, steady = frontiers(whole)
    assert _changes(steady) <= min(8, _changes(exact) / 2)


@pytest.mark.parametrize("target", [0.5, 20.0, 50.0, 64.0, 1e5])
def test_a_steady_frontier_is_exact_at_the_target_and_at_its_ends(whole: Scenario, target: float) -> None:
    exact, steady = frontiers(whole.model_copy(update={"target_tokens_per_s_user": target}))
    for point in (lambda frame: at_speed(frame, target), fastest, cheapest):
        ours, theirs = point(steady), point(exact)
        assert (ours is None) == (theirs is None)
        if ours is not None:
            pd.testing.assert_series_equal(ours, theirs, check_names=False, rtol=0, atol=0)


def test_a_target_at_a_point_of_the_frontier_is_met_by_it(whole: Scenario) -> None:
    middle = frontier(whole).iloc[len(frontier(whole)) // 2]
    at_it = whole.model_copy(update={"target_tokens_per_s_user": middle["tokens_per_s_user"]})
    found = at_speed(steady_frontier(at_it), middle["tokens_per_s_user"])
    assert found is not None
    assert found["usd_per_million_tokens"] == pytest.approx(middle["usd_per_million_tokens"], rel=1e-12)


@pytest.mark.parametrize(
    "changes",
    [
        {"price_usd_per_gpu_hour": 7.3},
        {"price_basis": "rent_3y"},
        {"target_tokens_per_s_user": 0.01},
        {"target_tokens_per_s_user": 71.0, "price_usd_per_gpu_hour": 0.2},
        {"target_tokens_per_s_user": 1e6},
    ],
    ids=str,
)
def test_one_search_answers_for_every_price_and_target(scenario: Scenario, changes: dict) -> None:
    try:
        other = scenario.changed(**changes)
    except ValueError:
        pytest.skip("the accelerator has no price on that basis")
    found = search(searched_as(other)).frontiers(other)
    for ours, own in zip(found, frontiers(other), strict=True):
        pd.testing.assert_frame_equal(ours, own, rtol=1e-12, atol=0)


def test_what_a_search_answers_for(scenario: Scenario) -> None:
    """Price, basis and target are left open, but not a target below the least speed that is considered."""
    same = searched_as(scenario)
    assert searched_as(scenario.changed(price_usd_per_gpu_hour=9, target_tokens_per_s_user=77)) == same
    least = scenario.serving.min_tokens_per_s_user
    if least > LEAST_TARGET:
        assert searched_as(scenario.changed(target_tokens_per_s_user=least / 2)) != same
    assert searched_as(scenario.changed(prompt_tokens=1)) != same


def test_points_that_meet_a_target_are_those_of_the_frontier(scenario: Scenario) -> None:
    speeds = frontier(scenario)["tokens_per_s_user"]
    for speed in (speeds.max() * 1.01, speeds.max(), speeds.quantile(0.7), speeds.min()):
        asked = scenario.changed(target_tokens_per_s_user=speed)
        whole, found = computed(asked), engine_of(asked).fast_enough(asked)
        expected = whole[whole["tokens_per_s_user"] >= speed]
        if found is None:
            assert expected.empty
        else:
            pd.testing.assert_frame_equal(found, expected, rtol=1e-12, atol=0)
