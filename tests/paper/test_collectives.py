"""Collectives: the reference's 120 figures, latencies worked by hand, and their shape."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infecon_core.catalog import files
from infecon_core.catalog.collectives import collective_libraries, protocols
from infecon_core.paper import collective_time
from tests.support.published_cases import rows

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


def test_latencies_have_their_units_and_sources():
    microseconds = {name: (p.rank_s * 1e6, p.node_s * 1e6, p.base_s * 1e6) for name, p in protocols("nccl").items()}
    assert microseconds == {
        "LL": pytest.approx((0.6, 5, 6.8)),
        "LL128": pytest.approx((1.25, 8.5, 14)),
        "Simple": pytest.approx((28, 28, 0)),
    }
    assert [p.bandwidth_share for p in protocols("nccl").values()] == [0.5, 0.95, 1]
    for library in collective_libraries().values():
        written = files.toml(files.DATA / "collectives" / f"{library.id}.toml")["protocols"]
        assert set(library.provenance) == {f"{name}.{key}" for name, numbers in written.items() for key in numbers}
        assert all(provenance.date[:4].isdigit() for provenance in library.provenance.values())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'rank_s = { value = 1e-6, unit = "s"',
            'rank_s = { value = 1, unit = "us"',
            "ring.rank_s is in 'us'; give it in 's'",
        ),
        ("rank_s =", "hop_s =", "'ring.hop_s' is not a number that is known here"),
        ("[sources.paper]", "[sources.other]", "ring.rank_s names the source 'paper', which is not among"),
        ("value = 1e-6", "value = -1e-6", "'rank_s' cannot be -1e-06"),
    ],
)
def test_latencies_with_a_fault_are_refused_in_a_sentence(
    old: str, new: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    text = (files.DATA / "collectives" / "tpu.toml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "collectives").mkdir()
    (tmp_path / "collectives" / "tpu.toml").write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(files, "DATA", tmp_path)
    with pytest.raises(ValueError, match=r"data/collectives/tpu\.toml: ") as refused:
        collective_libraries.__wrapped__()
    assert said in str(refused.value)


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
