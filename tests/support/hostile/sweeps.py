"""Hostile specifications of sweeps."""

import json
from typing import Any

from hypothesis import strategies as st

from infecon_core.choices import choices
from infecon_core.choices.kinds import Quantity
from tests.support.hostile.links import texts_of
from tests.support.hostile.values import near, plain_words, values


@st.composite
def specifications(draw: st.DrawFn) -> str:
    """Specifications of sweeps as JSON: values of choices, lists and ranges of them, and what is none."""
    known = choices()
    keys = st.one_of(st.sampled_from(tuple(known)), st.sampled_from(tuple(known)), plain_words())

    def value(key: str) -> Any:
        if key not in known:
            return draw(values())
        choice, shape = known[key], draw(st.integers(0, 7))
        if shape == 0:
            return draw(values())
        if isinstance(choice, Quantity):
            return draw(near(float(choice.minimum), float(choice.maximum)))
        return draw(texts_of(choice))

    def spread(key: str) -> Any:
        shape = draw(st.integers(0, 5))
        if shape == 0:
            number = st.one_of(near(0.001, 1e6), values())
            return {
                name: draw(number) for name in draw(st.sets(st.sampled_from(("from", "to", "factor", "step", "x"))))
            }
        if shape == 1:
            return draw(values())
        return [value(key) for _ in range(draw(st.integers(0, 4)))]

    data: dict[str, Any] = {}
    if draw(st.booleans()):
        data["fixed"] = {key: value(key) for key in draw(st.lists(keys, max_size=3))}
    if draw(st.booleans()):
        data["grid"] = {key: spread(key) for key in draw(st.lists(keys, max_size=4))}
    if draw(st.booleans()):
        data["list"] = [
            {key: value(key) for key in draw(st.lists(keys, max_size=3))} for _ in range(draw(st.integers(0, 3)))
        ]
    if draw(st.integers(0, 4)) == 0:
        data[draw(st.one_of(plain_words(), st.sampled_from(("name", "columns", "fixed", "grid", "list"))))] = draw(
            values()
        )
    text = json.dumps(data)
    return text if draw(st.integers(0, 9)) else text[: draw(st.integers(0, len(text)))]
