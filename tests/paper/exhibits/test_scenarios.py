"""The paper's setups as choices: the same curve by way of the published engine."""

import numpy as np
import pytest

from infecon_core import at_speed, engines
from infecon_core.choices import Choices
from infecon_core.paper.exhibits import compare
from infecon_core.paper.exhibits.curves import drawn_figures
from infecon_core.paper.exhibits.scenarios import choices_of
from infecon_core.paper.exhibits.values import Setup, exhibits

SETUPS = {
    setup: None
    for shown in exhibits().values()
    for setup in [
        *(part.setup for row in shown.rows for part in (row, *row.alternatives)),
        *(line.setup for line in shown.curves),
    ]
    if setup is not None
} | {line.setup: None for one in drawn_figures().sets for line in one.curves}
# The others take seconds each.
QUICK = [setup for setup in SETUPS if setup.variant == "toy"]


@pytest.mark.parametrize(
    "setup",
    [setup if setup in QUICK else pytest.param(setup, marks=pytest.mark.slow) for setup in SETUPS],
    ids=lambda setup: f"{setup.model}-{setup.accelerator}-{setup.variant}-{setup.draft}-{setup.context_tokens:g}",
)
def test_choices_make_the_curve_of_the_setup(setup: Setup) -> None:
    ours, expected = engines.frontier(choices_of(setup).scenario()), compare.curve(setup)
    for column in ("tokens_per_s_user", "usd_per_million_tokens", "n_gpu", "batch"):
        np.testing.assert_allclose(ours[column], expected[column], rtol=1e-12)


@pytest.mark.parametrize("setup", SETUPS, ids=str)
def test_every_setup_survives_a_link(setup: Setup) -> None:
    chosen = choices_of(setup, 123.456)
    assert Choices.parse(chosen.text()) == (chosen, ())
    assert len(chosen.text()) < 200
    assert chosen.value("at") == 123.4
    assert chosen.scenario().context_tokens == setup.context_tokens


def test_the_target_is_the_point() -> None:
    row = exhibits()["figure-1"].rows[0]
    assert row.setup is not None
    frontier = compare.curve(row.setup)
    for point in (frontier.iloc[0], frontier.iloc[len(frontier) // 2]):
        found = at_speed(frontier, float(choices_of(row.setup, point["tokens_per_s_user"]).value("at")))
        assert found is not None
        assert found["n_gpu"] == point["n_gpu"]
        assert found["batch"] == point["batch"]


@pytest.mark.parametrize(("speed", "target"), [(99.0812, 99.08), (0.98765, 0.9876), (1234.56, 1234.0), (96.75, 96.75)])
def test_targets_are_rounded_down(speed: float, target: float) -> None:
    setup = exhibits()["table-6"].rows[0].setup
    assert setup is not None
    assert choices_of(setup, speed).value("at") == target


def test_scaled_bandwidth_is_no_choice() -> None:
    setup = Setup(model="erdil-Llama_3_70B", accelerator="erdil-H100", hbm_bandwidth_scale=2)
    with pytest.raises(ValueError, match="scaled memory bandwidth"):
        choices_of(setup)
