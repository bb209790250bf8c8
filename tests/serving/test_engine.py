"""What the serving engine says of itself, and the setups around a point."""

import pytest

from infecon_core import Layout
from infecon_core.catalog.constants import shipped
from infecon_core.schema import DraftModel, ServingConstants
from infecon_core.schema.constants import STEP_OVERHEADS
from infecon_core.serving import frontier as search
from infecon_core.serving.engine import ServingEngine
from tests.support.round_numbers import CHIP, CONSTANTS, DENSE, FP8, MIXTURE, scenario

ENGINE = ServingEngine()
GLOBAL, STEADY, FORMATS = (
    "The constants are global fits to measured servers, mostly of 2025 and 2026; single engines differ by 10%, "
    "the best of several is on average 5% faster than one of them.",
    "Batches are steady, contexts at their mean; half of TTFTs are within 30%, SGLang's are double.",
    "FP8, FP4, INT8 weights compute at their own rate, INT4 at 16 bits; activations keep 16.",
)


def one(**degrees):
    return Layout(scheme="1-D", **degrees)


def test_a_layout_follows_from_chosen_degrees():
    assert ENGINE.layout(scenario(DENSE), {"n_gpu": 8.0}) == one(n_gpu=8, tp=8)
    assert ENGINE.layout(scenario(DENSE), {"n_gpu": 8.0, "pp": 2.0}) == one(n_gpu=8, tp=4, pp=2)
    found = ENGINE.layout(scenario(MIXTURE), {"n_gpu": 48.0, "pp": 2.0, "dp_attn": 12.0})
    assert found == one(n_gpu=48, tp=2, pp=2, dp_attn=12, ep=24)
    # Given degrees are taken as given.
    assert ENGINE.layout(scenario(DENSE), {"n_gpu": 8.0, "tp": 2.0, "ep": 3.0}) == one(n_gpu=8, tp=2, ep=3)


def test_neighbours_of_a_dense_point():
    found = list(ENGINE.neighbours(scenario(DENSE), one(n_gpu=8, tp=4, pp=2), 9))
    assert found == [
        ("TP doubled", one(n_gpu=16, tp=8, pp=2), 9),
        ("TP halved", one(n_gpu=4, tp=2, pp=2), 9),
        ("One more stage", one(n_gpu=12, tp=4, pp=3), 9),
        ("Half the stages", one(n_gpu=4, tp=4), 9),
        ("Batch doubled", one(n_gpu=8, tp=4, pp=2), 18),
        ("Batch halved", one(n_gpu=8, tp=4, pp=2), 4),
    ]
    assert [name for name, _, _ in ENGINE.neighbours(scenario(DENSE), one(n_gpu=1), 1)] == [
        "TP doubled",
        "One more stage",
        "Batch doubled",
    ]
    names = {name for name, _, _ in ENGINE.neighbours(scenario(DENSE), one(n_gpu=4, tp=2, pp=2), 2)}
    assert {"TP halved", "Half the stages", "Batch halved"} <= names


def test_odd_degrees_are_halved_to_whole_ones():
    found = {
        name: layout
        for name, layout, _ in ENGINE.neighbours(scenario(MIXTURE), one(n_gpu=27, tp=3, pp=3, dp_attn=3), 27)
    }
    assert found["TP halved"] == one(n_gpu=9, tp=1, pp=3, dp_attn=3, ep=3)
    assert found["Half the stages"] == one(n_gpu=9, tp=3, dp_attn=3, ep=9)
    assert found["Attention copies halved"] == one(n_gpu=9, tp=3, pp=3)


def test_factors_on_latency_are_passed_on():
    # So short that two GPUs pay off: 20 all-reduces of 0.1 µs.
    chosen = scenario(DENSE, max_gpus=2, accelerator=CHIP.model_copy(update={"allreduce_latency_s": 0.1e-6}))
    assert ENGINE.step(chosen, one(n_gpu=2, tp=2), 8, 3.0).network_latency_s == pytest.approx(6e-6)
    assert ENGINE.step(chosen, one(n_gpu=2, tp=2), 8).network_latency_s == pytest.approx(2e-6)
    assert ENGINE.frontier(chosen, 3.0).equals(search.frontier(chosen, 3.0))
    assert ENGINE.frontier(chosen).equals(search.frontier(chosen))
    assert not ENGINE.frontier(chosen, 3.0).equals(ENGINE.frontier(chosen))


def test_neighbours_of_a_mixture():
    found = {name: layout for name, layout, _ in ENGINE.neighbours(scenario(MIXTURE), one(n_gpu=4, tp=2, dp_attn=2), 8)}
    assert found["TP doubled"] == one(n_gpu=8, tp=4, dp_attn=2, ep=8)
    assert found["One more stage"] == one(n_gpu=8, tp=2, pp=2, dp_attn=2, ep=4)
    assert found["Attention copies doubled"] == one(n_gpu=8, tp=2, dp_attn=4, ep=8)
    assert found["Attention copies halved"] == one(n_gpu=2, tp=2)
    alone = [name for name, _, _ in ENGINE.neighbours(scenario(MIXTURE), one(n_gpu=1), 1)]
    assert alone == ["TP doubled", "One more stage", "Attention copies doubled", "Batch doubled"]


def test_overheads_times_a_factor():
    constants = ENGINE.with_overhead(scenario(DENSE), 0.5).serving.constants
    halved = {
        "layer_overhead_s": 20e-6,
        "expert_layer_overhead_s": 5e-6,
        "block_scale_overhead_s": 10e-6,
        "latent_attention_overhead_s": 2.5e-6,
        "sequence_layer_overhead_s": 0.5e-6,
        "expert_rank_overhead_s": 1.5e-6,
    }
    assert constants == CONSTANTS.model_copy(update=halved)
    plain = scenario(DENSE, serving={"constants": None, "overlap": 0.5})
    doubled = ENGINE.with_overhead(plain, 2.0)
    assert doubled.serving.constants.layer_overhead_s == 2 * shipped().layer_overhead_s
    assert doubled.serving.constants.weight_read_efficiency == shipped().weight_read_efficiency
    assert doubled.serving.overlap == 0.5


def test_every_overhead_of_a_step_is_one_of_them():
    named = {name for name in ServingConstants.model_fields if "overhead" in name}
    assert named == {*STEP_OVERHEADS, "ttft_overhead_s"}


def test_approximations_are_named():
    inside = scenario(DENSE, max_gpus=8)
    assert ENGINE.approximations(inside) == (GLOBAL, STEADY, FORMATS)
    assert ENGINE.approximations(scenario(DENSE, max_gpus=16)) == (
        GLOBAL,
        STEADY,
        FORMATS,
        "Layouts across scale-up domains rest on published link rates; few measurements check them.",
    )
    copies = "Few TTFTs were measured with attention DP; half of them are off by more than a third."
    assert ENGINE.approximations(scenario(MIXTURE, max_gpus=8)) == (GLOBAL, STEADY, FORMATS, copies)
    # One GPU has no copies, and a lower bound is not estimated.
    assert ENGINE.approximations(scenario(MIXTURE, max_gpus=1)) == (GLOBAL, STEADY, FORMATS)
    apart = ENGINE.approximations(scenario(MIXTURE, max_gpus=8, serving={"disaggregated": True}))
    assert copies not in apart
    closed = CHIP.model_copy(update={"scale_out_bytes_per_s": None, "stack": "other"})
    assert ENGINE.approximations(scenario(DENSE, max_gpus=16, accelerator=closed)) == (
        GLOBAL,
        STEADY,
        FORMATS,
        "No measurement of this maker's software was fitted; it is taken to be as good as CUDA's.",
    )
    draft = DraftModel(architecture=DENSE, precision=FP8)
    both = scenario(DENSE, max_gpus=8, speculation=draft, serving={"disaggregated": True})
    assert ENGINE.approximations(both) == (
        GLOBAL,
        "Batches are steady, contexts at their mean; nobody queues for a prompt: TTFT is a lower bound.",
        FORMATS,
        "Prompts run on GPUs of their own in the same layout; moving the KV cache is not counted.",
        "A rejected draft costs its time and nothing else; acceptance does not depend on the batch.",
        "An acceptance of 0.80 is assumed for every drafted token.",
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"serving": {"constants": None}},
            "Serving engine with constants fitted to measurements, prompts on the GPUs that decode",
        ),
        ({}, "Serving engine with constants set here, prompts on the GPUs that decode"),
        ({"prompt_tokens": 0}, "Serving engine with constants set here"),
        (
            {"serving": {"disaggregated": True, "overlap": 0.25, "context_parallel": True}},
            "Serving engine with constants set here, prompts on GPUs of their own, "
            "25% of the communication overlapped, KV cache shared along the context",
        ),
    ],
)
def test_a_summary_says_what_computes(changes, words):
    assert ENGINE.summary(scenario(DENSE, **changes)) == words
