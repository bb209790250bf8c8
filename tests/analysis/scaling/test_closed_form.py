"""The closed form beside engines."""

import numpy as np
import pytest

from infecon_core import Scenario, fastest, frontier
from infecon_core.analysis.scaling.closed_form import closed_speeds, forms, terms_of
from infecon_core.paper.toy import ClosedFormTerms

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8")


def test_llama_70b_by_hand() -> None:
    # 80 layers of 4 all-reduces of 1 µs: 320 µs; 70.552 GB at 3.35 TB/s: 21.060 ms; (21.060 / 0.32)^(2/3) = 16.30;
    # 3·0.32^(2/3)·21.060^(1/3) - 0.64 = 3.236 ms.
    terms = terms_of(SCENARIO)
    assert (terms.layers, terms.reductions) == (80, 4)
    assert terms.hops_s == pytest.approx(320e-6)
    assert terms.read_s == pytest.approx(21.060e-3, rel=1e-4)
    assert terms.best.n_gpu == pytest.approx(16.30, abs=0.005)
    assert 1 / terms.best.tokens_per_s == pytest.approx(3.236e-3, rel=1e-3)


@pytest.mark.parametrize("model_id", ["llama-3.2-1b", "llama-3.1-405b", "deepseek-v3"])
def test_no_number_of_gpus_is_faster(model_id: str) -> None:
    terms = terms_of(Scenario.preset(model_id, "h100-sxm", weights="fp8"))
    n_gpu = np.geomspace(1, 1e5, 200_001)
    total = sum(terms.times(n_gpu))
    assert terms.best.tokens_per_s == pytest.approx(1 / total.min(), rel=1e-8)
    assert terms.best.n_gpu == pytest.approx(n_gpu[total.argmin()], rel=1e-3)


def test_a_tiny_model_stays_on_one_gpu() -> None:
    terms = ClosedFormTerms(layers=80, reductions=4, hops_s=320e-6, weights_bytes=1e8, bytes_per_s=1e12)
    assert terms.best.n_gpu == 1
    assert terms.best.tokens_per_s == pytest.approx(1e4)


def test_each_form_says_where_its_time_goes() -> None:
    found = forms(SCENARIO)
    first, *others = found
    assert set(first.times_s) == {"network_latency_s", "memory_s"}
    assert first.tokens_per_s == pytest.approx(terms_of(SCENARIO).best.tokens_per_s)
    assert all(one.token_s >= first.token_s for one in others)
    own = found[-1]
    assert own.name == "Serving engine"
    assert own.tokens_per_s == pytest.approx(fastest(frontier(SCENARIO))["tokens_per_s_user"], rel=1e-9)


def test_the_scenarios_own_form_stands_once_at_the_end() -> None:
    published = SCENARIO.changed(engine="published")
    found = forms(published)
    assert [one.name for one in found].count("Published model in full") == 0
    assert found[-1].name == "Published engine"
    assert found[-1].tokens_per_s == pytest.approx(fastest(frontier(published))["tokens_per_s_user"], rel=5e-3)


def test_what_computes_nothing_says_why() -> None:
    found = forms(Scenario.preset("llama-3.1-405b", "h100-sxm", max_gpus=2))
    assert found[0].problem == ""
    assert "lacks" in found[-1].problem
    torus = {one.name: one for one in forms(Scenario.preset("llama-3.1-8b", "tpu-v5e"))}
    assert "bandwidth inside a node" in torus["Equations printed in the paper"].problem


def test_closed_speeds_are_the_same_form_of_every_model() -> None:
    table = closed_speeds(SCENARIO).set_index("id")
    assert len(table) > 60
    other = SCENARIO.model_copy(update={"architecture": Scenario.preset("deepseek-v3", "h100-sxm").architecture})
    assert table.loc["deepseek-v3", "tokens_per_s_user"] == pytest.approx(terms_of(other).best.tokens_per_s)
