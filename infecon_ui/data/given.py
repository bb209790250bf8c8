"""What a reader gives: a model's config.json, or a data file of a model or an accelerator, as an entry of their own."""

import re
import tomllib
from typing import NamedTuple

from pydantic import ValidationError

from infecon_core import catalog
from infecon_core.catalog import Kind
from infecon_core.catalog.own import OwnAccelerator, OwnModel, base_of, id_of, plain_name
from infecon_core.huggingface import imported
from infecon_core.huggingface.reading import LARGEST
from infecon_core.schema import sentence

# A line that assigns: JSON has none.
_TOML = re.compile(r"^\s*([A-Za-z_]\w*\s*=|\[\[?[A-Za-z_]\w*[\w.]*\]\]?\s*$)", re.MULTILINE)
_PEAKS = re.compile(r"^\s*\[peaks\]", re.MULTILINE)


class Given(NamedTuple):
    """An entry that was given.

    Attributes:
        kind (str): `models` or `accelerators`.
        entry_id (str): Its id, which holds it.
        assumed (tuple of str): What was not said, one sentence each.
    """

    kind: Kind
    entry_id: str
    assumed: tuple[str, ...] = ()


def text_of(content: bytes, name: str = "The file") -> str:
    """A file's text.

    Args:
        content (bytes): What it holds.
        name (str): What it is called; one that ends in .toml has to hold TOML.

    Raises:
        ValueError: One sentence where it is too large or no text.
    """
    if len(content) > LARGEST:
        size = f"{len(content) / 1e6:.3g} MB"
        raise ValueError(f"{name} has {size}; a config.json or a data file has at most {LARGEST:,} bytes.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is no text in UTF-8; give a config.json or a data file.") from error
    if not text.strip():
        raise ValueError(f"{name} is empty; give a config.json or a data file.")
    if name.lower().endswith(".toml"):
        try:
            tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            why = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "nested too deeply"
            raise ValueError(f"{name} is no TOML: {why}.") from error
    return text


def read(text: str, name: str = "") -> Given:
    """An entry from what a file holds.

    Args:
        text (str): A `config.json` of Hugging Face, or a data file in TOML.
        name (str): What it shall be called; as the text says where empty.

    Raises:
        ValueError: One sentence on what cannot be taken.
    """
    if name and not plain_name(name):
        raise ValueError("The name has no letter and no digit; give one such as Our 30B.")
    try:
        if len(text) <= LARGEST and not text.lstrip().startswith("{") and _TOML.search(text):
            return _of_data_file(text, name)
        return _of_config(text, name)
    except ValidationError as error:
        raise ValueError(sentence(error)) from error


def _of_config(text: str, name: str) -> Given:
    found = imported(text, plain_name(name))
    shape = found.architecture.model_copy(update={"name": plain_name(found.architecture.name) or "Own model"})
    entry = OwnModel(architecture=shape, precision=found.precision, mtp_layers=found.mtp_layers or None)
    return Given("models", id_of(entry), found.assumed)


def _of_data_file(text: str, name: str) -> Given:
    if _PEAKS.search(text):
        chip = catalog.accelerator_of_toml(text)
        named = plain_name(name or chip.accelerator.name) or "Own accelerator"
        own = OwnAccelerator(accelerator=chip.accelerator.model_copy(update={"name": named}), base=base_of(chip))
        return Given("accelerators", id_of(own), _price(chip))
    model = catalog.model_of_toml(text)
    shape = model.architecture.model_copy(update={"name": plain_name(name or model.architecture.name) or "Own model"})
    layers = None if model.mtp is None else model.mtp.layers
    return Given("models", id_of(OwnModel(architecture=shape, precision=model.precision, mtp_layers=layers)))


def _price(chip: catalog.CatalogAccelerator) -> tuple[str, ...]:
    if len(chip.prices) < 2:
        return ()
    return (f"Of its {len(chip.prices)} prices the first is taken, ${chip.accelerator.price_usd_per_gpu_hour:,.2f}.",)
