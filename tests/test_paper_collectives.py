"""Collectives: the reference's 120 figures, latencies worked by hand, and their shape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_cases import rows

from infecon_core.paper import collective_time

BYTES = st.floats(0, 1e10)


def test_agrees_with_the_reference_at_every_point():
    cases = rows("collectives.csv")
    assert len(cases) == 120
    for case in cases:
        latency, transfer = collective_time(
            case["accelerator_id"], case["kind"], case["n_ranks"], case["n_nodes"], case["n_bytes"]
        )
        assert float(latency) == pytest.approx(case["latency_s"], rel=1e-9, abs=1e-18), case
        assert float(latency + transfer) == pytest.approx(case["total_s"], rel=1e-9, abs=1e-18), case


@pytest.mark.parametrize(
    ("kind", "ranks", "nodes", "microseconds"),
    [
        ("allreduce", 8, 1, 2 * 7 * 0.6 + 6.8),
        ("allreduce", 16, 2, 2 * (7 * 0.6 + 5) + 6.8),
        ("all-to-all", 8, 1, 7 * 0.6 + 6.8),
        ("p2p", 2, 2, 5 + 6.8),
        ("allreduce", 1, 1, 0),
    ],
)
def test_latency_of_small_messages_worked_by_hand(kind, ranks, nodes, microseconds):
    latency, transfer = collective_time("erdil-H100", kind, ranks, nodes, 0)
    assert float(latency) * 1e6 == pytest.approx(microseconds)
    assert float(transfer) == 0


def test_large_messages_run_at_the_bandwidth_of_the_link():
    # Simple protocol: 7/8 of 100 GB over 225 GB/s.
    _, transfer = collective_time("erdil-H100", "allreduce", 8, 1, 1e11)
    assert float(transfer) == pytest.approx(7 / 8 * 1e11 / 225e9)


@given(ranks=st.integers(1, 512), size=BYTES, more=BYTES)
def test_more_bytes_never_take_less_time(ranks, size, more):
    nodes = -(-ranks // 8)
    before = sum(collective_time("erdil-H100", "allreduce", ranks, nodes, size))
    after = sum(collective_time("erdil-H100", "allreduce", ranks, nodes, size + more))
    assert after >= before * (1 - 1e-12)


@given(ranks=st.integers(2, 8), size=BYTES)
def test_anything_but_an_allreduce_is_faster(ranks, size):
    reduce = sum(collective_time("erdil-A100", "allreduce", ranks, 1, size))
    exchange = sum(collective_time("erdil-A100", "all-to-all", ranks, 1, size))
    assert exchange <= reduce


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("broadcast", 8, 1, 1), "no collective 'broadcast'.*allreduce"),
        (("allreduce", 0, 1, 1), "ranks.*got 0"),
        (("allreduce", 8, -1, 1), "nodes.*got -1"),
        (("allreduce", 8, 1, np.nan), "bytes.*got nan"),
    ],
)
def test_bad_input_is_one_sentence(arguments, words):
    with pytest.raises(ValueError, match=words):
        collective_time("erdil-H100", *arguments)
