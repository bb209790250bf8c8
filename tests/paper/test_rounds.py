"""Rounds of the published model: Equation 46 from single passes, and the numbers of its frontier."""

import pytest

from infecon_core import Layout, Scenario, engines
from infecon_core.paper.variants import token_latency

PAIR = {"model_id": "erdil-Llama_3_70B_8_bit", "accelerator_id": "erdil-H100"}


def published(**changes: object) -> Scenario:
    fixed = {"engine": "published", "draft": "erdil-Llama_3_8B", "prompt_tokens": 0, "output_tokens": 0}
    return Scenario.preset(PAIR["model_id"], PAIR["accelerator_id"], **{**fixed, **changes})


def test_a_round_is_equation_46() -> None:
    chosen = published(variant="printed", acceptance=0.8)
    layout = Layout(n_gpu=8, tp=8)
    for length in (2, 4):
        found = engines.engine_of(chosen).rounds(chosen, layout, [32.0], length)
        check = float(token_latency("printed", PAIR["model_id"], "erdil-H100", 8, 32, tokens_per_pass=length))
        draft = float(token_latency("printed", "erdil-Llama_3_8B", "erdil-H100", 8, 32))
        assert found.positions == length
        expected = 0.2 * (check + length * draft) / (1 - 0.8**length)
        assert found.tpot_s[0] == pytest.approx(expected, rel=1e-12)


def test_rounds_have_the_times_of_the_frontier() -> None:
    chosen = published(acceptance=0.8)
    frame = engines.frontier(chosen)
    for _, row in frame.iloc[:: len(frame) // 6].iterrows():
        found = engines.engine_of(chosen).rounds(chosen, Layout.of(row), [row["batch"]], int(row["draft_tokens"]))
        assert found.tpot_s[0] == pytest.approx(row["tpot_s"], rel=1e-9)


def test_a_batch_that_does_not_fit_does_not_run() -> None:
    chosen = published(prompt_tokens=8000)
    found = engines.engine_of(chosen).rounds(chosen, Layout(n_gpu=2, tp=2), [1.0, 1e6], 2)
    assert found.runs.tolist() == [True, False]
