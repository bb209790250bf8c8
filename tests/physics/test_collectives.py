"""All-reduce and expert exchange: latencies and slopes by hand."""

import numpy as np
import pytest

from infecon_core import catalog
from infecon_core.physics.collectives import all_reduce, expert_exchange
from infecon_core.physics.costs import CollectiveCosts
from tests.support.physics import CONSTANTS as OTHERS
from tests.support.round_numbers import CHIP, CONSTANTS


def lines(found):
    """Latencies in µs and slopes in s per TB of each way."""
    return [(way * 1e6).tolist() for way in found[0]], [(way * 1e12).tolist() for way in found[1]]


def test_all_reduce_inside_a_domain():
    latency, slope = lines(all_reduce(CHIP, CONSTANTS, np.array([1.0, 2, 3, 8])))
    # 5 µs for two ranks and 1 µs for each further one, twice for two shots.
    assert latency == [pytest.approx([0, 5, 6, 11]), pytest.approx([0, 10, 12, 22])]
    # 200 GB/s: 5 s a TB, times g - 1 in one shot, 2·(g - 1)/g in two.
    assert slope == [pytest.approx([0, 5, 10, 35]), pytest.approx([0, 5, 20 / 3, 8.75])]


def test_all_reduce_across_domains_reduces_inside_first():
    latency, slope = lines(all_reduce(CHIP, CONSTANTS, np.array([16.0, 64])))
    # Eight ranks a domain: 2·(7·0.6 + 5·log2(domains)) + 6.8 µs.
    assert latency == [pytest.approx([25.2, 45.2])] * 2
    # Inside 2·7/8 of 5 s a TB; between 2·(n - 1)/g over half of 50 GB/s, 40 s a TB.
    assert slope == [pytest.approx([8.75 + 2 * 1 / 16 * 40, 8.75 + 2 * 7 / 64 * 40])] * 2
    # Domains of one: nothing to reduce inside.
    alone = CHIP.model_copy(update={"scale_up_domain": 1})
    latency, slope = lines(all_reduce(alone, CONSTANTS, np.array([2.0, 4])))
    assert latency == [pytest.approx([16.8, 26.8])] * 2
    assert slope == [pytest.approx([40, 60])] * 2
    # Where no link leaves the domain, what stays inside costs as ever.
    closed = CHIP.model_copy(update={"scale_out_bytes_per_s": None})
    assert lines(all_reduce(closed, CONSTANTS, np.array([8.0, 16])))[1] == [
        pytest.approx([35, np.inf]),
        pytest.approx([8.75, np.inf]),
    ]
    # Ten ranks of domains of eight are dealt to two domains evenly.
    latency, slope = lines(all_reduce(CHIP, CONSTANTS, np.array([10.0])))
    assert latency == [pytest.approx([2 * (4 * 0.6 + 5) + 6.8])] * 2
    assert slope == [pytest.approx([2 * 4 / 5 * 5 + 2 * 1 / 10 * 40])] * 2


def test_the_fastest_way_counts_and_all_repeats_are_added():
    ways = CollectiveCosts(
        "", "", np.array([3.0]), (np.array([1.0]), np.array([5.0])), (np.array([2.0]), np.array([1.0]))
    )
    # 1 + 2·t against 5 + t: equal at 4, where the first way stays.
    times = [tuple(float(part[0]) for part in ways.time(np.array([t]))) for t in (0.0, 3.0, 4.0, 5.0, 10.0)]
    assert times == [(3, 0), (3, 18), (3, 24), (15, 15), (15, 30)]


def test_all_reduce_of_h100s_takes_one_shot_when_small_and_two_when_large():
    chip = catalog.accelerator("h100-sxm").accelerator
    rate, alpha = 450e9 * 0.5, chip.allreduce_latency_s + 6 * chip.allreduce_latency_s_per_rank
    found = all_reduce(chip, OTHERS, np.array([8.0]))
    # Equal where α = (7 - 7/4)·V/rate.
    crossover = alpha * rate / (7 - 1.75)
    costs = CollectiveCosts("", "", np.ones(1), found.latency_s, found.s_per_byte)
    for volume, latency, transfer in (
        (crossover * 0.9, alpha, 7 * crossover * 0.9 / rate),
        (crossover * 1.1, 2 * alpha, 1.75 * crossover * 1.1 / rate),
    ):
        waiting, moving = costs.time(np.array([volume]))
        assert waiting[0] == pytest.approx(latency)
        assert moving[0] == pytest.approx(transfer)


def test_a_torus_joins_all_its_chips_and_no_link_joins_none():
    torus = catalog.accelerator("groq-lpu-v1").accelerator
    assert torus.scale_up_domain == 1
    found = all_reduce(torus, OTHERS, np.array([256.0]))
    assert found.s_per_byte[0][0] == pytest.approx(255 / (330e9 * 0.5))
    _, slope = expert_exchange(torus, OTHERS, np.array([256.0]), np.array([8.0]))
    assert slope[0] == pytest.approx(8 * 255 / 256 * 1.5 / (330e9 * 0.5))
    alone = torus.model_copy(update={"topology": "switched", "scale_up_bytes_per_s": None})
    assert [way.tolist() for way in all_reduce(alone, OTHERS, np.array([1.0, 2.0])).s_per_byte] == [[0, np.inf]] * 2
    assert expert_exchange(alone, OTHERS, np.array([1.0]), np.array([1.0]))[1].tolist() == [0]


def test_dispatch_and_combine_inside_and_across_domains():
    gpus = np.array([1.0, 2, 8, 16, 64])
    latency, slope = expert_exchange(CHIP, CONSTANTS, gpus, np.minimum(gpus, 4))
    # 30 µs, and 2·5 µs for each doubling of the domains.
    assert (latency * 1e6).tolist() == pytest.approx([0, 30, 30, 40, 60])
    # d·(G - 1)/G·1.5 over 200 GB/s, 5 s a TB; of 15 others 8 are outside, of 63 others 56, over 50 GB/s: 20 s a TB.
    inside, outside = 4 * 15 / 16 * 1.5, 4 * 63 / 64 * 1.5
    expected = [
        0,
        2 / 2 * 1.5 * 5,
        4 * 7 / 8 * 1.5 * 5,
        inside * (7 * 5 + 8 * 20) / 15,
        outside * (7 * 5 + 56 * 20) / 63,
    ]
    assert (slope * 1e12).tolist() == pytest.approx(expected)
