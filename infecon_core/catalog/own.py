"""Entries of one's own: models and accelerators that no file of `data/` holds, whole inside of their ids.

An id is `own~`, one letter for the kind, and the record as JSON without its defaults, compressed (RFC 1950) and written
in the letters of base64url (RFC 4648). Whoever is given the id has the entry: nothing is kept anywhere.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from infecon_core.catalog.accelerators import (
    CatalogAccelerator,
    Price,
    accelerators,
    fields_with_numbers,
)
from infecon_core.catalog.models import CatalogModel, OwnDraft, StatedParams, models
from infecon_core.schema import OWN, Accelerator, Architecture, Precision, Provenance, Record, record, sentence

PREFIX = "own~"
_MODEL, _ACCELERATOR = "m", "a"
# Several of them fit into one address: servers and proxies take 8 kB.
LONGEST_ID = 3_000
_LONGEST_JSON = 16_000
_LETTERS = re.compile(r"[A-Za-z0-9_-]+")
# What nearly every record holds, so that an id need not. A part of the format: it never changes.
_COMMON = (
    b'"base":"h100-sxm","kernel_launch_s":,"allreduce_latency_s":,"board_power_w":,"stack":"rocm","topology":"torus",'
    b'"price_usd_per_gpu_hour":,"node_gpus":,"scale_out_bytes_per_s":50000000000.0,"scale_up_domain":8,'
    b'"scale_up_bytes_per_s":900000000000.0,"hbm_bytes_per_s":8000000000000.0,"hbm_bytes":192000000000.0},'
    b'"fp8":4500000000000000.0,"fp4":9000000000000000.0,"int8":,"fp16":2250000000000000.0,"int4":,{"accelerator":'
    b'"peaks":{"bf16":2250000000000000.0,"year":2026,"mtp_layers":1.0},"precision":{"weights":"fp8","kv":"fp8",'
    b'"activations":"bf16"}}"layer_params":,"state_bytes":,"num_heads":,"attention":{"kind":"linear",'
    b'"attention":{"kind":"latent","num_attention_heads":128,"q_lora_rank":1536,"kv_lora_rank":512,'
    b'"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,"index_n_heads":64,"index_head_dim":128,'
    b'"index_topk":2048},"attn_output_gate":true,"parallel_attn":true,"gated":false,"router":false,'
    b'"shared_expert_intermediate_size":,"feed_forward":{"kind":"moe","num_experts":128,"num_experts_per_tok":8,'
    b'"moe_intermediate_size":768}}"feed_forward":{"kind":"dense","intermediate_size":28672}}],"sliding_window":4096,'
    b'"tie_word_embeddings":true,{"architecture":{"name":"","hidden_size":4096,"vocab_size":151936,'
    b'"layer_groups":[{"num_layers":48,"attention":{"kind":"grouped_query","num_attention_heads":32,'
    b'"num_key_value_heads":8,"head_dim":128},'
)

GIVEN: Final = Provenance(kind="own", source="given by whoever made this entry", date="undated")

Entry = TypeVar("Entry", bound=Record)

# The name of an entry stands in sentences, tables, links and files: nothing that any of these would take for a sign.
_PLAIN_NAME = re.compile(r"[^\W_][\w .+()-]*")
# What a name of the catalog gets behind it; both together are no longer than a name may be.
_MARK = " (own)"
LONGEST_NAME = record.LONGEST_NAME - len(_MARK)


def plain_name(text: str) -> str:
    """The nearest name that an entry may have; empty where nothing of the text is left.

    >>> plain_name("acme/our_30B: *new*"), plain_name("GPT-4 (8×)")
    ('acme our_30B new', 'GPT-4 (8 )')
    """
    kept = re.sub(r"[^\w.+()-]+", " ", re.sub(r"(?i)www\.", "www ", text))
    found = re.sub(r"^[\W_]+", "", kept).strip()
    # The mark is set again where it is needed: what it made too long is whole without it.
    return (found if len(found) <= LONGEST_NAME else found.removesuffix(_MARK))[:LONGEST_NAME].strip()


def _plain(record: Any) -> Any:
    """A record whose name reads the same everywhere."""
    name = record.name
    if len(name) > LONGEST_NAME or not _PLAIN_NAME.fullmatch(name) or "www." in name.lower():
        raise ValueError(
            f"a name has at most {LONGEST_NAME} letters, digits, spaces and . _ - + ( ), and begins with a letter or a "
            "digit"
        )
    return record


class OwnModel(Record):
    """A model of one's own.

    Args:
        architecture (Architecture): Its shape, with its name.
        precision (Precision): The formats in which it is there.
        mtp_layers (float or None): Layers with which it drafts for itself; None for none. [1]
    """

    architecture: Annotated[Architecture, AfterValidator(_plain)]
    precision: Precision = Precision()
    mtp_layers: Annotated[float | None, Field(ge=0.01, le=100)] = None


class OwnAccelerator(Record):
    """An accelerator of one's own.

    Args:
        accelerator (Accelerator): Its numbers, with its name and its price.
        base (str): Id of the catalog's accelerator that it was made from: numbers that are the same have its sources.
    """

    accelerator: Annotated[Accelerator, AfterValidator(_plain)]
    base: Annotated[str, Field(max_length=60)] = ""


def is_own(entry_id: str) -> bool:
    """Whether an id is that of an entry of one's own."""
    return entry_id.startswith(PREFIX)


def id_of(entry: OwnModel | OwnAccelerator) -> str:
    """The id that holds an entry.

    Raises:
        ValueError: Where the entry is larger than an id may be.
    """
    packer = zlib.compressobj(9, zdict=_COMMON)
    packed = packer.compress(_json(_lean(entry))) + packer.flush()
    text = base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")
    letter = _MODEL if isinstance(entry, OwnModel) else _ACCELERATOR
    found = PREFIX + letter + text
    if len(found) > LONGEST_ID:
        raise ValueError(
            f"{_name(entry)} needs {len(found):,} letters in a link, which has room for {LONGEST_ID:,}: give it fewer "
            "groups of different layers."
        )
    return found


def _name(entry: OwnModel | OwnAccelerator) -> str:
    return (entry.architecture if isinstance(entry, OwnModel) else entry.accelerator).name


def _lean(part: Any) -> Any:
    """A record as plain data without what is at its default; the kind of a part stays, which tells its class."""
    if isinstance(part, BaseModel):
        fields = type(part).model_fields
        return {
            name: _lean(value)
            for name, value in part
            if name == "kind" or fields[name].is_required() or value != fields[name].default
        }
    return [_lean(item) for item in part] if isinstance(part, tuple) else part


def read_model(entry_id: str) -> OwnModel:
    """What an id of a model of one's own holds; ValueError with one sentence where it holds none."""
    return _read(OwnModel, entry_id, _MODEL, "a model")


def read_accelerator(entry_id: str) -> OwnAccelerator:
    """What an id of an accelerator of one's own holds; ValueError with one sentence where it holds none."""
    return _read(OwnAccelerator, entry_id, _ACCELERATOR, "an accelerator")


def _read(schema: type[Entry], entry_id: str, letter: str, what: str) -> Entry:
    text = entry_id.removeprefix(PREFIX)
    if not entry_id.startswith(PREFIX + letter):
        raise ValueError(f"An entry of one's own is not {what}; give an id that begins with {PREFIX}{letter}.")
    if len(entry_id) > LONGEST_ID:
        raise ValueError(f"An entry of one's own is too long: its id has at most {LONGEST_ID:,} letters.")
    try:
        return schema.model_validate(_unpacked(text[1:]))
    except ValidationError as error:
        raise ValueError(f"An entry of one's own is not {what}: {sentence(error)}") from error


def _json(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()


def _no_number(name: str) -> Any:
    raise ValueError(f"'{name}' is no number")


def _unpacked(text: str) -> Any:
    """The JSON in the letters of an id."""
    broken = "An entry of one's own was cut or changed on its way; copy the whole link."
    if not _LETTERS.fullmatch(text):
        raise ValueError(broken)
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacker = zlib.decompressobj(zdict=_COMMON)
        # No more than this is ever unpacked, however much is packed inside.
        plain = unpacker.decompress(packed, _LONGEST_JSON)
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError(broken)
        return json.loads(plain, parse_constant=_no_number)
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise ValueError(broken) from error


# As many as visitors look at in a while; an entry takes some kB.
@lru_cache(maxsize=128)
def own_model(entry_id: str) -> CatalogModel:
    """The model of an id as an entry of the catalog; ValueError with one sentence where it holds none."""
    given = read_model(entry_id)
    mtp = None if given.mtp_layers is None else OwnDraft(layers=given.mtp_layers, **dict(GIVEN))
    taken = {entry.architecture.name for entry in models().values()}
    return CatalogModel(
        id=entry_id,
        family="Own",
        architecture=given.architecture.model_copy(update={"name": _free(given.architecture.name, taken)}),
        precision=given.precision,
        provenance=GIVEN,
        stated=StatedParams(provenance=GIVEN),
        mtp=mtp,
    )


@lru_cache(maxsize=128)
def own_accelerator(entry_id: str) -> CatalogAccelerator:
    """The accelerator of an id as an entry of the catalog; ValueError with one sentence where it holds none."""
    given = read_accelerator(entry_id)
    chip = given.accelerator
    taken = {entry.accelerator.name for entry in accelerators().values()}
    return CatalogAccelerator(
        id=entry_id,
        vendor="Own",
        status=OWN,
        accelerator=chip.model_copy(update={"name": _free(chip.name, taken)}),
        provenance=_provenance(given),
        prices={OWN: Price(usd_per_gpu_hour=chip.price_usd_per_gpu_hour, provenance=GIVEN)},
    )


def _free(name: str, taken: set[str]) -> str:
    """A name that no entry of the catalog has: measurements, drafts and prices are found by names."""
    return f"{name}{_MARK}" if name in taken else name


def _provenance(given: OwnAccelerator) -> Mapping[str, Provenance]:
    """The source of each number but the price: that of the base where the number is the same."""
    base = accelerators().get(given.base)
    found = dict.fromkeys(fields_with_numbers(given.accelerator), GIVEN)
    if base is not None:
        known = base.provenance.items()
        found |= {
            path: source
            for path, source in known
            if _number(base.accelerator, path) == _number(given.accelerator, path)
        }
    return found


def base_of(entry: CatalogAccelerator) -> str:
    """The catalog's accelerator that has most of an entry's numbers with their sources; empty where none has any."""

    def shared(other: CatalogAccelerator) -> int:
        same = [path for path, told in entry.provenance.items() if other.provenance.get(path) == told]
        return sum(_number(entry.accelerator, path) == _number(other.accelerator, path) for path in same)

    best = max(accelerators().values(), key=shared)
    return best.id if shared(best) else ""


def _number(chip: Accelerator, path: str) -> float | None:
    record, _, field = path.rpartition(".")
    value: float | None = getattr(chip.peaks if record else chip, field)
    return value
