"""With which numbers the functions of the library run, noted while they do."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any, NamedTuple


class Call(NamedTuple):
    """One call of a function.

    Attributes:
        variables (mapping): Its arguments and local variables as they were when it returned, by name.
        result (object): What it returned.
    """

    variables: Mapping[str, Any]
    result: Any


@contextmanager
def noted(codes: Collection[CodeType]) -> Iterator[dict[CodeType, list[Call]]]:
    """Note every call of some functions in this thread, while they run as they always do.

    Args:
        codes (collection): The code of the functions, their `__code__`.

    Yields:
        dict: Calls by code, in the order in which they returned; full when the block is left.
    """
    wanted, found = frozenset(codes), dict[CodeType, list[Call]]()

    def note(frame: FrameType, event: str, result: Any) -> None:
        # A call that raised returns None here, as no equation does.
        if event == "return" and frame.f_code in wanted and result is not None:
            found.setdefault(frame.f_code, []).append(Call(dict(frame.f_locals), result))

    before: Callable[..., Any] | None = sys.getprofile()
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(before)
