"""Ids of entries of one's own from anybody: whole ones, changed ones, and ones that hold whatever JSON can say."""

import base64
import json
import zlib
from typing import Any

from hypothesis import strategies as st

from infecon_core.catalog import own
from tests.support.own_entries import CHIP, CHIP_ID, MODEL, MODEL_ID

_RECORDS: tuple[dict[str, Any], ...] = tuple(json.loads(one.model_dump_json()) for one in (MODEL, CHIP))
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=20), st.just("own~m"),
    st.sampled_from((0, 1, 10**6, 10**9, 1e300, "fp8", "latent", "moe", [], {})),
)  # fmt: skip


def packed(letter: str, text: bytes) -> str:
    """An id that holds some bytes."""
    packer = zlib.compressobj(9, zdict=own._COMMON)
    letters = base64.urlsafe_b64encode(packer.compress(text) + packer.flush()).decode().rstrip("=")
    return f"{own.PREFIX}{letter}{letters}"


@st.composite
def _changed(draw: st.DrawFn) -> str:
    """A record with some of its values changed, wherever they stand."""
    record = json.loads(json.dumps(draw(st.sampled_from(_RECORDS))))
    for _ in range(draw(st.integers(0, 4))):
        node: Any = record
        while True:
            key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
            if isinstance(node[key], dict | list) and node[key] and draw(st.booleans()):
                node = node[key]
                continue
            node[key] = draw(_LEAVES)
            break
        if not record:
            break
    letter = draw(st.sampled_from("ma"))
    return packed(letter, json.dumps(record).encode("utf-8", "replace"))


def own_ids() -> st.SearchStrategy[str]:
    """Ids of entries of one's own: right, cut, changed, or of anything."""
    whole = st.sampled_from((MODEL_ID, CHIP_ID))
    cut = st.builds(lambda text, n: text[:-n], whole, st.integers(1, 60))
    letters = st.text(st.sampled_from("ABCxyz019-_~%=,"), max_size=80)
    spliced = st.builds(lambda text, at, more: text[:at] + more + text[at:], whole, st.integers(4, 60), letters)
    anything = st.builds(packed, st.sampled_from("ma"), st.binary(max_size=200))
    return st.one_of(whole, _changed(), _changed(), cut, spliced, anything, letters.map(own.PREFIX.__add__))
