"""What drafts gain at one setup: by hand, and by trying every length and batch one by one."""

import numpy as np
import pytest

from infecon_core import Layout, Scenario, engines, step
from infecon_core.analysis.draft_candidates import at_acceptance
from infecon_core.analysis.draft_gains import Gains, batches_at, gains, least_acceptance, limits, plain, touched_experts
from infecon_core.catalog.constants import shipped
from infecon_core.schema import SelfDraft
from tests.support.round_numbers import DENSE, scenario

TWO = Layout(n_gpu=2, tp=2, scheme="1-D")
EIGHT = Layout(n_gpu=8, tp=1, ep=8, dp_attn=8, scheme="1-D")


def deepseek(**changes: object) -> Scenario:
    return Scenario.preset("deepseek-v3", "b200-hgx", speculation=SelfDraft(acceptance=0.7), **changes)


def best_length(found: Gains) -> list[float]:
    """The draft length with the largest gain, by batch. [tokens]"""
    return list(found.draft_tokens[found.relative.argmax(axis=0)])


def test_a_gain_by_hand() -> None:
    # In µs, as tests/serving/test_rounds.py: 636.516 without; with one drafted token a round of 1.5 tokens.
    drafted = scenario(DENSE, speculation=SelfDraft(layers=2, acceptance=0.5))
    round_us = 2.272 + 46.5 + 3.2 + 580 + 0.021 * 520 * 1.2 + 0.5472 + 19.3 + 0.32 + 20 + 96
    found = gains(drafted, TWO, [8], 1)
    assert found.relative[0, 0] == pytest.approx(636.516 / (round_us / 1.5) - 1, rel=1e-10)
    assert 0.2 < found.relative[0, 0] < 0.25


def test_a_gain_is_that_of_the_breakdowns_of_the_point() -> None:
    drafted = deepseek()
    found = gains(drafted, EIGHT, [64, 1024], 3)
    for i, batch in enumerate((64, 1024)):
        here, without = step(drafted, EIGHT, batch), step(plain(drafted), EIGHT, batch)
        assert found.best[i] == pytest.approx(without.tpot_s / here.tpot_s - 1, rel=1e-12)
        assert best_length(found)[i] == here.draft_tokens


def test_the_best_length_by_brute_force() -> None:
    drafted = deepseek()
    batch = [8.0, 100.0, 900.0, 3000.0]
    found = gains(drafted, EIGHT, batch, 8)
    engine = engines.engine_of(drafted)
    for i, sequences in enumerate(batch):
        times = [float(engine.rounds(drafted, EIGHT, [sequences], length).tpot_s[0]) for length in range(1, 9)]
        assert found.best[i] == pytest.approx(found.plain_s[i] / min(times) - 1, rel=1e-12)
        assert best_length(found)[i] == 1 + int(np.argmin(times))
    assert best_length(found)[0] > best_length(found)[-1]


def test_drafts_that_are_always_wrong_gain_nothing() -> None:
    found = gains(at_acceptance(deepseek(), 0.0), EIGHT, [8, 512], 4)
    assert (found.relative < 0).all()
    assert (found.best < 0).all()
    assert limits(at_acceptance(deepseek(), 0.0), EIGHT).costs_from == 8


def test_from_which_batch_on_a_length_costs_by_trying_each() -> None:
    drafted = deepseek()
    found = limits(drafted, EIGHT, 8)
    assert found.costs_from is not None
    edge = np.arange(found.costs_from - 3, found.costs_from + 3)
    gained = gains(drafted, EIGHT, edge, 8).relative[-1] > 0
    assert gained.tolist() == [True, True, True, False, False, False]
    larger = [batch for batch in batches_at(drafted, EIGHT) if batch >= found.costs_from]
    assert larger
    assert (gains(drafted, EIGHT, larger, 8).relative[-1] <= 0).all()
    # A shorter draft pays where this one costs.
    assert limits(drafted, EIGHT, 2).costs_from is None
    # The best length still pays at the largest batch that fits.
    best = limits(drafted, EIGHT)
    assert best.costs_from is None
    assert gains(drafted, EIGHT, [best.largest_drafted], 8).best[0] > 0


def test_batches_of_a_layout_run_and_the_next_does_not() -> None:
    chosen = plain(deepseek())
    found = batches_at(chosen, EIGHT)
    assert found[0] == 8
    assert (np.diff(np.log2(found)) < 0.5).all()
    rounds = engines.engine_of(chosen).rounds
    assert rounds(chosen, EIGHT, found, 0).runs.all()
    assert not rounds(chosen, EIGHT, [found[-1] * 2**0.25 + 1], 0).runs.any()


def test_the_least_acceptance_is_where_the_gain_begins() -> None:
    drafted = deepseek()
    found = least_acceptance(drafted, EIGHT, 2000, 8)
    assert found is not None
    assert 0.05 < found < 0.6
    assert gains(at_acceptance(drafted, found), EIGHT, [2000], 8).best[0] > 0
    assert gains(at_acceptance(drafted, found - 0.01), EIGHT, [2000], 8).best[0] <= 0
    # A draft as large as the model never pays.
    heavy = drafted.changed(speculation=SelfDraft(layers=61))
    assert least_acceptance(heavy, EIGHT, 2000, 8) is None


def test_measured_lengths_end_where_they_were_measured() -> None:
    short = deepseek().changed(speculation=SelfDraft(accepted_lengths=(1.8, 2.4)))
    assert gains(short, EIGHT, [64], 8).draft_tokens.tolist() == [1, 2]
    assert limits(short, EIGHT, 2).largest_drafted > 0
    with pytest.raises(ValueError, match="of 8 drafted tokens are accepted was not measured; give up to 2"):
        limits(short, EIGHT, 8)
    # The best of those that were measured.
    assert limits(short, EIGHT) == limits(short, EIGHT, longest=2)


def test_a_dense_model_touches_no_experts() -> None:
    assert touched_experts(Scenario.preset("llama-3.1-70b", "h100-sxm"), 8) is None


def test_touched_experts_follow_the_law_of_the_engine() -> None:
    # gpt-oss-120b passes 4 of 128 experts; the published model's tokens draw them by themselves, the serving engine's
    # are alike.
    chosen = Scenario.preset("gpt-oss-120b", "h100-sxm")
    published = chosen.changed(engine="published")
    assert touched_experts(published, 4) == pytest.approx(1 - (1 - 4 / 128) ** 4)
    assert touched_experts(chosen, 4) == pytest.approx(1 - (1 - 4 / 128) ** (4 ** shipped().routing_exponent))
    constants = shipped().model_copy(update={"routing_exponent": 0.5})
    own = chosen.model_copy(update={"serving": chosen.serving.model_copy(update={"constants": constants})})
    assert touched_experts(own, 4) == pytest.approx(1 - (1 - 4 / 128) ** 2)


def test_without_a_draft_there_is_no_gain() -> None:
    with pytest.raises(ValueError, match="no draft"):
        gains(plain(deepseek()), EIGHT, [8], 3)
