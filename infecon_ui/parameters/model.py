"""The numbers of a model that a reader can change, group of layers by group of layers."""

from functools import lru_cache
from typing import Any

from infecon_core import catalog
from infecon_core.spec import (
    Architecture,
    Attention,
    FeedForward,
    GroupedQueryAttention,
    LatentAttention,
    LayerGroup,
    MixtureOfExperts,
)
from infecon_ui.parameters.kinds import Quantity, Switch

# field: key, label, help, least value where it is not 1, whether it may be absent
_ATTENTION = {
    "query_heads": ("heads", "Query heads", "Attention heads of one layer."),
    "kv_heads": ("kvheads", "KV heads", "Heads kept in the KV cache; fewer than query heads with grouping."),
    "head_width": ("headwidth", "Head width", "Width of one head."),
    "window_tokens": ("window", "Window (tokens)", "Tokens that the layer sees; empty for the whole context."),
    "query_rank": ("qrank", "Query rank", "Width of the compressed queries; empty where they are not compressed."),
    "kv_rank": ("kvrank", "KV rank", "Width of the compressed keys and values, which the KV cache holds."),
    "nope_width": ("nope", "Head width without position", "Part of a head's key without rotary position."),
    "rope_width": ("rope", "Head width with position", "Part of a head's key with rotary position."),
    "value_width": ("value", "Value width", "Width of a head's value."),
    "index_heads": ("indexheads", "Indexer heads", "Heads of the sparse-attention indexer; 0 where there is none."),
    "index_width": ("indexwidth", "Indexer width", "Width of one indexer head; 0 where there is none."),
    "index_tokens": ("indextokens", "Indexed tokens", "Tokens that the indexer lets through; empty for all."),
    "heads": ("heads", "Heads", "Heads over which the layer can be sharded."),
    "layer_params": ("params", "Weights of one layer", "Parameters of one such attention layer."),
    "state_bytes": ("state", "State (bytes)", "State of one sequence in one layer; it does not grow with context."),
}
_DENSE = {"width": ("ff", "Feed-forward width", "Inner width of the feed-forward layer.")}
_EXPERTS = {
    "experts": ("experts", "Experts", "Routed experts of one layer."),
    "active": ("active", "Active experts", "Routed experts that one token passes."),
    "width": ("expertwidth", "Expert width", "Inner width of one routed expert."),
    "shared_width": ("shared", "Shared expert width", "Inner width of all shared experts together; 0 for none."),
}
_MAY_BE_ABSENT = frozenset({"window_tokens", "query_rank", "index_tokens"})
_MAY_BE_ZERO = frozenset({"rope_width", "index_heads", "index_width", "shared_width", "state_bytes", "vocabulary"})
_LARGEST = {"count": 10_000, "layer_params": 10**12, "state_bytes": 10**12, "vocabulary": 10**8}


@lru_cache(maxsize=512)
def model_numbers(model_id: str) -> tuple[Quantity | Switch, ...]:
    """All numbers of one model: its width and vocabulary, then those of every group of layers.

    Parameters
    ----------
    model_id : str
        Id of the catalog.
    """
    shape = catalog.model(model_id).architecture
    numbers: list[Quantity | Switch] = [
        _quantity(shape, "width", ("m_width", "Model width", "Width of the residual stream."), ()),
        _quantity(shape, "vocabulary", ("m_vocabulary", "Vocabulary", "Rows of the embedding table."), ()),
        Switch(
            "m_tied",
            "Tied embeddings",
            "One table for embedding and unembedding.",
            shape.tied_embeddings,
            ("tied_embeddings",),
        ),
    ]
    for index, group in enumerate(shape.layer_groups):
        numbers += _group_numbers(group, index)
    return tuple(numbers)


def group_labels(model_id: str) -> tuple[str, ...]:
    """A heading for every group of layers, such as "52 sliding-window layers"."""
    groups = catalog.model(model_id).architecture.layer_groups
    labels = [_group_label(group) for group in groups]
    twice = {label for label in labels if labels.count(label) > 1}
    return tuple(f"{label} ({i + 1})" if label in twice else label for i, label in enumerate(labels))


@lru_cache(maxsize=512)
def customised_model(model_id: str, values: tuple[tuple[str, Any], ...]) -> Architecture:
    """A model with some numbers changed.

    Parameters
    ----------
    model_id : str
        Id of the catalog.
    values : tuple of (key, value)
        Changed numbers.

    Raises
    ------
    ValidationError
        Where the numbers make no model.
    """
    shape = catalog.model(model_id).architecture
    if not values:
        return shape
    numbers = {number.key: number for number in model_numbers(model_id)}
    fields = shape.model_dump()
    fields["layer_groups"] = [group.model_dump() for group in shape.layer_groups]
    for key, value in values:
        *parents, last = numbers[key].path
        place: Any = fields
        for parent in parents:
            place = place[parent]
        place[last] = value
    # Part by part, so that a fault is named by its own sentence and not by its place in the record.
    for group, record in zip(shape.layer_groups, fields["layer_groups"], strict=True):
        for part in ("attention", "feed_forward"):
            noun = getattr(group, part)
            if noun is not None:
                record[part] = type(noun).model_validate(record[part])
    return Architecture.model_validate(fields)


def _group_numbers(group: LayerGroup, index: int) -> list[Quantity | Switch]:
    suffix = "" if index == 0 else f"_{index + 1}"
    place = ("layer_groups", index)
    layers = (f"m_layers{suffix}", "Layers", "Layers of this shape.")
    numbers: list[Quantity | Switch] = [_quantity(group, "count", layers, place)]
    parts: list[tuple[str, Attention | FeedForward, dict[str, tuple[str, str, str]]]] = []
    if group.attention is not None:
        parts.append(("attention", group.attention, _ATTENTION))
    if group.feed_forward is not None:
        words = _EXPERTS if isinstance(group.feed_forward, MixtureOfExperts) else _DENSE
        parts.append(("feed_forward", group.feed_forward, words))
    for part, noun, words in parts:
        for field in type(noun).model_fields:
            if field in words:
                key, label, text = words[field]
                numbers.append(_quantity(noun, field, (f"m_{key}{suffix}", label, text), (*place, part)))
    return numbers


def _quantity(noun: Any, field: str, words: tuple[str, str, str], place: tuple[str | int, ...]) -> Quantity:
    key, label, text = words
    value = getattr(noun, field)
    # Released models have whole shapes; the paper's scaled ones have fractions, and a few fields are bytes.
    whole = value is None or value == int(value)
    return Quantity(
        key,
        label,
        text,
        int(value) if whole and value is not None else value,
        (0 if field in _MAY_BE_ZERO else 1) if whole else (0.0 if field in _MAY_BE_ZERO else 0.001),
        _LARGEST.get(field, 10**7) if whole else float(_LARGEST.get(field, 10**7)),
        whole=whole,
        optional=field in _MAY_BE_ABSENT,
        path=(*place, field),
    )


def _group_label(group: LayerGroup) -> str:
    attention, feed_forward = group.attention, group.feed_forward
    if isinstance(attention, GroupedQueryAttention):
        kind = "full" if attention.window_tokens is None else "sliding-window"
    elif isinstance(attention, LatentAttention):
        kind = "latent-attention"
    else:
        kind = "linear-attention" if attention is not None else "feed-forward"
    if attention is not None and isinstance(feed_forward, MixtureOfExperts):
        kind += " expert"
    layers = "layer" if group.count == 1 else "layers"
    return f"{group.count:,} {kind} {layers}"
