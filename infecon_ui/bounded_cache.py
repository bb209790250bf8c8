"""Answers kept in memory for all visitors, up to a bound in bytes.

Several functions share one bound: of all their answers, the ones that nobody has asked for longest go first. Whatever
one visitor asks for stays within the bound of its own cache and takes nothing from another one.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial
from threading import Condition
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import numpy as np
import pandas as pd
from cachetools import LRUCache, cached
from cachetools.keys import hashkey

Asked = ParamSpec("Asked")
Answer_co = TypeVar("Answer_co", covariant=True)

# Traced, see tests/interface/test_bounded_cache.py: what pandas holds for a frame beside its values, for a value
# (few of which are texts, mostly the same one), and what a cache holds for an answer beside it, its key above all. [B]
FRAME_BYTES = 8_000
VALUE_BYTES = 12
KEY_BYTES = 3_000

_WITHOUT_PARTS = frozenset({str, bytes, int, float, bool, type(None)})
_OF_THE_PROGRAM = (type, ModuleType, FunctionType, BuiltinFunctionType)


class Kept(Protocol[Asked, Answer_co]):
    """A function whose answers are kept."""

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer_co:
        """The answer, computed where it is not kept."""

    def cache_clear(self) -> None:
        """Forget the answers of all functions that share the bound."""

    def cache_info(self) -> Any:
        """How often it was asked, and how often it had to compute: `hits` and `misses`."""


class BoundedCache:
    """Answers of some functions, together at most so many bytes.

    Whoever asks for what is being computed for another visitor waits for that answer. An answer larger than the whole
    bound is given and not kept.

    Args:
        max_bytes (int): The bound. [B]
    """

    def __init__(self, max_bytes: int) -> None:
        self._answers: LRUCache[Any, Any] = LRUCache(max_bytes, getsizeof=lambda answer: size_of(answer) + KEY_BYTES)
        self._condition = Condition()

    @property
    def n_bytes(self) -> int:
        """What is kept now. [B]"""
        return int(self._answers.currsize)

    def keep(self, function: Callable[Asked, Answer_co]) -> Kept[Asked, Answer_co]:
        """Keep the answers of a function; a decorator. Its arguments are hashable, and nobody changes its answers."""
        decorate = cached(self._answers, partial(hashkey, function), condition=self._condition, info=True)
        return cast(Kept[Asked, Answer_co], decorate(function))


def size_of(answer: object) -> int:
    """Memory of an answer with all its parts, each counted once. [B]

    Args:
        answer (object): Frames, arrays, records and collections of such.
    """
    total, seen, left = 0, set[int](), [answer]
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        # Most parts are numbers and words; every new scenario is measured, so these take the short way.
        if type(one) in _WITHOUT_PARTS:
            total += sys.getsizeof(one)
        elif isinstance(one, pd.DataFrame | pd.Series):
            total += FRAME_BYTES + VALUE_BYTES * one.size
        elif not isinstance(one, _OF_THE_PROGRAM):
            # An array that looks into another one has no values of its own.
            total += sys.getsizeof(one)
            left.extend(_parts(one))
    return total


def _parts(one: object) -> Iterable[object]:
    if isinstance(one, np.ndarray):
        if one.base is not None:
            yield one.base
        elif one.dtype.hasobject:
            yield from one.flat
    elif isinstance(one, Mapping):
        yield from one.keys()
        yield from one.values()
    elif isinstance(one, list | tuple | Set):
        yield from one
    yield from (getattr(one, name, None) for name in ("__dict__", *getattr(type(one), "__slots__", ())))
