"""Percentiles and means of waits: against closed forms, and at their ends."""

import numpy as np
import pytest

from infecon_core.analysis.planner.waits import in_time, jump, mean_first_s, mean_request_s, percentile_s
from infecon_core.schema.traffic import Length, Traffic
from tests.support.setups import setups

ONE = Traffic(lengths=(Length(prompt_tokens=1000, output_tokens=101),))
TWO = Traffic(
    lengths=(
        Length(prompt_tokens=1000, output_tokens=101, share=3),
        Length(prompt_tokens=4000, output_tokens=201, share=1),
    )
)


def test_the_percentile_of_one_queue_is_that_of_its_exponential() -> None:
    # Half wait, 0.2 s · (1 + 0)/(2 · 0.5) = 0.2 s on average.
    row = setups(prompt_load=0.5, prompt_s=0.2, first_s=0.1)
    assert float(percentile_s(row, ONE, 95)[0]) == pytest.approx(0.1 + 0.2 * np.log(0.5 / 0.05))
    assert float(percentile_s(row, ONE, 50)[0]) == pytest.approx(0.1, abs=1e-6)
    assert float(mean_first_s(row, ONE)[0]) == pytest.approx(0.1 + 0.5 * 0.2)
    assert float(mean_request_s(row, ONE)[0]) == pytest.approx(0.2 + 100 * 0.01)


def test_lengths_count_by_their_shares() -> None:
    # Nobody waits: three of four have 0.1 s, the others 0.4 s.
    row = setups(first_s=[[0.1], [0.4]], prompt_s=[[0.0], [0.0]], held_s=[[1.0], [2.0]])
    assert [float(percentile_s(row, TWO, p)[0]) for p in (50, 74, 76, 99)] == pytest.approx([0.1, 0.1, 0.4, 0.4])
    assert float(mean_first_s(row, TWO)[0]) == pytest.approx(0.175)
    # 1, 2 and 2 s of output at 10 ms a token.
    assert float(percentile_s(row, TWO, 90, whole=True)[0]) == pytest.approx(0.4 + 2.0)


def test_times_that_are_in_time_are_those_below_the_percentile() -> None:
    rows = setups(prompt_load=np.linspace(0, 0.9, 7), prompt_s=0.2, first_s=0.1, batch=10.0, elasticity=0.5)
    for whole in (False, True):
        times = percentile_s(rows, ONE, 95, whole=whole)
        assert (np.diff(times) >= 0).all()
        for limit in (0.15, 0.5, 1.0, 1.9, 2.5):
            kept = in_time(rows, ONE, 95, limit, whole=whole)
            clear = np.abs(times - limit) > 1e-6
            np.testing.assert_array_equal(kept[clear], (times <= limit)[clear])


def test_a_full_instance_never_answers_and_an_unknown_one_says_so() -> None:
    full = setups(batch=[10.0, 9.0], places=10.0, requests_per_s=[5.0, 4.8], full_requests_per_s=5.0)
    times = percentile_s(full, ONE, 95)
    assert np.isinf(times[0])
    assert 0.1 < times[1] < np.inf
    unknown = setups(first_s=np.nan, held_s=3.0)
    assert np.isnan(percentile_s(unknown, ONE, 95)).all()
    assert mean_request_s(unknown, ONE).tolist() == [3.0]


def test_many_others_slow_the_last_token_and_not_the_first() -> None:
    # More sequences answer nothing more: 10% more of them take 10% longer.
    alone, together = (setups(batch=10.0, elasticity=one) for one in (1.0, 0.5))
    assert percentile_s(alone, ONE, 95) == pytest.approx(percentile_s(together, ONE, 95))
    # 1.645 · √(2/3 / (0.5 · 10)) = 60% more others, half of which TPOT follows: 30% longer.
    last = float(percentile_s(together, ONE, 95, whole=True)[0])
    assert last == pytest.approx(0.1 + 1.0 * (1 + 0.5 * 1.6449 * np.sqrt(2 / 3 / 5)), rel=1e-4)
    assert float(percentile_s(alone, ONE, 95, whole=True)[0]) == pytest.approx(1.1)


def test_of_several_lengths_the_percentile_is_that_of_all_requests() -> None:
    # One of four is twice as long: the latest tenth of all are the latest four tenths of those.
    row = setups(batch=10.0, elasticity=0.5, first_s=[[0.0], [0.0]], prompt_s=[[0.0], [0.0]], held_s=[[1.0], [2.0]])
    spread = 0.5 * np.sqrt(2 / 3 / 5)
    last = float(percentile_s(row, TWO, 90, whole=True)[0])
    assert last == pytest.approx(2.0 * (1 + spread * 0.2533), rel=1e-3)  # z of 60%
    assert in_time(row, TWO, 90, last * 1.001, whole=True).all()
    assert not in_time(row, TWO, 90, last * 0.999, whole=True).any()


def test_a_share_of_lengths_at_the_percentile_is_no_jump_upwards_alone() -> None:
    # One in twenty is twenty times as long: the 95th percentile lies between them, and says so.
    mix = Traffic(
        lengths=(
            Length(prompt_tokens=0, output_tokens=101, share=95),
            Length(prompt_tokens=0, output_tokens=2001, share=5),
        )
    )
    row = setups(batch=10.0, elasticity=0.5, first_s=[[0.0], [0.0]], prompt_s=[[0.0], [0.0]], held_s=[[1.0], [20.0]])
    assert 1.5 < float(percentile_s(row, mix, 95, whole=True)[0]) < 20
    between = jump(row, mix, 95, whole=True)
    assert between is not None
    assert between[0] < 2.5
    assert between[1] > 10
    assert jump(row, mix, 99, whole=True) is None
    assert jump(setups(batch=10.0, elasticity=0.5), ONE, 95, whole=True) is None


def test_prompts_with_instances_of_their_own_wait_in_one_queue() -> None:
    row = setups(prompt_s=0.2, prompt_instances_s=0.2, first_s=0.1)
    assert float(percentile_s(row, ONE, 95)[0]) == pytest.approx(0.1, abs=1e-6)
    # Four of them half busy: Erlang's C of 4 places and 2 is 0.1739, and one is free every 0.05 s.
    dealt = row.with_prompt_instances(np.array([10.0]), 4)
    assert dealt.prompt_load.tolist() == [0.5]
    assert float(percentile_s(dealt, ONE, 95)[0]) == pytest.approx(0.1 + 0.05 * np.log(0.17391 / 0.05), rel=1e-3)
    assert float(mean_first_s(dealt, ONE)[0]) == pytest.approx(0.1 + 0.17391 * 0.05, rel=1e-4)
    # With two copies of attention in each twice as many take prompts from the queue.
    copies = setups(prompt_s=0.4, prompt_instances_s=0.2, dp_attn=2.0).with_prompt_instances(np.array([10.0]), 4)
    assert copies.prompt_servers.tolist() == [8]
    assert setups().with_prompt_instances(np.array([10.0]), 0).prompt_servers.tolist() == [1]
