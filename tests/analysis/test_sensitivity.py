"""Neighbours and elasticities against the engines they are asked of."""

import numpy as np
import pytest

from infecon_core import Layout, NothingFits, Scenario, elasticities, frontier, neighbours, preferred, step
from infecon_core.catalog.constants import shipped
from infecon_core.scenario import replaced
from infecon_core.schema import Accelerator, ServingConstants
from infecon_core.schema.field import facts_of, walk

ENGINES = ("serving", "published")


def at_preferred(model, accelerator, **changes):
    scenario = Scenario.preset(model, accelerator, **changes)
    row = preferred(frontier(scenario))
    return scenario, Layout.of(row), row


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("model", "accelerator"), [("llama-3.1-70b", "h100-sxm"), ("deepseek-v3", "gb200-nvl72")])
def test_neighbours_are_steps(engine, model, accelerator):
    scenario, layout, row = at_preferred(model, accelerator, engine=engine)
    frame = neighbours(scenario, layout, row["batch"])
    assert {"Batch doubled", "Batch halved"} < set(frame["neighbour"])
    assert frame["neighbour"].is_unique
    for _, neighbour in frame.iterrows():
        if neighbour["reason"]:
            with pytest.raises(ValueError, match=r"\.$") as caught:
                step(scenario, Layout.of(neighbour), neighbour["batch"])
            assert str(caught.value) == neighbour["reason"]
            assert np.isnan(neighbour["tokens_per_s_user"])
            continue
        result = step(scenario, Layout.of(neighbour), neighbour["batch"])
        assert neighbour["tokens_per_s_user"] == pytest.approx(1 / result.tpot_s)
        assert neighbour["speed_ratio"] == pytest.approx(neighbour["tokens_per_s_user"] / row["tokens_per_s_user"])
        ratio = neighbour["usd_per_million_tokens"] / row["usd_per_million_tokens"]
        assert neighbour["price_ratio"] == pytest.approx(ratio)
        # No neighbour of a point of the frontier beats it in both, or the search missed one (published: its grid).
        if engine == "serving" and neighbour["n_gpu"] <= scenario.max_gpus and "One more" not in neighbour["neighbour"]:
            assert neighbour["speed_ratio"] <= 1 + 1e-9 or neighbour["price_ratio"] >= 1 - 1e-9


def test_each_neighbour_changes_one_number():
    scenario = Scenario.preset("deepseek-v3", "gb200-nvl72")
    layout = Layout(n_gpu=32, tp=2, pp=2, dp_attn=8, ep=16, scheme="1-D")
    frame = neighbours(scenario, layout, 64).set_index("neighbour")
    names = ["tp", "pp", "dp_attn", "batch"]
    here = {"tp": 2, "pp": 2, "dp_attn": 8, "batch": 64}
    for name, change in {
        "TP doubled": {"tp": 4},
        "TP halved": {"tp": 1},
        "One more stage": {"pp": 3},
        "Half the stages": {"pp": 1},
        "Attention copies doubled": {"dp_attn": 16},
        "Attention copies halved": {"dp_attn": 4},
        "Batch doubled": {"batch": 128},
        "Batch halved": {"batch": 32},
    }.items():
        row = frame.loc[name]
        assert row[names].to_dict() == {**here, **change}
        assert row["n_gpu"] == row["tp"] * row["pp"] * row["dp_attn"]
        assert row["ep"] == row["tp"] * row["dp_attn"]


def test_a_neighbour_that_does_not_run_says_why():
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm")
    frame = neighbours(scenario, Layout(n_gpu=2, tp=2), 1).set_index("neighbour")
    assert "lack" in frame.loc["TP halved", "reason"]
    assert "needs a batch of at least 2" in frame.loc["One more stage", "reason"]
    assert "Batch halved" not in frame.index
    assert "Attention copies doubled" not in frame.index
    with pytest.raises(NothingFits):
        neighbours(scenario, Layout(n_gpu=1), 1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("model", "accelerator"), [("llama-3.1-70b", "h100-sxm"), ("deepseek-v3", "h200-sxm")])
def test_elasticities_share_one(engine, model, accelerator):
    scenario, layout, row = at_preferred(model, accelerator, engine=engine)
    frame = elasticities(scenario, layout, row["batch"])
    assert np.all(frame["speed_elasticity"] >= 0)
    # A step of 10% is not small: the sum of 1 loses a little to curvature.
    assert 0.94 < frame["speed_elasticity"].sum() <= 1
    for _, part in frame.iterrows():
        assert part["tokens_per_s_user"] == pytest.approx(row["tokens_per_s_user"] * (1 + part["speed_change"]))
        price = row["usd_per_million_tokens"] * (1 + part["price_change"])
        assert part["usd_per_million_tokens"] == pytest.approx(price)
        assert part["price_change"] <= 0
        if engine == "serving":
            # The search finds at least the same layout with the better part.
            assert part["best_usd_per_million_tokens"] <= part["usd_per_million_tokens"] * (1 + 1e-9)


def test_elasticities_are_the_shares_of_the_step():
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", prompt_tokens=0)
    layout, batch = Layout(n_gpu=32, tp=8, pp=4), 64
    point = step(scenario, layout, batch)
    found = elasticities(scenario, layout, batch).set_index("hardware")["speed_change"]
    for name, seconds, saved in (
        ("HBM bandwidth", point.memory_s, 1 - 1 / 1.1),
        ("Arithmetic", point.arithmetic_s, 1 - 1 / 1.1),
        ("Network latency", point.network_latency_s, 0.1),
        ("Kernel overhead", point.kernel_overhead_s, 0.1),
    ):
        assert found[name] == pytest.approx(1 / (1 - saved * seconds / point.tpot_s) - 1, rel=1e-3)
    assert found["HBM size"] == 0
    assert found["Scale-up link"] + found["Scale-out link"] > 0


def test_without_overhead_and_latency_three_parts_make_the_step():
    delays = (
        "layer_overhead_s",
        "expert_layer_overhead_s",
        "expert_rank_overhead_s",
        "block_scale_overhead_s",
        "latent_attention_overhead_s",
        "sequence_layer_overhead_s",
        "all_to_all_latency_s",
    )
    still = dict.fromkeys(delays, 0.0)
    constants = shipped().model_copy(update=still)
    scenario = Scenario.preset("llama-3.1-8b", "h100-sxm", serving={"constants": constants.model_dump()})
    frame = elasticities(scenario, Layout(n_gpu=1), 32).set_index("hardware")["speed_elasticity"]
    assert frame["HBM bandwidth"] + frame["Arithmetic"] == pytest.approx(1, abs=0.03)
    assert frame.drop(["HBM bandwidth", "Arithmetic"]).abs().max() < 1e-12


def test_where_no_link_leaves_the_domain_there_is_no_such_part():
    scenario = Scenario.preset("llama-3.1-8b", "rtx-4090")
    frame = elasticities(scenario, Layout(n_gpu=2, tp=2), 8)
    assert "Scale-out link" not in set(frame["hardware"])
    assert "Scale-up link" in set(frame["hardware"])


BOUNDS = {
    place.path: place.facts
    for place in walk(Accelerator)
    if place.facts.kind == "number" and place.facts.unit in ("B", "B/s", "FLOP/s")
}


@pytest.mark.parametrize("path", BOUNDS, ids=lambda path: ".".join(map(str, path)))
def test_hardware_at_its_bound_is_made_better_as_well(path):
    scenario = Scenario.preset("llama-3.1-8b", "h100-sxm")
    chip = replaced(scenario.accelerator, path, BOUNDS[path].le)
    scenario = scenario.changed(accelerator=Accelerator.model_validate(chip))
    frame = elasticities(scenario, Layout(n_gpu=1), 8)
    assert len(frame) == 7
    assert (frame["speed_change"] >= 0).all()


@pytest.mark.parametrize("engine", ["serving", "published"])
def test_overhead_and_lengths_at_their_bounds_have_elasticities(engine):
    constants = {name: facts.le for name, facts in facts_of(ServingConstants).items()}
    scenario = Scenario.preset("llama-3.1-8b", "h100-sxm", engine=engine, serving={"constants": constants})
    scenario = scenario.changed(kernel_launch_s=facts_of(Accelerator)["kernel_launch_s"].le)
    frame = elasticities(scenario, Layout(n_gpu=1), 8)
    assert np.isfinite(frame["speed_elasticity"]).all()
