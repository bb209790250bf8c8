"""Models of one's own on the command line: a data file or a `config.json` for --model, and the command `import`."""

import argparse
from pathlib import Path

from infecon_core import catalog
from infecon_core.catalog.files import LARGEST_GIVEN
from infecon_core.catalog.imported import model_of
from infecon_core.cli.printing import as_json, lines, number, table, wrapped
from infecon_core.given_files import content_of
from infecon_core.huggingface import imported
from infecon_core.huggingface.reading import LARGEST
from infecon_core.schema import Attention, DenseFeedForward, FeedForward, LatentAttention, LinearAttention
from infecon_core.schema.words import counted

DATA_FILE, CONFIG = ".toml", ".json"


def model(given: str) -> catalog.CatalogModel:
    """The model of an id, or of a file: one as those of the catalog, or a `config.json` of Hugging Face.

    Raises:
        ValueError: One sentence where there is none.
    """
    if not given.lower().endswith((DATA_FILE, CONFIG)):
        if Path(given).is_file():
            raise ValueError(f"{given} is a file of another kind: a model is one that ends in {CONFIG} or {DATA_FILE}.")
        return catalog.model(given)
    try:
        if given.lower().endswith(CONFIG):
            return model_of(imported(_text(given, "a config.json", LARGEST)), source=Path(given).name)
        return catalog.model_of_toml(_text(given, "a data file of a model", LARGEST_GIVEN))
    except _UnreadError as error:
        raise ValueError(str(error)) from error
    except ValueError as error:
        raise ValueError(f"{given}: {error}") from error


class _UnreadError(ValueError):
    """A file that cannot be read, with its name in the sentence."""


def _text(given: str, what: str, most_bytes: int) -> str:
    try:
        return content_of(Path(given), what, most_bytes).decode()
    except UnicodeDecodeError as error:
        raise _UnreadError(f"{given} is not text in UTF-8.") from error
    except ValueError as error:
        raise _UnreadError(str(error)) from error


def import_config(args: argparse.Namespace) -> str:
    """The command `import`."""
    try:
        found = imported(_text(args.config, "a config.json", LARGEST), args.name or "")
    except _UnreadError:
        raise
    except ValueError as error:
        raise ValueError(f"{args.config}: {error}") from error
    entry = model_of(found, args.id or "", source=Path(args.config).name)
    if entry.id in catalog.models():
        raise ValueError(f"The catalog has a model '{entry.id}' already; give another --id.")
    kind = args.format or {".toml": "toml", ".json": "json"}.get(Path(args.out or "").suffix.lower(), "table")
    if kind == "toml":
        return catalog.model_toml(entry)
    return as_json(entry.model_dump(mode="json")) if kind == "json" else _table(entry)


def _table(entry: catalog.CatalogModel) -> str:
    shape, formats = entry.architecture, entry.precision
    rows = {
        "id": entry.id,
        "name": shape.name,
        "parameters": f"{number(shape.total_params / 1e9)} B",
        "active": f"{number(shape.active_params / 1e9)} B",
        "layers": number(shape.num_hidden_layers),
        "width": number(shape.hidden_size),
        "vocabulary": number(shape.vocab_size),
        "KV elements per token": number(shape.kv_elements(1)),
        "weights": formats.weights,
        "draft layers (MTP)": number(entry.mtp.layers) if entry.mtp else "-",
    }
    groups = {
        "layers": [number(group.num_layers) for group in shape.layer_groups],
        "attention": [_attention(group.attention) for group in shape.layer_groups],
        "feed-forward": [_feed_forward(group.feed_forward) for group in shape.layer_groups],
    }
    notes = wrapped(f"Note: {entry.note}") if entry.note else []
    width = max(map(len, rows))
    told = [f"{name.ljust(width)}  {value}" for name, value in rows.items()]
    return lines(*told, "", *table(groups, right={"layers"}), *([""] if notes else []), *notes)


def _attention(part: Attention | None) -> str:
    if part is None:
        return "-"
    if isinstance(part, LinearAttention):
        return f"{counted(part.num_heads, 'head')}, state of {number(part.state_bytes / 1e6)} MB"
    heads = counted(part.num_attention_heads, "head")
    if isinstance(part, LatentAttention):
        indexed = f", {part.index_topk:,} indexed" if part.index_topk else ""
        return f"{heads}, latent {number(part.kv_lora_rank)} + {number(part.qk_rope_head_dim)}{indexed}"
    window = f", window {part.sliding_window:,}" if part.sliding_window else ""
    return f"{heads}, {counted(part.num_key_value_heads, 'KV head')}, {number(part.head_dim)} wide{window}"


def _feed_forward(part: FeedForward | None) -> str:
    if part is None:
        return "-"
    if isinstance(part, DenseFeedForward):
        return f"{number(part.intermediate_size)} wide{'' if part.gated else ', not gated'}"
    shared = part.shared_expert_intermediate_size
    beside = f", shared {number(shared)}" if shared else ""
    width = number(part.moe_intermediate_size)
    return f"{part.num_experts_per_tok:,} of {counted(part.num_experts, 'expert')}, {width} wide{beside}"
