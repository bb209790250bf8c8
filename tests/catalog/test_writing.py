"""What is written of the catalog's entries is what its reader takes."""

import tomllib

import pytest

from infecon_core.catalog import (
    CatalogAccelerator,
    CatalogModel,
    accelerator_of_toml,
    accelerator_toml,
    model_of_toml,
    model_toml,
)
from infecon_core.catalog.files import DATA
from infecon_core.catalog.models import OwnDraft
from infecon_core.schema import Provenance
from tests.support.catalog import ACCELERATORS, MODELS

HOSTILE = 'a "quoted" \\ back\\slash = [table] # 漢字 \x7f\t'


@pytest.mark.parametrize("entry", MODELS.values(), ids=MODELS)
def test_every_model_comes_back(entry: CatalogModel) -> None:
    assert model_of_toml(model_toml(entry)) == entry


@pytest.mark.parametrize("entry", ACCELERATORS.values(), ids=ACCELERATORS)
def test_every_accelerator_comes_back(entry: CatalogAccelerator) -> None:
    assert accelerator_of_toml(accelerator_toml(entry)) == entry


def test_a_model_is_written_as_those_of_the_catalog_are() -> None:
    written = tomllib.loads(model_toml(MODELS["deepseek-v3"]))
    assert written == tomllib.loads((DATA / "models" / "deepseek-v3.toml").read_text(encoding="utf-8"))
    lines = model_toml(MODELS["deepseek-v3"]).splitlines()
    assert 'attention = { kind = "latent", num_attention_heads = 128, q_lora_rank = 1536, kv_lora_rank = 512, ' in (
        "\n".join(lines)
    )
    assert "[[architecture.layer_groups]]" in lines


def test_no_word_gets_out_of_its_place() -> None:
    entry = MODELS["deepseek-v3"]
    source = Provenance(kind="estimate", source=HOSTILE, date=HOSTILE, note=HOSTILE)
    hostile = entry.model_copy(
        update={
            "note": HOSTILE,
            "family": HOSTILE,
            "aliases": (HOSTILE, HOSTILE),
            "provenance": source,
            "mtp": OwnDraft(layers=0.123456789, **source.model_dump()),
        }
    )
    assert model_of_toml(model_toml(hostile)) == hostile
    chip = ACCELERATORS["h100-sxm"]
    sources = dict.fromkeys(chip.provenance, source)
    renamed = chip.model_copy(update={"provenance": sources, "vendor": HOSTILE, "note": HOSTILE})
    assert accelerator_of_toml(accelerator_toml(renamed)) == renamed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id = ", "Invalid value"),
        ("a = " + "[" * 90_000, "nested too deeply"),
        ('id = "toy"', "is missing"),
        ("", "is missing"),
    ],
)
def test_other_files_get_a_sentence(text: str, expected: str) -> None:
    for read in (model_of_toml, accelerator_of_toml):
        with pytest.raises(ValueError, match=expected) as refused:
            read(text)
        assert str(refused.value).count("\n") == 0
        assert str(refused.value).endswith(".")
