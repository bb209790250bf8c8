"""Calls that are noted: arguments, variables and results, in this thread and for this long alone."""

import contextlib
import sys
import threading

from infecon_core.documentation.calls import noted


def _doubled(number: float) -> float:
    twice = 2 * number
    return twice + 0.0


def _failed(number: float) -> float:
    raise ValueError(number)


def test_every_call_is_noted_with_its_variables() -> None:
    with noted([_doubled.__code__]) as found:
        assert _doubled(3.0) == 6.0
        _doubled(4.0)
    calls = found[_doubled.__code__]
    assert [call.result for call in calls] == [6.0, 8.0]
    assert dict(calls[0].variables) == {"number": 3.0, "twice": 6.0}


def test_nothing_is_noted_before_and_after_or_of_other_functions() -> None:
    _doubled(1.0)
    with noted([_failed.__code__]) as found:
        _doubled(1.0)
        with contextlib.suppress(ValueError):
            _failed(1.0)
    _doubled(1.0)
    assert found == {}


def test_other_threads_are_left_alone() -> None:
    with noted([_doubled.__code__]) as found:
        thread = threading.Thread(target=_doubled, args=(5.0,))
        thread.start()
        thread.join()
    assert found == {}


def test_what_watched_before_watches_again() -> None:
    seen: list[str] = []

    def watch(frame: object, event: str, arg: object) -> None:
        seen.append(event)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        with contextlib.suppress(KeyError), noted([_doubled.__code__]):
            raise KeyError
        assert sys.getprofile() is watch
    finally:
        sys.setprofile(before)
