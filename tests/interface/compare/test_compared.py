"""A comparison, its words, its presets, its slide and its file."""

import datetime as dt
import io
import itertools
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from infecon_core import catalog
from infecon_core.analysis.crossings import Curve
from infecon_core.choices import Choices, Comparison, Value
from infecon_core.choices.comparison import MOST_MEMBERS
from infecon_core.validation.uncertainty import speed_range, spread
from infecon_ui.charts.measures import MEASURES
from infecon_ui.compare import as_slide, remedies, words
from infecon_ui.compare.compared import Compared, compared
from infecon_ui.compare.figure import curves_figure
from infecon_ui.compare.presets import made, presets
from infecon_ui.compare.table import at_target
from infecon_ui.frontier.points import BEYOND, PRICE
from infecon_ui.slide.svg import svg
from infecon_ui.state.view import View
from tests.support.compared import BASE, CHIPS, comparison, shown

GAPS = comparison(base=BASE.with_values(basis="on_demand"))
LINK, DAY = "https://example.org/?gpu=b200-hgx,gb200-nvl72", dt.date(2026, 11, 21)


def test_all_are_on_the_basis_of_the_first() -> None:
    bases = {one.entrant.scenario.price_basis for one in shown().standings if one.entrant.scenario is not None}
    assert bases == {"rent_3y"}
    assert words.mixed(shown()) == ""
    assert "three-year rent" in words.support(shown()).lower()


def test_a_missing_price_is_a_gap_with_a_reason_and_another_basis_is_offered() -> None:
    found = shown(GAPS)
    gaps = [one for one in found.standings if not one.reached]
    assert [one.name for one in gaps] == ["MI355X"]
    assert words.gaps(found)
    assert any("MI355X" in line and "three-year rent" in line for line in words.missing(found))
    assert "rent_3y" in words.common_bases(found)
    assert not words.gaps(shown())


def test_a_price_given_by_hand_makes_bases_differ_and_that_is_said() -> None:
    own = comparison(base=BASE.with_values(basis="on_demand", price=1.5), values=("b200-hgx", "gb200-nvl72"))
    said = words.mixed(shown(own))
    assert said.startswith("Prices are not on one basis: own number for B200; on demand for GB200 NVL72")
    pinned = Comparison(BASE, pinned=(BASE.with_values(basis="on_demand"),))
    assert "three-year rent for Three-year rent" in words.mixed(shown(pinned))
    compared_bases = comparison("basis", ("rent_3y", "on_demand"))
    assert words.mixed(shown(compared_bases)) == ""


def test_pinned_scenarios_are_asked_for_the_same_and_have_names_of_their_own() -> None:
    other = BASE.with_values(at=20.0, prompt=1000)
    found = shown(Comparison(BASE, pinned=(other, other)))
    assert len(set(found.names)) == 3
    asked = {one.entrant.scenario.target_tokens_per_s_user for one in found.standings if one.entrant.scenario}
    assert asked == {50.0}


def test_what_all_have_in_common_is_said_once() -> None:
    assert words.support(shown()).startswith("DeepSeek V3 · FP8")
    assert "8,000 in / 1,000 out · up to 64 GPUs" in words.support(shown())
    lengths = shown(comparison("prompt", (8000, 1000)))
    assert "B200" in words.support(lengths)
    assert " in / " not in words.support(lengths)


def test_the_source_names_engine_error_prices_and_data() -> None:
    said = words.source(shown())
    for part in ("Model, not measurement", "Serving engine", "comparable measurements", "$2.60 (B200)"):
        assert part in said
    assert catalog.data_version() in said
    assert "2026-07-31" in said


def test_the_source_says_whose_times_are_corrected() -> None:
    said = words.source(shown(comparison(values=("b200-hgx", "mi355x", "rtx-4090"))))
    assert re.search(r" · times corrected by [−+]\d+% \(B200\), [−+]\d+% \(MI355X\) · ", said)
    assert "times corrected" not in words.source(shown(comparison("correction", ("off",))))


def test_crossings_lie_where_prices_are_equal() -> None:
    found = shown()
    curves = {one.name: one for one in found.curves}
    crossed = 0
    for one, other in itertools.combinations(curves, 2):
        for cross in found.crossings(one, other) or ():
            at = [_price(curves[name], cross.tokens_per_s_user) for name in (one, other)]
            assert at[0] == pytest.approx(at[1], rel=1e-6)
            crossed += 1
    assert crossed


def _price(curve: Curve, speed: float) -> float:
    return float(np.exp(curve.log_cost(np.log([speed])))[0])


def test_measured_points_say_how_many_and_which_lengths() -> None:
    base = BASE.with_values(model="deepseek-r1")
    said = words.measured_note(shown(comparison("engine", ("serving", "measured"), base)))
    assert said.startswith("Measured: the best of ")
    assert "8,192 in / 1,024 out" in said
    nothing = shown(comparison("engine", ("serving", "measured")))
    assert "no measured points of DeepSeek V3" in " ".join(words.missing(nothing))


@pytest.mark.parametrize("base", [Choices(), BASE, Choices().with_values(engine="published"), Choices("gpt-oss-120b")])
def test_every_preset_draws(base: Choices) -> None:
    for preset in presets(base):
        assert 2 <= len(preset.values) <= MOST_MEMBERS
        found = made(base, preset)
        assert found.active
        if base.value(preset.key) in preset.values:
            assert preset.values[0] == base.value(preset.key)
        assert shown(found).claim
        assert all(member.scenario is not None for member in found.members) or preset.key != "gpu"


def test_a_first_scenario_without_numbers_has_no_comparison() -> None:
    broken = BASE.with_values(a_domain=8, a_scaleup=None)
    assert compared(Comparison(broken, pinned=(BASE,)), MEASURES["output"]) is None


def test_the_slide_has_the_claim_the_curves_and_the_bars() -> None:
    found = shown()
    made = as_slide.as_slide(found, View(), LINK, DAY)
    assert made.headline == found.claim
    assert [curve.name for curve in made.curves] == list(found.names)
    assert [bar.name for bar in made.bars] == [one.name for one in found.ranked]
    assert (made.target, made.link, made.date) == (50.0, LINK, "21 Nov 2026")
    assert "three-year rent" in made.subtitle.lower()
    assert len(made.scenarios) == len(CHIPS)
    assert all((curve.x[1:] >= curve.x[:-1]).all() for curve in made.curves)
    assert "GB300 NVL72" in svg(made)
    gap = next(bar for bar in as_slide.as_slide(shown(GAPS), View(), LINK, DAY).bars if bar.value is None)
    assert gap.note == "no price on this basis"


def test_the_file_has_a_row_for_every_point_with_its_scenario() -> None:
    found = shown(GAPS)
    table = pd.read_csv(io.StringIO(as_slide.csv(found, LINK, DAY)))
    assert set(table["compared"]) == set(found.names)
    known = table[table["problem"].isna()]
    for name in ("model", "accelerator", "weights", "prompt_tokens", "price_usd_per_gpu_hour", "price_basis", "engine"):
        assert known[name].notna().all()
    assert set(table["link"]) == {LINK}
    assert set(table["date"]) == {"2026-11-21"}
    again = Choices.parse(table["choices"].iloc[0])[0]
    assert again == found.members[0].choices


def test_the_table_for_people() -> None:
    rows, columns = at_target(shown(GAPS))
    assert rows["Compared"].tolist() == [one.name for one in shown(GAPS).ranked]
    assert set(columns) <= set(rows.columns)
    assert rows["Why not"].iloc[-1]


def test_values_say_what_they_leave_out_and_where_they_were_measured() -> None:
    base = BASE.with_values(model="deepseek-r1", w="fp4")
    found = shown(comparison("engine", ("serving", "published", "measured"), base))
    serving, published, measured = found.standings
    assert words.remarks(found, serving)[0].endswith("GPUs")
    assert words.remarks(found, published)[-1] == "without prompts"
    assert words.remarks(found, measured)[0].startswith("between points at ")
    assert measured.speed == 50.0
    assert "on logarithmic axes, between $" in words.measured_note(found)
    assert f"{published.name}: without prompts" in words.source(found)
    bars = as_slide.as_slide(found, View(), LINK, DAY).bars
    assert any("without prompts" in bar.name for bar in bars)
    assert any("between points at " in bar.name for bar in bars)
    assert "Note" in at_target(found)[0]


def test_a_first_token_from_gpus_of_its_own_is_said_to_be_a_bound() -> None:
    rows = at_target(shown(comparison("disagg", (False, True), BASE)))[0]
    assert sorted(rows["Note"]) == ["", "first token at the least"]


@pytest.mark.parametrize(
    ("key", "values", "says"),
    [
        ("spec", ("off", "self"), " on B200 with self-drafting costs "),
        ("w", ("fp8", "fp4"), " with FP4 weights "),
        ("prompt", (8000, 1000), " with prompts of 1,000 tokens costs "),
        ("basis", ("on_demand", "rent_3y"), " at three-year rent costs "),
        ("max", (8, 64), " on at most 64 GPUs "),
        ("kv", ("bf16", "fp8"), " KV cache "),
    ],
)
def test_the_claim_says_values_as_in_speech(key: str, values: tuple[Value, ...], says: str) -> None:
    found = shown(comparison(key, values))
    assert says in found.claim
    assert len(found.values) == 2


def test_leaders_are_named_to_the_end_of_the_farthest_curve() -> None:
    found = shown()
    assert found.leaders[-1].end == pytest.approx(max(curve.speed[-1] for curve in found.curves))


def test_what_differs_besides_the_choice_is_said_of_the_first() -> None:
    pinned = shown(Comparison(BASE, pinned=(BASE.with_values(prompt=1000, max=8),)))
    assert words.support(pinned).startswith("DeepSeek V3 · B200 · FP8")
    assert f" · 1,000 tokens out · {pinned.names[0]} is 8,000 tokens in, up to 64 GPUs · prices" in words.support(
        pinned
    )
    lengths = words.support(shown(comparison("prompt", (8000, 1000))))
    assert " · 1,000 tokens out · up to 64 GPUs" in lengths
    assert " is " not in lengths
    models = shown(comparison("model", ("deepseek-v3", "gpt-oss-120b"), Choices("deepseek-v3", "b200-hgx")))
    assert f"{models.names[0]} is FP8 weights" in words.support(models)


def test_prices_on_several_bases_are_named_one_by_one() -> None:
    own = BASE.with_values(basis="on_demand", price=1.5)
    mixed = shown(comparison(base=own, values=("b200-hgx", "gb200-nvl72")))
    assert "own number (B200) and on demand (GB200 NVL72" in words.prices(mixed, dated=False)
    assert "rent_3y" in words.common_bases(mixed)
    pinned = shown(Comparison(BASE, pinned=(BASE.with_values(basis="on_demand"),)))
    assert words.common_bases(pinned) == ("on_demand",)


def test_the_error_is_that_of_every_class() -> None:
    assert "of 1,193 comparable" not in words.source(shown())
    said = words.source(shown(comparison(values=("b200-hgx", "mi355x", "h200-sxm"))))
    assert "(B200, H200)" in said
    assert "(MI355X)" in said
    models = words.source(shown(comparison("model", ("deepseek-v3", "llama-3.1-70b"))))
    assert "(DeepSeek V3), " in models
    assert "(Llama 3.1 70B)" in models


def test_what_is_assumed_of_drafts_is_said() -> None:
    drafting = comparison("spec", ("off", "self"), BASE.with_values(acceptance=0.65))
    assert " · 65% of drafted tokens accepted (an assumption) · " in words.source(shown(drafting))
    assert "drafted" not in words.source(shown())


def test_a_curve_of_this_model_with_another_draft_is_not_told_to_be_another_models() -> None:
    base = BASE.with_values(model="qwen3.5-397b-a17b", curve="qwen3.5-397b-mtp-direct", draft="llama-3.2-1b")
    own, model = (words.source(shown(comparison("spec", ("off", kind), base))) for kind in ("self", "draft"))
    assert " · drafts with measured tokens a round · " in own
    told = "measured with another kind of draft (Qwen3.5-397B-A17B, MTP, direct answers)"
    assert f" drafts with tokens a round {told} · " in model
    assert "another model" not in own + model


def test_values_claim_no_more_than_two_digits() -> None:
    assert words.value(shown(measure="mw"), 2_123_456.0) == "2,100,000"
    assert words.value(shown(), 12.345) == "$12"


def test_where_none_reaches_the_target_what_would_help_is_said() -> None:
    (said,) = remedies.told(shown(comparison(values=("b200-hgx", "h100-sxm"), base=BASE.with_values(at=150.0))))
    assert said.startswith("B200 would reach it with ")
    assert "per million output tokens" in said
    assert remedies.told(shown()) == []
    assert remedies.offers(shown()) == []


def test_what_would_help_is_offered_unless_it_is_what_is_compared() -> None:
    base = BASE.with_values(at=150.0)
    found = shown(comparison(values=("b200-hgx", "h100-sxm"), base=base))
    offers = dict(remedies.offers(found))
    assert offers
    for label, changes in offers.items():
        assert label.removeprefix("With ") in remedies.told(found)[0]
        assert "gpu" not in base.apply(changes).changed(base)
    # Every remedy of another accelerator is said, and none is a button.
    assert len(offers) <= len(remedies.told(found)[0].split(", or "))


def test_speeds_at_the_value_stand_in_the_table() -> None:
    found = shown()
    for one in found.reached:
        scenario, frame = one.entrant.scenario, one.entrant.frontier
        assert scenario is not None
        assert frame is not None
        assert one.point is not None
        ends = speed_range(
            frame["tokens_per_s_user"], frame["usd_per_million_tokens"], spread(scenario), one.point[PRICE]
        )
        assert (one.slowest, one.quickest) == pytest.approx((float(ends.low), float(ends.high)))
        assert one.slowest <= one.speed <= one.quickest
    rows, _ = at_target(found)
    assert rows["Speed at this value"].str.fullmatch(r"[\d.]+ to [\d.]+ tok/s|[\d.]+ tok/s at most").all()


def _beyond(found: Compared, *names: str) -> Compared:
    """The same with the target's point of some and all slower ones beyond what was measured, and nothing else."""
    standings = []
    for one in found.standings:
        frame, point = one.entrant.frontier, one.point
        assert frame is not None
        assert point is not None
        slow = (frame["tokens_per_s_user"] <= point["tokens_per_s_user"]) & (one.name in names)
        marked = frame.assign(**{BEYOND: np.where(slow, "larger batch", "")})
        entrant = replace(one.entrant, frontier=marked)
        standings.append(replace(one, entrant=entrant, point=marked.loc[point.name]))
    return replace(found, standings=tuple(standings))


def test_beyond_what_was_measured_is_said_and_dashed() -> None:
    plain = _beyond(shown())
    name = plain.reached[0].name
    found = _beyond(plain, name)
    for one in found.standings:
        assert ("beyond measured" in words.remarks(found, one)) == (one.name == name)
    assert "dashed: beyond what was measured" in words.source(found)
    assert "beyond what" not in words.source(plain)
    dashed = [trace for trace in curves_figure(found)["data"] if trace.get("line", {}).get("dash") == "7px,5px"]
    assert [trace["name"] for trace in dashed] == [name]
    assert "beyond what was measured" in dashed[0]["hovertemplate"]
    headings = [curves_figure(one)["layout"]["annotations"][0]["text"] for one in (plain, found)]
    assert headings == [plain.measure.title, f"{plain.measure.title}<br>dashed: beyond what was measured"]
    curve = next(one for one in as_slide.as_slide(found, View(), "", DAY).curves if one.beyond is not None
                 and one.beyond.any())  # fmt: skip
    assert curve.beyond is not None
    assert curve.beyond[0]
    assert not curve.beyond[-1]


def test_what_all_have_in_common_is_not_said_of_each() -> None:
    found = _beyond(shown(), *shown().names)
    assert not any("beyond measured" in words.remarks(found, one) for one in found.standings)
    assert "dashed: beyond what was measured, as every value at the target is" in words.source(found)


def test_whose_times_they_are_is_said() -> None:
    assert "Times of a typical engine of 2026; the best of several is about" in words.source(shown())
