"""The page Sweep as a visitor meets it: what it says, links, wrong links, slides, and the way from the sidebar."""

import datetime as dt
import io
import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from infecon_core import catalog
from infecon_core.catalog.own import OwnAccelerator, id_of
from infecon_core.choices import Choices
from infecon_core.sweep.grid import Axis, around
from infecon_core.sweep.specification import read
from infecon_ui.frontier import cache
from infecon_ui.sweep import command, plots
from infecon_ui.sweep.asked import PREFIX, Asked
from infecon_ui.sweep.swept import AT_ONCE, MOST_SCENARIOS, Swept, answer
from tests.support.app import TIMEOUT_S, Query, charts, headline, html_of, open_app, texts
from tests.support.sidebar import unfold

PAGE = "pages/sweep.py"


def _opened(query: Query | None = None, timeout_s: float = TIMEOUT_S) -> AppTest:
    """The page at a link: its scenario is read where the visit starts, its own parameters on the page."""
    own = {key: text for key, text in (query or {}).items() if key.startswith(PREFIX)}
    app = open_app({key: text for key, text in (query or {}).items() if key not in own}, timeout_s=timeout_s)
    app.query_params.update(own)
    app.switch_page(PAGE)
    app.run()
    assert not app.exception
    return app


def _title(app: AppTest) -> str:
    return str(app.title[0].value).replace("\\", "")


def test_the_page_begins_with_lengths_of_prompts() -> None:
    app = _opened()
    assert re.match(
        r"Prompt from 250 to 32,000 tokens: the price at 50 tokens/s rises \d+×, from \$0\.\d+ to \$\d+ per million "
        r"output tokens",
        _title(app),
    )
    assert len(charts(app)) == 1
    assert app.query_params["sweep_x"] == "prompt"
    assert app.query_params["sweep_prompt"] == "250..32000*2"
    assert "Model, not measurement" in texts(app)
    links = re.findall(r'<td[^>]*><a href="\./\?([^"]+)"', html_of(app))
    assert len(set(links)) == 8


def test_a_cell_opens_what_it_says() -> None:
    app = _opened({"sweep_x": "prompt", "sweep_prompt": "2000,8000", "sweep_y": "w", "sweep_w": "fp8,fp4"})
    cells = re.findall(r'<a href="\./\?([^"]+)" target="_self"><b>([^<]+)</b>', html_of(app))
    assert len(cells) == 4
    for query, price in cells:
        pairs = dict(part.split("=") for part in query.replace("&amp;", "&").split("&"))
        assert f"costs {price} per million" in headline(open_app(pairs))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"sweep_x": "gpu", "sweep_gpu": "h100-sxm,b200-hgx"}, "Accelerator: the price at 50 tokens/s"),
        (
            {"sweep_x": "at", "sweep_at": "20..80+20", "sweep_show": "n_gpu"},
            "Speed from 20 to 80 tokens/s per user: the",
        ),
        ({"sweep_x": "a_bandwidth", "sweep_show": "fastest"}, "HBM bandwidth from 0.8375 to 13.4 TB/s: the fastest"),
        ({"sweep_x": "w", "sweep_y": "kv", "sweep_show": "limit"}, "Weights by KV cache: the slowest part"),
        ({"sweep_x": "acceptance", "spec": "self"}, "Acceptance from 0 to 1: the price"),
        ({"sweep_x": "disagg", "sweep_show": "ttft"}, "Prompts on GPUs of their own: the time to the first token"),
        ({"sweep_x": "m_num_layers", "sweep_show": "batch"}, "Layers from 20 to 320: the number of users at once"),
        ({"sweep_x": "prompt", "at": "5000"}, "None of the 8 scenarios reaches 5,000 tokens/s per user: the fastest"),
        ({"sweep_x": "prompt", "model": "llama-3.1-405b", "gpu": "l4", "max": "1"}, "None of the 8 scenarios runs"),
        ({"sweep_x": "prompt", "sweep_prompt": "1000"}, "With prompt 1,000 tokens the price at 50 tokens/s is $"),
    ],
)
def test_any_choice_can_be_swept(query: Query, said: str) -> None:
    app = _opened(query)
    assert not app.warning
    assert _title(app).startswith(said)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"sweep_x": "nonsense"}, "a key of a link, such as prompt or gpu"),
        ({"sweep_x": "acceptance"}, "Acceptance needs a draft"),
        ({"sweep_x": "overlap", "engine": "published"}, "is for the serving engine"),
        ({"sweep_x": "factor"}, "changes nothing as the other choices are"),
        ({"sweep_x": "prompt", "sweep_prompt": "1..x"}, "a range is written"),
        ({"sweep_x": "prompt", "sweep_prompt": "1..1000+1"}, "at most 40 values here, not 1,000"),
        ({"sweep_x": "gpu", "sweep_gpu": "h100-sxm,warp"}, "gpu is, for example"),
        ({"sweep_show": "beauty"}, "possible: output"),
        ({"sweep_as": "pie"}, "possible: lines"),
        ({"sweep_form": "map"}, "possible: x, y, show, as"),
        ({"sweep_x": "w", "sweep_y": "w"}, "w is swept already"),
        ({"sweep_x": "gpu", "sweep_gpu": "h100-sxm,nope"}, "“nope” is passed over"),
        ({"sweep_nothing": "1"}, "a key of a link"),
        ({"sweep_x": "prompt", "sweep_prompt": "<b>`$"}, "prompt is a whole number"),
    ],
)
def test_what_is_not_understood_is_said_and_the_page_works(query: Query, words: str) -> None:
    app = _opened(query)
    assert len(app.warning) == 1
    assert words in str(app.warning[0].value)
    assert "<b>" not in str(app.warning[0].value).replace("`sweep_prompt=<b>'$`", "")
    assert _title(app)
    # Said once; the address has what stands.
    app.run()
    assert not app.warning


def test_values_of_a_list_that_are_understood_stand_and_a_plus_may_be_a_space() -> None:
    app = _opened({"sweep_x": "gpu", "sweep_gpu": "h100-sxm,nope"})
    assert app.query_params["sweep_gpu"] == "h100-sxm"
    assert "default" not in str(app.warning[0].value)
    ranged = _opened({"sweep_x": "prompt", "sweep_prompt": "1000..3000 1000"})
    assert not ranged.warning
    assert ranged.query_params["sweep_prompt"] == "1000..3000+1000"


def test_values_that_cannot_be_read_are_told_at_the_field() -> None:
    app = _opened()
    app.text_input(key="sweep_prompt").set_value("many").run()
    assert not app.exception
    assert "Prompt cannot be “many”: prompt is a whole number" in str(app.warning[0].value).replace("\\", "")
    assert "Here stands 250..32000*2 instead" in str(app.warning[0].value).replace("\\", "")
    assert _title(app).startswith("Prompt from 250 to 32,000")
    assert app.query_params["sweep_prompt"] == "250,500,1000,2000,4000,8000,16000,32000"


def test_controls_change_what_is_swept_and_the_address() -> None:
    app = _opened()
    app.selectbox(key="sweep_y").set_value("w").run()
    app.multiselect(key="sweep_w").set_value(["fp8", "fp4"]).run()
    app.selectbox(key="sweep_show").set_value("layout").run()
    assert not app.exception
    assert _title(app).startswith("Prompt from 250 to 32,000 tokens by weights: the best layout at 50 tokens/s is")
    said = {key: text for key, text in app.query_params.items() if key.startswith("sweep")}
    assert said == {
        "sweep_x": "prompt",
        "sweep_y": "w",
        "sweep_prompt": "250..32000*2",
        "sweep_w": "fp8,fp4",
        "sweep_show": "layout",
    }
    assert _title(_opened(said)) == _title(app)
    app.selectbox(key="sweep_x").set_value("w").run()  # both the same: the second is none
    assert not app.exception
    assert "sweep_y" not in app.query_params
    app.multiselect(key="sweep_w").set_value([]).run()
    assert not app.exception
    assert "Give at least one value" in str(app.info[0].value)


def test_another_model_without_the_swept_choice_begins_anew() -> None:
    app = _opened({"model": "deepseek-v3", "sweep_x": "m_kv_lora_rank"})
    assert _title(app).startswith("KV rank")
    app.selectbox(key="model").set_value("llama-3.1-70b").run()
    assert not app.exception
    assert _title(app).startswith("Prompt from")


def test_a_slide_shows_the_sweep_and_keeps_it() -> None:
    app = _opened({"sweep_x": "w", "sweep_w": "fp8,fp4", "sweep_as": "map"})
    app.button(key="slide_of_sweep").click().run()
    assert not app.exception
    assert not app.title
    assert app.button(key="slide_back")
    assert app.text_input(key="slide_headline").value.startswith("Weights: the price at 50 tokens/s")
    app.button(key="slide_back").click().run()
    assert not app.exception
    assert _title(app).startswith("Weights: the price")
    assert app.query_params["sweep_as"] == "map"


def test_a_chart_that_there_is_not_is_said_and_leaves_the_link() -> None:
    app = _opened()
    app.session_state["view"], app.session_state["chart"] = "slide", "nonsense"
    app.run()
    assert not app.exception
    assert [str(one.value) for one in app.warning] == [
        "There is no chart “nonsense” here; this is the first one. Known: sweep, values."
    ]
    assert "nonsense" not in html_of(app) + str(dict(app.query_params))


def test_entries_of_ones_own_are_swept_among_others() -> None:
    chip = catalog.accelerator("h100-sxm").accelerator
    own = id_of(OwnAccelerator(accelerator=chip.model_copy(update={"name": "Ours", "price_usd_per_gpu_hour": 1.0})))
    app = _opened({"gpu": own, "sweep_x": "gpu", "sweep_gpu": f"{own},b200-hgx"})
    assert "each accelerator at its own price" in texts(app)
    assert "read undated" not in texts(app)
    assert "Ours" in _title(app)
    assert app.query_params["sweep_gpu"] == f"{own},b200-hgx"
    alone = _opened({"gpu": own, "sweep_x": "gpu"})
    assert own in alone.multiselect(key="sweep_gpu").value


def test_too_many_are_sent_to_the_command_line() -> None:
    app = _opened({"sweep_x": "prompt", "sweep_prompt": "1000..40000+1000", "sweep_y": "at", "sweep_at": "10..200+10"})
    assert f"These are 800 scenarios, and a page computes {MOST_SCENARIOS}" in str(app.info[0].value)
    assert not charts(app)


def test_a_scenario_that_is_none_says_why() -> None:
    app = _opened({"gpu": "mi355x", "basis": "on_demand"})
    assert _title(app) == "Sweep"
    assert "price" in str(app.warning[0].value)


@pytest.mark.parametrize("key", ["prompt", "price", "w", "kv", "spec"])
def test_the_sidebar_leads_to_a_sweep(key: str) -> None:
    app = open_app({"at": "40", "gpu": "b200-hgx"})
    name = next(one for one in (f"to_sweep_{key}", f"to_sweep_heading_{key}") if _has(app, one))
    app.button(key=name).click().run()
    assert not app.exception
    assert app.query_params["sweep_x"] == key
    assert "at 40 tokens/s" in _title(app)
    assert app.session_state["choice"].accelerator_id == "b200-hgx"


def test_parameters_of_the_sweep_do_not_stay_on_the_frontier() -> None:
    app = open_app({"at": "40", "sweep_x": "prompt", "sweep_prompt": "1000", "utm_source": "x"})
    assert {"at", "utm_source"} <= app.query_params.keys()
    assert not [key for key in app.query_params if key.startswith(PREFIX)]


def _has(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def test_every_control_of_the_sidebar_has_its_way() -> None:
    app = unfold(open_app({"spec": "self"}))
    choices = app.session_state["choice"].choices
    ways = {str(button.key).removeprefix("to_sweep_").removeprefix("heading_") for button in app.button}
    drawn = {str(one.key) for one in (*app.number_input, *app.selectbox, *app.toggle)} & choices.all.keys()
    assert {key for key in drawn if choices.enters(key) and not choices.idle(key)} <= ways


def test_the_file_is_the_same_sweep(tmp_path: Path) -> None:
    base = Choices().with_values(at=30, kv="fp8")
    asked = Asked((Axis("prompt", (1000, 2000)), Axis("gpu", ("h100-sxm", "b200-hgx"))), "output", "map")
    path = tmp_path / command.FILE
    path.write_text(command.file(base, asked), encoding="utf-8")
    assert command.COMMAND in path.read_text(encoding="utf-8")
    found = read(path)
    assert (found.fixed, found.grid) == (around(base, asked.axes).fixed, around(base, asked.axes).grid)


def test_the_table_has_a_row_for_every_value() -> None:
    asked = Asked((Axis("prompt", (1000, 2000)), Axis("at", (40.0, 4000.0))), "output", "map")
    found = answer(Choices(), asked)
    assert isinstance(found, Swept)
    table = plots.sweep(found, "output", "map").table()
    assert list(table["sweep_prompt"]) == [1000, 1000, 2000, 2000]
    assert list(table["reason"] == "") == [True, False, True, False]
    assert table["usd_per_million_tokens"].notna().tolist() == [True, False, True, False]
    points = cache.frontier(found.at(0, 0).choices.scenario()).points
    assert points is not None
    row = points.at(40.0)
    assert row is not None
    assert table["usd_per_million_tokens"][0] == pytest.approx(float(points.price[row]), rel=1e-9)


def test_every_row_of_the_file_has_the_facts_of_its_own_scenario() -> None:
    asked = Asked((Axis("gpu", ("h100-sxm", "b200-hgx", "mi355x")), Axis("prompt", (1000, 2000))), "output", "map")
    found = answer(Choices().with_values(basis="on_demand"), asked)
    assert isinstance(found, Swept)
    file = plots.sweep(found, "output", "map").csv("http://localhost/sweep", dt.date(2026, 1, 2))
    rows = pd.read_csv(io.StringIO(file))
    assert len(set(rows.columns)) == len(rows.columns)
    own = {one.values: one.choices for one in found.found}
    assert len(rows) == len(own) == 6
    for _, row in rows.iterrows():
        choices = own[row["sweep_gpu"], row["sweep_prompt"]]
        assert (row["date"], row["link"]) == ("2026-01-02", "http://localhost/sweep")
        if choices.value("price") is None:  # no scenario, and nobody else's facts
            assert math.isnan(row["price_usd_per_gpu_hour"])
            assert "price" in row["reason"]
            continue
        scenario = choices.scenario()
        assert row["accelerator"] == scenario.accelerator.name
        assert row["prompt_tokens"] == row["sweep_prompt"]
        assert row["price_usd_per_gpu_hour"] == scenario.accelerator.price_usd_per_gpu_hour
    assert rows["accelerator"].nunique() == 2


@pytest.mark.slow
def test_many_are_computed_beside_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    query = {"sweep_x": "prompt", "sweep_prompt": "1000..12000+1000", "sweep_y": "w", "sweep_w": "fp8,fp4,bf16"}
    asked: list[Any] = []
    monkeypatch.setattr("infecon_core.sweep.grid.at_target", lambda *given: asked.append(given))
    app = _opened(query, timeout_s=120)
    assert AT_ONCE < 12 * 3
    assert asked == []
    assert _title(app).startswith(
        "Prompt from 1,000 to 12,000 tokens by weights: the price at 50 tokens/s is lowest with"
    )
