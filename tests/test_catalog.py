"""The data: every file parses, every number says where it comes from, every count agrees with what the makers state."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infecon_core import catalog
from infecon_core.catalog import ACCELERATOR_UNITS, CatalogAccelerator, CatalogModel
from infecon_core.spec import Provenance

MODELS = catalog.models()
ACCELERATORS = catalog.accelerators()
OWN_MODELS = {key: entry for key, entry in MODELS.items() if key.startswith("erdil-")}
OWN_ACCELERATORS = {key: entry for key, entry in ACCELERATORS.items() if key.startswith("erdil-")}
REAL_MODELS = {key: entry for key, entry in MODELS.items() if key not in OWN_MODELS}
REAL_ACCELERATORS = {key: entry for key, entry in ACCELERATORS.items() if key not in OWN_ACCELERATORS}

MODEL = """
id = "toy"
name = "Toy"
family = "Toys"
[architecture]
width = 64
vocabulary = 100
[[architecture.layer_groups]]
count = 2
attention = { kind = "grouped_query", query_heads = 4, kv_heads = 2, head_width = 16 }
feed_forward = { kind = "dense", width = 128 }
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
price_usd_per_gpu_hour = { value = 2, unit = "USD/h", kind = "estimate", source = "spec", note = "Guessed." }
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
    monkeypatch.setattr(catalog, "DATA", tmp_path)
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


def _check(provenance: Provenance) -> None:
    assert provenance.source.strip()
    assert re.search(r"\b20\d\d\b|undated", provenance.date)


@pytest.mark.parametrize("entry", MODELS.values(), ids=MODELS)
def test_models_say_where_they_come_from(entry: CatalogModel) -> None:
    _check(entry.provenance)
    _check(entry.stated.provenance)
    if entry.provenance.kind == "estimate":
        assert entry.note or entry.provenance.note


@pytest.mark.parametrize("entry", ACCELERATORS.values(), ids=ACCELERATORS)
def test_accelerators_say_where_they_come_from(entry: CatalogAccelerator) -> None:
    for key, provenance in entry.provenance.items():
        _check(provenance)
        if provenance.kind == "estimate":
            assert provenance.note, f"{key} is an estimate: say why"
    given = entry.accelerator.model_dump(exclude_unset=True)
    assert {f"peaks.{name}" for name in given["peaks"]} <= set(entry.provenance)
    assert set(given) & set(ACCELERATOR_UNITS) - {"peaks"} <= set(entry.provenance)
    assert entry.status in ("shipping", "announced", "published")


@pytest.mark.parametrize("entry", REAL_MODELS.values(), ids=REAL_MODELS)
def test_parameter_counts_agree_or_the_file_says_why(entry: CatalogModel) -> None:
    shape, stated = entry.architecture, entry.stated
    input_table = 0 if shape.tied_embeddings else shape.vocabulary * shape.width
    active = {
        "all": shape.active_params,
        "without input embedding": shape.active_params - input_table,
        "without embeddings": shape.active_params - shape.embedding_params,
    }[stated.active_counts]
    off = [
        abs(ours / theirs - 1)
        for ours, theirs in ((shape.total_params, stated.total), (active, stated.active))
        if theirs is not None
    ]
    # A reason stands where one is needed, and only there.
    assert bool(stated.difference) == any(error > 0.01 for error in off)
    # Nothing is so far off that rounding or an uncounted vision tower would not explain it.
    assert all(error < 0.25 for error in off)


def test_most_models_state_a_count() -> None:
    assert sum(entry.stated.total is not None for entry in REAL_MODELS.values()) >= 60


@pytest.mark.parametrize("entry", REAL_ACCELERATORS.values(), ids=REAL_ACCELERATORS)
def test_accelerators_are_plausible(entry: CatalogAccelerator) -> None:
    chip = entry.accelerator
    sram = entry.id == "groq-lpu-v1"  # no HBM: little memory, much bandwidth
    assert (100e6 if sram else 16e9) <= chip.hbm_bytes <= 500e9
    assert 250e9 <= chip.hbm_bytes_per_s <= (100e12 if sram else 25e12)
    peak = chip.peaks.of_bits(16)
    assert peak is not None
    assert 50e12 <= peak <= 6e15
    assert (1 if sram else 30) <= peak / chip.hbm_bytes_per_s <= 600  # [FLOP/B]
    for narrow, wide in ((8, 16), (4, 8)):
        slower, faster = chip.peaks.of_bits(wide), chip.peaks.of_bits(narrow)
        if slower and faster:
            assert 1 <= faster / slower <= 4.5
    assert 0.3 <= chip.price_usd_per_gpu_hour <= 20
    assert chip.year is None or 2015 <= chip.year <= 2027
    assert chip.board_power_w is None or 50 <= chip.board_power_w <= 2000
    if chip.scale_up_bytes_per_s is not None:
        assert 20e9 <= chip.scale_up_bytes_per_s <= 2e12
        if chip.scale_out_bytes_per_s is not None and chip.scale_up_bytes_per_s > 64e9:
            assert chip.scale_out_bytes_per_s < chip.scale_up_bytes_per_s
    assert (chip.topology == "torus") == (entry.vendor in ("Google", "Groq"))


def test_known_datasheets() -> None:
    h100 = catalog.accelerator("h100-sxm").accelerator
    assert h100.peaks.bf16 == 989.5e12
    assert h100.hbm_bytes_per_s == 3.35e12
    assert h100.scale_up_bytes_per_s == 450e9  # 900 GB/s in both directions together
    b200 = catalog.accelerator("b200-hgx").accelerator
    assert b200.peaks.of_bits(4) == 4 * b200.peaks.of_bits(16)
    assert catalog.accelerator("gb200-nvl72").accelerator.scale_up_domain == 72


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
    assert catalog.model("erdil-GPT_4_2x").architecture.width == pytest.approx(12288 / 2 ** (1 / 3), rel=1e-12)
    swapped = catalog.model("erdil-Llama_3_8B_8_bit").precision
    assert (swapped.weights, swapped.kv, swapped.activations) == ("bf16", "fp8", "fp8")


def test_defaults_of_a_sound_file(data: Path) -> None:
    (data / "accelerators" / "toy.toml").write_text(ACCELERATOR, encoding="utf-8")
    (data / "models" / "toy.toml").write_text(MODEL, encoding="utf-8")
    entry = catalog.accelerator("toy")
    assert entry.accelerator.topology == "switched"
    assert entry.provenance["price_usd_per_gpu_hour"].note == "Read once. Guessed."
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
        ("bf16 = {", "fp12 = {", "'peaks.fp12' is not a field that is known here."),
        ('vendor = "Toys"', 'vendor = "Toys"\ncolour = "red"', "'colour' is not a field that is known here."),
        ('id = "toy"', 'id = "toi"', "the id 'toi' differs from the file's name."),
        ("value = 80e9", "value = -80e9", "'hbm_bytes' cannot be -80000000000.0: input should be greater than 0."),
        ("value = 80e9", "value = nan", "'numbers.hbm_bytes.value' cannot be nan: give a finite number"),
        ("[peaks]", "[peaks", "Expected ']'"),
    ],
)
def test_accelerator_files_are_refused_in_one_sentence(data: Path, old: str, new: str, said: str) -> None:
    assert ACCELERATOR.count(old) == 1
    assert _refusal(data, "accelerators", ACCELERATOR.replace(old, new)).startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "toy"', 'id = "toi"', "the id 'toi' differs from the file's name."),
        ("width = 64", "width = 64\ndepth = 2", "'architecture.depth' is not a field that is known here."),
        ('name = "Toy"\n', "", "'architecture.name' is missing."),
        ("[provenance]", "[provenence]", "'provenance' is missing"),
        ("kv_heads = 2", "kv_heads = 8", "'architecture.layer_groups.0.attention' cannot be"),
    ],
)
def test_model_files_are_refused_in_one_sentence(data: Path, old: str, new: str, said: str) -> None:
    assert MODEL.count(old) == 1
    assert _refusal(data, "models", MODEL.replace(old, new)).startswith(said)


def test_a_number_needs_a_source() -> None:
    entry = catalog.accelerator("h100-sxm")
    sources = {key: value for key, value in entry.provenance.items() if key != "hbm_bytes"}
    with pytest.raises(ValueError, match="hbm_bytes of h100-sxm without a source"):
        CatalogAccelerator(
            id=entry.id, vendor=entry.vendor, status=entry.status, accelerator=entry.accelerator, provenance=sources
        )


def test_unknown_ids_name_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"^There is no model 'llama-3\.1-70' ?: did you mean llama-3\.1-70b"):
        catalog.model("llama-3.1-70")
    with pytest.raises(ValueError, match=r"did you mean .*h100-sxm") as unknown:
        catalog.accelerator("H100-SMX")
    assert "\n" not in str(unknown.value)
    with pytest.raises(ValueError, match="no id is near it") as far:
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
