"""The files of the catalog: every one parses, ids are unique, and a bad one is refused in one sentence."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infecon_core import catalog
from tests.support.catalog import ACCELERATORS, MODELS, OWN_ACCELERATORS, OWN_MODELS, REAL_ACCELERATORS, REAL_MODELS

MODEL = """
id = "toy"
name = "Toy"
family = "Toys"
[architecture]
hidden_size = 64
vocab_size = 100
[[architecture.layer_groups]]
num_layers = 2
attention = { kind = "grouped_query", num_attention_heads = 4, num_key_value_heads = 2, head_dim = 16 }
feed_forward = { kind = "dense", intermediate_size = 128 }
[precision]
[provenance]
kind = "published"
source = "a paper"
date = "2025-01"
[stated]
[stated.provenance]
kind = "published"
source = "a paper"
date = "2025-01"
"""
ACCELERATOR = """
id = "toy"
name = "Toy"
vendor = "Toys"
status = "shipping"
[peaks]
bf16 = { value = 1e14, unit = "FLOP/s", kind = "datasheet", source = "spec" }
[numbers]
hbm_bytes = { value = 80e9, unit = "B", kind = "datasheet", source = "spec" }
hbm_bytes_per_s = { value = 2e12, unit = "B/s", kind = "datasheet", source = "spec" }
[prices]
rent_3y = { value = 2, unit = "USD/h", kind = "estimate", source = "spec", note = "Guessed." }
[sources.spec]
source = "a datasheet"
date = "2025-01"
note = "Read once."
"""


def _forget() -> None:
    for cached in (catalog.models, catalog.accelerators, catalog.data_version):
        cached.cache_clear()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data directory that the catalog reads instead of its own."""
    for folder in ("models", "accelerators"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(catalog.files, "DATA", tmp_path)
    _forget()
    yield tmp_path
    _forget()


def _refusal(data: Path, folder: str, text: str, name: str = "toy.toml") -> str:
    (data / folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^data/") as refused:
        catalog.models() if folder == "models" else catalog.accelerators()
    message = str(refused.value)
    assert "\n" not in message
    assert message.endswith(".")
    assert message.startswith(f"data/{folder}/{name}: ")
    return message.removeprefix(f"data/{folder}/{name}: ")


def test_counts() -> None:
    assert len(REAL_MODELS) >= 60
    assert len(REAL_ACCELERATORS) >= 25
    assert len(OWN_MODELS) == 31
    assert len(OWN_ACCELERATORS) == 9


def test_every_file_is_read() -> None:
    assert {path.stem for path in (catalog.DATA / "models").iterdir()} == set(MODELS)
    assert {path.stem for path in (catalog.DATA / "accelerators").iterdir()} == set(ACCELERATORS)


@pytest.mark.parametrize("key", [*REAL_MODELS, *REAL_ACCELERATORS])
def test_ids_are_lower_case_with_dashes(key: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", key)


def test_names_are_distinct() -> None:
    names = [entry.architecture.name for entry in MODELS.values()]
    assert len(set(names)) == len(names)
    names = [entry.accelerator.name for entry in ACCELERATORS.values()]
    assert len(set(names)) == len(names)


def test_order_ends_with_the_paper() -> None:
    assert [key in OWN_MODELS for key in MODELS] == sorted(key in OWN_MODELS for key in MODELS)
    assert [key in OWN_ACCELERATORS for key in ACCELERATORS] == sorted(key in OWN_ACCELERATORS for key in ACCELERATORS)


def test_the_papers_own_numbers() -> None:
    h200 = catalog.accelerator("erdil-H200").accelerator
    assert h200.price_usd_per_gpu_hour == 2.9399999999999995  # as computed there, not rounded
    assert (h200.arithmetic_cap, h200.bandwidth_cap, h200.kernel_launch_s) == (0.6, 0.75, 4e-6)
    tpu = catalog.accelerator("erdil-TPU_v4").accelerator
    assert (tpu.topology, tpu.scale_up_bytes_per_s, tpu.scale_out_bytes_per_s) == ("torus", 500e9, None)
    assert catalog.model("erdil-GPT_3_5").architecture.embedding_params == 0
    gpt4 = catalog.model("erdil-GPT_4").architecture
    assert gpt4.total_params == 1_796_850_057_216
    # The paper scales all widths by the cube root of 2; the shape keeps its unrounded width.
    assert catalog.model("erdil-GPT_4_2x").architecture.hidden_size == pytest.approx(12288 / 2 ** (1 / 3), rel=1e-12)
    swapped = catalog.model("erdil-Llama_3_8B_8_bit").precision
    assert (swapped.weights, swapped.kv, swapped.activations) == ("bf16", "fp8", "fp8")


def test_defaults_of_a_sound_file(data: Path) -> None:
    (data / "accelerators" / "toy.toml").write_text(ACCELERATOR, encoding="utf-8")
    (data / "models" / "toy.toml").write_text(MODEL, encoding="utf-8")
    entry = catalog.accelerator("toy")
    assert entry.accelerator.topology == "switched"
    assert entry.price("rent_3y").provenance.note == "Read once. Guessed."
    # 2 layers of (4 + 2·2 + 4)·16·64 in attention and 3·64·128 in the feed-forward, two tables of 100·64.
    assert catalog.model("toy").architecture.total_params == 2 * (12 * 16 * 64 + 3 * 64 * 128) + 2 * 100 * 64


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unit = "B/s"', 'unit = "GB/s"', "hbm_bytes_per_s is in 'GB/s'; give it in 'B/s'."),
        ('1e14, unit = "FLOP/s"', '100, unit = "TFLOP/s"', "peaks.bf16 is in 'TFLOP/s'; give it in 'FLOP/s'."),
        ("[sources.spec]", "[sources.other]", "peaks.bf16 names the source 'spec', which is not among [sources]."),
        (', source = "spec" }\n[numbers]', " }\n[numbers]", "'peaks.bf16.source' is missing."),
        ("hbm_bytes = {", "hbm_size = {", "'hbm_size' is not a number that is known here."),
        ("bf16 = {", "fp12 = {", "'peaks.fp12' is not a number that is known here."),
        ('vendor = "Toys"', 'vendor = "Toys"\ncolour = "red"', "'colour' is not a field that is known here."),
        ('id = "toy"', 'id = "toi"', "the id 'toi' differs from the file's name."),
        (
            "value = 80e9",
            "value = -80e9",
            "'hbm_bytes' cannot be -80000000000.0: input should be greater than or equal to 100000000.",
        ),
        ("value = 80e9", "value = nan", "'numbers.hbm_bytes.value' cannot be nan: give a finite number"),
        ("[peaks]", "[peaks", "Expected ']'"),
        ('unit = "USD/h"', 'unit = "USD"', "prices.rent_3y is in 'USD'; give it in 'USD/h'."),
        ("rent_3y = {", "rent_2y = {", "'prices.rent_2y' is not a price basis; give one of on_demand, rent_3y, owner_"),
        ("rent_3y = {", "own = {", "'prices.own' is not a price basis; give one of on_demand, rent_3y, owner_"),
        ("value = 2,", "value = 0,", "'usd_per_gpu_hour' cannot be 0: input should be greater than or equal to 0.001."),
        ("[prices]\nrent_3y = {", "[prices]\n[other]\nrent_3y = {", "'other' is not a field that is known here"),
        ("[prices]\n", "price_usd_per_gpu_hour = 2\n[prices]\n", "'numbers.price_usd_per_gpu_hour' cannot be 2"),
    ],
)
def test_accelerator_files_are_refused_in_one_sentence(data: Path, old: str, new: str, said: str) -> None:
    assert ACCELERATOR.count(old) == 1
    assert _refusal(data, "accelerators", ACCELERATOR.replace(old, new)).startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "toy"', 'id = "toi"', "the id 'toi' differs from the file's name."),
        ("hidden_size = 64", "hidden_size = 64\ndepth = 2", "'architecture.depth' is not a field that is known here."),
        ('name = "Toy"\n', "", "'architecture.name' is missing."),
        ("[provenance]", "[provenence]", "'provenance' is missing"),
        (
            "num_key_value_heads = 2",
            "num_key_value_heads = 8",
            "8 KV heads are more than 4 query heads; give at most as many",
        ),
    ],
)
def test_model_files_are_refused_in_one_sentence(data: Path, old: str, new: str, said: str) -> None:
    assert MODEL.count(old) == 1
    assert _refusal(data, "models", MODEL.replace(old, new)).startswith(said)


def test_unknown_ids_name_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"^There is no model 'llama-3\.1-70' ?: did you mean llama-3\.1-70b"):
        catalog.model("llama-3.1-70")
    with pytest.raises(ValueError, match=r"did you mean .*h100-sxm") as unknown:
        catalog.accelerator("H100-SMX")
    assert "\n" not in str(unknown.value)
    with pytest.raises(
        ValueError, match=r"'.*', and no id is spelled like it; `python -m infecon_core models` lists all"
    ) as far:
        catalog.model("?" * 500)
    assert len(str(far.value)) < 250


def test_data_version_follows_names_and_bytes(data: Path) -> None:
    path = data / "models" / "toy.toml"
    seen = set()
    for text, file in ((MODEL, path), (MODEL + "\n", path), (MODEL, path.with_name("other.toml"))):
        file.write_text(text, encoding="utf-8")
        catalog.data_version.cache_clear()
        seen.add(catalog.data_version())
        file.unlink()
    assert len(seen) == 3
    assert all(re.fullmatch(r"[0-9a-f]{8}", version) for version in seen)
