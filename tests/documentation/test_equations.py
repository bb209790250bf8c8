"""Equations say what the code does: each is computed from the numbers of real calls and compared with their results."""

import inspect
import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from infecon_core import Layout, Scenario, engines
from infecon_core.documentation.calls import noted
from infecon_core.documentation.docstrings import documented
from infecon_core.documentation.equations import (
    MOST_CALLS,
    SUBJECTS,
    Substituted,
    at_point,
    equations,
    public,
    substituted,
)
from infecon_core.paper import toy
from infecon_core.pareto import at_speed
from infecon_core.physics import queueing, speculation
from tests.support.repository import ROOT

# Scenarios that together enter every equation that a point can enter.
SCENARIOS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "dense": ("llama-3.1-70b", "h100-sxm", {}),
    "latent": ("deepseek-v3", "b200-hgx", {}),
    "across domains": ("deepseek-v3", "h100-sxm", {"max_gpus": 512}),
    "indexer": ("deepseek-v3.2", "gb200-nvl72", {"max_gpus": 128}),
    "state": ("jamba-1.5-large", "h200-sxm", {}),
    "window": ("gemma-3-27b", "h100-sxm", {}),
    "rocm": ("gpt-oss-120b", "mi355x", {}),
    "disaggregated": ("gpt-oss-120b", "h100-sxm", {"disaggregated": True}),
    "context parallel": ("deepseek-v3", "h200-sxm", {"context_parallel": True}),
    "stages": ("llama-3.1-405b", "h100-sxm", {"pipelines": True, "target_tokens_per_s_user": 20}),
    "draft": ("llama-3.1-70b", "h100-sxm", {"draft": "llama-3.2-1b"}),
    "published": ("deepseek-v3", "b200-hgx", {"engine": "published"}),
    "published draft": ("llama-3.1-70b", "h100-sxm", {"engine": "published", "draft": "llama-3.2-1b"}),
    "early": ("llama-3.1-70b", "h100-sxm", {"engine": "published", "traffic": "early"}),
    "printed": ("llama-3.1-70b", "h100-sxm", {"engine": "published", "variant": "printed"}),
    "toy": ("llama-3.1-70b", "h100-sxm", {"engine": "published", "variant": "toy"}),
    "ring": ("llama-3.1-70b", "erdil-TPU_v4", {"engine": "published"}),
}
# Sums over layers, rules and words: nothing that could be computed from one call.
IN_WORDS = {
    "physics.operators.operators",
    "physics.ttft.bare_step_s",
    "serving.frontier.gpu_s_at_peak",
    "serving.frontier.read_s_at_peak",
    "paper.search.search",
    "paper.terms.projection_bytes",
    "paper.traffic.attention_bytes",
    "paper.inputs.PublishedModel.cache_flop",
    "paper.collectives.total_time",
    "paper.collectives.split_time",
    "physics.communication.after_feed_forward",
    "physics.interconnect.linked_gpus",
}
# What the time to answer of a whole server follows from, which no single point asks for.
NOT_OF_A_POINT = {
    "physics.queueing.waiting_from_start",
    "paper.speculation.Pair.round_time",
    "serving.evaluate.LayoutEvaluator.tokens_per_s",
    "serving.evaluate.LayoutEvaluator.requests_per_s",
    "paper.toy.critical_batch",
    "paper.toy.ClosedFormTerms.read_s",
    "paper.toy.ClosedFormTerms.best",
    "paper.toy.ClosedFormTerms.times",
    "paper.toy.single_gpu_latency",
    "physics.queueing.prompt_wait_of_waiting_s",
    "physics.queueing.variation",
    "physics.queueing.waiting_share",
    "physics.queueing.place_waiting_share",
    "physics.queueing.place_wait_of_waiting_s",
    "physics.queueing.slowed_spread",
    "physics.queueing.later_than",
    "physics.rounds.Rounds.tpot_s",
}


@cache
def _numbers(name: str) -> dict[str, tuple[Substituted, ...]]:
    model, accelerator, changes = SCENARIOS[name]
    scenario = Scenario.preset(model, accelerator, **changes)
    table = engines.frontier(scenario)
    row = at_speed(table, scenario.target_tokens_per_s_user)
    row = table.iloc[0] if row is None else row
    step, numbers = at_point(scenario, Layout.of(row), float(row["batch"]))
    assert step.usd_per_million_tokens == pytest.approx(row["usd_per_million_tokens"], rel=1e-9)
    return dict(numbers)


@pytest.mark.parametrize("name", SCENARIOS)
def test_equations_give_what_the_code_gives(name: str) -> None:
    wrong, right = [], 0
    found = _numbers(name)
    for equation in equations():
        for call in found.get(equation.name, ()):
            for symbol in {line.symbol for line in equation.said.lines if line.symbol in call.numbers}:
                lines = [
                    (line, holds)
                    for line, holds in zip(equation.said.lines, call.holds, strict=True)
                    if line.symbol == symbol and line.right is not None
                ]
                computed = [all(name in call.numbers for name in line.names) for line, _ in lines]
                right += sum(holds for (_, holds), all_known in zip(lines, computed, strict=True) if all_known)
                if all(computed) and not any(holds for _, holds in lines):
                    wrong.append(f"{equation.name}: {symbol}")
    assert wrong == []
    assert right > 10


def test_every_equation_is_checked_somewhere() -> None:
    checked = set()
    for name in SCENARIOS:
        for equation in equations():
            for call in _numbers(name).get(equation.name, ()):
                bound = {symbol.symbol for symbol in equation.said.symbols}
                first = equation.said.lines[0].symbol
                for line, holds in zip(equation.said.lines, call.holds, strict=True):
                    known = line.right is not None and all(name in call.numbers for name in line.names)
                    given = line.symbol in bound or (line.symbol == first and len(call.result) == 1)
                    if known and holds and given:
                        checked.add(equation.name)
    names = {equation.name for equation in equations()}
    assert names - checked - NOT_OF_A_POINT - IN_WORDS == set()
    assert checked & IN_WORDS == set()
    assert names >= NOT_OF_A_POINT | IN_WORDS


def test_equations_that_no_point_asks_for_hold_too() -> None:
    terms = toy.closed_form_terms("erdil-Llama_3_70B", "erdil-H100")
    functions = {
        "physics.queueing.waiting_from_start": lambda: queueing.waiting_from_start(21.0, 5.0),
        "paper.toy.critical_batch": lambda: toy.critical_batch("erdil-H100", 2.0),
        "paper.toy.ClosedFormTerms.read_s": lambda: terms.read_s,
        "paper.toy.ClosedFormTerms.best": lambda: terms.best,
        "paper.toy.ClosedFormTerms.times": lambda: terms.times(26.0),
        "physics.queueing.prompt_wait_of_waiting_s": lambda: queueing.prompt_wait_of_waiting_s(0.5, 0.2, 0.5),
        "physics.queueing.variation": lambda: queueing.variation([1.0, 3.0], [0.5, 0.5]),
        "physics.queueing.waiting_share": lambda: queueing.waiting_share(4.0, 2.0),
        "physics.queueing.place_wait_of_waiting_s": lambda: queueing.place_wait_of_waiting_s(4.0, 3.0, 0.5),
        "physics.queueing.slowed_spread": lambda: queueing.slowed_spread(20.0, 0.5),
        "physics.queueing.later_than": lambda: queueing.later_than(2.0, 0.5, 1.0, 0.25, 3.0),
        "paper.toy.single_gpu_latency": lambda: toy.single_gpu_latency("erdil-Llama_3_70B", "erdil-H100", 300.0),
        "physics.speculation.expected_tokens": lambda: speculation.expected_tokens(1.0, 3),
    }
    for name, run in functions.items():
        equation = next(equation for equation in equations() if equation.name == name)
        with noted([equation.code]) as found:
            run()
        call = substituted(equation, found[equation.code][0])
        by_symbol: dict[str, list[bool]] = {}
        for one, holds in zip(equation.said.lines, call.holds, strict=True):
            assert all(symbol in call.numbers for symbol in one.names), name
            by_symbol.setdefault(one.symbol, []).append(holds)
        assert all(any(holds) for holds in by_symbol.values()), name


def test_every_path_of_a_symbol_is_one_of_the_code() -> None:
    # Some are of one kind of layer alone: a name that is found nowhere would be a name of nothing.
    for equation in equations():
        paths = {symbol.path.split(".")[0].split("[")[0] for symbol in equation.said.symbols if symbol.symbol}
        variables = {*equation.code.co_varnames, *equation.code.co_cellvars, *equation.code.co_freevars, "return"}
        assert paths <= variables | set(equation.around), equation.name


def _gives_quantities(function: Any) -> bool:
    plain = function.fget if isinstance(function, property) else inspect.unwrap(function)
    given = str(inspect.signature(plain).return_annotation)
    kinds = ("float", "AlphaBeta", "FiveTimes", "Memory", "Prompt", "CollectiveCosts", "OperatorCosts")
    own = plain.__qualname__.split(".")[0]
    return any(kind in given for kind in kinds) and given.strip("'\"") != own


OF_PHYSICS = [
    (module, name, function)
    for modules in SUBJECTS.values()
    for module in modules
    if module.startswith("physics.") or module in ("pricing", "power", "utilisation")
    for name, function in public(module)
]


@pytest.mark.parametrize(("module", "name", "function"), OF_PHYSICS, ids=[f"{m}.{n}" for m, n, _ in OF_PHYSICS])
def test_public_physics_has_equation_unit_and_source(module: str, name: str, function: Any) -> None:
    said = documented(function)
    assert said.summary
    assert said.source, "name the source in the docstring of the function or of its module"
    if _gives_quantities(function):
        assert said.lines, "give the equation in a section `Equation:`"
        assert said.units, "give the unit in brackets: behind the sentence, or under Returns"
        unnamed = {symbol for line in said.lines for symbol in line.names} - {symbol.symbol for symbol in said.symbols}
        defined = {line.symbol for line in said.lines}
        assert {symbol for symbol in unnamed - defined if symbol not in ("t", "T", "c")} == set()


def test_all_physics_is_told() -> None:
    modules = {module for modules in SUBJECTS.values() for module in modules}
    folder = {f"physics.{path.stem}" for path in (ROOT / "infecon_core" / "physics").glob("*.py")}
    assert folder - modules == {"physics.__init__", "physics.formats"}  # formats: rules without numbers


def test_symbols_have_units() -> None:
    missing = {
        f"{equation.name}: {symbol.symbol}"
        for equation in equations()
        for symbol in equation.said.symbols
        if symbol.symbol and not symbol.unit
    }
    assert missing == set()


def test_numbers_of_one_point_by_hand() -> None:
    found = _numbers("dense")
    (price,) = found["pricing.usd_per_million_tokens"]
    x, p = price.numbers["x"], price.numbers["p"]
    assert price.numbers["U"] == pytest.approx(1e6 * x * p / 3600, rel=1e-12)
    call = found["physics.operators.attention_costs"][0]
    # 80 layers of one sequence: 2·8 heads·128·2 B a token over 4 or so GPUs, 1,500 tokens.
    tokens = 1500.0
    per_gpu = 80 * 2 * 8 * 128 * 2 * tokens / call.numbers["p"]
    assert call.numbers["K"] == pytest.approx(per_gpu, rel=1e-12)
    assert call.numbers["T_kv"] == pytest.approx(per_gpu / call.numbers["R_kv"], rel=1e-12)


def test_different_calls_are_told_apart_up_to_some() -> None:
    found = _numbers("draft")
    passes = found["physics.decode.ForwardPass.five_times"]
    assert 1 < len(passes) <= MOST_CALLS
    assert len({tuple(call.numbers.items()) for call in passes}) == len(passes)
    assert all(math.isfinite(number) for call in passes for number in call.numbers.values())


def test_a_wrong_equation_does_not_hold() -> None:
    equation = next(equation for equation in equations() if equation.name == "physics.queueing.waiting_s")
    with noted([equation.code]) as found:
        queueing.waiting_s(np.array(1.5), 4.0, 0.25)
    call = found[equation.code][0]
    assert substituted(equation, call).holds == (True,)
    wrong = call._replace(result=np.array(1.6))
    assert substituted(equation, wrong).holds == (False,)
