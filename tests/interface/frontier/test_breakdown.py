"""The breakdown of a point: values by hand, and that they are whole for real points."""

import math

import pytest

from infecon_core import Layout, Scenario, Step, frontier, preferred, step
from infecon_core.schema import Operator
from infecon_ui.charts.palette import LIMITS, TIMES
from infecon_ui.frontier import breakdown
from tests.support.figures import assert_valid

SCENARIOS = {
    "serving": Scenario.preset("deepseek-v3", "h200-sxm", max_gpus=16),
    "published": Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8", engine="published"),
}


@pytest.fixture(scope="module", params=list(SCENARIOS))
def real(request: pytest.FixtureRequest) -> Step:
    """The breakdown of a real point of each engine."""
    scenario = SCENARIOS[request.param]
    point = preferred(frontier(scenario))
    return step(scenario, Layout.of(point), point["batch"])


def _operator(name: str, group: str, *times_s: float) -> Operator:
    return Operator(name=name, group=group, **dict(zip((time.column for time in TIMES), times_s, strict=True)))


def _step(operators: tuple[Operator, ...], workspace: float = 8e9) -> Step:
    times = {time.column: sum(getattr(o, time.column) for o in operators) for time in TIMES}
    memory = {"weight_bytes_per_gpu": 20e9, "kv_bytes_per_gpu": 42e9, "workspace_bytes_per_gpu": workspace}
    rest = {"n_gpu": 8.0, "batch": 4.0, "draft_tokens": 0, "usd_per_million_tokens": 1.0, "mfu": 0.1, "mbu": 0.2}
    return Step(operators=operators, hbm_bytes_per_gpu=80e9, **times, **memory, **rest)


@pytest.fixture
def made() -> Step:
    """Ten milliseconds: attention in two groups of layers, and the unembedding that belongs to none."""
    return _step(
        (
            _operator("attention", "dense layers", 1e-3, 2e-3, 0, 0, 0),
            _operator("attention", "expert layers", 0, 3e-3, 1e-3, 0, 0.5e-3),
            _operator("unembedding", "", 0, 2e-3, 0, 0.5e-3, 0),
            _operator("nothing", "", 0, 0, 0, 0, 0),
        )
    )


def test_parts_are_summed_by_operator_by_layers_and_by_kind(made: Step) -> None:
    def totals(way: breakdown.Way) -> dict[str, float]:
        return {name: sum(part.values()) for name, part in breakdown.step_parts(made, way).items()}

    assert breakdown.ways(made) == ("operator", "layer group", "five times")
    assert totals("operator") == pytest.approx({"Attention": 7.5, "Unembedding": 2.5})
    assert totals("layer group") == pytest.approx({"Dense layers": 3, "Expert layers": 4.5, "Unembedding": 2.5})
    times = {"Arithmetic": 1, "Memory": 7, "Network bandwidth": 1, "Network latency": 0.5, "Kernel overhead": 0.5}
    assert totals("five times") == pytest.approx(times)
    assert breakdown.step_parts(made, "operator")["Attention"]["memory_s"] == pytest.approx(5)


def test_bars_of_a_step(made: Step) -> None:
    figure = breakdown.step_figure(made)
    assert_valid(figure)
    bars = {bar["name"]: bar for bar in figure["data"]}
    assert [bar["marker"]["color"] for bar in figure["data"]] == [time.colour for time in TIMES]
    assert bars["Memory"]["x"] == pytest.approx([7, 5, 2])
    assert bars["Memory"]["y"] == ["<b>Whole step</b>", "Attention", "Unembedding"]
    assert bars["Memory"]["text"] == ["Memory 70%", "", ""]
    assert bars["Kernel overhead"]["text"][0] == "Kernel overhead 5%"
    sums = [(label["x"], label["text"]) for label in figure["layout"]["annotations"]]
    assert [x for x, _ in sums] == pytest.approx([10, 7.5, 2.5])
    assert [text for _, text in sums] == ["10.0 ms", "7.50 ms", "2.50 ms"]
    assert figure["layout"]["xaxis"]["range"] == pytest.approx([0, 12.8])


def test_bars_of_real_points_sum_to_the_time_per_token(real: Step) -> None:
    for way in breakdown.ways(real):
        bars = breakdown.step_figure(real, way)["data"]
        assert sum(bar["x"][0] for bar in bars) == pytest.approx(real.tpot_s * 1e3)
        assert sum(sum(bar["x"][1:]) for bar in bars) == pytest.approx(real.tpot_s * 1e3)
        assert len(set(bars[0]["y"])) == len(bars[0]["y"])
    assert {name.lower() for name in breakdown.step_parts(real, "five times")} <= set(LIMITS)


def test_layers_are_told_apart_where_the_engine_does() -> None:
    points = {name: preferred(frontier(scenario)) for name, scenario in SCENARIOS.items()}
    steps = {name: step(SCENARIOS[name], Layout.of(point), point["batch"]) for name, point in points.items()}
    groups = breakdown.step_parts(steps["serving"], "layer group")
    assert {"3 layers, latent attention, dense", "58 layers, latent attention, 256 experts"} <= groups.keys()
    assert breakdown.ways(steps["published"]) == ("operator", "five times")


def test_the_memory_of_one_gpu(made: Step) -> None:
    figure = breakdown.memory_figure(made)
    assert_valid(figure)
    assert [(bar["name"], bar["x"]) for bar in figure["data"]] == [
        ("Weights 20 GB", [20]),
        ("KV cache 42 GB", [42]),
        ("Workspace 8 GB", [8]),
        ("Free 10 GB", [10]),
    ]
    assert figure["layout"]["xaxis"]["range"] == [0, 80]


def test_workspace_that_an_engine_does_not_count_is_free() -> None:
    unknown = _step((_operator("all", "", 1e-3, 0, 0, 0, 0),), workspace=math.nan)
    names = [bar["name"] for bar in breakdown.memory_figure(unknown)["data"]]
    assert names == ["Weights 20 GB", "KV cache 42 GB", "Free 18 GB"]
    assert not breakdown.counts_workspace(unknown)


def test_the_bar_of_a_real_point_is_one_gpu(real: Step) -> None:
    bars = breakdown.memory_figure(real)["data"]
    assert sum(bar["x"][0] for bar in bars) == pytest.approx(real.hbm_bytes_per_gpu / 1e9)


def test_the_same_in_numbers(made: Step) -> None:
    table = breakdown.operator_table(made)
    assert table["Operator"].tolist() == ["attention", "attention", "unembedding", "nothing", "Whole step"]
    assert table["Layer group"].tolist() == ["dense layers", "expert layers", "", "", ""]
    assert table["Time"].tolist() == pytest.approx([3, 4.5, 2.5, 0, 10])
    assert table["Share"].tolist() == pytest.approx([0.3, 0.45, 0.25, 0, 1])
    assert table["Memory"].tolist() == pytest.approx([2, 3, 2, 0, 7])
    assert "Layer group" not in breakdown.operator_table(_step((_operator("all", "", 1e-3, 0, 0, 0, 0),)))
