"""The frontier page through the whole app."""

import json
import math
import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from infecon_core import Layout, Scenario, Step, engines
from infecon_core.engines import ENGINES
from infecon_core.schema.capabilities import Capabilities
from infecon_core.serving.engine import ServingEngine
from infecon_ui.frontier import cache
from tests.support.app import charts, open_app, texts


def _app(**query: str) -> AppTest:
    return open_app(query)


def test_the_page_opens_on_a_computed_scenario() -> None:
    app = _app()
    assert not app.exception
    verdict = re.search(r"Serving (.+) at [\d.,]+ tokens/s per user costs about \$[\d.,]+", texts(app))
    assert verdict is not None
    assert charts(app)[0]["layout"]["title"]["text"] == verdict[1]
    for name in ("Fastest", "Preferred", "Cheapest"):
        assert f"**{name}**" in texts(app)
    labels = [metric.label for metric in app.metric]
    cards = ["Tokens/s per user", "Per million tokens"] * 3
    point = ["First token, at the least", "Per million tokens, prompts included", "Energy per million tokens"]
    assert labels == [*cards, *point, "MFU", "MBU"]
    assert len(app.get("plotly_chart")) == 3


def test_the_fastest_card_is_the_fastest_and_the_cheapest_the_cheapest() -> None:
    numbers = [float(metric.value.strip("\\$").replace(",", "")) for metric in _app().metric[:6]]
    speeds, prices = numbers[::2], numbers[1::2]
    assert speeds == sorted(speeds, reverse=True)
    assert prices == sorted(prices, reverse=True)


def test_what_does_not_fit_says_so_and_offers_what_would() -> None:
    app = _app(model="llama-3.1-405b", w="bf16", max="8")
    assert not app.exception
    assert not app.get("plotly_chart")
    assert "405B" in app.warning[0].value.replace("\\", "")
    app.button(key="apply_changes").click().run()
    assert not app.warning
    assert len(app.get("plotly_chart")) == 3


def test_numbers_that_make_no_scenario_say_so() -> None:
    app = _app(a_domain="8", a_scaleup="none")
    assert not app.exception
    assert "scale-up" in app.error[0].value
    assert not app.get("plotly_chart")


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


def test_what_is_folded_away_is_built_when_it_is_opened() -> None:
    app = _app()
    assert not app.dataframe
    assert [block.language for block in app.code] == ["plaintext"]
    assert "v=" in app.code[0].value
    app.session_state["open_numbers"] = True
    app.session_state["open_foundations"] = True
    app.session_state["recipe"] = "Python"
    app.run()
    assert not app.exception
    numbers, sources = (table.value for table in app.dataframe)
    assert numbers["Operator"].iloc[-1] == "Whole step"
    assert numbers["Share"].iloc[:-1].sum() == pytest.approx(1)
    assert {"What", "Value", "Kind", "Source"} <= set(sources)
    assert "The constants are global fits" in texts(app)
    assert [block.language for block in app.code] == ["python"]


class _Table:
    """A third engine: measured points, of which nothing but speed, price and layout is known."""

    name, label, help = "serving", "Measured", "Points of a table."
    capabilities = Capabilities(
        prompts=False,
        whole_gpus=True,
        uncertainty=False,
        searches_again=False,
        degrees=(),
    )
    unknown = ("ttft_s", "usd_per_million_tokens_blended", "kwh_per_million_tokens", "workspace_bytes_per_gpu")

    def frontier(self, scenario: Scenario) -> pd.DataFrame:
        return ServingEngine().frontier(scenario).assign(**dict.fromkeys(self.unknown, math.nan))

    def step(self, scenario: Scenario, layout: Layout, batch: float) -> Step:
        found = ServingEngine().step(scenario, layout, batch)
        return found.model_copy(update=dict.fromkeys(self.unknown, math.nan))

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
        assert any(caption.value.startswith("Measured points") for caption in app.caption)
        assert [metric.label for metric in app.metric][6:] == ["MFU", "MBU"]
        assert "chart_spread" not in [toggle.key for toggle in app.toggle]
        assert [bar["name"].split()[0] for bar in charts(app)[2]["data"]] == ["Weights", "KV", "Free"]
        assert not any("TTFT" in trace.get("hovertemplate", "") for trace in charts(app)[0]["data"])
    finally:
        cache.frontier.cache_clear()
        cache.step.cache_clear()


def test_the_uncertainty_can_be_hidden() -> None:
    app = _app()
    bands = [sum(trace.get("fill") == "toself" for trace in charts(app)[0]["data"])]
    app.toggle(key="chart_spread").set_value(False).run()
    bands.append(sum(trace.get("fill") == "toself" for trace in charts(app)[0]["data"]))
    bands.append(sum(trace.get("fill") == "toself" for trace in charts(_app(engine="published"))[0]["data"]))
    assert bands == [1, 0, 0]


def test_linear_axes() -> None:
    app = _app()
    assert charts(app)[0]["layout"]["xaxis"]["type"] == "log"
    app.segmented_control(key="chart_axes").set_value("Linear").run()
    assert charts(app)[0]["layout"]["xaxis"]["type"] == "linear"


def test_locked_axes_stay_while_the_curve_moves() -> None:
    app = _app()
    app.toggle(key="chart_lock").set_value(True).run()
    before = charts(app)[0]["layout"]["yaxis"]["range"]
    app.session_state["price"] = 30.0
    assert charts(app.run())[0]["layout"]["yaxis"]["range"] == before
    app.toggle(key="chart_lock").set_value(False).run()
    assert charts(app)[0]["layout"]["yaxis"]["range"] != before
