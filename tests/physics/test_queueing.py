"""The load of prompts and the queue at it: worked by hand, and at the ends."""

import numpy as np
import pytest

from infecon_core.physics.queueing import LARGEST_LOAD, prompt_load, waiting_from_start, waiting_prompts, waiting_s


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
