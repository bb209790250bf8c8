"""Speed over GPUs with the latency of the network and without."""

import numpy as np
import pytest

from infecon_core import Scenario
from infecon_core.analysis.scaling.more_gpus import MOST_GPUS, over_gpus
from infecon_core.schema import NothingFits

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8")


def test_without_latency_more_gpus_are_always_faster_and_with_it_not() -> None:
    found = over_gpus(SCENARIO)
    assert found.n_gpu[0] == pytest.approx(1)
    assert found.n_gpu[-1] == pytest.approx(MOST_GPUS)
    assert (np.diff(found.memory_alone) > 0).all()
    assert found.with_bandwidth is not None
    assert (np.diff(found.with_bandwidth) > 0).all()
    assert (found.with_bandwidth <= found.memory_alone).all()
    assert (found.with_latency <= found.memory_alone).all()
    top = int(found.with_latency.argmax())
    assert 0 < top < found.n_gpu.size - 1
    assert found.with_latency[top] == pytest.approx(found.best.tokens_per_s, rel=5e-3)
    assert found.with_latency.max() <= found.best.tokens_per_s * (1 + 1e-12)


def test_one_gpu_reads_all_weights() -> None:
    found = over_gpus(SCENARIO)
    alone = 3.35e12 / (SCENARIO.architecture.total_params * 1.0)
    assert found.memory_alone[0] == pytest.approx(alone)
    assert found.with_latency[0] == pytest.approx(alone)
    # N GPUs read N times as fast.
    assert found.memory_alone[-1] == pytest.approx(MOST_GPUS * alone)


def test_links_by_hand() -> None:
    # 64 GPUs are 8 nodes of 8, √8 by √8 ranks: intra = 2·(√8 - 1)·√8·reduced, inter = 2·(√8 - 1)·reduced, over
    # 64·450 and 64·50 GB/s; reduced = 80·(10,240 + 2·8,192 + 28,672)·2 B, as printed in (43) and (44).
    found = over_gpus(SCENARIO)
    assert found.with_bandwidth is not None
    reduced = 80 * (10_240 + 2 * 8_192 + 28_672) * 2
    root = np.sqrt(8)
    moved_s = 2 * (root - 1) * reduced * (root / (64 * 450e9) + 1 / (64 * 50e9))
    near = int(np.abs(found.n_gpu - 64).argmin())
    assert found.n_gpu[near] == pytest.approx(64)
    both = 1 / found.with_bandwidth[near] - 1 / found.memory_alone[near]
    assert both == pytest.approx(moved_s, rel=1e-6)


def test_a_torus_has_no_curve_with_bandwidth() -> None:
    assert over_gpus(Scenario.preset("llama-3.1-70b", "tpu-v5e")).with_bandwidth is None


def test_links_that_end_leave_gaps() -> None:
    found = over_gpus(Scenario.preset("llama-3.1-70b", "rtx-4090", weights="int4"))
    assert found.with_bandwidth is not None
    assert np.isnan(found.with_bandwidth[-1])
    assert np.isfinite(found.with_latency).all()


def test_a_chip_without_a_rate_says_so() -> None:
    with pytest.raises(NothingFits, match="4-bit"):
        over_gpus(Scenario.preset("llama-3.1-70b", "erdil-V100", weights="int4", engine="published"))
