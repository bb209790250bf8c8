"""Entries of one's own: the id holds all of it, and what is no such id gets one sentence."""

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from infecon_core import catalog
from infecon_core.catalog import files, own
from infecon_core.catalog.accelerators import accelerators
from infecon_core.catalog.models import models
from infecon_core.catalog.own import OwnAccelerator, OwnModel, base_of, id_of, plain_name, read_accelerator, read_model
from infecon_core.schema import Precision
from tests.support.catalog import ACCELERATORS, MODELS
from tests.support.own_entries import CHIP, CHIP_ID, MODEL, MODEL_ID, SHAPE

# Links that people have kept: what they held when this format was made.
KEPT_MODEL = "own~mePlPSroAw-kP_9IiBWMDJ3TvgNLOoPGOCYZ36JHOYmtrAfXCayM"
KEPT_CHIP = (
    "own~aePlPSroAQ8uycG_4lxYpAP1XACr1COdi3CUDztIGUqiQUA7VohZrFqSWicSVrbhLZULlOa7KwRgkiVbZGKKXfiY4qinzVF0zoMeh9VwSsCjXz"
    "UivUKoFAIVgfJ0"
)


def packed(record: Any, letter: str = "m") -> str:
    """An id that holds whatever JSON can say."""
    text = record if isinstance(record, bytes) else json.dumps(record).encode()
    packer = zlib.compressobj(9, zdict=own._COMMON)
    letters = base64.urlsafe_b64encode(packer.compress(text) + packer.flush()).decode().rstrip("=")
    return f"own~{letter}{letters}"


@pytest.mark.parametrize("entry", MODELS.values(), ids=MODELS)
def test_every_model_comes_back_from_its_id(entry: catalog.CatalogModel) -> None:
    shape = entry.architecture.model_copy(update={"name": plain_name(entry.architecture.name)})
    given = OwnModel(architecture=shape, precision=entry.precision, mtp_layers=entry.mtp and entry.mtp.layers)
    entry_id = id_of(given)
    assert read_model(entry_id) == given
    # Several have room in one address.
    assert len(entry_id) < 200
    found = catalog.model(entry_id)
    assert found.id == entry_id
    assert found.architecture.layer_groups == shape.layer_groups
    assert found.architecture.total_params == entry.architecture.total_params
    assert (found.precision, found.provenance.kind) == (entry.precision, "own")


@pytest.mark.parametrize("entry", ACCELERATORS.values(), ids=ACCELERATORS)
def test_every_accelerator_comes_back_from_its_id_with_its_sources(entry: catalog.CatalogAccelerator) -> None:
    chip = entry.accelerator.model_copy(update={"name": plain_name(entry.accelerator.name)})
    entry_id = id_of(OwnAccelerator(accelerator=chip, base=entry.id))
    assert len(entry_id) < 260
    found = catalog.accelerator(entry_id)
    assert found.accelerator.model_copy(update={"name": chip.name}) == chip
    assert found.provenance == entry.provenance
    assert found.price_basis == "own"
    assert found.price("own").usd_per_gpu_hour == chip.price_usd_per_gpu_hour


def test_links_that_were_kept_say_what_they_said() -> None:
    model, chip = catalog.model(KEPT_MODEL), catalog.accelerator(KEPT_CHIP)
    assert model.architecture == SHAPE
    assert (chip.accelerator.name, chip.accelerator.hbm_bytes_per_s) == ("Our chip", 8e12)
    assert chip.accelerator.price_usd_per_gpu_hour == 3.0


def test_a_number_of_one_s_own_says_so_and_the_others_keep_their_sources() -> None:
    found, base = catalog.accelerator(CHIP_ID), ACCELERATORS["b200-hgx"]
    differing = {name for name, source in found.provenance.items() if source != base.provenance[name]}
    assert differing == {"hbm_bytes_per_s"}
    assert found.provenance["hbm_bytes_per_s"].kind == "own"
    alone = catalog.accelerator(id_of(CHIP.model_copy(update={"base": "nothing-known"})))
    assert {source.kind for source in alone.provenance.values()} == {"own"}


def test_a_name_of_the_catalog_is_marked() -> None:
    # Measurements, drafts and prices are found by names: none of the catalog's may be taken for this one's.
    shape = SHAPE.model_copy(update={"name": "Llama 3.1 70B"})
    assert catalog.model(id_of(OwnModel(architecture=shape))).architecture.name == "Llama 3.1 70B (own)"
    chip = CHIP.accelerator.model_copy(update={"name": "B200"})
    assert catalog.accelerator(id_of(OwnAccelerator(accelerator=chip))).accelerator.name == "B200 (own)"
    assert catalog.model(MODEL_ID).architecture.name == "Our 30B"


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>", "[a](javascript:b)", "a|b", "http://a.example", "see www.a.example", "a@b.example",
        "=1+1", "$5", "`a`", "a\nb", "", " a", "_a", "x" * 75, "a\u202eb", "a,b",
    ],
)  # fmt: skip
def test_names_that_anything_takes_for_a_sign_are_refused(name: str) -> None:
    record = {"architecture": json.loads(SHAPE.model_dump_json()) | {"name": name}}
    with pytest.raises(ValueError, match="name") as refused:
        catalog.model(packed(record))
    assert str(refused.value).count("\n") == 0
    with pytest.raises(ValidationError):
        OwnModel(architecture=SHAPE.model_copy(update={"name": name}))
    # What is made of it is a name, or nothing.
    kept = plain_name(name)
    assert not kept or OwnModel(architecture=SHAPE.model_copy(update={"name": kept}))


def test_an_own_copy_of_a_model_with_a_long_name_is_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "Long " + "n" * (own.LONGEST_NAME - 5)
    other = next(iter(models().values()))
    named = other.model_copy(update={"architecture": other.architecture.model_copy(update={"name": name})})
    monkeypatch.setattr(own, "models", lambda: {"long": named})
    own.own_model.cache_clear()
    entry_id = id_of(OwnModel(architecture=SHAPE.model_copy(update={"name": name})))
    copied = catalog.model(entry_id)
    own.own_model.cache_clear()
    assert copied.architecture.name == f"{name} (own)"
    # Its data file is one of the schema, and gives the same id.
    again = catalog.model_of_toml(catalog.model_toml(copied.model_copy(update={"id": "long-own", "family": "Own"})))
    assert again.architecture.name == copied.architecture.name
    shape = again.architecture.model_copy(update={"name": plain_name(again.architecture.name)})
    assert id_of(OwnModel(architecture=shape, precision=again.precision)) == entry_id
    # A name of the greatest length that a released model may have.
    assert plain_name("x" * 80) == "x" * 74


@pytest.mark.parametrize("name", ["Our 30B", "Ünser-Modell_2.0", "模型 30B", "a(b)+c"])
def test_names_of_every_script_are_taken(name: str) -> None:
    assert plain_name(name) == name
    assert (
        catalog.model(id_of(OwnModel(architecture=SHAPE.model_copy(update={"name": name})))).architecture.name == name
    )


BOMB = zlib.compress(b" " * 5_000_000, 9)


@pytest.mark.parametrize(
    ("entry_id", "expected"),
    [
        ("own~", "not a model"),
        ("own~m", "cut or changed"),
        (CHIP_ID, "not a model"),
        (MODEL_ID[:-1], "cut or changed"),
        (MODEL_ID[:-9], "cut or changed"),
        (MODEL_ID + "AAAA", "cut or changed"),
        (MODEL_ID[:20] + ("B" if MODEL_ID[20] == "A" else "A") + MODEL_ID[21:], "cut or changed"),
        ("own~m" + "A" * 4000, "too long"),
        ("own~m%3Cscript%3E", "cut or changed"),
        ("own~m" + base64.urlsafe_b64encode(BOMB[:2000]).decode().rstrip("="), "cut or changed"),
        (packed(b" " * 1_500_000 + MODEL.model_dump_json().encode()), "cut or changed"),
        (packed(b"["), "cut or changed"),
        (packed(b"[" * 15_000), "cut or changed"),
        (packed(b"\xff\xfe"), "cut or changed"),
        (packed(b'{"architecture": NaN}'), "cut or changed"),
        (packed([]), "is not a model: it is not an object"),
        (packed({"architecture": 5}), "'architecture' cannot be 5: it is not an object"),
        (packed(None), "not a model"),
        (packed({}), "'architecture' is missing"),
        (packed({"architecture": {"name": "a"}}), "missing"),
        (packed({"architecture": json.loads(SHAPE.model_dump_json()) | {"hidden_size": -1}}), "hidden_size"),
        (packed({"architecture": json.loads(SHAPE.model_dump_json()) | {"hidden_size": "4096x"}}), "hidden_size"),
        (packed({"architecture": json.loads(SHAPE.model_dump_json()) | {"hidden_size": 10**300}}), "hidden_size"),
        (packed({"architecture": json.loads(SHAPE.model_dump_json()) | {"more": 1}}), "'architecture.more'"),
        (packed({"architecture": json.loads(SHAPE.model_dump_json()), "mtp_layers": 0}), "mtp_layers"),
    ],
)
def test_what_is_no_entry_gets_a_sentence(entry_id: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected) as refused:
        catalog.model(entry_id)
    assert not isinstance(refused.value, ValidationError)
    assert str(refused.value).count("\n") == 0
    assert str(refused.value).endswith(".")
    assert len(str(refused.value)) < 300
    with pytest.raises(ValueError, match="own"):
        catalog.accelerator(entry_id if entry_id != CHIP_ID else MODEL_ID)


def test_an_entry_that_is_too_large_for_a_link_is_refused() -> None:
    layers = tuple(SHAPE.layer_groups[0].model_copy(update={"num_layers": n}) for n in range(1, 17))
    assert len(id_of(OwnModel(architecture=SHAPE.model_copy(update={"layer_groups": layers})))) < own.LONGEST_ID
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own, "LONGEST_ID", 50)
        with pytest.raises(ValueError, match="Our 30B needs 56 letters in a link, which has room for 50"):
            id_of(MODEL)


def test_data_files_of_one_s_own_are_taken_by_the_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = catalog.model(id_of(MODEL.model_copy(update={"precision": Precision(weights="fp8"), "mtp_layers": 1.0})))
    chip = catalog.accelerator(CHIP_ID)
    for folder in ("models", "accelerators"):
        (tmp_path / folder).mkdir()
    model, chip = model.model_copy(update={"id": "our-30b"}), chip.model_copy(update={"id": "our-chip"})
    (tmp_path / "models" / "our-30b.toml").write_text(catalog.model_toml(model), encoding="utf-8")
    (tmp_path / "accelerators" / "our-chip.toml").write_text(catalog.accelerator_toml(chip), encoding="utf-8")
    monkeypatch.setattr(files, "DATA", tmp_path)
    # As the catalog reads its own folders, past what is kept of them.
    assert dict(models.__wrapped__()) == {"our-30b": model}
    assert dict(accelerators.__wrapped__()) == {"our-chip": chip}


def test_a_saved_accelerator_finds_its_base_again() -> None:
    assert base_of(catalog.accelerator(CHIP_ID)) == "b200-hgx"
    assert base_of(catalog.accelerator(id_of(CHIP.model_copy(update={"base": ""})))) == ""
    assert all(base_of(entry) for entry in accelerators().values() if not entry.id.startswith("erdil-"))


def test_shipped_entries_are_of_nobody_s_own() -> None:
    for model in MODELS.values():
        assert "own" not in {model.provenance.kind, model.stated.provenance.kind}
    for chip in ACCELERATORS.values():
        assert chip.status != "own"
        assert "own" not in chip.prices
        assert "own" not in {source.kind for source in chip.provenance.values()}


def test_ids_hold_the_record_itself() -> None:
    assert (read_model(MODEL_ID), read_accelerator(CHIP_ID)) == (MODEL, CHIP)
