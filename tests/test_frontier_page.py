"""The frontier page through the whole app, and what it hands out."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT
from streamlit.testing.v1 import AppTest

from infecon_core import Scenario, frontier
from infecon_ui import exports, figures
from infecon_ui.parameters import ENGINES

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", max_gpus=16)


def _app(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def _texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown).replace("\\", "")


def _chart(app: AppTest) -> dict:
    return json.loads(app.get("plotly_chart")[0].proto.spec)


def test_the_page_opens_on_a_computed_scenario() -> None:
    app = _app()
    assert not app.exception
    reading = re.search(r"Serving (.+) in \w+ on (.+) at [\d.,]+ tokens/s per user costs about \$[\d.,]+", _texts(app))
    assert reading is not None
    assert _chart(app)["layout"]["title"]["text"].startswith(reading[1])
    for name in ("Fastest", "Preferred", "Cheapest"):
        assert f"**{name}**" in _texts(app)
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
    assert "Twice the batch" not in _texts(app)
    app.session_state["open_why"] = True
    app.run()
    assert not app.exception
    assert re.search(r"- Twice the batch: \*\*\d+% slower, \d+% cheaper\*\*", _texts(app))
    assert (
        sum(
            name in _texts(app)
            for name in ("**Another setup**", "**Better hardware: faster, or cheaper at this speed**")
        )
        == headings
    )


def test_the_uncertainty_can_be_hidden() -> None:
    app = _app()
    bands = [sum(trace.get("fill") == "toself" for trace in _chart(app)["data"])]
    app.toggle(key="chart_spread").set_value(False).run()
    bands.append(sum(trace.get("fill") == "toself" for trace in _chart(app)["data"]))
    bands.append(sum(trace.get("fill") == "toself" for trace in _chart(_app(engine="published"))["data"]))
    assert bands == [1, 0, 0]


def test_linear_axes() -> None:
    app = _app()
    assert _chart(app)["layout"]["xaxis"]["type"] == "log"
    app.segmented_control(key="chart_axes").set_value("Linear").run()
    assert _chart(app)["layout"]["xaxis"]["type"] == "linear"


def test_locked_axes_stay_while_the_curve_moves() -> None:
    app = _app()
    app.toggle(key="chart_lock").set_value(True).run()
    before = _chart(app)["layout"]["yaxis"]["range"]
    app.session_state["price"] = 30.0
    assert _chart(app.run())["layout"]["yaxis"]["range"] == before
    app.toggle(key="chart_lock").set_value(False).run()
    assert _chart(app)["layout"]["yaxis"]["range"] != before


def test_the_csv_loses_no_digit() -> None:
    frame = frontier(SCENARIO)
    read = pd.read_csv(io.StringIO(exports.frontier_csv(frame)))
    pd.testing.assert_frame_equal(read, frame.reset_index(drop=True), check_exact=True, check_dtype=False)


def test_the_json_is_the_scenario() -> None:
    assert Scenario.model_validate_json(exports.scenario_json(SCENARIO)) == SCENARIO


def test_the_html_is_one_page_that_works_offline() -> None:
    page = exports.chart_html(figures.frontier_figure(frontier(SCENARIO), title="Llama"))
    assert page.count("<html>") == 1
    assert "<script src=" not in page
    assert "Plotly.newPlot" in page


@pytest.mark.parametrize(
    ("words", "stem"),
    [
        (("Llama 3.1 70B", "fp8", "H100 SXM"), "infecon-llama-3.1-70b-fp8-h100-sxm"),
        (("../a/b", "ü"), "infecon-a-b"),
    ],
)
def test_file_names_are_plain(words: tuple[str, ...], stem: str) -> None:
    assert exports.file_stem(*words) == stem


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict:
    """A folder to work in from which the library can be imported."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path}, "timeout": 60}


@pytest.mark.slow
def test_the_command_line_runs_as_printed(elsewhere: dict) -> None:
    ran = subprocess.run(
        ["bash", "-c", exports.command_line(SCENARIO)], capture_output=True, text=True, check=False, **elsewhere
    )
    assert ran.returncode == 0, ran.stderr
    found = pd.read_csv(elsewhere["cwd"] / "frontier.csv")
    assert found["usd_per_million_tokens"].to_numpy() == pytest.approx(
        frontier(SCENARIO)["usd_per_million_tokens"].to_numpy(), rel=1e-9
    )


@pytest.mark.slow
def test_the_python_snippet_runs_as_printed(elsewhere: dict) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", exports.python_snippet(SCENARIO)],
        capture_output=True, text=True, check=False, **elsewhere,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "tokens_per_s_user" in ran.stdout
