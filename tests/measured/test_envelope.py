"""What the shipped measurements span, and the setups beyond it."""

import numpy as np
import pytest

from infecon_core import Scenario, catalog, frontier
from infecon_core.catalog.constants import shipped
from infecon_core.measured.envelope import Envelope, beyond_measured, beyond_sentence, envelope
from infecon_core.measured.predict import predicted
from tests.support.round_numbers import CHIP, DENSE, MIXTURE, layouts

MIXTURES = {
    name
    for name, model in catalog.models().items()
    if any(getattr(group.feed_forward, "num_experts", 0) for group in model.architecture.layer_groups)
}
ENOUGH = 5


def test_the_envelope_is_that_of_the_shipped_points():
    points = predicted(shipped())
    copies = points["attention_dp"].fillna(1)
    per_rank = points["batch_per_instance"] / copies
    mixture = points["model_id"].map(lambda name: name in MIXTURES)
    for wanted, of in ((envelope(True), mixture), (envelope(False), ~mixture)):
        assert (per_rank[of] >= wanted.sequences_per_rank).sum() >= ENOUGH
        assert (per_rank[of] > wanted.sequences_per_rank).sum() < ENOUGH
        assert (points["gpus_per_instance"][of] >= wanted.gpus).sum() >= ENOUGH
        assert (points["gpus_per_instance"][of] > wanted.gpus).sum() < ENOUGH
        assert wanted.pipelines == ((points["pp"].fillna(1)[of] > 1).sum() >= ENOUGH)
    # The search's own limit of sequences lies inside.
    assert min(envelope(True).sequences_per_rank, envelope(False).sequences_per_rank) >= 512


def test_why_a_setup_lies_beyond(monkeypatch):
    spans = {True: Envelope(100.5, 16, False, False, False), False: Envelope(200, 8, False, False, False)}
    monkeypatch.setattr("infecon_core.measured.envelope.envelope", spans.__getitem__)
    monkeypatch.setattr("infecon_core.measured.envelope.measured_as", lambda chip: ("one",))
    # One GPU, TP 8, TP 8 × PP 2 over two domains of 8.
    found = beyond_measured(DENSE, CHIP, layouts((1, 1, 1), (1, 1, 8), (2, 1, 8)), np.array([200.0, 200.1, 9.0]))
    assert found.tolist() == [
        "",
        "more than 200 sequences on an attention rank",
        "more than 8 GPUs, pipeline stages, GPUs in several scale-up domains",
    ]
    # Copies of attention share a batch: 8 hold 804 sequences, and 16 leave the domain.
    found = beyond_measured(MIXTURE, CHIP, layouts((1, 8, 1), (1, 8, 1), (1, 16, 1), (2, 8, 1)), 804 + np.arange(4))
    assert found.tolist() == [
        "",
        "more than 100 sequences on an attention rank",
        "expert parallelism across scale-up domains",
        "more than 100 sequences on an attention rank, pipeline stages, GPUs in several scale-up domains",
    ]
    # What enough points have is measured, for the others as before.
    spans[True] = Envelope(200, 16, True, False, True)
    assert beyond_measured(MIXTURE, CHIP, layouts((1, 16, 1), (2, 8, 1)), np.full(2, 16.0)).tolist() == [
        "",
        "GPUs in several scale-up domains",
    ]
    # A torus is one domain.
    torus = CHIP.model_copy(update={"topology": "torus"})
    assert beyond_measured(MIXTURE, torus, layouts((1, 16, 1)), np.array([16.0])).tolist() == [""]


def test_an_accelerator_that_nobody_measured_is_beyond_everywhere(monkeypatch):
    monkeypatch.setattr("infecon_core.measured.envelope.envelope", lambda mixture: Envelope(200, 8, True, True, True))
    found = beyond_measured(DENSE, CHIP, layouts((1, 1, 1), (2, 1, 8)), np.array([1.0, 9.0]))
    assert found.tolist() == ["accelerator never measured", "accelerator never measured, more than 8 GPUs"]


@pytest.mark.parametrize("gpu", ["tpu-v7x", "trainium2"])
def test_the_whole_frontier_of_an_accelerator_that_nobody_measured_says_so(gpu):
    found = frontier(Scenario.preset("llama-3.1-70b", gpu))["beyond_measured"]
    assert found.str.startswith("accelerator never measured").all()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("", ""), ("pipeline stages", "Beyond what was measured: pipeline stages.")],
)
def test_a_sentence_says_why(words, sentence):
    assert beyond_sentence(words) == sentence


def test_a_frontier_marks_its_points():
    inside = frontier(Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8"))
    assert set(inside["beyond_measured"]) == {""}
    wide = frontier(Scenario.preset("deepseek-v3", "h200-sxm"))
    marked = wide["beyond_measured"].str.contains("expert parallelism across scale-up domains")
    assert (marked == ((wide["dp_attn"] > 1) & (wide["n_gpu"] > 8))).all()
    assert 0 < marked.sum() < len(wide)
