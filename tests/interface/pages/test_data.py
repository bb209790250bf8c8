"""The page Data as a visitor meets it: search, sources, rooflines, comparisons, and entries of one's own."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app import Query, charts, headline, open_app, texts
from tests.support.own_entries import CHIP_ID, CONFIG, CONFIG_TEXT, MODEL_ID

PAGE = "pages/data.py"
OTHERS = ("planner", "design", "sweep", "speculation", "scaling", "method", "data")


def _opened(query: Query | None = None) -> AppTest:
    app = open_app(query, PAGE)
    assert not app.exception
    return app


def _shown(app: AppTest) -> str:
    return app.title[0].value.replace("\\", "")


def test_the_page_begins_with_the_model_of_the_scenario_and_all_its_sources() -> None:
    app = _opened()
    assert _shown(app) == "Llama 3.1 70B has 70.6 billion parameters and leaves 327.7 kB of KV cache per token"
    listing, numbers = (frame.value for frame in app.dataframe)
    assert len(listing) == 107
    assert {"Value", "Kind", "Source", "Date", "Note"} <= set(numbers.columns)
    assert (numbers["Kind"] != "").all()
    assert not app.warning


def test_a_search_finds_and_says_where_it_finds_nothing() -> None:
    app = _opened({"data_find": "gpt-oss", "data_model": "gpt-oss-20b"})
    assert list(app.dataframe[0].value["Model"]) == ["gpt-oss-120b", "gpt-oss-20b"]
    assert _shown(app).startswith("gpt-oss-20b has 20.9 billion parameters, of which a token passes ")
    app.text_input(key="data_find").set_value("<b>qqqqq</b>").run()
    assert _shown(app) == "No model here is known as “<b>qqqqq</b>”"
    assert app.info[0].value.startswith("Nothing is known as “\\<b\\>qqqqq\\</b\\>”")
    assert not app.exception


def test_accelerators_with_sources_by_number() -> None:
    app = _opened({"data_show": "Accelerators", "data_accelerator": "B200"})
    assert _shown(app) == "B200 reads 180 GB at 8 TB/s and computes 2,250 TFLOP/s in BF16, for $5.50 an hour"
    numbers = app.dataframe[1].value.set_index("Number")
    assert numbers.loc["HBM bandwidth", "Kind"] == "datasheet"
    assert numbers.loc["Price: Three-year rent", "Kind"] == "estimate"


def test_rooflines_with_the_operators_of_the_scenario() -> None:
    app = _opened({"data_show": "Roofline"})
    assert _shown(app) == "All 4 operators of Llama 3.1 70B are bound by the memory of H100 SXM at 50 tokens/s per user"
    assert len(charts(app)) == 2
    operators = app.dataframe[0].value
    assert set(operators["Bound by"]) == {"memory"}
    assert operators["Operator"].iloc[-1] == "Whole step"
    app.selectbox(key="data_format").set_value("BF16").run()
    assert "None here computes BF16 weights faster than MI355X" in texts(app)


def test_two_are_compared() -> None:
    app = _opened({"data_show": "Compare", "data_kind": "Accelerators"})
    assert _shown(app) == "B200 has 2.39 times the HBM bandwidth of H100 SXM"
    table = app.dataframe[0].value.set_index("Number")
    assert table.loc["HBM", "Ratio"] == "×2.25"
    app.selectbox(key="data_other").set_value("H100 SXM").run()
    assert _shown(app).startswith("H100 SXM is the same twice")


@pytest.mark.parametrize(("show", "chart"), [("Roofline", "roofline"), ("Roofline", "ridge"), ("Compare", "ratios")])
def test_every_chart_has_a_slide(show: str, chart: str) -> None:
    app = open_app({"data_show": show, "view": "slide", "chart": chart})
    app.switch_page(PAGE)
    app.session_state["view"], app.session_state["chart"] = "slide", chart
    app.run()
    assert not app.exception


def test_a_configuration_is_previewed_and_stands_in_the_address() -> None:
    app = _opened({"data_show": "Your own"})
    app.text_area(key="data_text").set_value(CONFIG_TEXT)
    app.text_input(key="data_name").set_value("Our 30B").run()
    assert not app.exception
    assert _shown(app).startswith("Our 30B has 30.5 billion parameters, of which a token passes 3.35 billion, and")
    assert {metric.label: metric.value for metric in app.metric}["KV cache per token"] == "98.3 kB"
    assert app.query_params["data_entry"] == MODEL_ID
    app.text_area(key="data_text").set_value(" ").run()
    assert app.error[0].value.startswith("The text is empty")
    assert _shown(app).startswith("A model of your own is in every page")
    app.text_area(key="data_text").set_value(CONFIG_TEXT).run()
    # Whoever is given this address has it, too.
    other = _opened({"data_show": "Your own", "data_entry": MODEL_ID})
    assert _shown(other) == _shown(app)
    assert "Your own models of this visit" in texts(other)


def test_a_broken_configuration_gets_a_sentence_and_the_page_works_on() -> None:
    app = _opened({"data_show": "Your own"})
    for text in ("[]", "{}", '{"hidden_size": -1}', "nonsense", "[" * 10_000, CONFIG_TEXT.replace("48", '"many"')):
        app.text_area(key="data_text").set_value(text).run()
        assert not app.exception
        assert len(app.error) == 1
        assert app.error[0].value.endswith(".")
    app.text_area(key="data_text").set_value(CONFIG_TEXT).run()
    assert not app.error
    assert _shown(app).startswith("Qwen3 MoE 30.5B has")


def test_an_entry_of_a_link_that_is_broken_is_told() -> None:
    app = _opened({"data_show": "Your own", "data_entry": MODEL_ID[:-4]})
    assert len(app.warning) == 1
    assert "cut or changed on its way" in app.warning[0].value
    assert _shown(app).startswith("A model of your own is in every page")


def test_an_accelerator_is_made_from_another_one() -> None:
    app = _opened({"data_show": "Your own", "data_own": "Accelerator"})
    bandwidth = next(field for field in app.number_input if field.label.startswith("HBM bandwidth"))
    bandwidth.set_value(6.7).run()
    assert "reads 80 GB at 6.7 TB/s" in _shown(app)
    kinds = app.dataframe[0].value.set_index("Number")["Kind"]
    assert (kinds["HBM bandwidth"], kinds["HBM"], kinds["Price"]) == ("own", "datasheet", "own")
    bandwidth = next(field for field in app.number_input if field.label.startswith("HBM bandwidth"))
    bandwidth.set_value(-1.0).run()
    assert [error.value for error in app.error] == [
        "HBM bandwidth (TB/s) is a number from 0.01 to 1,000; it cannot be -1."
    ]
    assert _shown(app) == "HBM bandwidth (TB/s) is a number from 0.01 to 1,000; it cannot be -1"
    assert not app.exception


def test_an_accelerator_of_one_s_own_is_changed_further() -> None:
    app = _opened({"data_show": "Your own", "data_own": "Accelerator", "data_base": CHIP_ID})
    assert not app.warning
    assert _shown(app) == "Our chip reads 180 GB at 16 TB/s and computes 2,250 TFLOP/s in BF16, for $7.00 an hour"


def test_what_is_made_is_in_the_lists_of_the_other_parts() -> None:
    app = _opened({"data_show": "Your own", "data_entry": MODEL_ID})
    app.segmented_control(key="data_show").set_value("Models").run()
    assert app.dataframe[0].value["Model"].iloc[0] == "Our 30B"
    app.text_input(key="data_find").set_value("our 3").run()
    assert app.dataframe[0].value["Model"].iloc[0] == "Our 30B"
    shown = _opened({"data_model": MODEL_ID})
    assert _shown(shown).startswith("Our 30B has")


@pytest.mark.parametrize("page", [None, *OTHERS])
def test_every_page_takes_entries_of_one_s_own(page: str | None) -> None:
    app = open_app({"model": MODEL_ID, "gpu": CHIP_ID})
    if page is not None:
        app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert not app.warning
    said = headline(app) if page is None else app.title[0].value
    if page in (None, "planner", "design", "speculation", "data"):
        assert "Our 30B" in said


def test_the_first_page_lists_one_s_own_and_compares_them() -> None:
    app = open_app({"model": f"{MODEL_ID},gpt-oss-120b"})
    assert not app.exception
    assert "Our 30B" in headline(app)
    assert app.selectbox(key="model").value == MODEL_ID
    assert app.selectbox(key="model").options[0] == "Our 30B · Own"


def test_a_configuration_with_other_words_is_shown_as_it_is() -> None:
    app = _opened({"data_show": "Your own"})
    app.text_area(key="data_text").set_value(CONFIG_TEXT.replace("qwen3_moe", "<script>x</script>")).run()
    assert not app.exception
    shown = " ".join(element.value for element in (*app.error, *app.markdown))
    assert "<script>" not in shown
    assert CONFIG["model_type"] not in shown


def test_the_address_of_a_roofline_holds_entries_of_one_s_own() -> None:
    app = _opened({"data_show": "Roofline", "data_roofs": ["H100 SXM", "Our chip"], "data_roofs_own": CHIP_ID})
    assert not app.warning
    assert app.multiselect(key="data_roofs").value == ["H100 SXM", "Our chip"]
    assert app.query_params["data_roofs_own"] == CHIP_ID
    app.multiselect(key="data_roofs").set_value(["H100 SXM"]).run()
    assert not app.query_params.get("data_roofs_own")
    # Whoever has the name alone is told.
    other = _opened({"data_show": "Roofline", "data_roofs": ["H100 SXM", "Our chip"]})
    assert "Our chip" in other.warning[0].value
