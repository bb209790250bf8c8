"""What readers give: a configuration or a data file becomes an entry, anything else gets one sentence."""

import json

import pytest

from infecon_core import catalog
from infecon_core.catalog.files import LARGEST_GIVEN
from infecon_core.huggingface import imported
from infecon_core.huggingface.reading import LARGEST
from infecon_ui.data import entries, given
from tests.support.own_entries import CHIP_ID, CONFIG, CONFIG_TEXT, MODEL_ID, SHAPE


def test_a_configuration_becomes_an_entry() -> None:
    found = given.read(CONFIG_TEXT, "Our 30B")
    assert (found.kind, found.entry_id) == ("models", MODEL_ID)
    assert catalog.model(found.entry_id).architecture == SHAPE


def test_its_formats_and_layers_that_draft_come_along() -> None:
    text = json.dumps({**CONFIG, "quantization_config": {"quant_method": "fp8"}})
    assert catalog.model(given.read(text).entry_id).precision.weights == "fp8"
    assert catalog.model(given.read(CONFIG_TEXT).entry_id).mtp is None


@pytest.mark.parametrize("name", ["a/b_c: *new*", "<b>x</b>", "www.example model"])
def test_a_name_is_made_plain(name: str) -> None:
    shown = catalog.model(given.read(CONFIG_TEXT, name).entry_id).architecture.name
    assert shown
    assert not set(shown) & set("<>*:/[]|@")
    assert "www." not in shown


@pytest.mark.parametrize(
    "model_id", ["llama-3.1-70b", "deepseek-v3", "jamba-v0.1", "nemotron-super-49b-v1", "gemma-3-27b"]
)
def test_data_files_of_models_are_taken_back(model_id: str) -> None:
    entry = catalog.model(model_id)
    found = catalog.model(given.read(catalog.model_toml(entry)).entry_id)
    assert found.architecture.layer_groups == entry.architecture.layer_groups
    assert found.precision == entry.precision
    assert (found.mtp and found.mtp.layers) == (entry.mtp and entry.mtp.layers)
    assert found.architecture.name == f"{entry.architecture.name} (own)"


def test_what_was_saved_of_one_s_own_comes_back_as_it_was() -> None:
    assert given.read(entries.file_of("models", MODEL_ID)).entry_id == MODEL_ID
    found = given.read(entries.file_of("accelerators", CHIP_ID))
    assert (found.kind, found.entry_id) == ("accelerators", CHIP_ID)
    # As it stands in the file's name.
    assert 'id = "our-30b"' in entries.file_of("models", MODEL_ID)
    shipped = entries.file_of("accelerators", "h100-sxm")
    assert catalog.accelerator_of_toml(shipped) == catalog.accelerator("h100-sxm")


def test_of_several_prices_the_first_is_taken_and_said() -> None:
    found = given.read(catalog.accelerator_toml(catalog.accelerator("b200-hgx")))
    assert found.assumed == ("Of its 4 prices the first is taken, $5.50.",)
    assert catalog.accelerator(found.entry_id).provenance == catalog.accelerator("b200-hgx").provenance


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "[]", "[1, 2]", "{}", "null", "7", '"text"', "nothing", "{" * 100_000, "[" * 100_000,
        '{"a": ' * 50_000,
        json.dumps({**CONFIG, "hidden_size": -1}), json.dumps({**CONFIG, "hidden_size": "2048"}),
        json.dumps({**CONFIG, "num_hidden_layers": None}), CONFIG_TEXT.replace("2048", "Infinity"),
        CONFIG_TEXT.replace("2048", "9" * 5000), json.dumps({**CONFIG, "num_experts": 1e400}), "x" * 2_000_000,
        "id = ", 'id = "a"', "[models]\n", 'id = "a"\n[peaks]\n', "a = " + "[" * 50_000, "[peaks]\nbf16 = 1",
        'name = "' + "x" * 100_000 + '"',
    ],
)  # fmt: skip
def test_anything_else_gets_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as refused:
        given.read(text)
    assert str(refused.value).count("\n") == 0
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b" " * 5_000_000, "has 5 MB; a config.json or a data file has at most"),
        (b" \n", "is empty"),
    ],
)
def test_files_that_are_no_text_or_too_large_get_a_sentence(content: bytes, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        given.text_of(content)
    assert given.text_of(b"\xef\xbb\xbf{}") == "{}"
    with pytest.raises(ValueError, match=r"^chip\.toml is no TOML: Invalid value"):
        given.text_of(b"id = ", "chip.toml")


def test_the_page_and_the_command_line_take_files_of_the_same_size() -> None:
    # A long comment, which no data file needs.
    long = 'id = "a"\n#' + "x" * LARGEST_GIVEN
    with pytest.raises(ValueError, match="a data file has at most 100,000 letters"):
        given.read(long)
    padded = CONFIG_TEXT + " " * (LARGEST - len(CONFIG_TEXT))
    assert given.read(padded).kind == "models"
    for read in (given.read, imported):
        with pytest.raises(ValueError, match=r"a config\.json has at most 1,000,000 characters"):
            read(padded + " ")


def test_a_name_without_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="no letter and no digit"):
        given.read(CONFIG_TEXT, "***")
