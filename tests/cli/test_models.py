"""Models of one's own on the command line."""

import json
from pathlib import Path

import pytest

from infecon_core import catalog
from infecon_core.cli import main
from infecon_core.scenario import Scenario
from tests.support.command_line import assert_one_sentence, printed
from tests.support.configs import RELEASED, TOY, text_of

ON = ["--accelerator", "h100-sxm"]


@pytest.fixture
def config(tmp_path: Path) -> str:
    """The config.json of a model that the catalog has too."""
    file = tmp_path / "config.json"
    file.write_text(text_of(RELEASED["qwen3-30b-a3b"].fields), encoding="utf-8")
    return str(file)


def test_what_was_read_is_a_table(capsys: pytest.CaptureFixture[str], config: str) -> None:
    lines = printed(capsys, "import", "--in", config, "--name", "Our 30B").splitlines()
    shown = dict(line.split("  ", 1) for line in lines[:10])
    assert shown["name"].strip() == "Our 30B"
    assert shown["parameters"].strip() == "30.5 B"
    assert shown["active"].strip() == "3.35 B"
    assert "    48  32 heads, 4 KV heads, 128 wide  8 of 128 experts, 768 wide" in lines
    assert lines[-1] == "Note: The file names no weight format: BF16 is taken."


@pytest.mark.parametrize("name", ["deepseek-v3.2", "nemotron-h-56b", "gpt-oss-20b", "jamba-v0.1"])
def test_every_kind_of_layer_has_words(name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(text_of(RELEASED[name].fields), encoding="utf-8")
    text = printed(capsys, "import", "--in", str(tmp_path / "config.json"), "--id", "own")
    expected = {
        "deepseek-v3.2": "128 heads, latent 512 + 64, 2,048 indexed  8 of 256 experts, 2,048 wide, shared 2,048",
        "nemotron-h-56b": "-                               32,768 wide, not gated",
        "gpt-oss-20b": "64 heads, 8 KV heads, 64 wide, window 128",
        "jamba-v0.1": "8,192 heads, state of 0.573 MB",
    }
    assert expected[name] in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_data_file_is_one_of_the_catalog(capsys: pytest.CaptureFixture[str], config: str, tmp_path: Path) -> None:
    out = tmp_path / "our-30b.toml"
    assert printed(capsys, "import", "--in", config, "--id", "our-30b", "--name", "Our 30B", "--out", str(out)) == ""
    entry = catalog.model_of_toml(out.read_text(encoding="utf-8"))
    assert (entry.id, entry.architecture.name, entry.provenance.source) == ("our-30b", "Our 30B", "config.json")
    assert entry.architecture.layer_groups == catalog.model("qwen3-30b-a3b").architecture.layer_groups
    assert printed(capsys, "import", "--in", config, "--name", "Our 30B", "--format", "toml") == out.read_text("utf-8")
    shown = json.loads(printed(capsys, "import", "--in", config, "--name", "Our 30B", "--format", "json"))
    assert catalog.CatalogModel.model_validate(shown) == entry


def test_draft_layers_are_kept(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(text_of(RELEASED["deepseek-v3"].fields), encoding="utf-8")
    text = printed(capsys, "import", "--in", str(tmp_path / "config.json"), "--format", "toml")
    mtp = catalog.model_of_toml(text).mtp
    assert mtp is not None
    assert mtp.layers == 1


@pytest.mark.parametrize("flag", ["--model", "--draft"])
def test_files_stand_for_ids(flag: str, capsys: pytest.CaptureFixture[str], config: str, tmp_path: Path) -> None:
    data_file = str(tmp_path / "our.toml")
    printed(capsys, "import", "--in", config, "--name", "Our 30B", "--out", data_file)
    rest = [*ON] if flag == "--model" else ["--model", "llama-3.1-70b", *ON]
    for file in (data_file, config):
        scenario = Scenario.model_validate_json(printed(capsys, "scenario", flag, file, *rest))
        shape = scenario.architecture
        if flag == "--draft":
            assert scenario.speculation is not None
            shape = scenario.speculation.architecture  # type: ignore[union-attr]
        assert shape.layer_groups == catalog.model("qwen3-30b-a3b").architecture.layer_groups


def test_an_imported_model_has_a_frontier(capsys: pytest.CaptureFixture[str], config: str) -> None:
    quick = ["--engine", "published", "--variant", "toy", "--no-pipeline"]
    theirs = json.loads(printed(capsys, "frontier", "--model", "qwen3-30b-a3b", *ON, *quick, "--format", "json"))
    ours = json.loads(printed(capsys, "frontier", "--model", config, *ON, *quick, "--format", "json"))
    assert ours["points"] == theirs["points"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "config.json: The text is empty"),
        (b"[]", "config.json: The text holds a list of 0"),
        (b"\xff\xfe", "config.json is not text in UTF-8."),
        (text_of(TOY, hidden_size="64").encode(), "config.json: 'hidden_size' is the text '64'"),
        (text_of(TOY, compress_ratios=[4]).encode(), "config.json: 'compress_ratios' is set"),
        (b" " * 5_000_000, "config.json is too large"),
    ],
)
@pytest.mark.parametrize("command", [["import", "--in"], ["scenario", *ON, "--model"]], ids=["import", "model"])
def test_a_file_that_is_none_is_refused(
    command: list[str], content: bytes, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.json").write_bytes(content)
    status = main([*command, str(tmp_path / "config.json")])
    captured = capsys.readouterr()
    assert_one_sentence(status, captured.out, captured.err, expected)


def test_other_refusals(tmp_path: Path, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.toml").write_text("id = 1", encoding="utf-8")
    for line, expected in {
        ("scenario", *ON, "--model", str(tmp_path / "none.toml")): "No such file",
        ("scenario", *ON, "--model", str(tmp_path / "bad.toml")): "bad.toml: 'id' cannot be 1",
        ("import", "--in", str(tmp_path)): "Is a directory",
        ("import", "--in", config, "--id", "A b"): "'A b' is no id",
        ("import", "--in", config, "--id", "deepseek-v3"): "has a model 'deepseek-v3' already; give another --id.",
        ("import", "--in", config, "--name", "=1+1"): "'name' cannot be '=1+1'",
        ("import", "--in", config, "--format", "csv"): "'csv'",
        ("import",): "--in",
    }.items():
        status = main(line)
        captured = capsys.readouterr()
        assert_one_sentence(status, captured.out, captured.err, expected)
