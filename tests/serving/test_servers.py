"""GPUs that an instance pays for."""

import numpy as np
import pytest

from infecon_core import Layout, Scenario, catalog, frontier, step
from infecon_core.serving.servers import paid_gpus, server_gpus
from tests.support.round_numbers import CHIP


def test_whole_servers_are_paid_for():
    n = np.arange(1.0, 18)
    # On 8: a half for 3 and 4, all for 5 to 8, two for 9 to 16.
    assert paid_gpus(CHIP, n).tolist() == [1, 2, 4, 4, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16, 16, 16, 24]
    trays = CHIP.model_copy(update={"node_gpus": 4, "scale_up_domain": 72})
    assert paid_gpus(trays, n).tolist() == [1, 2, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12, 16, 16, 16, 16, 20]
    twelve = CHIP.model_copy(update={"node_gpus": 12})
    assert paid_gpus(twelve, [3, 5, 12]).tolist() == [3, 6, 12]
    # A wider domain of the same servers is no larger server.
    wide = CHIP.model_copy(update={"scale_up_domain": 72})
    assert paid_gpus(wide, n).tolist() == paid_gpus(CHIP, n).tolist()
    alone = CHIP.model_copy(update={"scale_up_domain": 1})
    assert paid_gpus(alone, n).tolist() == n.tolist()


@pytest.mark.parametrize("name", catalog.accelerators())
def test_no_instance_pays_for_less_than_it_has_nor_for_more_than_a_server_beside(name):
    chip = catalog.accelerator(name).accelerator
    n = np.arange(1.0, 200)
    paid = paid_gpus(chip, n)
    assert np.all(paid >= n)
    assert np.all(paid - n < server_gpus(chip))
    # A server or several of them are filled by what divides them.
    tiles = (server_gpus(chip) % n == 0) | (n % server_gpus(chip) == 0)
    assert np.array_equal(paid[tiles], n[tiles])
    assert np.all(np.diff(paid) >= 0)


def test_servers_of_racks_are_their_trays():
    servers = {
        name: server_gpus(catalog.accelerator(name).accelerator)
        for name in ("gb200-nvl72", "gb300-nvl72", "h100-sxm", "tpu-v5p", "tpu-v6e", "gh200-96gb")
    }
    assert list(servers.values()) == [4, 4, 8, 4, 8, 1]
    # A scale-up domain of more GPUs than a server has says how many of them a server holds.
    for name, entry in catalog.accelerators().items():
        if entry.accelerator.scale_up_domain > 8 and not name.startswith("erdil"):
            assert entry.accelerator.node_gpus, name


def test_a_step_pays_for_idle_gpus():
    scenario = Scenario.preset("deepseek-v3", "h200-sxm", correction="off")
    found = step(scenario, Layout(n_gpu=12, tp=1, dp_attn=12, ep=12), 120)
    assert found.idle_gpus == 4
    as_node_of_12 = scenario.changed(node_gpus=12)
    full = step(as_node_of_12, Layout(n_gpu=12, tp=1, dp_attn=12, ep=12), 120)
    assert full.idle_gpus == 0
    assert found.tpot_s == full.tpot_s
    for name in ("usd_per_million_tokens", "usd_per_million_tokens_blended", "kwh_per_million_tokens"):
        assert getattr(found, name) == pytest.approx(16 / 12 * getattr(full, name), rel=1e-12)
    assert found.tokens_per_s_per_gpu == pytest.approx(12 / 16 * full.tokens_per_s_per_gpu, rel=1e-12)


def test_a_frontier_avoids_idle_gpus_where_it_can():
    frame = frontier(Scenario.preset("deepseek-v3", "gb200-nvl72", max_gpus=72))
    assert (frame["idle_gpus"] == 0).mean() > 0.9
