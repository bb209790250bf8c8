"""Rounds of the serving engine: worked out by hand, and the numbers of its frontier."""

import numpy as np
import pytest

from infecon_core import Layout, Scenario, frontier
from infecon_core.schema import SelfDraft
from infecon_core.serving.rounds import rounds
from tests.support.round_numbers import DENSE, scenario

LAYOUT = Layout(n_gpu=2, tp=2, scheme="1-D")


def test_a_round_by_hand() -> None:
    # As tests/serving/test_point_by_hand.py works it out for a draft of two of ten layers, 8 sequences, in µs: the
    # check of two positions, the prompts beside 1.5 tokens a round (0.021 of 520, and a fifth more for the draft), and
    # one drafted token.
    drafted = scenario(DENSE, speculation=SelfDraft(layers=2, acceptance=0.5, max_draft_tokens=1))
    found = rounds(drafted, LAYOUT, [8], 1)
    assert (found.draft_tokens, found.positions, found.tokens) == (1, 2.0, 1.5)
    assert found.check.total_s[0] == pytest.approx((2.272 + 46.5 + 3.2 + 580 + 0.021 * 520 * 1.2) * 1e-6, rel=1e-11)
    assert found.draft.total_s[0] == pytest.approx((0.5472 + 19.3 + 0.32 + 20 + 96) * 1e-6, rel=1e-11)
    plain = rounds(scenario(DENSE), LAYOUT, [8], 0)
    assert plain.tpot_s[0] == pytest.approx(636.516e-6, rel=1e-11)
    assert plain.draft.total_s[0] == 0


@pytest.mark.parametrize("draft", [SelfDraft(acceptance=0.8, max_draft_tokens=6), None])
def test_rounds_have_the_times_of_the_frontier(draft: SelfDraft | None) -> None:
    chosen = Scenario.preset("deepseek-v3", "b200-hgx", max_gpus=16, speculation=draft)
    for _, row in frontier(chosen).iloc[::9].iterrows():
        found = rounds(chosen, Layout.of(row), [row["batch"]], int(row["draft_tokens"]))
        assert found.runs.all()
        assert found.tpot_s[0] == pytest.approx(row["tpot_s"], rel=1e-12)


def test_a_draft_takes_the_room_of_its_weights_and_cache() -> None:
    drafted = Scenario.preset("llama-3.1-70b", "h100-sxm", draft="llama-3.1-8b", weights="fp8")
    layout, batch = Layout(n_gpu=2, tp=2, scheme="1-D"), np.arange(1.0, 300.0)
    with_draft = rounds(drafted, layout, batch, 1).runs
    without = rounds(drafted.changed(speculation=None), layout, batch, 0).runs
    assert with_draft[0]
    assert not without[-1]
    # Of 2000 tokens a request, in BF16: 80 layers of 8 heads for keys and values of 128 each take 0.655 GB of cache, 32
    # such layers of the draft 0.262 GB; its 8.03e9 weights take 16.06 GB.
    most, drafted_most = without.sum(), with_draft.sum()
    room = most * 0.65536
    assert drafted_most == pytest.approx((room - 16.06) / (0.65536 + 0.262144), abs=1.5)
