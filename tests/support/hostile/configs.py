"""Texts that are almost the config.json of a model."""

import json
from typing import Any

from hypothesis import strategies as st

from infecon_core.huggingface.config import NAMES
from infecon_core.huggingface.families import FAMILIES
from tests.support.configs import RELEASED, TOY
from tests.support.hostile.values import values, words

_NAMES = sorted(
    {name for fields in RELEASED.values() for name in fields.fields} | {n for m in NAMES.values() for n in m}
)


@st.composite
def configs(draw: st.DrawFn) -> str:
    """A released configuration with some of its fields changed, added, taken away or nested, and its text cut."""
    chosen = draw(st.sampled_from([TOY, *(released.fields for released in RELEASED.values())]))
    fields: dict[str, Any] = json.loads(json.dumps(chosen))
    changed = st.dictionaries(st.sampled_from(_NAMES) | words(), _values(), max_size=4)
    fields |= draw(changed)
    for name in draw(st.lists(st.sampled_from(sorted(fields) or ["x"]), max_size=2)):
        fields.pop(name, None)
    if draw(st.booleans()):
        fields["model_type"] = draw(st.sampled_from(sorted(FAMILIES)) | words())
    if draw(st.integers(0, 9)) == 0:
        fields = {"model_type": "seeing", "text_config": fields, **draw(changed)}
    text = json.dumps(fields)
    kind = draw(st.integers(0, 19))
    if kind == 0:
        return text[: draw(st.integers(0, len(text)))]
    if kind == 1:
        at = draw(st.integers(0, len(text)))
        return text[:at] + draw(words()) + text[at:]
    return text


def _values() -> st.SearchStrategy[Any]:
    """What may stand in a field, lists for layers and objects among it."""
    parts = st.sampled_from(["full_attention", "sliding_attention", "linear_attention", "mamba", "conv", 0, 1, 2, -1])
    return (
        values()
        | st.integers(-2, 300)
        | st.lists(parts | values(), max_size=40)
        | st.dictionaries(st.sampled_from(["attention", "ffn", "head_dim", "num_heads", "bits", "weights"]), values())
    )
