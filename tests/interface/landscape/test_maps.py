"""The maps against the market behind them: winners, prices, reasons, the order of the models."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest

from infecon_core import catalog
from infecon_ui.landscape import grid, maps, words
from infecon_ui.landscape.curves import NONE
from infecon_ui.landscape.dataset import DataSet
from infecon_ui.landscape.market import market
from infecon_ui.landscape.question import Question


def _rows(page: str) -> dict[str, list[str]]:
    """Cells of a map as HTML by the name of their row."""
    found = {}
    for row in re.findall(r'<tr><th scope="row">(.*?)</tr>', page):
        name, rest = re.split(r" <small>.*?</small></th>|</th>", row, maxsplit=1)
        found[html.unescape(name)] = re.findall(r"<td.*?</td>", rest)
    return found


def test_cells_are_the_winners_with_their_prices(data: DataSet, question: Question) -> None:
    found, shown = market(data, question), _rows(maps.wins(data, question))
    lost = 0
    for i, name in enumerate(data.models):
        cells = shown[words.model(name)]
        assert len(cells) == len(found.columns)
        for j, cell in enumerate(cells):
            best = found.winner[i, j]
            if best == NONE:
                lost += 1
                assert "<b>–</b><small>too slow</small>" in cell
                assert "The fastest is " in cell
                continue
            assert f"<b>{words.accelerator(data.accelerators[best])}</b>" in cell
            assert f"<small>{words.worth(question, found.cost[i, j, best])}</small>" in cell
            assert f" {words.sure(found, i, j)}" in cell
            assert ("The lead is within the model&#x27;s error for" in cell) == bool(found.rivals(i, j))
            assert f"at={found.columns[j][0]:g}&amp;" in cell or found.columns[j][0] == 50
    assert lost


def test_a_setup_beyond_what_was_measured_is_marked_and_said(shipped: DataSet, far: Question) -> None:
    for page in (maps.wins(shipped, far), maps.costs(shipped, replace(far, across="length"), "gb200-nvl72")):
        cells = [cell for row in _rows(page).values() for cell in row]
        signs = ["<sup>*</sup>" in cell for cell in cells]
        assert signs == ["Beyond what was measured: " in cell for cell in cells]
        assert 0 < sum(signs) < len(signs)


def test_the_runner_up_is_told_with_its_distance(data: DataSet, question: Question) -> None:
    found = market(data, question)
    i, j = data.models.index("llama-3.1-8b"), found.asked
    first, second, *_ = np.sort(found.cost[i, j])
    name = words.accelerator(data.accelerators[found.order[i, j, 1]])
    cell = _rows(maps.wins(data, question))["Llama 3.1 8B"][j]
    assert f"<i>Then {name}: {words.worth(question, second, 3)}, {100 * (second / first - 1):.2g}% more</i>" in cell


def test_models_stand_by_size(data: DataSet, question: Question) -> None:
    # Of 671 B parameters DeepSeek V3 uses 38 B for a token, fewer than a model of 70 B.
    active = list(_rows(maps.wins(data, question)))
    every = list(_rows(maps.wins(data, replace(question, by="all"))))
    assert active == ["Llama 3.3 70B Instruct", "DeepSeek V3", "Llama 3.1 8B"]
    assert every == ["DeepSeek V3", "Llama 3.3 70B Instruct", "Llama 3.1 8B"]


def test_prices_of_one_accelerator_have_a_reason_where_there_is_none(data: DataSet, question: Question) -> None:
    across = replace(question, across="length")
    found = market(data, across)
    shown = _rows(maps.costs(data, across, "h100-sxm"))
    cells = shown["DeepSeek V3"]
    assert all("does not fit" in cell and "<i>" in cell for cell in cells)
    k = data.accelerators.index("h100-sxm")
    for j, cell in enumerate(shown["Llama 3.1 8B"]):
        assert f"<b>{words.worth(question, found.cost[data.models.index('llama-3.1-8b'), j, k])}</b>" in cell
        assert "gpu=" not in cell or "gpu=h100-sxm" in cell
    fast = replace(across, target_tokens_per_s_user=400.0)
    slow = _rows(maps.costs(data, fast, "mi300x"))["Llama 3.3 70B Instruct"]
    assert all(re.search(r"\d+ tok/s at most", cell) for cell in slow)


def test_the_cheapest_of_all_names_itself(data: DataSet, question: Question) -> None:
    across = replace(question, across="length")
    found, shown = market(data, across), _rows(maps.costs(data, across, maps.CHEAPEST))
    for i, name in enumerate(data.models):
        for j, cell in enumerate(shown[words.model(name)]):
            best = found.winner[i, j]
            assert best != NONE
            assert f"<b>{words.worth(question, found.cost[i, j].min())}</b>" in cell
            assert f"<small>{words.accelerator(data.accelerators[best])}</small>" in cell


def test_strength_is_logarithmic() -> None:
    costs = np.array([0.1, 1.0, 10.0, np.inf])
    found = [maps.strength(cost, costs) for cost in costs[:3]]
    assert found == pytest.approx([0.0, 0.5, 1.0])
    assert maps.strength(2.0, np.array([2.0, 2.0])) == 0.5


def test_keys_name_winners_and_prices(data: DataSet, question: Question) -> None:
    found = market(data, question)
    won = {words.accelerator(data.accelerators[one]) for one in found.winner.ravel() if one != NONE}
    shown = maps.wins_key(data, question)
    assert all(name in shown for name in won)
    across = replace(question, across="length")
    prices = maps.costs_key(data, across, maps.CHEAPEST)
    best = market(data, across).cost.min(axis=2)
    assert prices.count(f'class="{grid.PRICED} p') == 5
    assert words.worth(question, best.min()) in prices
    assert words.worth(question, best.max()) in prices
    assert "hatched" in shown
    assert "hatched" not in maps.wins_key(data, replace(question, accelerators=("h100-sxm",)))
    none = replace(across, target_tokens_per_s_user=1e6)
    assert maps.costs_key(data, none, maps.CHEAPEST) == ""


def test_throughput_has_more_for_less_cost(data: DataSet, question: Question) -> None:
    made = replace(question, y="gpu")
    assert "GPU time more" in maps.wins(data, made)
    assert "Who has the most output tokens per second and GPU" in maps.wins(data, made)
    chips = [catalog.accelerator(name).accelerator for name in data.accelerators]
    assert all(chip.board_power_w for chip in chips)
    assert "<b>" in maps.wins(data, replace(question, y="mw"))
