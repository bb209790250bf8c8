"""Time to first token against load: the chart, its sentence and its file."""

import base64

import numpy as np
import pandas as pd
import pytest

from infecon_core import Scenario
from infecon_ui.frontier import load

CURVE = pd.DataFrame(
    {
        "batch": [1.0, 8.0, 64.0],
        "concurrency": [1.3, 8.2, 66.4],
        "requests_per_s": [0.05, 0.35, 2.0],
        "ttft_s": [0.1, 0.15, 0.4],
        "tpot_s": [0.01, 0.012, 0.03],
        "end_to_end_s": [20.0, 22.9, 32.0],
        "prompt_load": [0.0, 0.1, 0.5],
    }
)


def test_the_sentence_reads_the_curve() -> None:
    assert load.sentence(CURVE, 8) == (
        "With 8 users at once this setup answers 0.35 requests per second, on average with the first token after "
        "150 ms and the last after 22.90 s; those who queue included, 8.2 wait for an answer. The most on this curve "
        "are 2 requests per second with 64 users at once, the first token after 400 ms."
    )
    assert load.sentence(CURVE, 1).startswith("With 1 user at once this setup answers 180 requests per hour")
    # A point that is not on the curve is not spoken of.
    assert load.sentence(CURVE, 9).startswith("The most on this curve")


@pytest.mark.parametrize(
    ("limit_s", "ending"),
    [
        (0.2, "Within the limit of 200 ms it still answers 0.35 requests per second."),
        (5.0, "Within the limit of 5.00 s it still answers 2 requests per second."),
        (0.05, "The limit of 50.0 ms is kept at no load."),
    ],
)
def test_the_sentence_says_what_a_limit_leaves(limit_s: float, ending: str) -> None:
    assert load.sentence(CURVE, 8, limit_s).endswith(ending)


def test_why_there_is_no_curve() -> None:
    served = Scenario.preset("llama-3.1-70b", "h100-sxm")
    apart = served.changed(serving=served.serving.model_copy(update={"disaggregated": True}))
    assert "lower bound" in load.why_none(apart)
    assert "95% of the time" in load.why_none(served)


def _numbers(packed: dict[str, str]) -> list[float]:
    return np.frombuffer(base64.b64decode(packed["bdata"]), np.float32).tolist()


def test_the_point_is_marked_on_the_curve() -> None:
    line, dot = load.load_figure(CURVE, 8)["data"]
    assert _numbers(line["x"]) == pytest.approx(CURVE["requests_per_s"])
    assert _numbers(line["y"]) == pytest.approx(CURVE["ttft_s"])
    assert line["customdata"][1] == [8, 12, 22.9, 8.2]
    assert (_numbers(dot["x"]), _numbers(dot["y"])) == (pytest.approx([0.35]), pytest.approx([0.15]))
    assert _numbers(load.load_figure(CURVE, 9)["data"][1]["x"]) == []


@pytest.mark.parametrize(("limit_s", "drawn"), [(None, False), (0.3, True), (1.2, True), (1.3, False)])
def test_a_limit_is_drawn_where_it_leaves_the_curve_its_room(limit_s: float | None, drawn: bool) -> None:
    layout = load.load_figure(CURVE, 8, limit_s)["layout"]
    assert bool(layout["shapes"]) == bool(layout["annotations"]) == drawn
    low, high = layout["yaxis"]["range"]
    assert low == 0
    assert high > max(0.4, limit_s if drawn and limit_s else 0)
    assert "requests per second" in layout["xaxis"]["title"]["text"]
    assert layout["yaxis"]["title"]["text"].endswith(", s")


def test_the_file_has_its_scenario_in_every_row() -> None:
    text = load.load_csv(CURVE, Scenario.preset("llama-3.1-70b", "h100-sxm"), "https://x.example/?model=a")
    lines = text.splitlines()
    assert len(lines) == 4
    assert lines[0].endswith("batch,concurrency,requests_per_s,ttft_s,tpot_s,end_to_end_s,prompt_load")
    assert all("https://x.example/" in line for line in lines[1:])
