"""Speed over GPUs."""

import pytest

from infecon_core import Scenario
from infecon_ui.charts.drawings import Lines
from infecon_ui.scaling.more_gpus import more_gpus

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8")


def test_claim_and_curves_are_of_the_same_numbers() -> None:
    found = more_gpus(SCENARIO, "Llama 3.1 70B")
    table = found.table()
    free = table[table["curve"] == "and link bandwidth"]["tokens_per_s_user"].iloc[-1]
    engine = table[table["curve"] == "engine"]
    best = engine.loc[engine["tokens_per_s_user"].idxmax()]
    assert found.claim == (
        f"Without network latency 4,096 GPUs would decode Llama 3.1 70B at {round(free, -3):,.0f} tokens/s; with it "
        f"nothing beats 309, on 16 GPUs (engine: {best['tokens_per_s_user']:.0f} on {best['n_gpu']:.0f})"
    )
    assert isinstance(found.drawing, Lines)
    assert found.drawing.at == pytest.approx(16.3, abs=0.01)
    assert [line.scattered for line in found.drawing.lines] == [False, False, False, True]


def test_fractions_of_gpus_are_a_line() -> None:
    drawing = more_gpus(SCENARIO.changed(engine="published"), "Mine").drawing
    assert isinstance(drawing, Lines)
    assert not any(line.scattered for line in drawing.lines)


def test_without_links_or_without_a_setup_there_is_a_claim() -> None:
    # No link leaves a server of eight: the weights alone are what more would give.
    alone = more_gpus(Scenario.preset("deepseek-v3", "rtx-4090"), "Mine")
    table = alone.table()
    weights = table[table["curve"] == "weights alone"]["tokens_per_s_user"].iloc[-1]
    assert f"4,096 GPUs would decode Mine at {round(weights, -1):,.0f} tokens/s" in alone.claim
    assert "engine" not in alone.claim
    torus = more_gpus(Scenario.preset("llama-3.1-70b", "tpu-v5e"), "Mine")
    assert "and link bandwidth" not in set(torus.table()["curve"])
