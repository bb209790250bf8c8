"""Every remedy, applied as somebody would apply it, meets the target."""

import itertools

import pytest

from infecon_core import NothingFits, Scenario, at_speed, frontier
from infecon_core.analysis import reach
from infecon_core.analysis.reach import MOST_GPUS, MOST_REMEDIES, MOST_SEARCHES, MOST_SLOW_SEARCHES, Remedy, remedies
from infecon_core.choices import Choices
from infecon_core.engines import ENGINES
from infecon_core.serving.engine import ServingEngine

# Choices, and changes that are among the remedies.
CASES = [
    ({"model": "llama-3.1-70b", "gpu": "h100-sxm", "w": "bf16", "at": 120}, {"speculation": "self", "acceptance": 0.7}),
    ({"model": "llama-3.1-405b", "gpu": "h100-sxm", "at": 60}, {"draft": "llama-3.2-1b"}),
    ({"model": "llama-3.1-70b", "gpu": "h100-sxm", "w": "bf16", "at": 120}, {"accelerator": "gb200-nvl72"}),
    ({"model": "llama-3.1-70b", "gpu": "h100-sxm", "max": 2, "at": 80}, {"max_gpus": 4}),
    ({"model": "deepseek-v3", "gpu": "b200-hgx", "at": 130}, {"weights": "fp4"}),
    ({"model": "llama-3.1-8b", "gpu": "h100-sxm", "prompt": 100_000, "max": 1, "at": 110}, {"kv": "fp8"}),
    ({"model": "llama-3.1-70b", "gpu": "h100-sxm", "prompt": 7900, "ttft": 0.2, "at": 60}, {"target_ttft_s": 0.45}),
    ({"model": "llama-3.1-70b", "gpu": "h100-sxm", "prompt": 7900, "ttft": 0.2, "at": 60}, {"prompt_tokens": 2000}),
    # Nothing runs at all, as one GPU has too little memory.
    ({"model": "llama-3.1-405b", "gpu": "h100-sxm", "max": 4, "at": 10}, {"max_gpus": 8}),
    # A price by hand is no price of another accelerator.
    ({"model": "deepseek-v3", "gpu": "h200-sxm", "price": 1.5, "at": 114}, {"accelerator": "gb200-nvl72"}),
    ({"model": "deepseek-v3", "gpu": "h200-sxm", "basis": "rent_3y", "at": 114}, {"accelerator": "gb200-nvl72"}),
    # No accelerator holds the model alone, and these link none: two changes at once.
    ({"model": "deepseek-v3", "gpu": "rtx-4090", "max": 1}, {"accelerator": "gb200-nvl72", "max_gpus": 64}),
]


def chosen_from(values: dict) -> Choices:
    return Choices().with_values(**values)


def point(scenario: Scenario):
    try:
        return at_speed(frontier(scenario), scenario.target_tokens_per_s_user, scenario.target_ttft_s)
    except NothingFits:
        return None


@pytest.mark.parametrize(("values", "expected"), CASES, ids=str)
def test_every_remedy_meets_the_target(values: dict, expected: dict) -> None:
    chosen = chosen_from(values)
    assert point(chosen.scenario()) is None
    found = remedies(chosen.scenario())
    assert expected in [dict(remedy.changes) for remedy in found]
    assert 1 <= len(found) <= MOST_REMEDIES
    prices = [remedy.usd_per_million_tokens for remedy in found]
    assert prices == sorted(prices)
    for remedy in found:
        scenario = chosen.apply(remedy.changes).scenario()
        assert scenario == remedy.scenario
        met = point(scenario)
        assert met is not None
        assert met["tokens_per_s_user"] == remedy.tokens_per_s_user >= scenario.target_tokens_per_s_user
        assert met["usd_per_million_tokens"] == remedy.usd_per_million_tokens
        assert remedy.words
        assert ("70% accepted" in remedy.words) == (remedy.changes.get("speculation") == "self")
        assert not remedy.words.endswith(".")


def test_no_change_where_the_target_is_met() -> None:
    assert remedies(Scenario.preset("llama-3.1-70b", "h100-sxm")) == ()


def test_what_nothing_helps() -> None:
    assert remedies(Scenario.preset("deepseek-v3", "gb200-nvl72", target_tokens_per_s_user=1e6)) == ()


def test_no_more_gpus_or_shorter_prompts_than_it_takes() -> None:
    waiting = chosen_from(CASES[6][0])
    for changes in ({"target_ttft_s": 0.44}, {"prompt_tokens": 4000}):
        assert point(waiting.apply(changes).scenario()) is None
    assert {"max_gpus": 16} in [dict(remedy.changes) for remedy in remedies(slow(max=2).scenario())]
    assert point(slow(max=8).scenario()) is None


def slow(**values: int) -> Choices:
    """What takes sixteen GPUs for its speed."""
    return chosen_from({"model": "llama-3.1-405b", "gpu": "gb200-nvl72", "at": 80, **values})


@pytest.mark.parametrize("last", [*range(1, 9), 99])
def test_the_smallest_change_is_found_by_halving(last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario.preset("llama-3.1-70b", "h100-sxm")
    trials = reach._Trials(scenario)
    asked = []

    def proved(change: reach.Change) -> Remedy | None:
        asked.append(change)
        return Remedy(*change, {}) if int(change.words) >= last else None

    monkeypatch.setattr(trials, "proved", proved)
    changes = [reach.Change(str(n), {}, scenario) for n in range(1, 9)]
    assert [remedy.words for remedy in reach._smallest(trials, changes)] == [str(last)] * (last < 9)
    assert len(asked) <= 4


@pytest.mark.parametrize(
    ("values", "most"),
    [
        ({"model": "llama-3.1-70b", "gpu": "h100-sxm", "ttft": 0.15, "max": 1, "prompt": 32_000}, MOST_SEARCHES),
        ({"model": "deepseek-v3", "gpu": "h100-sxm", "at": 5000}, MOST_SEARCHES),
        (
            {
                "model": "llama-3.1-70b",
                "gpu": "h100-sxm",
                "engine": "published",
                "variant": "toy",
                "pp": False,
                "at": 400,
            },
            MOST_SLOW_SEARCHES,
        ),
    ],
    ids=str,
)
def test_searches_are_few(values: dict, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = chosen_from(values).scenario()
    engine = type(ENGINES[scenario.engine])
    count = itertools.count()
    search = engine.fast_enough

    def counted(self, *args):
        next(count)
        return search(self, *args)

    monkeypatch.setattr(engine, "fast_enough", counted)
    remedies(scenario)
    assert 2 < next(count) <= most + 1


def test_an_engine_is_asked_for_what_it_can_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without prompts no first token is spoken of, and a draft that an engine does not know is not offered."""
    published = Scenario.preset(
        "llama-3.1-70b", "h100-sxm", engine="published", published={"variant": "toy"}, target_tokens_per_s_user=170
    )
    found = remedies(published.changed(target_ttft_s=0.1))
    assert found
    assert not any(set(remedy.changes) & {"target_ttft_s", "speculation"} for remedy in found)
    monkeypatch.setattr(ServingEngine, "capabilities", ServingEngine.capabilities._replace(prompts=False))
    late = chosen_from(CASES[6][0]).scenario()
    assert not any("target_ttft_s" in remedy.changes for remedy in remedies(late))


def test_gpus_end_at_what_people_rent() -> None:
    huge = Scenario.preset("llama-3.1-70b", "h100-sxm", max_gpus=2 * MOST_GPUS, target_tokens_per_s_user=400)
    assert not any("max_gpus" in remedy.changes for remedy in remedies(huge))
