"""The sentences of the page, true for any numbers: nothing moves, one thing does, targets are lowered."""

import math

import pytest

from infecon_core import Scenario
from infecon_core.analysis.assumptions import Effect, Effects
from infecon_core.catalog.assumptions import assumptions
from infecon_ui.method import plots, words

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm")
LESS = Effect("overlap", "all communication overlapped", 1.2, -0.4, "serving")
MORE = Effect("Link efficiency", "10% less", 2.5, 0.25, "serving")
OTHER = Effect("one_engine", "the published model", 0.2, -0.9, "published")
LOST = Effect("overlap", "no communication overlapped", None, math.nan, "serving", "the target is out of reach")


def _found(constants: tuple[Effect, ...] = (), assumed: tuple[Effect, ...] = ()) -> Effects:
    return Effects(SCENARIO, 2.0, constants, assumed)


def test_the_most_is_named_with_its_price() -> None:
    assert words.moved(_found((MORE,), (LESS, OTHER))).endswith(
        "costs $2.00 per million output tokens; even with all communication overlapped it would still be $1.20"
    )
    assert words.moved(_found((MORE,), (OTHER,))).endswith("10% less link efficiency moves it most, to $2.50")
    assert words.moved(_found((), (OTHER, LOST))).endswith("and nothing that is assumed moves it")


def test_constants_and_assumptions_are_counted() -> None:
    found = _found((MORE, MORE._replace(words="10% more", change=-0.1, usd=1.8)), (LESS, OTHER, LOST))
    claim, support = words.of_constants(found, SCENARIO)
    assert claim.startswith("Of 1 constants, link efficiency moves the price of Llama 3.1 70B on H100 SXM")
    assert claim.endswith("with 10% less of it a token costs 25% more")
    assert "1 constants by 10% and 2 other assumptions" in support
    assert "1 of the changes puts the target out of reach" in support
    claim, _ = words.of_assumptions(found, SCENARIO)
    assert claim.startswith(f"{len(assumptions()['serving'])} assumptions behind")
    assert claim.endswith("2 of them computed otherwise: with all communication overlapped a token costs 40% less")
    claim, _ = words.of_constants(_found((MORE._replace(usd=None, change=math.nan),)), SCENARIO)
    assert claim.startswith("None of 1 constants moves")


def test_a_lowered_target_is_told() -> None:
    asked = SCENARIO.changed(target_tokens_per_s_user=900)
    assert words.lowered(SCENARIO, asked) == "900 tokens/s per user is out of reach"
    assert words.lowered(SCENARIO, SCENARIO) == ""


@pytest.mark.parametrize(
    ("change", "signed", "compared"),
    [
        (0.092, "+9.2%", "9.2% more"),
        (-0.46, "−46%", "46% less"),
        (1.2, "×2.2", "2.2 times as much"),
        (0.0, "no change", ""),
    ],
)
def test_changes_are_told(change: float, signed: str, compared: str) -> None:
    assert words.signed(change) == signed
    if compared:
        assert words.compared(LESS._replace(change=change)) == compared


def test_names_keep_their_capitals_inside_a_sentence() -> None:
    assert words.constant(MORE._replace(name="ROCm memory factor")) == "10% less ROCm memory factor"


def test_assumptions_without_a_switch_say_where_the_truth_lies() -> None:
    known = assumptions()["serving"]
    assert words.assumption(known["times_add"], []) == "Not modelled. Without it a token would be cheaper."
    assert words.assumption(known["overlap"], []) == "Nothing of it enters this scenario."
    assert words.assumption(known["overlap"], [LESS, LOST]) == (
        "with all communication overlapped: $1.20, −40%; with no communication overlapped: the target is out of reach"
    )


def test_bars_are_changes_and_doublings_beyond_twice() -> None:
    plot = plots.moved(_found((MORE,), (LESS,)))
    assert plot is not None
    assert [row.spans[0].end for row in plot.drawing.rows] == [-0.4, 0.25]  # type: ignore[union-attr]
    plot = plots.moved(_found((MORE,), (LESS._replace(change=3.0, usd=8.0),)))
    assert plot is not None
    assert [row.spans[0].end for row in plot.drawing.rows] == [2.0, math.log2(1.25)]  # type: ignore[union-attr]
    assert plot.drawing.scale.words([0.0, 1.0, -1.0]) == ["×1", "×2", "×0.5"]  # type: ignore[union-attr]
    assert plots.moved(_found()) is None


def test_the_file_has_every_effect() -> None:
    table = plots.effects_table(_found((MORE,), (LESS, LOST)))
    assert list(table["usd_per_million_tokens"].fillna(-1)) == [1.2, -1, 2.5]
    assert list(table["kind"]) == ["assumption", "assumption", "constant"]
