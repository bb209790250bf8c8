"""The page Design as a visitor meets it: three questions, their controls, links, and what is out of reach."""

import pytest
from streamlit.testing.v1 import AppTest

from infecon_ui.design import goal, matters
from infecon_ui.work.pool import WorkError
from tests.support.app import Query, charts, open_app, texts

PAGE = "pages/design.py"


def _opened(query: Query | None = None) -> AppTest:
    app = open_app(query, PAGE)
    assert not app.exception
    return app


def _title(app: AppTest) -> str:
    assert not app.exception
    return app.title[0].value.replace("\\", "")


def test_the_first_screen_answers_with_twice_the_bandwidth() -> None:
    app = _opened()
    assert _title(app).startswith("With twice the HBM bandwidth, Llama 3.1 70B at 50 tokens/s per user costs $")
    assert _title(app).endswith("% cheaper")
    (chart,) = charts(app)
    assert {"as it is", "changed"} <= {trace.get("name") for trace in chart["data"]}
    assert "model, not measurement" in texts(app)
    assert "The price of a GPU-hour stays as it is" in texts(app)
    assert not app.warning
    table = app.table[0].value
    assert table.loc["HBM bandwidth"].tolist() == ["3.35 TB/s", "6.7 TB/s"]


def test_multiples_and_values_of_several_numbers() -> None:
    app = _opened()
    app.multiselect(key="design_numbers").set_value(["HBM bandwidth (TB/s)", "Layers"]).run()
    app.segmented_control(key="design_by_a_bandwidth").set_value("0.5×").run()
    app.segmented_control(key="design_by_m_num_layers").set_value("Other").run()
    app.number_input(key="design_to_m_num_layers").set_value(40).run()
    assert _title(app).startswith("With half the HBM bandwidth and half the layers, ")
    app.number_input(key="design_to_m_num_layers").set_value(72).run()
    assert _title(app).startswith("With half the HBM bandwidth and 72 layers instead of 80, ")
    linked = _opened(
        {
            "design_numbers": ["HBM bandwidth (TB/s)", "Layers"],
            "design_by_a_bandwidth": "0.5×",
            "design_by_m_num_layers": "Other",
            "design_to_m_num_layers": "72",
        }
    )
    assert _title(linked) == _title(app)


def test_what_no_longer_runs_and_what_does_not_go_together_is_said() -> None:
    app = _opened({"design_numbers": "HBM (GB)", "design_by_a_hbm": "Other", "design_to_a_hbm": "0.2"})
    assert _title(app) == "With HBM size of 0.2 GB instead of 80 GB, Llama 3.1 70B does not run on H100 SXM"
    assert "lacks" in app.info[0].value
    app = _opened({"design_numbers": "KV heads", "design_by_m_num_key_value_heads": "Other"})
    app.number_input(key="design_to_m_num_key_value_heads").set_value(64).run()
    assert _title(app).startswith("With 64 KV heads instead of 8, ")
    app.multiselect(key="design_numbers").set_value(["KV heads", "Query heads"]).run()
    app.segmented_control(key="design_by_m_num_attention_heads").set_value("0.5×").run()
    assert _title(app) == "64 KV heads instead of 8 and half the query heads do not go together with the rest"
    assert "64 KV heads are more than 32 query heads" in texts(app)


def test_numbers_are_taken_over_by_the_scenario() -> None:
    app = _opened()
    after = _title(app).partition("costs ")[2].partition(" ")[0]
    app.button(key="design_use").click().run()
    assert app.session_state["a_bandwidth"] == 6.7
    assert _title(app).startswith("Nothing is changed: ")
    assert f"costs {after} per" in _title(app)
    assert len(after.lstrip("$0.").replace(".", "")) == 3
    app.multiselect(key="design_numbers").set_value(["HBM bandwidth (TB/s)"]).run()
    assert app.table[0].value.loc["HBM bandwidth"].tolist() == ["6.7 TB/s", "13.4 TB/s"]


def test_what_matters_most_of_the_chip_and_of_the_model() -> None:
    app = _opened({"design_question": "What matters"})
    assert _title(app).startswith("Of all numbers of H100 SXM one helps most: with twice the HBM bandwidth, ")
    hardware, model = charts(app)
    assert hardware["layout"]["yaxis"]["ticktext"][0] == "HBM bandwidth"
    assert model["layout"]["yaxis"]["ticktext"][0] == "Layers"
    assert "No difference: HBM size" in texts(app)
    app.segmented_control(key="design_figure").set_value("Top speed").run()
    assert "one user of Llama 3.1 70B is " in _title(app)
    assert _title(app).endswith("% faster")
    app.segmented_control(key="design_size").set_value("10% less and more").run()
    assert ": with 10% more HBM bandwidth, " in _title(app)


def test_without_a_price_at_the_target_the_top_speed_is_compared() -> None:
    app = _opened({"design_question": "What matters"})
    app.number_input(key="at").set_value(500.0).run()
    assert "one user of Llama 3.1 70B is " in _title(app)
    assert "500 tokens/s per user are out of reach" in app.info[0].value


def test_goal_seek_tells_the_value_and_how_near_it_comes() -> None:
    app = _opened({"design_question": "Goal seek", "design_speed": "100", "design_usd": "2"})
    assert "at 100 tokens/s per user for $2.00 per million output tokens takes an HBM bandwidth of at least " in _title(
        app
    )
    assert _title(app).endswith("; H100 SXM has 3.35 TB/s")
    app.number_input(key="design_usd").set_value(0.01).run()
    assert _title(app).startswith("No HBM bandwidth from 0.209 TB/s to 214 TB/s serves ")
    assert ": the least is $" in _title(app)
    assert "% of each step" in texts(app)
    app.number_input(key="design_speed").set_value(2000.0).run()
    assert ": the fastest is " in _title(app)
    app.number_input(key="design_speed").set_value(20.0).run()
    app.number_input(key="design_usd").set_value(0.0).run()
    assert " is within reach already, with HBM bandwidth of 3.35 TB/s; at least " in _title(app)
    app.selectbox(key="design_number").set_value("Layers").run()
    assert " is within reach already, with 80 layers; at most " in _title(app)
    assert len(charts(app)) == 1


@pytest.mark.parametrize(
    ("query", "chart", "headline"),
    [
        ({}, "before_after", "With twice the HBM bandwidth, "),
        ({"design_question": "What matters"}, "model", "Of all numbers of Llama 3.1 70B one helps most: "),
        ({"design_question": "Goal seek"}, "goal", "Llama 3.1 70B at 50 tokens/s per user for $"),
    ],
)
def test_every_chart_has_a_slide(query: Query, chart: str, headline: str) -> None:
    app = _opened(query)
    app.button(key=f"slide_of_{chart}").click().run()
    assert not app.exception
    assert not app.title
    assert app.text_input(key="slide_headline").value.startswith(headline)
    app.button(key="slide_back").click().run()
    assert app.title


def test_what_a_link_says_that_there_is_not_is_told() -> None:
    app = _opened({"design_question": "Whatever", "design_by_a_bandwidth": "9×"})
    (warning,) = app.warning
    assert "design_question=Whatever" in warning.value
    assert "design_by_a_bandwidth=9×" in warning.value
    app = _opened({"design_numbers": "Wings"})
    assert "design_numbers=Wings" in app.warning[0].value


@pytest.mark.parametrize(("question", "module"), [("What matters", matters), ("Goal seek", goal)])
def test_work_that_has_no_answer_is_a_sentence(question: str, module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise WorkError("Too much is going on; try again in a minute.")

    monkeypatch.setattr(module, "worked", busy)
    app = _opened({"design_question": question})
    assert _title(app) == "Design"
    assert "Too much is going on; try again in a minute." in texts(app)
    app.segmented_control(key="design_question").set_value("What if").run()
    assert _title(app).startswith("With twice the HBM bandwidth, ")


def test_a_changed_price_is_told_in_the_line_below_and_in_the_table() -> None:
    app = _opened({"design_numbers": "Price (USD per GPU-hour)", "design_by_price": "1.5×"})
    assert "a 50% higher price" in _title(app)
    assert _title(app).endswith(": 50% dearer")
    assert "$2.95 → $4.42 per GPU-hour" in texts(app)
