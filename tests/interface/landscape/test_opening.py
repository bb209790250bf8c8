"""Links from cells: they open what the cell says."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from infecon_core import at_speed, frontier
from infecon_ui.landscape import opening
from infecon_ui.landscape.curves import curves
from infecon_ui.landscape.dataset import DataSet
from infecon_ui.landscape.market import market
from infecon_ui.landscape.question import Question
from infecon_ui.state import links


def _read(address: str) -> links.Link:
    assert address.startswith("./?")
    found = links.decode(dict(parse_qsl(urlsplit(address).query)))
    assert found.faults == ()
    return found


def test_a_link_opens_the_frontier_with_the_price_of_the_cell(data: DataSet, question: Question) -> None:
    found, column = market(data, question), 4
    speed, length = found.columns[column]
    known = curves(data, length, question.where)
    for i in range(len(data.models)):
        for k, own in enumerate(data.accelerators.index(name) for name in question.accelerators):
            shown = _read(opening.frontier(str(known.link[i, own]), question.basis, "gpu", speed))
            scenario = shown.comparison.base.scenario()
            assert (scenario.target_tokens_per_s_user, shown.view.y) == (speed, "gpu")
            try:
                row = at_speed(frontier(scenario), speed)
            except ValueError:
                row = None
            said = found.cost[i, column, k]
            assert said == (float("inf") if row is None else pytest.approx(row["usd_per_million_tokens"], rel=1e-9))


def test_the_default_target_is_left_out_as_the_first_page_leaves_it_out() -> None:
    link = "model=deepseek-v3&gpu=b200-hgx&at=20"
    assert "at=" not in opening.frontier(link, "own", "output", 50.0)
    assert "at=20&v=" in opening.frontier(link, "own", "output", 20.0)
    assert "at=37.5&v=" in opening.frontier(link, "own", "output", 37.5)


def test_a_comparison_begins_with_the_winner_and_holds_six() -> None:
    others = ("h100-sxm", "h200-sxm", "mi300x", "mi325x", "mi355x", "gb200-nvl72")
    shown = _read(opening.comparison("model=deepseek-v3&gpu=b200-hgx", "rent_3y", "output", 20.0, others))
    names = [member.choices.accelerator_id for member in shown.comparison.members]
    assert names == ["b200-hgx", *others[:5]]
    assert {member.choices.basis for member in shown.comparison.members} == {"rent_3y"}
