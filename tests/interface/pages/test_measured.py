"""The page "Model against measurement" through the whole app: links, filters, an upload, a refit."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from infecon_core.catalog.constants import shipped
from infecon_core.choices import Choices, Comparison, choices
from infecon_core.validation.frontier_scores import shipped_sets
from infecon_core.validation.price_error import price_errors
from infecon_core.validation.published_claims import recomputed
from infecon_ui.measured import claims, frontiers, refit, upload
from infecon_ui.measured.points import GROUPS, measured_points, names, with_left_out
from infecon_ui.measured.sentences import headline
from infecon_ui.measured.session import UPLOADER
from infecon_ui.state import links
from infecon_ui.state.view import PARTS, View
from tests.support import work
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
    points = measured_points()
    assert headline(with_left_out(points), len(points)) in texts(app)
    # The scatter, four charts of residuals, a measured frontier over ours, and the claims of others.
    assert len(charts(app)) == 7
    assert len(app.dataframe[0].value) == measured_points()["model"].nunique() + 1


@pytest.mark.parametrize("key", ["by", "colour", "group", "fit"])
def test_an_empty_value_in_a_link_is_the_first_option(key: str) -> None:
    app, plain = _opened(**{f"measured_{key}": ""}), _opened()
    assert texts(app) == texts(plain)
    assert app.dataframe[0].value.equals(plain.dataframe[0].value)


def test_link_filters_and_shows_the_three_models_side_by_side() -> None:
    app = _opened(measured_model=["Qwen3 32B", "GPT-J 6B"], measured_by="All three", measured_group="Accelerator")
    shown = app.dataframe[0].value
    points = measured_points()
    chosen = points[points["model"].isin(["Qwen3 32B", "GPT-J 6B"])]
    assert shown["points"].iloc[0] == len(chosen)
    assert shown["group"].iloc[1:].tolist() == names(chosen, "accelerator")
    scatters = [chart for chart in charts(app) if chart["layout"]["yaxis"].get("scaleanchor")]
    assert len(scatters) == 3
    assert len({json.dumps(chart["layout"]["xaxis"]) for chart in scatters}) == 1
    assert f"{len(chosen)} of {len(points):,} points pass the filters" in texts(app)
    assert headline(with_left_out(chosen), len(points)) in texts(app)


def test_axes_follow_the_points_that_pass() -> None:
    def ends(app: AppTest) -> list[float]:
        layout = charts(app)[0]["layout"]
        assert layout["xaxis"]["range"] == layout["yaxis"]["range"]
        assert layout["yaxis"]["scaleanchor"] == "x"
        found: list[float] = layout["xaxis"]["range"]
        return found

    whole, part = ends(_opened()), ends(_opened(measured_model=["Qwen3 32B"]))
    assert whole[0] < part[0] < part[1] < whole[1]
    points = measured_points()
    shown = points[points["model"] == "Qwen3 32B"][["tpot_ms", "serving_ms"]].to_numpy()
    assert part == pytest.approx([np.log10(shown.min() / 1.15), np.log10(shown.max() * 1.15)])


def test_an_error_is_told_in_price() -> None:
    app = _opened()
    middle = price_errors()["middle"]
    assert f"20 tokens/s per user {middle.iloc[0]:.0%} dearer" in texts(app)
    assert f"100 tokens/s {middle.iloc[-1]:.0%}" in texts(app)
    shown = app.table[0].value
    assert shown["Dearer by"].tolist() == [f"{value:.0%}" for value in middle]
    assert shown["Pairs"].tolist() == [str(n) for n in price_errors()["n"]]


def test_engine_means_what_computes() -> None:
    app = _opened(measured_colour="Serving software", measured_group="Serving software")
    assert {trace["name"] for trace in charts(app)[0]["data"] if trace.get("name")} >= {"vLLM", "SGLang"}
    assert app.dataframe[0].value["group"].tolist()[1:] == names(measured_points(), "software")
    assert "two engines" not in texts(app)


def test_filters_that_nothing_passes_say_so() -> None:
    app = _opened(measured_model=["Qwen3 32B"], measured_accelerator=["MI300X"])
    assert "No point passes Model: Qwen3 32B, Accelerator: MI300X; clear one" in app.info[0].value.replace("\\", "")
    # What is told of frontiers and of others does not depend on the filters.
    assert len(charts(app)) == 2
    assert len(app.file_uploader) == 1


def test_claims_of_others_stand_beside_ours() -> None:
    app = _opened()
    found = recomputed()
    assert claims.statement(found) in texts(app)
    assert f"{sum(one.met for one in found)} of 19 figures" in texts(app)
    shown = next(frame.value for frame in app.dataframe if "reason" in frame.value)
    assert shown["ratio"].tolist() == pytest.approx((shown["ours"] / shown["theirs"]).tolist())
    assert shown["url"].str.startswith("https://").all()


def test_a_link_shows_the_frontier_of_one_setup() -> None:
    app = _opened(frontiers_model="DeepSeek R1", frontiers_accelerator="H200")
    assert "DeepSeek R1 on H200, FP8, 1,024 in, 1,024 out, measured with " in texts(app)
    assert frontiers.statement(shipped_sets()) in texts(app)
    names = [trace["name"] for trace in charts(app)[-2]["data"]]
    assert names[:2] == ["Measured, the best", "Ours"]
    assert names[2:] == ["TensorRT-LLM"]
    # Another model has other accelerators and lengths: the first of its own are shown.
    app.selectbox(key="frontiers_model").set_value("Qwen3 32B").run()
    assert not app.exception
    assert "Qwen3 32B on H100 SXM, FP8, 1,024 in, 256 out" in texts(app)


def test_a_link_to_a_setup_that_nobody_measured_shows_one_that_was() -> None:
    app = _opened(frontiers_model="Llama 3.3 70B Instruct", frontiers_accelerator="MI355X", frontiers_lengths="BF16")
    assert "Llama 3.3 70B Instruct on " in texts(app)


def test_keys_of_the_page_are_not_taken_for_misspelt_choices() -> None:
    keys = [f"measured_{column}" for column in GROUPS.values()]
    keys += ["measured_by", "measured_colour", "measured_group", "measured_fit", "measured_batch"]
    keys += ["frontiers_model", "frontiers_accelerator", "frontiers_lengths"]
    assert links.decode(dict.fromkeys(keys, "x")) == (Comparison(Choices()), View(), ())
    assert not set(keys) & {*choices(), *PARTS, links.VERSION}


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
    assert len(charts(app)) == 7


def test_file_without_a_row_that_can_be_predicted_is_explained() -> None:
    app = _uploaded(HEAD + ROW.replace("fp8", "fp3"))
    assert "No row of the file can be predicted." in texts(app)
    assert "own_refit" not in [button.key for button in app.button]


def test_own_points_correct_each_other_where_asked_for() -> None:
    app = _uploaded(HEAD + "".join(ROW.replace(",16,", f",{batch},") for batch in (4, 8, 16)))
    assert "Each of your points predicted with a factor" not in texts(app)
    app.toggle(key="own_correct").set_value(True).run()
    assert not app.exception
    assert "Each of your points predicted with a factor from your others" in texts(app)
    assert any("correction=own" in str(link) for table in app.dataframe for link in table.value.to_numpy().ravel())


def test_refitted_constants_are_used_in_the_session_and_dropped_again() -> None:
    app = _uploaded(HEAD + "".join(ROW.replace(",16,", f",{batch},") for batch in (1, 4, 16, 64)))
    app.button(key="own_refit").click().run()
    assert "the error goes from" in texts(app)
    app.button(key="own_use").click().run()
    assert not app.exception
    used = app.session_state["choice"].scenario.serving.constants
    assert used is not None
    assert used.layer_overhead_s != shipped().layer_overhead_s
    assert app.session_state["choice"].scenario.serving.correction == "off"  # it is in the constants already
    assert used.all_to_all_latency_s == shipped().all_to_all_latency_s
    assert "constants of your own" in app.success[0].value
    app.switch_page("pages/frontier.py").run()
    assert app.session_state["choice"].scenario.serving.constants == used
    app.switch_page(PAGE).run()
    assert "mine.csv, uploaded before" in texts(app)
    app.button(key="own_drop").click().run()
    assert app.session_state["choice"].scenario.serving.constants is None
    app.button(key="own_remove").click().run()
    assert "uploaded before" not in texts(app)


def test_what_takes_long_is_computed_in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another visitor's page shares this one: it would stand still meanwhile."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("computed in the server")

    for name in ("predict", "corrected", "own_factors"):
        monkeypatch.setattr(upload, name, never)
    monkeypatch.setattr(refit, "Fitter", never)
    # A file that no other test has asked for.
    app = _uploaded(HEAD + "".join(ROW.replace(",16,", f",{batch},") for batch in (2, 8, 32, 128)))
    app.toggle(key="own_correct").set_value(True).run()
    app.button(key="own_refit").click().run()
    assert not app.exception
    for words in ("On 4 of your points", "Each of your points predicted with a factor", "the error goes from"):
        assert words in texts(app)


def test_a_worker_that_dies_leaves_the_page_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "upload_report", work.die)
    app = _uploaded(HEAD + ROW)
    assert not app.exception
    assert "The computation was ended before its time" in app.error[0].value
    assert len(charts(app)) == 7
    monkeypatch.undo()
    app.run()
    assert "On 1 of your points" in texts(app)


def test_a_visit_here_leaves_the_scenario_as_it_is() -> None:
    app = open_app({"model": "gemma-3-27b", "gpu": "h200-sxm", "prompt": "3000", "at": "70", "pp": "false"})
    app.switch_page(PAGE).run()
    assert not app.exception
    app.switch_page("pages/frontier.py").run()
    scenario = app.session_state["choice"].scenario
    assert (scenario.architecture.name, scenario.accelerator.name) == ("Gemma 3 27B", "H200")
    assert (scenario.prompt_tokens, scenario.target_tokens_per_s_user) == (3000, 70)
