"""Rooflines by hand, and operators that are those of the serving engine."""

import numpy as np
import pytest

from infecon_core import Layout, Scenario, at_speed, catalog, frontier
from infecon_core.analysis.roofline import OVER_CACHE, Roof, operators_of, roof, roofs
from infecon_core.catalog.constants import shipped
from infecon_core.schema import Accelerator, Peaks

ONE_GPU = Layout(n_gpu=1, tp=1, pp=1, ep=1, dp_attn=1)


def test_a_roof_by_hand() -> None:
    # 1,000 TFLOP/s over 4 TB/s meet at 250 FLOP/B; below it 4 TFLOP/s for each FLOP/B.
    found = Roof(1000e12, 4e12)
    assert found.ridge == 250
    np.testing.assert_allclose(found.attainable([1, 100, 250, 251, 1e6]) / 1e12, [4, 400, 1000, 1000, 1000])


def test_ridges_of_datasheets() -> None:
    h100 = catalog.accelerator("h100-sxm").accelerator
    assert {name: round(one.ridge) for name, one in roofs(h100).items()} == {
        "bf16": 295, "fp16": 295, "fp8": 591, "int8": 591,
    }  # fmt: skip
    # FP4 weights compute at 16 bits where the chip has no path for them.
    assert roof(h100, "fp4") == roof(h100, "bf16")
    only_four = Accelerator(
        name="A", peaks=Peaks(fp4=1e15), hbm_bytes=1e11, hbm_bytes_per_s=1e12, price_usd_per_gpu_hour=1
    )
    with pytest.raises(ValueError, match="lists no rate"):
        roof(only_four, "bf16")
    assert list(roofs(only_four)) == ["fp4"]


def test_operators_of_a_dense_model_by_hand() -> None:
    scenario = Scenario.preset(
        "llama-3.1-8b", "h100-sxm", weights="fp8", kv="bf16", prompt_tokens=1000, output_tokens=1000
    )
    batch = 64
    operators, whole = operators_of(scenario, ONE_GPU, batch)
    by_name = {one.name: one for one in operators}
    # 32 layers of width 4096, 32 heads and 8 KV heads of 128, feed-forward 14,336, vocabulary 128,256.
    projections = 32 * (2 * 32 + 2 * 8) * 128 * 4096
    feed_forward = 32 * 3 * 4096 * 14_336
    assert by_name["Attention projections"].read_bytes == pytest.approx(projections)
    assert by_name["Attention projections"].flop == pytest.approx(2 * projections * batch)
    assert by_name["Feed-forward"].intensity == pytest.approx(2 * batch)
    assert by_name["Feed-forward"].flop == pytest.approx(2 * feed_forward * batch)
    assert by_name["Unembedding"].read_bytes == pytest.approx(2 * 128_256 * 4096)
    # Four queries share each key: 2·2·32·128 FLOP over 2·8·128·2 bytes for every token of the context.
    assert by_name[OVER_CACHE].intensity == pytest.approx(4)
    assert by_name[OVER_CACHE].read_bytes == pytest.approx(32 * 2 * 8 * 128 * 2 * 1500 * batch)
    assert by_name["Feed-forward"].flop_per_s == 1979e12
    assert by_name["Unembedding"].flop_per_s == 989.5e12
    assert whole.flop == pytest.approx(sum(one.flop for one in operators))
    assert whole.intensity < 2 * batch
    # No batch changes what a sequence does with its own cache; that of the weights grows with it.
    doubled = {one.name: one for one in operators_of(scenario, ONE_GPU, 2 * batch)[0]}
    assert doubled[OVER_CACHE].intensity == pytest.approx(4)
    assert doubled["Feed-forward"].intensity == pytest.approx(4 * batch)
    # Three drafted tokens and one more pass the weights and the cache together.
    drafted = {one.name: one for one in operators_of(scenario, ONE_GPU, batch, positions=4)[0]}
    assert drafted[OVER_CACHE].intensity == pytest.approx(16)


def test_experts_read_what_a_batch_touches() -> None:
    scenario = Scenario.preset("qwen3-30b-a3b", "h100-sxm", weights="fp8")
    constants = shipped().model_copy(update={"routing_exponent": 1.0})
    scenario = scenario.changed(serving=scenario.serving.model_copy(update={"constants": constants}))
    one = {work.name: work for work in operators_of(scenario, ONE_GPU, 1)[0]}["Routed experts"]
    # One token passes 8 of 128 experts and reads those: 2 FLOP for each byte.
    assert one.intensity == pytest.approx(2)
    assert one.flop == pytest.approx(2 * 48 * 8 * 3 * 2048 * 768)
    two = {work.name: work for work in operators_of(scenario, ONE_GPU, 2)[0]}["Routed experts"]
    touched = 1 - (1 - 8 / 128) ** 2
    assert two.read_bytes == pytest.approx(48 * 128 * touched * 3 * 2048 * 768)


@pytest.mark.parametrize(
    ("model", "chip"), [("llama-3.1-70b", "h100-sxm"), ("deepseek-v3", "b200-hgx"), ("qwen3-next-80b-a3b", "mi355x")]
)
def test_nothing_computes_faster_than_its_roof(model: str, chip: str) -> None:
    scenario = Scenario.preset(model, chip, target_tokens_per_s_user=20)
    row = at_speed(frontier(scenario), 20)
    assert row is not None
    operators, whole = operators_of(scenario, Layout.of(row), float(row["batch"]))
    for one in (*operators, whole):
        bound = Roof(one.flop_per_s, scenario.accelerator.hbm_bytes_per_s)
        assert 0 < one.achieved <= float(bound.attainable(one.intensity)) * (1 + 1e-9)
    # The engine's own step, without the prompts that share it and what measurements correct.
    assert sum(one.seconds for one in operators) < whole.seconds < 1.3 * float(row["tpot_s"])
