"""Context: cache against weights."""

import pytest

from infecon_core import Scenario, catalog
from infecon_core.analysis.scaling.cache_weight import cache_bytes, weights_bytes
from infecon_ui.charts.drawings import Lines
from infecon_ui.scaling.context import COMPARED, kinds, outweighing

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", kv="bf16")


def test_the_claim_by_hand() -> None:
    # 70.552 GB over 327,680 B for each of 1,500 and of 100,000 tokens.
    found = outweighing(SCENARIO, "Llama 3.1 70B", [])
    assert found.claim == (
        "The KV cache of Llama 3.1 70B outweighs its weights from 144 sequences of 1,500 tokens on, and from 3 "
        "sequences of 100,000 tokens on"
    )
    batch = 70.552e9 / 327_680 / 1500
    assert batch == pytest.approx(143.5, abs=0.1)


def test_one_sequence_may_be_enough_and_a_state_outweighs_nothing() -> None:
    assert outweighing(SCENARIO.changed(prompt_tokens=1_000_000), "Mine", []).claim == (
        "The KV cache of Mine outweighs its weights with one sequence of 1,000,500 tokens"
    )
    nothing = outweighing(SCENARIO.changed(prompt_tokens=0, output_tokens=0), "Mine", [])
    assert "of 1 token" in nothing.claim


def test_lines_are_where_both_weigh_the_same() -> None:
    others = [catalog.model(model_id).architecture for model_id in COMPARED]
    found = outweighing(SCENARIO, "Llama 3.1 70B", others)
    assert isinstance(found.drawing, Lines)
    assert len(found.drawing.lines) == 5
    assert found.drawing.at == 1500
    for line, shape in zip(found.drawing.lines, [SCENARIO.architecture, *others], strict=True):
        weight = weights_bytes(shape, SCENARIO.precision)
        assert line.y[30] * float(cache_bytes(shape, "bf16", line.x[30])) == pytest.approx(weight)


def test_kinds_are_medians_of_the_catalog() -> None:
    found = kinds(SCENARIO, 32_000)
    medians = found.table().groupby("kind")["bytes_per_token"].median() / 1e3
    assert found.claim.startswith(
        f"Each token of a 32,000-token context takes {medians['grouped-query']:.0f} kB of KV cache with grouped"
    )
    assert f"{medians['latent (MLA)']:.1f} kB with MLA" in found.claim
    assert "Llama 3.1 70B (grouped-query) takes 327.7 kB" in found.subtitle
    assert isinstance(found.drawing, Lines)
    assert sum(line.x.size for line in found.drawing.lines) == len(found.table())
