"""Typing into the fields of model, accelerator and draft."""

import pytest
from streamlit.testing.v1 import AppTest

from infecon_core import catalog
from infecon_core.choices.registry import names
from infecon_ui.sidebar.search import labels
from tests.support.sidebar import opened


def typed(app: AppTest, key: str, text: str) -> AppTest:
    """Type a text and press Enter: what the browser sends then is the text."""
    field = app.selectbox(key=key)
    field.options.append(text)
    return field.set_value(text).run()


@pytest.mark.parametrize(
    ("key", "text", "wanted"),
    [
        ("gpu", "h100", "h100-sxm"),
        ("gpu", "amd", "mi355x"),
        ("gpu", "nvidia", "b200-hgx"),
        ("gpu", "Blackwell", "b200-hgx"),
        ("gpu", "mi300x", "mi300x"),
        ("model", "qwen3-235b", "qwen3-235b-a22b"),
        ("model", "deepseek-v3", "deepseek-v3"),
        ("model", "gpt oss", "gpt-oss-120b"),
        ("draft", "llama 1b", "llama-3.2-1b"),
    ],
)
def test_a_typed_text_gives_what_it_means(key: str, text: str, wanted: str) -> None:
    app = typed(opened(model="gemma-3-4b", gpu="l4", spec="draft", draft="qwen3-0.6b"), key, text)
    assert not app.exception
    assert not app.warning
    assert app.selectbox(key=key).value == wanted
    assert app.session_state["choice"].choices.value(key) == wanted


def test_a_text_that_finds_nothing_leaves_the_choice_and_names_what_is_near() -> None:
    app = typed(opened(model="gemma-3-4b"), "model", "zzz[qq]$")
    assert not app.exception
    assert app.selectbox(key="model").value == "gemma-3-4b"
    (warning,) = app.warning
    assert warning.value.startswith("Nothing is known as “zzz\\[qq\\]\\$”: perhaps ")
    assert warning.value.count(",") == 2
    assert app.session_state["choice"].model_id == "gemma-3-4b"
    # Runs that change nothing leave the sentence: the page may run again by itself.
    assert app.run().warning
    assert not app.number_input(key="prompt").set_value(500).run().warning


def test_texts_and_picks_survive_links_and_reset() -> None:
    app = typed(opened(), "gpu", "gb200")
    assert dict(app.query_params)["gpu"] == "gb200-nvl72"
    assert opened(gpu="gb200-nvl72").selectbox(key="gpu").value == "gb200-nvl72"
    app.button(key="reset").click().run()
    assert not app.exception
    assert app.selectbox(key="gpu").value == "h100-sxm"
    typed(app, "gpu", "gb200")
    assert app.selectbox(key="gpu").value == "gb200-nvl72"


def test_lists_begin_with_what_is_used_now_and_end_with_the_papers_own() -> None:
    app = opened()
    for key, kind in (("model", "models"), ("gpu", "accelerators")):
        options = app.selectbox(key=key).options
        own = [option for option in options if "(paper)" in option]
        assert own
        assert options[-len(own) :] == own
        assert options[0] == labels(kind, tuple(names(kind).items()))[next(iter(names(kind)))]


def test_labels_add_what_a_name_does_not_say_and_differ() -> None:
    models, chips = (labels(kind, tuple(names(kind).items())) for kind in ("models", "accelerators"))
    assert models["deepseek-v3"] == "DeepSeek V3 · 671B · deepseek-v3"
    assert models["gpt-oss-120b"] == "gpt-oss-120b · OpenAI"
    assert models["kimi-k2"] == "Kimi K2 · Moonshot 1.03T · kimi-k2"
    assert chips["h100-sxm"] == "H100 SXM · NVIDIA Hopper"
    assert chips["rtx-5090"] == "RTX 5090 · NVIDIA Blackwell"
    assert len(set(models.values())) == len(catalog.models())
    assert len(set(chips.values())) == len(catalog.accelerators())
