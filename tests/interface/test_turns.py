"""So many pages at once, first come first served; a turn ends however its page ends, and long pages hold up nobody."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException, StopException

from infecon_ui.turns import Turns

PATIENCE_S = 30.0
NEVER = 1000.0  # no page of these tests is long


class Page:
    """A page that computes until it is told to end."""

    def __init__(self, turns: Turns, inside: Callable[[], object] = lambda: None) -> None:
        self.begun, self._ended, self._inside = threading.Event(), threading.Event(), inside
        self._turns = turns
        self._future = Future[None]()
        # The threads of a pool are waited for: a page that never gets its turn would hold up the end of all tests.
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            with self._turns.turn():
                self.begun.set()
                assert self._ended.wait(2 * PATIENCE_S)  # longer than the test waits for another
                self._inside()
        except BaseException as error:
            self._future.set_exception(error)
        else:
            self._future.set_result(None)

    def end(self) -> Future[None]:
        """Let it end."""
        self._ended.set()
        return self._future

    @property
    def waits(self) -> bool:
        """Whether it has no turn a moment later."""
        return not self.begun.wait(0.05)


def _computing(page: Page) -> bool:
    return page.begun.wait(PATIENCE_S)


def test_so_many_pages_compute_at_once_and_the_others_in_their_order() -> None:
    turns = Turns(2, NEVER)
    pages = []
    for _ in range(5):
        pages.append(Page(turns))
        _ = pages[-1].waits  # so that they come in this order
    assert [page.begun.is_set() for page in pages] == [True, True, False, False, False]
    pages[1].end()
    assert _computing(pages[2])
    assert pages[3].waits
    pages[0].end()
    assert _computing(pages[3])
    for page in pages:
        page.end()
    assert _computing(pages[4])


def _raise(error: BaseException) -> Callable[[], object]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize("error", [ValueError("a fault"), StopException(), RerunException(RerunData()), SystemExit()])
def test_a_turn_ends_with_whatever_ends_its_page(error: BaseException) -> None:
    turns = Turns(1, NEVER)
    for _ in range(3):
        fails = Page(turns, _raise(error))
        assert _computing(fails)
        assert isinstance(fails.end().exception(PATIENCE_S), type(error))
    last = Page(turns)
    assert _computing(last)
    last.end()


def test_what_is_run_again_need_not_wait_again() -> None:
    turns, order = Turns(1, NEVER), list[str]()
    allowed, come = threading.Event(), threading.Event()

    def rerun() -> None:
        """A script thread as Streamlit's: it runs the page anew where the visitor changed something."""
        for number in range(2):
            try:
                with turns.turn():
                    order.append(f"first visitor, run {number + 1}")
                    if number == 0:
                        come.set()
                        assert allowed.wait(PATIENCE_S)
                        raise RerunException(RerunData())
            except RerunException:
                pass

    def other() -> None:
        with turns.turn():
            order.append("second visitor")
            time.sleep(0.01)

    first = threading.Thread(target=rerun, daemon=True)
    first.start()
    assert come.wait(PATIENCE_S)
    others = [threading.Thread(target=other, daemon=True) for _ in range(3)]
    for thread in others:
        thread.start()
    time.sleep(0.1)
    allowed.set()
    for thread in (first, *others):
        thread.join(PATIENCE_S)
    # One of the others has taken the turn that became free; the rest let the first visitor pass.
    assert order.index("first visitor, run 2") <= 2
    assert len(order) == 5


def test_a_page_that_computes_for_long_keeps_nobody_waiting() -> None:
    turns = Turns(1, 0.05)
    long = [Page(turns) for _ in range(4)]
    for page in long:
        assert _computing(page)
    short = Page(turns)
    assert _computing(short)
    for page in (*long, short):
        page.end().result(PATIENCE_S)


def test_who_pauses_lets_others_go_on_and_comes_back() -> None:
    turns = Turns(1, NEVER)
    pauses = Page(turns, lambda: turns.pause(0.2))
    assert _computing(pauses)
    other = Page(turns)
    assert other.waits
    paused = pauses.end()
    assert _computing(other)
    assert not paused.done()
    time.sleep(0.3)
    assert not paused.done()  # its pause is over, its turn is the other's
    other.end()
    paused.result(PATIENCE_S)
    last = Page(turns)
    assert _computing(last)
    last.end()


def test_a_pause_without_a_turn_is_a_pause() -> None:
    start = time.monotonic()
    Turns(1).pause(0.01)
    assert time.monotonic() - start >= 0.01
