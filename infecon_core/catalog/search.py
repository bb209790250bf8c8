"""The catalog searched by what people type: ids, names, makers, generations, repositories, with slips."""

import difflib
import re
from functools import cache
from typing import Literal, NamedTuple

from infecon_core.catalog.accelerators import accelerators
from infecon_core.catalog.files import is_of_the_paper
from infecon_core.catalog.models import models

Kind = Literal["models", "accelerators"]

LONGEST = 80  # of what is looked up; nobody types more
# Share of letters in common (difflib) from which another spelling counts.
LEAST_ALIKE = 0.6


class _Terms(NamedTuple):
    """What an entry is found by.

    Attributes:
        entry_id (str): Id of the entry.
        names (tuple of str): Its id, name and aliases, without spaces and signs.
        groups (tuple of str): What it shares with others: maker, family, generation.
        words (frozenset of str): All words of all of these.
    """

    entry_id: str
    names: tuple[str, ...]
    groups: tuple[str, ...]
    words: frozenset[str]


def found(kind: Kind, text: str) -> tuple[str, ...]:
    """Ids that a text may mean, the most likely first.

    First comes what has exactly this id, name or alias; then what begins so, is of a maker, family or generation that
    does, or has all the words; then what has words that begin so. Close spellings are looked for where there is none of
    these. Among equals the order is that of the catalog: what is in use now before what is not. The paper's own entries
    stand last unless their id or name is given, or the text begins as their ids do.

    Args:
        kind (str): `models` or `accelerators`.
        text (str): What was typed, in any case, with or without spaces and signs.

    Returns:
        tuple of str: Ids of the catalog; empty where nothing is near.

    Examples:
        >>> found("models", "qwen3-235b")[0], found("accelerators", "amd")[0]
        ('qwen3-235b-a22b', 'mi355x')
    """
    joined, words = _joined(text[:LONGEST]), _words(text[:LONGEST])
    if not joined:
        return ()
    ranks = {terms.entry_id: _rank(terms, joined, words) for terms in _terms(kind)}
    if all(rank is None for rank in ranks.values()):
        alike = {
            terms.entry_id: max(_alike(joined, name) for name in terms.names + terms.groups) for terms in _terms(kind)
        }
        ranks = {entry_id: 1 - share if share >= LEAST_ALIKE else None for entry_id, share in alike.items()}
    hits = [(entry_id, rank) for entry_id, rank in ranks.items() if rank is not None]
    asked = is_of_the_paper(text.strip().lower())
    hits.sort(key=lambda hit: (hit[1] > 0 and is_of_the_paper(hit[0]) and not asked, hit[1]))
    return tuple(entry_id for entry_id, _ in hits)


def _rank(terms: _Terms, joined: str, words: frozenset[str]) -> float | None:
    """0 for the name itself, more for less; None where it is not found."""
    if joined in terms.names:
        return 0
    if words <= terms.words or any(name.startswith(joined) for name in terms.names + terms.groups):
        return 1
    if all(any(known.startswith(word) for known in terms.words) for word in words):
        return 2
    return None


@cache
def _terms(kind: Kind) -> tuple[_Terms, ...]:
    """What the entries are found by, in the order of the catalog."""
    facts: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    if kind == "models":
        facts = {e.id: ((e.architecture.name, *e.aliases), (e.family, e.maker)) for e in models().values()}
    else:
        facts = {e.id: ((e.accelerator.name, *e.aliases), (e.vendor, e.generation)) for e in accelerators().values()}
    return tuple(
        _Terms(
            entry_id,
            tuple(_joined(name) for name in (entry_id, *names)),
            tuple(_joined(group) for group in groups if group),
            frozenset().union(*(_words(name) for name in (entry_id, *names, *groups))),
        )
        for entry_id, (names, groups) in facts.items()
    )


def _joined(text: str) -> str:
    return "".join(re.findall(r"[a-z0-9]", text.lower()))


def _words(text: str) -> frozenset[str]:
    """Words of letters and digits; 3.1 is one."""
    return frozenset(re.findall(r"[a-z0-9]+(?:\.[0-9][a-z0-9]*)*", text.lower()))


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
