"""Comparisons as values: their members, their names, and how they are read from links."""

import pytest

from infecon_core.choices import Choices, Comparison
from infecon_core.choices.comparison import MEASURED, MOST_MEMBERS, comparable, query, read

START = Choices().with_values(model="deepseek-v3")


def names(comparison: Comparison) -> list[str]:
    return [member.name for member in comparison.members]


def test_one_scenario_is_no_comparison() -> None:
    alone = Comparison(START)
    assert not alone.active
    assert [member.choices for member in alone.members] == [START]
    assert query(alone) == START.query()


def test_a_choice_with_several_values_gives_a_member_for_each() -> None:
    several = Comparison(START).with_values("gpu", ("b200-hgx", "gb200-nvl72", "b200-hgx", "mi300x"))
    assert several.active
    assert [member.choices.accelerator_id for member in several.members] == ["b200-hgx", "gb200-nvl72", "mi300x"]
    assert all(member.choices.model_id == "deepseek-v3" for member in several.members)
    assert len(set(names(several))) == 3
    assert names(Comparison(START).with_values("w", ("fp8", "fp4"))) == ["Weights FP8", "Weights FP4"]
    assert names(Comparison(START).with_values("prompt", (1000, 8000))) == ["Prompt 1,000", "Prompt 8,000"]
    assert names(Comparison(START).with_values("disagg", (False, True)))[1].endswith(": on")


def test_changed_numbers_of_one_accelerator_are_not_those_of_another() -> None:
    several = Comparison(START.with_values(a_hbm=96), "gpu", ("mi300x",))
    first, second = several.members
    assert first.choices.value("a_hbm") == 96
    assert second.choices.value("a_hbm") == START.with_values(gpu="mi300x").value("a_hbm")


def test_measurements_are_compared_like_an_engine() -> None:
    several = Comparison(START, "engine", ("published", MEASURED))
    assert [member.measured for member in several.members] == [False, False, True]
    assert several.members[1].choices.engine == "published"
    assert several.members[2].choices == START
    assert read(query(several), Choices()) == (several, ())


def test_pinned_scenarios_are_named_by_what_differs() -> None:
    pinned = (START, START.with_values(gpu="mi300x", prompt=8000, output=2000))
    found = names(Comparison(START, pinned=pinned))
    assert found[:2] == ["H100 SXM, Prompt 1,000", "The same, pinned"]
    assert "MI300X" in found[2]
    assert "Prompt 8,000" in found[2]


def test_large_numbers_are_written_out() -> None:
    assert names(Comparison(START, "demand", (1_000_000.0,)))[1].endswith(" 1,000,000")


def test_at_most_six_are_members() -> None:
    pinned = tuple(START.with_values(prompt=1000 + i) for i in range(5))
    assert len(Comparison(START, "w", ("bf16", "fp4"), pinned).members) == MOST_MEMBERS


def test_another_base_drops_what_it_holds_itself_or_cannot_hold() -> None:
    several = Comparison(START, "gpu", ("b200-hgx", "mi300x"))
    assert several.with_base(START.with_values(gpu="mi300x")).values == ("mi300x", "b200-hgx")
    drafts = Comparison(START.with_values(spec="draft"), "acceptance", (0.5, 0.9))
    assert drafts.active
    assert not drafts.with_base(START).active


def test_the_target_is_what_comparisons_are_made_at() -> None:
    assert not comparable(START, "at")
    assert not comparable(START, "acceptance")  # nothing drafts
    with pytest.raises(ValueError, match="at"):
        Comparison(START).with_values("at", (50, 100))


@pytest.mark.parametrize(
    ("link", "values", "faults"),
    [
        ({"gpu": "b200-hgx,gb200-nvl72"}, ("b200-hgx", "gb200-nvl72"), []),
        ({"gpu": "b200-hgx,b200x"}, (), ["gpu=b200x"]),
        ({"prompt": "1000,8000,x"}, (1000, 8000), ["prompt=x"]),
        ({"at": "50,100"}, (), ["at=50,100"]),
        ({"prompt": "1000,2000", "output": "1,2"}, (1000, 2000), ["output=1,2"]),
        ({"prompt": "1,2,3,4,5,6,7"}, (1, 2, 3, 4, 5, 6), ["prompt=1,2,3,4,5,6,7"]),
    ],
)
def test_lists_of_links(link: dict[str, str], values: tuple[object, ...], faults: list[str]) -> None:
    found, told = read(link, Choices())
    assert found.values == values
    assert [fault.given for fault in told] == faults


def test_all_are_on_the_basis_of_the_first() -> None:
    on_demand = Comparison(START).with_values("gpu", ("h100-sxm", "mi355x"))
    assert [member.choices.basis for member in on_demand.members] == ["on_demand", "on_demand"]
    assert on_demand.members[1].scenario is None
    assert on_demand.members[1].problem.startswith("MI355X has no price for 'on demand'")
    rented = Comparison(START.with_values(gpu="mi355x")).with_values("gpu", ("mi355x", "h100-sxm"))
    assert [member.choices.value("price") for member in rented.members] == [2.1, 1.78]
    bases = Comparison(START.with_values(price=4)).with_values("basis", ("own", "on_demand", "rent_3y"))
    assert [member.choices.value("price") for member in bases.members] == [4, 2.95, 1.78]
    prices = Comparison(START).with_values("price", (2.95, 4, 1.78))
    assert [member.choices.value("price") for member in prices.members] == [2.95, 4, 1.78]
    assert [member.choices.basis for member in prices.members] == ["on_demand", "own", "own"]
