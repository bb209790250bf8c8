"""Hostile files: scenarios as JSON with places changed, measurements as CSV."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from infecon_core.schema.measurement import MEASUREMENT_COLUMNS, REQUIRED_COLUMNS, TEMPLATE_COLUMNS
from tests.support.hostile.values import ACCELERATORS, MODELS, NUMBERS, near, plain_words, presets, values


def paths(node: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in plain data."""
    inside: list[tuple[str | int, Any]] = []
    if isinstance(node, Mapping):
        inside = list(node.items())
    elif isinstance(node, list):
        inside = list(enumerate(node))
    return [path, *(found for key, item in inside for found in paths(item, (*path, key)))]


def _changed(node: Any, path: tuple[str | int, ...], change: Any) -> Any:
    if not path:
        return change(node)
    copy = dict(node) if isinstance(node, Mapping) else list(node)
    copy[path[0]] = _changed(copy[path[0]], path[1:], change)
    return copy


@st.composite
def scenario_texts(draw: st.DrawFn) -> str:
    """Scenarios as JSON with some places changed: other numbers, other types, more or fewer fields, keys twice."""
    data = draw(presets()).model_dump(mode="json")
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(paths(data)))
        kind = draw(st.integers(0, 5))
        if kind <= 2:
            factor = draw(st.sampled_from((0, -1, 0.5, 1 + 1e-15, 2, 3, 10, 1e3, 1e6, 1e12, 1e300)))

            def scaled(old: Any, factor: float = factor) -> Any:
                number = isinstance(old, int | float) and not isinstance(old, bool)
                return type(old)(min(old * factor, 1e307)) if number else old

            data = _changed(data, path, scaled)
        elif kind == 3:
            new = draw(values())
            data = _changed(data, path, lambda _, new=new: new)
        elif kind == 4:
            key = draw(plain_words())
            data = _changed(data, path, lambda old, key=key: {**old, key: 1} if isinstance(old, dict) else [old, old])
        else:
            data = _changed(data, path, lambda old: dict(list(old.items())[1:]) if isinstance(old, dict) else None)
    text = json.dumps(data, ensure_ascii=draw(st.booleans()))
    shape = draw(st.integers(0, 19))
    if shape == 0:
        text = text.replace("{", '{"max_gpus": 1,', 1)
    elif shape == 1:
        text = "\ufeff" + text
    elif shape == 2:
        text = text[: draw(st.integers(0, len(text)))]
    elif shape == 3:
        deep = draw(st.sampled_from((100, 10_000)))
        text = text.replace("64", "[" * deep + "]" * deep, 1)
    elif shape == 4:
        text = draw(st.sampled_from(("NaN", "1", '"x"', "[" * 10_000, '{"a":' * 10_000, "9" * 5000, "", "\0")))
    return text


def _cells(name: str) -> st.SearchStrategy[str]:
    column = MEASUREMENT_COLUMNS[name]
    if column.unit:
        return st.one_of(
            st.sampled_from(("1", "2", "8", "16", "1024", "14.2", "")),
            st.sampled_from(NUMBERS),
            near(column.least, column.most).map(repr),
            plain_words(),
        )
    right = {
        "model_id": st.sampled_from(MODELS),
        "accelerator_id": st.sampled_from(ACCELERATORS),
        "weight_precision": st.sampled_from(("fp8", "bf16", "fp4", "int4_g32", "fp8 attn + nvfp4 moe")),
        "kv_format": st.sampled_from(("", "fp8", "bf16")),
    }.get(name, st.sampled_from(("", *column.options)))
    return st.one_of(right, right, right, right, plain_words())


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Measurements as CSV: mostly whole, with hostile cells, columns that are missing or foreign, odd line ends."""
    optional = [name for name in TEMPLATE_COLUMNS if name not in REQUIRED_COLUMNS]
    names = [*REQUIRED_COLUMNS, "tpot_ms", "context_len", *draw(st.lists(st.sampled_from(optional), unique=True))]
    names = list(dict.fromkeys(names))
    good = {"model_id": "llama-3.1-70b", "accelerator_id": "h100-sxm", "weight_precision": "fp8"}
    lines = []
    for _ in range(draw(st.integers(0, 6))):
        wrong = draw(st.sets(st.sampled_from(names), max_size=3))
        plain = {"gpus_per_instance": "8", "batch_per_instance": "16", "context_len": "1500", "tpot_ms": "14.2", **good}
        lines.append([draw(_cells(name)) if name in wrong else plain.get(name, "") for name in names])
    if draw(st.integers(0, 3)) == 0:
        names[draw(st.integers(0, len(names) - 1))] = draw(plain_words())
    if draw(st.integers(0, 3)) == 0:
        names.append(draw(plain_words()))
        lines = [[*line, draw(plain_words())] for line in lines]
    ends = draw(st.sampled_from(("\n", "\r\n", "\r", "\n\n", "\n\r")))
    quoted = [",".join(_quoted(cell) for cell in line) for line in [names, *lines]]
    data = draw(st.sampled_from((b"", b"", b"", b"\xef\xbb\xbf", b"\xff\xfe"))) + (ends.join(quoted) + ends).encode()
    shape = draw(st.integers(0, 19))
    if shape == 0:
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=20)) + data[at:]
    elif shape == 1:
        data = draw(st.binary(max_size=300))
    elif shape == 2:
        data = data[: draw(st.integers(0, len(data)))]
    return data


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell
