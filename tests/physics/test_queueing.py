"""The load of prompts and the queue at it: worked by hand, and at the ends."""

from math import factorial

import numpy as np
import pytest

from infecon_core.physics.queueing import (
    LARGEST_LOAD,
    later_than,
    place_wait_of_waiting_s,
    place_waiting_share,
    prompt_load,
    prompt_wait_of_waiting_s,
    slowed_spread,
    variation,
    waiting_from_start,
    waiting_prompts,
    waiting_s,
    waiting_share,
)


def test_the_load_is_the_time_of_everybody_s_prompts_over_that_of_a_request() -> None:
    # 10 users, each 0.2 s of prompt in every 4 s.
    assert float(prompt_load(10, 0.2, 3.8)) == pytest.approx(0.5)
    assert prompt_load([1, 4, 1000], 0.5, 9.5).tolist() == pytest.approx([0.05, 0.2, LARGEST_LOAD])
    # A setup that does not run, and a prompt of no tokens.
    assert prompt_load(4, 0.5, np.inf) == 0
    assert prompt_load(4, 0.0, 0.0) == 0


def test_a_prompt_waits_for_half_of_one_at_half_load_and_nobody_for_oneself() -> None:
    # Pollaczek-Khinchine with constant times: 0.5 / (2 · 0.5) = 1/2 of a prompt, of others 9 in 10.
    assert float(waiting_prompts(0.5, 10)) == pytest.approx(0.45)
    assert float(waiting_prompts(0.75, 2)) == pytest.approx(0.75)
    assert waiting_prompts(0.9, [1.0, 0.5]).tolist() == [0, 0]


def test_only_the_first_wave_of_a_benchmark_starts_at_once() -> None:
    # 5 clients wait for 2 on average, in one of ten waves.
    assert waiting_from_start([1.0, 5.0]).tolist() == pytest.approx([0, 0.2])
    assert float(waiting_from_start(5, waves=1)) == 2


def test_copies_of_attention_share_what_all_clients_ask_for_at_once() -> None:
    # 12 prompts of 0.5 s are done after 6 s. One copy: the first waits for nothing, the last 5.5 s. Four copies: rounds
    # of 2 s, so that 4 wait for none, 4 for 2 s and 4 for 4 s.
    at_once = [float(waiting_s(waiting_from_start(12 / d, waves=1), d, 0.5)) for d in (1, 4, 12, 16)]
    assert at_once == pytest.approx([2.75, 2.0, 0, 0])
    # At half load half of a copy's 4 · 0.5 s, of two others in three.
    assert float(waiting_s(waiting_prompts(0.5, 3), 4, 0.5)) == pytest.approx(2 / 3)


def test_the_wait_of_those_who_wait_makes_the_mean_of_all() -> None:
    # Half busy with 0.2 s each: half of all wait 0.2 s, so that all wait 0.1 s, half a prompt as above.
    assert float(prompt_wait_of_waiting_s(0.5, 0.2)) * 0.5 == pytest.approx(0.2 * 0.5 / (2 * 0.5))
    # As long again where the second moment is twice the square of the mean: exponential times, ρ/(1 - ρ).
    assert float(prompt_wait_of_waiting_s(0.5, 0.2, 1.0)) * 0.5 == pytest.approx(0.2)
    assert float(variation([1.0, 3.0], [0.5, 0.5])) == 0.25
    assert variation([[0.0, 2.0], [0.0, 2.0]], [0.5, 0.5]).tolist() == [0, 0]


def test_erlang_s_formula_is_its_sum() -> None:
    for places, held in ((1, 0.3), (5, 4.0), (40, 35.5)):
        terms = [held**k / factorial(k) for k in range(places)]
        last = held**places / factorial(places) / (1 - held / places)
        assert float(waiting_share(places, held)) == pytest.approx(last / (sum(terms) + last), rel=1e-9)
    assert waiting_share([10, 10, 1e5], [10, 12, 9e4]).tolist() == pytest.approx([1, 1, 0], abs=1e-9)
    assert float(waiting_share(8, 1e-9)) == pytest.approx(0, abs=1e-12)


def test_sequences_that_slow_each_other_down_fill_their_places_more_often() -> None:
    # A queue whose rate of answers grows with the root of those in it, state by state: P(n) ∝ Π λ/R(k).
    places, held = 100, 64.0
    rates = np.sqrt(np.arange(1, places + 1))
    here = np.sqrt(held)
    weights = np.concatenate([[1.0], np.cumprod(here / rates)])
    full = weights[-1] / (1 - here / rates[-1])
    exact = full / (weights[:-1].sum() + full)
    assert float(place_waiting_share(places, held, rates[-1], here)) == pytest.approx(exact, rel=0.1)
    # Where they do not, it is Erlang's formula.
    assert float(place_waiting_share(10, 7.0, 10.0, 7.0)) == pytest.approx(float(waiting_share(10, 7.0)))
    # Nothing more is answered, or nothing is left.
    assert place_waiting_share([10, 10], [8, 10], [5.0, 5.0], [5.0, 4.0]).tolist() == [1, 1]
    assert place_wait_of_waiting_s([5.0, 4.0], [4.0, 4.0]).tolist() == [0.5, np.inf]


def test_two_waits_one_after_the_other_are_those_of_random_numbers() -> None:
    random = np.random.default_rng(3)
    waits = [random.exponential(mean, 400_000) * (random.random(400_000) < p) for p, mean in ((0.3, 1.0), (0.6, 0.4))]
    for x in (0.0, 0.2, 1.0, 3.0):
        expected = float(np.mean(waits[0] + waits[1] > x))
        assert float(later_than(x, 0.3, 1.0, 0.6, 0.4)) == pytest.approx(expected, abs=3e-3)
    # Of equal means, and in either order.
    assert float(later_than(1.0, 0.5, 1.0, 0.5, 1.0)) == pytest.approx(
        2 * 0.25 * np.exp(-1) + 0.25 * 2 * np.exp(-1), rel=1e-4
    )
    assert float(later_than(1.0, 0.6, 0.4, 0.3, 1.0)) == pytest.approx(float(later_than(1.0, 0.3, 1.0, 0.6, 0.4)))
    assert later_than([-1.0, 0.5], 0.0, 1.0, 0.0, 1.0).tolist() == [1, 0]
    # A queue that never ends holds up its share for good.
    assert later_than(100.0, 0.25, np.inf, 0.0, 1.0).tolist() == 0.25


def test_a_request_meets_more_others_than_on_average_by_the_root_of_their_number() -> None:
    # 24 places of ε = 1 vary by √(2/3/24) = 1/6 over a life.
    assert float(slowed_spread(24.0, 1.0)) == pytest.approx(1 / 6)
    assert slowed_spread([24.0, 6.0], [0.25, 1.0]).tolist() == pytest.approx([1 / 3] * 2)


def test_a_load_may_be_taken_as_it_is() -> None:
    assert float(prompt_load(50, 0.2, 9.8)) == LARGEST_LOAD
    assert float(prompt_load(49, 0.2, 9.8, largest=1.0)) == pytest.approx(0.98)
    assert float(prompt_load(1000, 0.2, 9.8, largest=1.0)) == 1


def test_several_servers_free_one_sooner_and_full_ones_never() -> None:
    # M/M/2 at ρ = 0.5 with services of a second: those who wait do so for 1/(2 - 1) s.
    assert float(prompt_wait_of_waiting_s(0.5, 1.0, 1.0, 2.0)) == pytest.approx(1.0)
    assert np.isinf(prompt_wait_of_waiting_s(1.0, 1.0))
    assert float(prompt_wait_of_waiting_s(1.0, 0.0)) == 0
