"""What is said of energy."""

import math

from infecon_ui.frontier import energy, support
from infecon_ui.state.view import View
from tests.support.shown import shown_with


def test_energy_is_told_as_drawn_and_at_full_power() -> None:
    point = {"kwh_per_million_tokens": 0.71, "kwh_per_million_tokens_drawn": 0.4123, "power_share": 0.581}
    assert energy.per_million(point) == "about 0.41 to 0.71 kWh"
    assert energy.drawn(point) == "boards draw about 60% of their full power"
    assert energy.per_million({**point, "kwh_per_million_tokens_drawn": 0.7099}) == "about 0.71 kWh"
    unmeasured = {**point, "kwh_per_million_tokens_drawn": math.nan, "power_share": math.nan}
    assert (energy.per_million(unmeasured), energy.drawn(unmeasured)) == ("at most 0.71 kWh", "")
    assert energy.per_million({**unmeasured, "kwh_per_million_tokens": math.nan}) == ""
    assert "Host, network and cooling" in energy.meaning()


def test_the_verdict_per_megawatt_says_what_boards_draw() -> None:
    shown = shown_with(View(y="mw"))
    assert energy.drawn(shown.point) in support.in_one_line(shown).lower()
    assert "boards draw" not in support.in_one_line(shown_with()).lower()
