"""Top speeds of the catalog."""

import pytest

from infecon_core import Scenario, catalog, fastest, frontier
from infecon_core.analysis.scaling.top_speed import like_for_like, shapes, top_speeds
from infecon_core.schema import FIVE_TIMES

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", kv="fp8", prompt_tokens=2000)


def test_every_shape_stands_once_and_none_is_of_the_paper() -> None:
    found = shapes()
    assert not any(entry.id.startswith("erdil-") for entry in found)
    unnamed = [entry.architecture.model_copy(update={"name": ""}) for entry in found]
    assert len(set(unnamed)) == len(unnamed)
    every = {
        one.architecture.model_copy(update={"name": ""}) for key, one in catalog.models().items() if "erdil" not in key
    }
    assert set(unnamed) == every
    assert sum("Llama 3" in entry.architecture.name and "70B" in entry.architecture.name for entry in found) == 1


@pytest.mark.parametrize("model_id", ["llama-3.1-8b", "deepseek-v3", "gpt-oss-120b"])
def test_a_top_speed_is_that_of_the_frontier(model_id: str) -> None:
    table = top_speeds(SCENARIO).set_index("id")
    shape = catalog.model(model_id).architecture
    one = like_for_like(SCENARIO).model_copy(update={"architecture": shape})
    expected = fastest(frontier(one))
    row = table.loc[next(entry.id for entry in shapes() if entry.architecture.hidden_size and entry.id == model_id)]
    assert row["tokens_per_s_user"] == pytest.approx(expected["tokens_per_s_user"], rel=1e-9)
    assert row["n_gpu"] == expected["n_gpu"]
    assert row[list(FIVE_TIMES)].sum() == pytest.approx(1 / row["tokens_per_s_user"], rel=1e-9)


def test_price_target_drafts_and_limits_change_nothing() -> None:
    other = SCENARIO.changed(
        price_usd_per_gpu_hour=9.0, target_tokens_per_s_user=300.0, target_ttft_s=0.1, demand_tokens_per_s=1.0
    )
    drafted = other.model_copy(
        update={"speculation": Scenario.preset("llama-3.1-70b", "h100-sxm", draft="llama-3.2-1b").speculation}
    )
    assert top_speeds(drafted).equals(top_speeds(SCENARIO))


def test_what_does_not_fit_is_left_out() -> None:
    few = top_speeds(SCENARIO.changed(max_gpus=1))
    assert few["total_params"].max() < 80e9
    assert len(few) < len(top_speeds(SCENARIO)) <= len(shapes())
    groq = Scenario.preset("llama-3.1-70b", "groq-lpu-v1")
    assert top_speeds(groq).empty
    assert list(top_speeds(groq).columns) == list(few.columns)


def test_less_latency_makes_models_faster() -> None:
    now, without = top_speeds(SCENARIO).set_index("id"), top_speeds(SCENARIO, 0.0).set_index("id")
    assert (without["tokens_per_s_user"] >= now["tokens_per_s_user"] * (1 - 1e-12)).all()
    assert without["network_latency_s"].max() == 0
