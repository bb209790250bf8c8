"""What people type finds what they mean: ids, names, makers, generations, repositories, slips."""

import re

import pytest

from infecon_core import catalog
from infecon_core.catalog.search import found
from tests.support.catalog import ACCELERATORS, MODELS, OWN_ACCELERATORS, OWN_MODELS


def _joined(text: str) -> str:
    return "".join(re.findall("[a-z0-9]", text.lower()))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("h100", "h100-sxm"),
        ("H100 PCIe", "h100-pcie"),
        ("nvidia h100", "h100-sxm"),
        ("H100 (paper)", "erdil-H100"),
        ("erdil-h100", "erdil-H100"),
        ("b200", "b200-hgx"),
        ("gb200", "gb200-nvl72"),
        ("amd", "mi355x"),
        ("nvidia", "b200-hgx"),  # of those in use now the newest that comes as an ordinary server of eight
        ("blackwell", "b200-hgx"),
        ("hopper", "h100-sxm"),
        ("CDNA3", "mi300x"),
        ("mi300", "mi300x"),
        ("tpu", "tpu-v7x"),
        ("amazon", "trainium2"),
        ("a100", "a100-sxm-80gb"),
        ("h20", "h20"),
        ("nvidia h20", "h20"),  # rather than the H200, whose word begins so
        ("vera rubin", "rubin-vr200"),
        ("4090", "rtx-4090"),
        ("h100-smx", "h100-sxm"),
        ("nvida", "b200-hgx"),
    ],
)
def test_accelerators_are_found(text: str, first: str) -> None:
    assert found("accelerators", text)[0] == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("qwen3-235b", "qwen3-235b-a22b"),
        ("Qwen 3 235B", "qwen3-235b-a22b"),
        ("qwen 3.5", "qwen3.5-397b-a17b"),
        ("deepseek-v3", "deepseek-v3"),
        ("DeepSeek V3.2", "deepseek-v3.2"),
        ("deepseek-ai/DeepSeek-V3.1", "deepseek-v3"),
        ("deepseek", "deepseek-v3"),
        ("r1", "deepseek-r1"),
        ("gpt oss", "gpt-oss-120b"),
        ("gptoss20b", "gpt-oss-20b"),
        ("llama 70b", "llama-3.3-70b"),
        ("llama 3.1 70b", "llama-3.1-70b"),
        ("meta-llama/Meta-Llama-3.1-70B-Instruct", "llama-3.1-70b"),
        ("Qwen/Qwen3-235B-A22B-FP8", "qwen3-235b-a22b"),
        ("meta", "llama-3.3-70b"),
        ("google", "gemma-3-27b"),
        ("nvidia", "nemotron-3-nano-30b-a3b"),
        ("405b", "llama-3.1-405b"),
        ("kimi", "kimi-k2"),
        ("llama 3 405b", "llama-3.1-405b"),  # though the paper's Llama 3 405B begins so
        ("mistral 22b", "mistral-small-2409-22b"),
        ("mistr", "mistral-small-3-24b"),
        ("mist sm", "mistral-small-3-24b"),
        ("gpt-4", "gpt-4-speculative-epoch"),
        ("depseek", "deepseek-v3"),
        ("lama-3.1-70b", "llama-3.1-70b"),
    ],
)
def test_models_are_found(text: str, first: str) -> None:
    assert found("models", text)[0] == first


@pytest.mark.parametrize(("kind", "entries"), [("models", MODELS), ("accelerators", ACCELERATORS)])
def test_ids_names_and_aliases_find_their_entry_first(kind, entries) -> None:
    for key, entry in entries.items():
        name = entry.architecture.name if kind == "models" else entry.accelerator.name
        assert found(kind, key)[0] == found(kind, key.upper())[0] == found(kind, name)[0] == key
        for alias in entry.aliases:
            sharing = [other for other, one in entries.items() if alias in one.aliases]
            assert found(kind, alias)[: len(sharing)] == tuple(sharing)


@pytest.mark.parametrize(("kind", "entries"), [("models", MODELS), ("accelerators", ACCELERATORS)])
def test_aliases_say_what_is_not_said_already(kind, entries) -> None:
    for entry in entries.values():
        if kind == "models":
            known = (entry.id, entry.architecture.name, entry.family, entry.maker)
        else:
            known = (entry.id, entry.accelerator.name, entry.vendor, entry.generation)
        aliases = [_joined(alias) for alias in entry.aliases]
        assert len(set(aliases)) == len(aliases), entry.id
        assert not [alias for alias in aliases for name in known if _joined(name).startswith(alias)], entry.id


def test_the_paper_s_entries_stand_last() -> None:
    for kind, text, own in (("accelerators", "h100", OWN_ACCELERATORS), ("models", "llama", OWN_MODELS)):
        of_the_paper = [key in own for key in found(kind, text)]
        assert any(of_the_paper)
        assert of_the_paper == sorted(of_the_paper)


def test_what_is_used_now_stands_before_what_is_not() -> None:
    for entries, own in ((MODELS, OWN_MODELS), (ACCELERATORS, OWN_ACCELERATORS)):
        places = [entry.current for entry in entries.values()]
        now = [place for place in places if place is not None]
        assert places[: len(now)] == now == sorted(set(now))
        assert not any(entries[key].current for key in own)
        assert list(entries)[-len(own) :] == list(own)
    assert {"b200-hgx", "h100-sxm", "mi355x"} <= set(list(ACCELERATORS)[:9])
    assert not any(entry.current for entry in ACCELERATORS.values() if entry.status != "shipping")
    years = [e.accelerator.year or 0 for e in ACCELERATORS.values() if e.current is None and e.status != "published"]
    assert years == sorted(years, reverse=True)


@pytest.mark.parametrize("text", ["", " - ", "xyzzy", "?" * 500, "\x00", "λ"])
def test_nothing_is_found_for_nothing(text: str) -> None:
    assert found("models", text) == found("accelerators", text) == ()


def test_long_texts_are_cut() -> None:
    assert found("models", "llama " * 10_000)[0] == "llama-3.3-70b"


def test_unknown_ids_are_answered_by_the_search() -> None:
    with pytest.raises(ValueError, match=r"^There is no accelerator 'amd': did you mean mi355x or mi300x or mi325x\?"):
        catalog.accelerator("amd")
    with pytest.raises(ValueError, match=r"did you mean qwen3-235b-a22b\? `python -m infecon_core models` lists"):
        catalog.model("qwen3-235b")
