"""Answers kept up to a bound in bytes: none lost that fits, none kept that does not, one computation for many."""

import gc
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from infecon_core import Layout
from infecon_core.choices import Choices
from infecon_ui.bounded_cache import KEY_BYTES, BoundedCache, size_of
from infecon_ui.compare import compared
from infecon_ui.frontier import cache as frontier_cache
from infecon_ui.measured import cache as measured_cache

MEGABYTE = 1_000_000


def test_an_answer_is_computed_once_and_shared() -> None:
    asked = []

    @BoundedCache(MEGABYTE).keep
    def squares(n: int) -> np.ndarray:
        asked.append(n)
        return np.arange(n) ** 2

    first = squares(10)
    assert squares(10) is first
    assert asked == [10]
    assert (squares.cache_info().hits, squares.cache_info().misses) == (1, 1)


def test_the_bound_holds_and_the_oldest_answers_go_first() -> None:
    cache = BoundedCache(3 * (MEGABYTE + 2 * KEY_BYTES))
    asked = []

    @cache.keep
    def zeros(name: int) -> np.ndarray:
        asked.append(name)
        return np.zeros(MEGABYTE // 8)

    for name in (1, 2, 3, 1, 4, 1, 3, 2):
        zeros(name)
        assert cache.n_bytes <= 3 * (MEGABYTE + 2 * KEY_BYTES)
    # 2 was asked for longest ago when 4 came.
    assert asked == [1, 2, 3, 4, 2]


def test_functions_share_the_bound_and_no_answers() -> None:
    cache = BoundedCache(3 * MEGABYTE)

    @cache.keep
    def ones(n: int) -> np.ndarray:
        return np.ones(n)

    @cache.keep
    def zeros(n: int) -> np.ndarray:
        return np.zeros(n)

    assert ones(2).tolist() == [1, 1]
    assert zeros(2).tolist() == [0, 0]
    for n in range(1, 20):
        ones(30_000 + n)
        zeros(30_000 + n)
    assert 2 * MEGABYTE < cache.n_bytes <= 3 * MEGABYTE


def test_one_cache_takes_nothing_from_another() -> None:
    ours, theirs = BoundedCache(2 * MEGABYTE), BoundedCache(2 * MEGABYTE)
    dear = ours.keep(lambda: np.ones(100_000))
    many = theirs.keep(np.zeros)
    first = dear()
    for n in range(100):
        many(100_000 + n)
    assert dear() is first


def test_an_answer_larger_than_the_bound_is_given_and_not_kept() -> None:
    cache = BoundedCache(MEGABYTE)
    small, large = cache.keep(lambda: [1]), cache.keep(lambda: np.zeros(MEGABYTE))
    kept = small()
    assert large().size == MEGABYTE
    assert small() is kept
    assert cache.n_bytes < MEGABYTE


def test_visitors_who_ask_the_same_at_once_wait_for_one_computation() -> None:
    begun, allowed = threading.Event(), threading.Event()
    asked = []

    @BoundedCache(MEGABYTE).keep
    def slow(n: int) -> list[int]:
        asked.append(n)
        begun.set()
        assert allowed.wait(10)
        return [n]

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(slow, 1) for _ in range(8)]
        assert begun.wait(10)
        allowed.set()
        found = [answer.result(10) for answer in answers]
    assert asked == [1]
    assert all(answer is found[0] for answer in found)


def test_a_computation_that_fails_is_tried_again_by_who_waits_for_it() -> None:
    begun, allowed = threading.Event(), threading.Event()
    asked = []

    @BoundedCache(MEGABYTE).keep
    def fails_at_first() -> int:
        asked.append(1)
        begun.set()
        assert allowed.wait(10)
        if len(asked) == 1:
            raise ValueError("the first time")
        return 7

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(fails_at_first)
        assert begun.wait(10)
        second = pool.submit(fails_at_first)
        allowed.set()
        with pytest.raises(ValueError, match="the first time"):
            first.result(10)
        assert second.result(10) == 7


def test_a_part_is_counted_once_and_a_program_not_at_all() -> None:
    array = np.zeros(1000)
    assert size_of(array) == pytest.approx(8000, rel=0.05)
    assert size_of([array, array, array[5:]]) == pytest.approx(8000, rel=0.1)
    assert size_of([pd, np.zeros, dict, len]) < 200
    assert size_of({"a": "x" * 10_000, "b": (b"x" * 10_000,)}) == pytest.approx(20_000, rel=0.1)
    assert size_of(np.array(["x" * 10_000, "y" * 10_000], object)) == pytest.approx(20_000, rel=0.1)


@pytest.mark.parametrize("model", ["llama-3.1-70b", "gpt-oss-120b"])
def test_sizes_are_those_that_are_traced(model: str) -> None:
    scenario = Choices().with_values(model=model).scenario()
    points = frontier_cache.frontier(scenario).points
    assert points is not None
    point = points[points.rows["preferred"]]
    asked = (scenario, Layout.of(point), point["batch"])
    for kept, arguments in (
        (frontier_cache.frontier, (scenario,)),
        (frontier_cache.step, (scenario, points.rows["preferred"])),
        (frontier_cache.elasticities, asked),
    ):
        compute = kept.__wrapped__  # type: ignore[attr-defined]
        for _ in range(3):  # the first calls make what others keep as well
            compute(*arguments)
        answer, traced = _traced(lambda compute=compute, arguments=arguments: compute(*arguments))
        assert 0.8 * traced < size_of(answer) < 2 * traced, kept


def test_a_scenario_takes_no_more_than_is_counted_for_a_key() -> None:
    first = Choices().with_values(model="deepseek-v3", prompt=3332).scenario()
    made, traced = _traced(lambda: Choices().with_values(model="deepseek-v3", prompt=3333).scenario())
    assert made != first
    assert traced < KEY_BYTES


def test_what_visitors_ask_for_is_kept_in_caches_with_a_bound() -> None:
    kept = [
        *(getattr(frontier_cache, name) for name in ("frontier", "step", "neighbours", "elasticities", "load_curve")),
        *(getattr(frontier_cache, name) for name in ("spread", "remedies", "speculation_gain", "error")),
        *(compared.compared, compared.measured_of),
    ]
    assert {id(one.cache) for one in kept} == {id(frontier_cache.frontier.cache)}  # type: ignore[attr-defined]
    assert measured_cache.chosen.cache is not frontier_cache.frontier.cache  # type: ignore[attr-defined]


def _traced(compute):  # type: ignore[no-untyped-def]
    """What something computes, and the memory that it takes as Python counts it. [B]"""
    tracemalloc.start()
    try:
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        answer = compute()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return answer, after - before
