"""The sentences of the planner: true for a plan, for none, for one accelerator, for equal ones."""

from dataclasses import replace

import pytest

from infecon_core import Scenario
from infecon_core.catalog.api_prices import of_model
from infecon_core.schema.requirements import Requirements
from infecon_core.schema.traffic import Traffic, lengths_of
from infecon_ui.planner import break_even, costs, first_token, reach, words
from infecon_ui.planner.asked import Asked

TRAFFIC = Traffic(lengths=lengths_of("1000/1000"))
H100, B200, L4 = (
    Scenario.preset("llama-3.1-70b", gpu, weights="fp8", max_gpus=8) for gpu in ("h100-sxm", "b200-hgx", "l4")
)


def _asked(*scenarios: Scenario | str, **needs: object) -> Asked:
    named = {f"chip {i}": one for i, one in enumerate(scenarios)}
    first = next(one for one in scenarios if isinstance(one, Scenario))
    return Asked(first, "Llama", Requirements(**needs), TRAFFIC, named, (), False)


def test_the_cheapest_comes_first_and_says_what_it_takes() -> None:
    asked = _asked(H100, B200)
    entrants = asked.entrants
    assert [one.name for one in entrants] == ["chip 1", "chip 0"]
    plan = entrants[0].found.plan
    assert plan is not None
    title = words.title(asked, entrants)
    assert (
        title == f"200 requests/s of Llama need {plan.gpus:,.0f} × chip 1: {words.dollars(plan.usd_per_month)} a month"
    )
    assert words.claim(entrants).startswith("chip 1 costs least, $")
    assert "chip 0 costs 1." in words.claim(entrants)
    assert f"{plan.instances} instances of 2 GPUs, tensor-parallel 2" in words.support(asked, entrants)
    assert "planned for a peak of 300 requests/s" in words.support(asked, entrants)


def test_equal_costs_one_accelerator_and_none() -> None:
    assert "cost the same" in words.claim(_asked(H100, H100).entrants)
    assert words.claim(_asked(H100).entrants).startswith("chip 0 keeps the limits, for $")
    assert words.claim(_asked(H100, L4).entrants).startswith("chip 0 alone keeps the limits, for $")
    # One without a price was not asked.
    assert words.claim(_asked(H100, "no price").entrants).startswith("chip 0 keeps the limits")
    fast = _asked(H100.changed(target_tokens_per_s_user=2000.0), B200.changed(target_tokens_per_s_user=2000.0))
    assert (
        words.title(fast, fast.entrants)
        == "None of these accelerators serves 200 requests/s of Llama within the limits"
    )
    assert words.claim(fast.entrants) == "None of these accelerators keeps the limits"
    alone = _asked(H100.changed(target_tokens_per_s_user=2000.0))
    assert words.title(alone, alone.entrants) == "chip 0 does not serve 200 requests/s of Llama within the limits"
    assert costs.plot(fast, fast.entrants) is None
    assert words.why_not(fast.entrants[0]).endswith("tokens/s per user at best")
    assert break_even.plot(fast, fast.entrants) is first_token.plot(fast, fast.entrants) is None


def test_what_is_in_the_way_is_said_with_what_would_help() -> None:
    fast = _asked(H100.changed(target_tokens_per_s_user=200.0), "no price on demand")
    text = words.helps(fast.entrants[0])
    assert "tokens/s per user at best; with " in text
    assert "a month" in text
    # Of the scenario of the sidebar other changes are tried.
    assert "would be as fast with" in words.helps(fast.entrants[0], fast.scenario)
    assert words.helps(fast.entrants[1]) == "chip 1: no price on demand."
    assert words.why_not(fast.entrants[1]) == "no price on this basis"
    late = _asked(H100, first_token_s=0.001)
    assert words.why_not(late.entrants[0]).startswith("first token ")
    both = _asked(H100.changed(target_tokens_per_s_user=200.0), first_token_s=0.001)
    assert words.why_not(both.entrants[0]) == "several limits together"
    nothing = _asked(Scenario.preset("llama-3.1-405b", "l4", max_gpus=1))
    assert words.why_not(nothing.entrants[0]) == "nothing fits"
    assert "lacks" in words.helps(nothing.entrants[0])


def test_gpus_that_are_owned_reach_some_part_of_what_is_asked() -> None:
    few = _asked(H100, B200, L4, gpus_owned=16)
    found = reach.plot(few)
    assert found is not None
    assert found.claim.startswith("16 × chip 0 serve up to ")
    assert found.claim.endswith("of what is asked")
    assert found.drawing.rows[2].text == "too few, or limits not kept"  # type: ignore[union-attr]
    assert list(found.table()["gpus_owned"]) == [16] * 3
    many = _asked(H100, gpus_owned=10_000)
    assert " times what is asked" in words.title(many, many.entrants)
    none = _asked(L4, gpus_owned=1)
    assert words.title(none, none.entrants) == "1 × chip 0 cannot serve Llama within the limits"
    assert reach.plot(_asked(H100)) is None


@pytest.mark.parametrize(
    ("needs", "text"),
    [
        ({"demand": 1.0}, "1 request/s"),
        ({"demand": 1.0, "demand_unit": "users"}, "1 user at once"),
        ({"demand": 12_345.0, "demand_unit": "users"}, "12,345 users at once"),
    ],
)
def test_a_demand_in_words(needs: dict[str, object], text: str) -> None:
    assert words.demand(Requirements(**needs)) == text


def test_the_break_even_names_the_cheapest_price_and_its_load() -> None:
    scenario = Scenario.preset("deepseek-v3", "gb200-nvl72", price_basis="rent_3y")
    asked = replace(_asked(scenario), prices=of_model("deepseek-v3"))
    found = break_even.plot(asked, asked.entrants)
    assert found is not None
    # 1,000 tokens in at 0.55 and 1,000 out at 2.19: 2.74 dollars a million of output.
    assert "cheaper than the $2.7 per million output tokens of DeepSeek, R1 (2025) from " in found.claim
    assert [line.name for line in found.drawing.lines][1:] == [  # type: ignore[union-attr]
        *("DeepSeek, R1 (2025)", "Crusoe, R1-0528 (2026)", "Nebius, fast, R1-0528 (2026)")
    ]
    assert "usd_per_million_output_tokens" in found.table()
    cheap = replace(asked, prices=(of_model("gpt-oss-120b")[1],))
    text = break_even.plot(cheap, cheap.entrants)
    assert text is not None
    assert "at every load up to" in text.claim
    unknown = break_even.plot(replace(asked, prices=()), asked.entrants)
    assert unknown is not None
    assert "at a tenth of that load" in unknown.claim
    assert break_even.beside(replace(asked, prices=())).startswith("No API price of Llama")
    # Of many prices the ends and the middle, and one's own.
    many = replace(asked, prices=of_model("gpt-oss-120b"))
    assert [price.provider for price, _ in break_even.shown_prices(many)] == ["Novita", "Google Vertex", "Baseten"]


def test_the_first_token_says_which_limit_ends_first() -> None:
    asked = _asked(H100)
    found = first_token.plot(asked, asked.entrants)
    assert found is not None
    assert "50 tokens/s per user end at" in found.claim
    strict = _asked(H100.changed(target_tokens_per_s_user=20.0), first_token_s=0.25)
    limited = first_token.plot(strict, strict.entrants)
    assert limited is not None
    assert "the limit of 0.25 s ends at" in limited.claim
    free = _asked(H100, first_token_s=None)
    open_ended = first_token.plot(free, free.entrants)
    assert open_ended is not None
    assert open_ended.claim.endswith("at the 95th percentile")
    assert "simulated event by event" in found.source


def test_prices_say_what_they_are_of_and_when() -> None:
    dense = of_model("llama-3.1-405b")
    assert break_even.named(dense[0]) == "Amazon Bedrock (undated)"
    scenario = Scenario.preset("deepseek-v3", "gb200-nvl72", price_basis="rent_3y")
    blended = replace(_asked(scenario), prices=(of_model("gpt-oss-120b")[1],))
    text = break_even.plot(blended, blended.entrants)
    assert text is not None
    assert "than the blended $" in text.claim
    assert words.MORE in break_even.beside(replace(blended, prices=()))
    assert break_even.beside(blended) == ""
    cached = replace(blended, traffic=Traffic(lengths=TRAFFIC.lengths, cached_share=0.5))
    assert break_even.beside(cached) == break_even.CACHED
    plot = break_even.plot(cached, cached.entrants)
    assert plot is not None
    assert break_even.CACHED in plot.source


def test_one_request_needs_and_several_need_and_what_is_paid_is_said() -> None:
    one, many = _asked(H100, demand=1.0), _asked(H100)
    assert words.title(one, one.entrants).startswith("1 request/s of Llama needs ")
    assert words.title(many, many.entrants).startswith("200 requests/s of Llama need ")
    assert "GPU-hours of the instances' GPUs alone" in words.source(many)
    own = H100.changed(price_usd_per_gpu_hour=2.0, price_basis="own")
    assert "price on demand (chip 1: given by hand)" in words.source(_asked(H100, own))


def test_a_percentile_between_two_lengths_says_so() -> None:
    mix = Traffic(lengths=lengths_of("1000/500:95,8000/2000:5"))
    asked = replace(_asked(H100), traffic=mix)
    assert "that of the last token lies anywhere between " in words.jumps(asked, asked.entrants)
    clear = replace(asked, requirements=Requirements(percentile=50))
    assert words.jumps(clear, clear.entrants) == words.jumps(_asked(H100), _asked(H100).entrants) == ""
