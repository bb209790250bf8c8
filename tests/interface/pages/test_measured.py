"""The page "Model against measurement" through the whole app: links, filters, an upload, a refit."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from infecon_core.catalog.constants import shipped
from infecon_core.choices import Choices, choices
from infecon_ui.measured.points import GROUPS, measured_points, names, with_left_out
from infecon_ui.measured.sentences import headline
from infecon_ui.measured.session import UPLOADER
from infecon_ui.state import links
from tests.support.app import charts, open_app, texts
from tests.support.measured import HEAD, ROW

PAGE = "pages/measured.py"


def _opened(**query: str | list[str]) -> AppTest:
    app = open_app(query, PAGE)
    assert not app.exception
    return app


def _uploaded(text: str) -> AppTest:
    app = _opened()
    app.file_uploader(key=UPLOADER).set_value(("mine.csv", text.encode(), "text/csv")).run()
    assert not app.exception
    return app


def test_page_opens_with_the_whole_statement() -> None:
    app = _opened()
    statement, beside = headline(with_left_out(measured_points()))
    assert statement in texts(app)
    assert beside in texts(app)
    # The scatter and four charts of residuals.
    assert len(charts(app)) == 5
    assert len(app.dataframe[0].value) == measured_points()["model"].nunique() + 1


def test_link_filters_and_shows_the_three_models_side_by_side() -> None:
    app = _opened(measured_model=["Qwen3 32B", "GPT-J 6B"], measured_by="All three", measured_group="Accelerator")
    shown = app.dataframe[0].value
    points = measured_points()
    chosen = points[points["model"].isin(["Qwen3 32B", "GPT-J 6B"])]
    assert shown["points"].iloc[0] == len(chosen)
    assert shown["group"].iloc[1:].tolist() == names(chosen, "accelerator")
    scatters = [chart for chart in charts(app) if chart["layout"]["xaxis"]["type"] == "log"]
    assert len(scatters) == 3
    assert len({json.dumps(chart["layout"]["xaxis"]) for chart in scatters}) == 1
    assert f"{len(chosen)} of {len(points):,} points pass the filters" in texts(app)


def test_filters_that_nothing_passes_say_so() -> None:
    app = _opened(measured_model=["Qwen3 32B"], measured_accelerator=["Instinct MI300X"])
    assert "No point passes these filters" in app.info[0].value
    assert not app.get("plotly_chart")
    assert len(app.file_uploader) == 1


def test_keys_of_the_page_are_not_taken_for_misspelt_choices() -> None:
    keys = [f"measured_{column}" for column in GROUPS.values()]
    keys += ["measured_by", "measured_colour", "measured_group", "measured_fit", "measured_batch"]
    assert links.decode(dict.fromkeys(keys, "x")) == ({"": Choices()}, [])
    assert not set(keys) & {*choices(), links.VERSION}


def test_own_points_are_scored_and_faulty_rows_listed() -> None:
    app = _uploaded(HEAD + ROW + ROW.replace("fp8", "fp3"))
    assert "On 1 of your points the engine is off by" in texts(app)
    listed = next(frame.value for frame in app.dataframe if list(frame.value) == ["Line", "Reason"])
    assert listed["Line"].tolist() == [3]
    names = [trace["name"] for trace in charts(app)[-1]["data"] if trace.get("name")]
    assert names == ["Shipped points", "Your points"]


@pytest.mark.parametrize("text", ["", "no,table\n", HEAD, HEAD + '"open', HEAD + ROW + "short\n"])
def test_bad_file_leaves_the_page_whole(text: str) -> None:
    app = _uploaded(text)
    assert app.error[0].value.startswith("mine.csv")
    assert len(charts(app)) == 5


def test_file_without_a_row_that_can_be_predicted_is_explained() -> None:
    app = _uploaded(HEAD + ROW.replace("fp8", "fp3"))
    assert "No row of the file can be predicted." in texts(app)
    assert "own_refit" not in [button.key for button in app.button]


def test_refitted_constants_are_used_in_the_session_and_dropped_again() -> None:
    app = _uploaded(HEAD + "".join(ROW.replace(",16,", f",{batch},") for batch in (1, 4, 16, 64)))
    app.button(key="own_refit").click().run()
    assert "the error goes from" in texts(app)
    app.button(key="own_use").click().run()
    assert not app.exception
    used = app.session_state["choice"].scenario.serving.constants
    assert used is not None
    assert used.layer_overhead_s != shipped().layer_overhead_s
    assert used.all_to_all_efficiency == shipped().all_to_all_efficiency
    assert "constants of your own" in app.success[0].value
    app.switch_page("pages/frontier.py").run()
    assert app.session_state["choice"].scenario.serving.constants == used
    app.switch_page(PAGE).run()
    assert "mine.csv, uploaded before" in texts(app)
    app.button(key="own_drop").click().run()
    assert app.session_state["choice"].scenario.serving.constants is None
    app.button(key="own_remove").click().run()
    assert "uploaded before" not in texts(app)
