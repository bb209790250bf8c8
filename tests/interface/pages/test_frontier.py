"""The frontier page through the whole app."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Self

import pytest
from streamlit.testing.v1 import AppTest

from infecon_core import Scenario, Step, engines
from infecon_core.engines import ENGINES
from infecon_core.frontier_table import Frontiers
from infecon_core.pareto import STEADY_TOLERANCE
from infecon_core.schema.capabilities import Capabilities
from infecon_core.serving.engine import ServingEngine
from infecon_ui.charts.measures import MEASURES
from infecon_ui.frontier import cache
from tests.support.app import charts, headline, html_of, open_app, texts


def _app(**query: str) -> AppTest:
    return open_app(query)


def _names(app: AppTest) -> list[str]:
    return [trace["name"] for trace in charts(app)[0]["data"]]


def test_the_page_opens_on_a_computed_scenario() -> None:
    app = _app()
    assert not app.exception
    assert re.fullmatch(r"[\w. ]+ at 50 tokens/s per user costs \$[\d.,]+ per million output tokens", headline(app))
    assert len(re.findall("<dt>", html_of(app))) == 6
    assert len(app.get("plotly_chart")) == 3
    assert app.get("plotly_chart")[0].proto.alt.startswith(headline(app))


def test_headings_are_in_order() -> None:
    app = _app()
    levels = [int(heading.tag[1]) for heading in (*app.header, *app.subheader)]
    assert set(levels) == {2, 3}
    assert html_of(app).count("<h1>") == 1


def test_the_point_is_taken_apart_where_the_target_is() -> None:
    app = _app(model="deepseek-v3", gpu="b200-hgx", at="70")
    speed = float(re.search(r"([\d.]+) tok/s per user at \$", texts(app))[1])  # type: ignore[index]
    assert speed == pytest.approx(70, abs=6)
    assert headline(app).startswith("DeepSeek V3 at 70 tokens/s per user costs $")


def test_the_slider_sets_the_target_and_the_field_moves_the_slider() -> None:
    app = _app()
    slider = app.select_slider(key="target_slider")
    assert slider.value == 50
    slider.set_value(30.0).run()
    assert not app.exception
    assert app.session_state["at"] == 30
    assert " at 30 tokens/s per user " in headline(app)
    app.session_state["at"] = 42.4
    app.run()
    assert app.select_slider(key="target_slider").value == pytest.approx(42.4, rel=0.03)
    assert " at 42.4 tokens/s per user " in headline(app)


def test_a_target_survives_every_other_change() -> None:
    app = _app(at="35")
    for key, value in (("price", 3.21), ("prompt", 4000), ("model", "gemma-3-27b"), ("gpu", "h200-sxm")):
        app.session_state[key] = value
        app.run()
        assert not app.exception
        assert " at 35 tokens/s per user " in headline(app)


def test_the_last_change_leaves_a_ghost_and_a_chip() -> None:
    app = _app(price="4")
    assert "before" not in _names(app)
    app.session_state["price"] = 8.0
    app.run()
    assert "before" in _names(app)
    assert "▲ 2 times as much as before" in html_of(app)
    app.session_state["price"] = 6.0
    app.run()
    assert "▼ 25% less than before" in html_of(app)
    # The target alone is another question, not another answer.
    app.session_state["at"] = 40.0
    app.run()
    assert "before" not in _names(app)
    assert "than before" not in html_of(app)


def test_a_target_out_of_reach_says_what_would_help() -> None:
    app = _app(model="deepseek-v3", gpu="h100-sxm", prompt="8000", at="150")
    assert not app.exception
    assert "cannot be served at 150 tokens/s per user on up to 64 H100" in headline(app)
    assert "At the fastest: " in html_of(app)
    assert "fast enough" not in _names(app)
    offers = [button for button in app.button if (button.key or "").startswith("remedy_")]
    assert offers
    said = re.fullmatch(r"With .+: ([\d.,]+) tok/s, \\\$([\d.,]+)", offers[0].label)
    assert said is not None
    assert float(said[1].replace(",", "")) >= 150
    offers[0].click().run()
    assert " at 150 tokens/s per user costs $" in headline(app)


def test_what_cannot_be_shown_leaves_the_last_chart_dimmed() -> None:
    app = _app(model="llama-3.1-405b")
    before = charts(app)[0]["data"][-1]["y"]
    app.session_state["w"] = "bf16"
    app.session_state["max"] = 8
    app.run()
    assert not app.exception
    assert "405B" in app.warning[0].value
    assert "does not run on" in headline(app)
    assert charts(app)[0]["data"][-1]["y"] == before
    # One heading of the first rank: that of now.
    assert "<h2>" in html_of(app)
    app.button(key="remedy_0").click().run()
    assert not app.warning
    assert "does not run" not in headline(app)


def test_numbers_that_make_no_scenario_leave_it_dimmed_too() -> None:
    app = _app()
    app.session_state["a_scaleup"] = None
    app.run()
    assert not app.exception
    assert "scale-up" in app.warning[0].value
    assert app.get("plotly_chart")


def test_the_axis_shows_what_is_chosen_and_the_link_says_so() -> None:
    app = _app(y="gpu")
    assert "output tokens per second and GPU" in headline(app)
    app.segmented_control(key="y").set_value("total").run()
    assert headline(app).endswith("per million tokens, input and output together")
    # An engine that computes no prompts has no price for them.
    published = _app(engine="published", y="total")
    assert not published.exception
    assert "total" not in published.segmented_control(key="y").options
    assert headline(published).endswith("per million output tokens")


def test_a_slide_of_what_is_shown() -> None:
    app = _app(view="slide", at="40")
    assert not app.exception
    assert not app.get("plotly_chart")
    assert " at 40 tokens/s per user costs $" in app.text_input(key="slide_headline").value
    # Nothing that could be changed beside it.
    assert not app.selectbox
    app.button(key="slide_back").click().run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 3


def test_several_values_are_compared() -> None:
    app = _app(gpu="h100-sxm,h200-sxm,b200-hgx")
    assert not app.exception
    assert "at 50 tokens/s per user" in headline(app).replace("At", "at")
    assert len(app.get("plotly_chart")) == 2


@pytest.mark.parametrize(
    "query",
    [
        {"spec": "draft"},
        {"spec": "self"},
        {"max": "2"},
        {"disagg": "true"},
        {"demand": "5000"},
        {"prompt": "0"},
        {"output": "0"},
        {"model": "deepseek-v3", "gpu": "gb200-nvl72"},
        {"gpu": "tpu-v6e"},
        {"engine": "published"},
        {"engine": "published", "variant": "toy"},
        {"engine": "published", "max": "1"},
    ],
)
def test_every_kind_of_scenario_has_its_page(query: dict[str, str]) -> None:
    app = _app(**query)
    assert not app.exception
    assert not app.error
    assert len(app.get("plotly_chart")) == 3


def test_the_published_model_says_what_it_leaves_out() -> None:
    captions = {engine: [caption.value for caption in _app(engine=engine).caption] for engine in ENGINES}
    said = {engine: any("allows fractions" in text for text in texts) for engine, texts in captions.items()}
    assert said == {"serving": False, "published": True}


def test_a_step_can_be_taken_apart_in_three_ways() -> None:
    app = _app(model="deepseek-v3", gpu="h200-sxm")
    for way, name in (("operator", "Routed experts"), ("layer group", "256 experts"), ("five times", "Memory")):
        app.segmented_control(key="step_parts").set_value(way).run()
        assert not app.exception
        spec = json.loads(app.get("plotly_chart")[1].proto.spec)
        assert any(name in label.replace("<br>", " ") for label in spec["data"][0]["y"])


@pytest.mark.parametrize(("engine", "headings"), [("serving", 2), ("published", 1)])
def test_a_point_says_why_when_it_is_asked(engine: str, headings: int) -> None:
    app = _app(engine=engine)
    assert "Twice the batch" not in texts(app)
    app.session_state["open_why"] = True
    app.run()
    assert not app.exception
    assert re.search(r"- Twice the batch: \*\*\d+% slower, \d+% cheaper\*\*", texts(app))
    assert (
        sum(
            name in texts(app)
            for name in ("**Another setup**", "**Better hardware: faster, or cheaper at this speed**")
        )
        == headings
    )


def test_the_load_is_drawn_when_it_is_asked() -> None:
    app = _app(ttft="1")
    before = len(charts(app))
    app.session_state["open_load"] = True
    app.run()
    assert not app.exception
    assert re.search(r"at once this setup answers [\d.]+ requests per second", texts(app))
    assert "Within the limit of 1.00 s it still answers" in texts(app)
    assert len(charts(app)) == before + 1
    for engine, words in (("published", ""), ("serving", "the time to first token is a lower bound")):
        app = _app(engine=engine, disagg="true")
        app.session_state["open_load"] = True
        app.run()
        assert not app.exception
        assert words in texts(app)
        assert len(charts(app)) == before


def test_what_is_folded_away_is_built_when_it_is_opened() -> None:
    app = _app()
    assert not app.dataframe
    assert not app.table
    assert not app.code
    for key in ("open_numbers", "open_foundations", "open_table", "open_commands"):
        app.session_state[key] = True
    app.session_state["recipe"] = "Python"
    app.run()
    assert not app.exception
    numbers, sources = (table.value for table in app.dataframe)
    assert numbers["Operator"].iloc[-1] == "Whole step"
    assert numbers["Share"].iloc[:-1].sum() == pytest.approx(1)
    assert {"What", "Value", "Kind", "Source"} <= set(sources)
    assert "at the target" in app.table[0].value["Point"].tolist()
    assert "The constants are global fits" in texts(app)
    assert [block.language for block in app.code] == ["python"]


class _Table:
    """A third engine: measured points, of which nothing but speed, price and layout is known."""

    name, label, help = "serving", "Measured", "Points of a table."
    stands_for = error = ""
    capabilities = Capabilities(
        prompts=False,
        whole_gpus=True,
        uncertainty=False,
        searches_again=False,
        degrees=(),
    )
    unknown = (
        "ttft_s",
        "usd_per_million_tokens_blended",
        "kwh_per_million_tokens",
        "tokens_per_s_per_mw",
        "workspace_bytes_per_gpu",
    )

    def search(self, scenario: Scenario, tolerance: float) -> Self:
        return self

    def frontiers(self, scenario: Scenario) -> Frontiers:
        found = ServingEngine().search(scenario, STEADY_TOLERANCE).frontiers(scenario)
        return Frontiers(*(frame.assign(**dict.fromkeys(self.unknown, math.nan)) for frame in found))

    def step_of_row(self, scenario: Scenario, row: Mapping[str, Any]) -> Step:
        found = ServingEngine().step_of_row(scenario, row)
        return found.model_copy(update=dict.fromkeys(self.unknown, math.nan))

    def correction(self, scenario: Scenario) -> None:
        return None

    def approximations(self, scenario: Scenario) -> tuple[str, ...]:
        return ()

    def summary(self, scenario: Scenario) -> str:
        return "Measured points"


def test_a_third_engine_has_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.frontier.cache_clear()
    cache.step.cache_clear()
    monkeypatch.setattr(engines, "ENGINES", {**engines.ENGINES, "serving": _Table()})
    try:
        app = _app(price="3.21")
        app.session_state["open_why"] = False
        app.run()
        assert not app.exception
        assert "Measured points" in html_of(app)
        assert [metric.label for metric in app.metric] == ["MFU", "MBU"]
        assert app.segmented_control(key="y").options == [MEASURES[key].label for key in ("output", "gpu")]
        assert "this engine computes no prompts" in html_of(app)
        assert "comparable measurements" not in html_of(app)
        assert [bar["name"].split()[0] for bar in charts(app)[2]["data"]] == ["Weights", "KV", "Free"]
        assert "first token" not in charts(app)[0]["data"][-1]["hovertemplate"]
    finally:
        cache.frontier.cache_clear()
        cache.step.cache_clear()


BAND = "80% of comparable measurements"


def test_the_uncertainty_can_be_hidden() -> None:
    app = _app()
    assert BAND in _names(app)
    app.session_state["open_options"] = True
    app.run()
    app.toggle(key="chart_spread").set_value(False).run()
    assert BAND not in _names(app)
    published = _app(engine="published")
    published.session_state["open_options"] = True
    published.run()
    assert BAND not in _names(published)
    assert "chart_spread" not in [toggle.key for toggle in published.toggle]


def test_linear_axes() -> None:
    app = _app()
    assert charts(app)[0]["layout"]["xaxis"]["type"] == "log"
    app.session_state["open_options"] = True
    app.run()
    app.segmented_control(key="axes").set_value("linear").run()
    assert charts(app)[0]["layout"]["xaxis"]["type"] == "linear"
    assert charts(_app(axes="linear"))[0]["layout"]["xaxis"]["type"] == "linear"


def _prices(app: AppTest) -> list[float]:
    found: list[float] = charts(app)[0]["layout"]["yaxis"]["range"]
    return found


# A price of 4.60 has other ends by itself than one of 5, and fits between those.
WIDE = {"model": "deepseek-v3", "gpu": "b200-hgx"}


def test_axes_hold_while_the_curve_fits() -> None:
    app = _app(**WIDE, price="5")
    before = _prices(app)
    app.session_state["price"] = 4.6
    assert _prices(app.run()) == before
    # The link shows the same axes, and without what is held it would not.
    link = app.session_state["ranges"]
    assert _prices(_app(**WIDE, price="4.6", ranges=link)) == before
    assert _prices(_app(**WIDE, price="4.6")) != before
    app.session_state["price"] = 50.0
    assert _prices(app.run()) != before


def test_the_uncertainty_and_the_axes_stay_when_their_controls_are_put_away() -> None:
    app = _app()
    app.session_state["open_options"] = True
    app.run()
    app.toggle(key="chart_spread").set_value(False)
    app.segmented_control(key="axes").set_value("linear").run()
    app.session_state["open_options"] = False
    app.run()
    app.run()
    assert BAND not in _names(app)
    assert charts(app)[0]["layout"]["xaxis"]["type"] == "linear"
