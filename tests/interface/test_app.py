"""The whole app from `app.py`: every page, every preset, links full of nonsense, and what does not fit."""

from collections.abc import Mapping

import pytest
from streamlit.testing.v1 import AppTest

from infecon_core import catalog, frontier
from infecon_ui.paper import exhibits
from tests.support.app import open_app
from tests.support.repository import ROOT

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py"))
WITHOUT_CONTROLS = ("pages/data.py", "pages/landscape.py", "pages/measured.py", "pages/paper.py")
VARIANTS = ("toy", "printed", "reference_2d", "reference_pipeline", "reference")
CHARTS = 3


def _opened(query: Mapping[str, str | list[str]], **more: str) -> AppTest:
    return open_app({**query, **more})


def _sentences(app: AppTest) -> list[str]:
    return [element.value.replace("\\", "") for element in (*app.warning, *app.error)]


def _fits(app: AppTest) -> bool:
    """Whether the library has a frontier of what is chosen."""
    scenario = app.session_state["choice"].scenario
    try:
        return scenario is not None and not frontier(scenario).empty
    except ValueError:
        return False


def _has_sentence_or_charts(app: AppTest) -> None:
    """Charts where the library has a frontier; one sentence where it has none, over what was shown before."""
    assert not app.exception
    sentences = _sentences(app)
    if _fits(app):
        assert len(app.get("plotly_chart")) == CHARTS
        assert not sentences
    else:
        assert len(app.get("plotly_chart")) in (0, CHARTS)
        assert len(sentences) == 1
        assert sentences[0][0].isupper() or sentences[0][0].isdigit()
        assert "{" not in sentences[0]
        assert sentences[0].endswith(".")


@pytest.fixture(scope="module")
def visit() -> AppTest:
    """One visit that many presets are tried in; without pipelines a frontier takes a tenth of its time."""
    return _opened({"pp": "false"})


@pytest.mark.parametrize("page", PAGES)
def test_what_is_chosen_travels_through_every_page(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The other exhibits take seconds and have tests of their own.
    monkeypatch.setattr(exhibits, "EXHIBITS", ("table-1", "figure-1"))
    app = _opened({"model": "gemma-3-27b", "at": "33", "spec": "draft", "y": "gpu"}, prompt="500", pp="false")
    app.switch_page(page).run()
    # The second run takes away what no control holds any more.
    app.run()
    assert not app.exception
    assert not _sentences(app)
    controls = [box.key for box in app.selectbox]
    assert ("model" in controls) == (page not in WITHOUT_CONTROLS)
    scenario = app.session_state["choice"].scenario
    assert (scenario.prompt_tokens, scenario.target_tokens_per_s_user) == (500, 33)
    app.switch_page("pages/frontier.py").run()
    assert not app.exception
    assert app.selectbox(key="model").value == "gemma-3-27b"
    assert app.session_state["choice"].scenario == scenario
    assert app.segmented_control(key="y").value == "gpu"


def test_controls_stand_beside_the_page_that_follows_them_alone() -> None:
    app = _opened({"pp": "false"})
    assert app.sidebar.selectbox
    app.switch_page("pages/measured.py").run()
    assert not app.sidebar.selectbox
    assert not app.sidebar.number_input


@pytest.mark.slow
@pytest.mark.parametrize("model_id", catalog.models())
def test_every_model_gives_a_chart_or_a_sentence(visit: AppTest, model_id: str) -> None:
    visit.selectbox(key="model").set_value(model_id).run()
    assert visit.session_state["choice"].model_id == model_id
    _has_sentence_or_charts(visit)


@pytest.mark.slow
@pytest.mark.parametrize("accelerator_id", catalog.accelerators())
def test_every_accelerator_gives_a_chart_or_a_sentence(visit: AppTest, accelerator_id: str) -> None:
    visit.selectbox(key="model").set_value("llama-3.1-70b")
    visit.selectbox(key="gpu").set_value(accelerator_id).run()
    assert visit.session_state["choice"].accelerator_id == accelerator_id
    _has_sentence_or_charts(visit)


# What the published model says, its printed equations apart: nothing where it has charts.
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(
    ("query", "printed", "others"),
    [
        ({"model": "llama-3.2-1b"}, "", ""),
        ({"model": "llama-3.1-8b", "gpu": "tpu-v6e"}, "bandwidth inside a node", ""),
        ({"gpu": "groq-lpu-v1"}, "bandwidth inside a node", "needs at least 309 Groq LPU v1"),
        ({"a_domain": "1", "a_scaleup": "none", "a_scaleout": "none"}, "bandwidth inside a node", ""),
        (
            {"model": "llama-3.1-8b", "gpu": "tpu-v6e", "a_domain": "1", "a_scaleup": "none"},
            "bandwidth inside a node",
            "",
        ),
        (
            {"a_bf16": "none", "a_fp16": "none", "w": "bf16"},
            "lists no 16-bit arithmetic rate",
            "lists no 16-bit arithmetic rate",
        ),
    ],
    ids=["small", "torus", "on chip", "no links", "torus without links", "no 16-bit path"],
)
def test_every_variant_of_the_published_model_gives_charts_or_says_why(
    query: dict[str, str], printed: str, others: str, variant: str
) -> None:
    app = _opened(query, engine="published", variant=variant, pp="false")
    _has_sentence_or_charts(app)
    scenario = app.session_state["choice"].scenario
    assert (scenario.engine, scenario.published.variant) == ("published", variant)
    wanted = printed if variant == "printed" else others
    assert bool(app.get("plotly_chart")) == (not wanted)
    assert wanted in " ".join(_sentences(app))


@pytest.mark.parametrize("engine", ["serving", "published"])
def test_an_accelerator_without_arithmetic_makes_no_scenario(engine: str) -> None:
    app = _opened({"a_bf16": "none", "a_fp16": "none", "a_fp8": "none", "a_int8": "none"}, engine=engine, pp="false")
    _has_sentence_or_charts(app)
    assert app.session_state["choice"].scenario is None
    assert "at least one arithmetic peak" in _sentences(app)[0]


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ({"model": "no-such", "gpu": "-", "w": "int3"}, "model=no-such"),
        ({"prompt": "words"}, "a whole number from 0 to 10,000,000"),
        ({"price": "nan"}, "a number from 0.001 to 10,000"),
        ({"prompt": "-1"}, "prompt=-1"),
        ({"output": "1e400"}, "output=1e400"),
        ({"demand": "inf"}, "or none"),
        ({"model": "x" * 5000}, "xxx..."),
        ({"prompt": "9" * 5000}, "999..."),
        ({"acceptance": "<script>alert(1)</script>"}, "`acceptance=<script>alert(1)</script>`"),
        ({"price": "`[here](http://example.org)` $x^2$"}, "`price='[here](http://example.org)' $x^2$`"),
        ({"kv": ["bf16", "what"]}, "kv=what"),
        ({"prompt": ["500", "700"]}, "`prompt=500&prompt=700` (give prompt once)"),
        ({"promt": "500"}, "perhaps prompt"),
        ({"m_nothing": "3"}, "no such number here"),
        ({"kv": "", "w": "", "act": "", "max": ""}, "and 1 more"),
        ({"price": "\x00"}, "price is a number"),
        ({"v": "<script>"}, "made with other data"),
    ],
)
def test_nonsense_in_a_link_gives_a_sentence_and_a_working_page(query: dict[str, str | list[str]], part: str) -> None:
    app = _opened(query, pp="false")
    assert not app.exception
    (sentence,) = _sentences(app)
    assert part in sentence
    assert len(sentence) < 500
    assert len(app.get("plotly_chart")) == CHARTS
    app.number_input(key="prompt").set_value(2000).run()
    assert not app.exception
    assert not _sentences(app)
    assert app.session_state["choice"].scenario.prompt_tokens == 2000


@pytest.mark.parametrize(
    "query",
    [
        {"utm_source": "mail", "<script>": "<img src=x onerror=alert(1)>", "": "1"},
        {"choice": "1", "links.read": "1", "chart_axes": "no", "open_model": "true", "frontier_chart": "{}"},
        {"tag": ["500", "700"]},
    ],
    ids=["unknown keys", "names of the session", "repeated key"],
)
def test_what_is_not_ours_in_a_link_is_left_alone(query: dict[str, str | list[str]]) -> None:
    app = _opened(query, pp="false")
    _has_sentence_or_charts(app)
    assert len(app.get("plotly_chart")) == CHARTS


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ({"model": "llama-3.1-405b", "w": "bf16", "max": "8"}, "Allow 16 GPUs"),
        ({"model": "kimi-k2", "gpu": "a10g", "max": "4"}, "Allow 64 GPUs"),
        ({"demand": "0.001"}, "Allow a demand of 1,000 tokens/s"),
        ({"engine": "published", "model": "llama-3.1-405b", "w": "bf16", "max": "8"}, "Allow 16 GPUs"),
        ({"engine": "published", "model": "erdil-GPT_4_100T_param"}, "Allow 4,096 GPUs"),
        ({"engine": "published", "prompt": "10000000", "max": "1"}, "Allow 64 GPUs"),
        ({"engine": "published", "model": "kimi-k2", "gpu": "a10g", "max": "4"}, "Allow 64 GPUs"),
        (
            {
                "engine": "published",
                "model": "llama-3.1-70b",
                "w": "bf16",
                "a_domain": "1",
                "a_scaleup": "none",
                "a_scaleout": "none",
            },
            "Use FP8 weights",
        ),
        ({"engine": "published", "demand": "0.001"}, "Allow a demand of 100 tokens/s"),
    ],
)
def test_what_does_not_fit_is_said_and_one_click_makes_it_fit(query: dict[str, str], label: str) -> None:
    app = _opened(query, pp="false")
    _has_sentence_or_charts(app)
    assert not app.get("plotly_chart")
    button = app.button(key="remedy_0")
    assert label in button.label.replace("\\", "")
    button.click().run()
    _has_sentence_or_charts(app)
    assert len(app.get("plotly_chart")) == CHARTS


def test_several_obstacles_fall_together() -> None:
    app = _opened({"model": "llama-3.1-405b", "max": "1", "demand": "0.01"}, pp="false")
    assert "GPUs" in _sentences(app)[0]
    assert "demand" in app.button(key="remedy_0").label
    app.button(key="remedy_0").click().run()
    _has_sentence_or_charts(app)
    assert len(app.get("plotly_chart")) == CHARTS


def test_what_nothing_helps_has_a_sentence_and_no_button() -> None:
    app = _opened({"prompt": "10000000", "a_hbm": "0.1", "m_num_layers": "2000"}, pp="false")
    _has_sentence_or_charts(app)
    assert "choose an accelerator with more memory" in _sentences(app)[0]
    assert not [button for button in app.button if (button.key or "").startswith("remedy_")]


def test_a_slide_belongs_to_the_page_that_it_was_opened_on() -> None:
    app = _opened({"pp": "false", "view": "slide"})
    assert app.button(key="slide_back")
    app.query_params.clear()
    app.switch_page("pages/measured.py").run()
    assert not app.exception
    assert not [one for one in app.button if one.key == "slide_back"]
    app.switch_page("pages/frontier.py").run()
    assert not [one for one in app.button if one.key == "slide_back"]
