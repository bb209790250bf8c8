"""The page Scaling laws as a visitor meets it."""

import pytest
from streamlit.testing.v1 import AppTest

from infecon_ui.scaling.sections import SECTIONS
from tests.support.app import Query, charts, open_app, texts

PAGE = "pages/scaling.py"
STARTS = {
    "Parameters": "Top speed falls with the power 0.",
    "HBM bandwidth": "Twice the HBM bandwidth makes dense models ",
    "Precision": "Half the bits of a weight make dense models ",
    "Closed form": "The paper's closed form gives Llama 3.1 70B 309 tokens/s",
    "More GPUs": "Without network latency 4,096 GPUs would decode Llama 3.1 70B",
    "Generations": "From V100 SXM 32GB to GB300 NVL72",
    "Context": "The KV cache of Llama 3.1 70B outweighs its weights from ",
    "PaLM, measured": "PaLM's measured time per token grows with the power 0.49",
}


def _opened(query: Query | None = None, scenario: Query | None = None) -> AppTest:
    """The page at a link, coming from the first page with a scenario."""
    app = open_app(scenario, timeout_s=60)
    app.query_params.update(query or {})
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def test_every_question_is_tried_here() -> None:
    assert list(STARTS) == list(SECTIONS)


@pytest.mark.parametrize("law", [law for law in STARTS if law not in ("Parameters", "HBM bandwidth", "Precision")])
def test_a_link_opens_a_question_with_its_answer(law: str) -> None:
    app = _opened({"scaling_law": law})
    assert app.title[0].value.startswith(STARTS[law])
    assert len(charts(app)) in (1, 2)
    assert len(app.get("latex")) == (4 if law == "Closed form" else 0)
    assert not app.warning
    assert not app.info


@pytest.mark.slow
@pytest.mark.parametrize("law", ["Parameters", "HBM bandwidth", "Precision"])
def test_exponents_come_from_a_worker(law: str) -> None:
    app = _opened({"scaling_law": law})
    assert app.title[0].value.startswith(STARTS[law])
    assert len(charts(app)) == 2
    assert "farthest from it: dense models, without overhead and latency" in texts(app)


def test_the_scenario_of_the_link_is_what_is_shown() -> None:
    app = _opened({"scaling_law": "More GPUs"}, {"model": "llama-3.1-405b", "gpu": "b200-hgx"})
    assert "would decode Llama 3.1 405B at" in app.title[0].value
    assert "on B200" in texts(app)


def test_controls_stay_in_the_link_and_survive_a_turn() -> None:
    app = _opened({"scaling_law": "Generations", "scaling_hour": "All at one price"})
    assert "every GPU-hour at $2.95" in texts(app)
    app.segmented_control(key="scaling_law").set_value("Context").run()
    app.segmented_control(key="scaling_context").set_value("128k").run()
    assert "Each token of a 128,000-token context takes" in texts(app)
    assert not app.exception


def test_words_that_are_not_known_are_said_and_change_nothing() -> None:
    app = _opened({"scaling_law": "Astrology", "scaling_by": "x"})
    assert "scaling_law=Astrology" in app.warning[0].value.replace("\\", "")
    assert app.title[0].value.startswith(STARTS["Parameters"])


def test_a_scenario_that_fits_nowhere_gets_a_sentence() -> None:
    app = _opened({"scaling_law": "Generations"}, {"prompt": "10000000"})
    assert app.title[0].value == "Scaling laws"
    assert "On none of the generations does this scenario run." in app.info[0].value.replace("\\", "")
    app = _opened({"scaling_law": "Closed form"}, {"model": "llama-3.1-405b", "max": "2"})
    assert app.title[0].value.endswith("the serving engine finds no setup")


def test_a_choice_without_a_scenario_says_why() -> None:
    app = _opened(
        {"scaling_law": "Closed form"}, {"model": "mixtral-8x7b", "m_num_experts": "2", "m_num_experts_per_tok": "4"}
    )
    assert app.title[0].value == "Scaling laws"
    assert "more than the 2 there are" in app.warning[-1].value


@pytest.mark.parametrize(
    ("law", "chart"), [("Closed form", "closed_form"), ("More GPUs", "more_gpus"), ("PaLM, measured", "palm")]
)
def test_the_slide_says_what_the_title_says(law: str, chart: str) -> None:
    app = _opened({"scaling_law": law})
    claim = app.title[0].value.replace("\\", "")
    app.button(key=f"slide_of_{chart}").click().run()
    assert not app.exception
    assert app.text_input(key="slide_headline").value == claim
    assert not app.title
    # The question stays chosen on the way back.
    app.button(key="slide_back").click().run()
    assert app.title[0].value.replace("\\", "") == claim


def test_the_second_chart_has_a_slide_too() -> None:
    app = _opened({"scaling_law": "Context"})
    app.button(key="slide_of_context_kinds").click().run()
    assert app.text_input(key="slide_headline").value.startswith("Each token of a 32,000-token context takes")
