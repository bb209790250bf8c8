"""Latencies of single setups in every variant: the reference's 920 figures, and numbers worked by hand."""

import math
from collections import Counter

import numpy as np
import pytest

from infecon_core.catalog import accelerator
from infecon_core.paper import VARIANTS, critical_batch, single_gpu_latency, speculative_token_latency, token_latency
from infecon_core.paper.toy import closed_form
from infecon_core.schema import Accelerator
from tests.support.published_cases import rows

CASES = rows("latencies.csv")


def computed(case):
    common = {
        "context_tokens": case["context_tokens"],
        "pipeline": case["pipeline"],
        "attention_scaledown": case["attention_scaledown"],
    }
    setup = (case["accelerator_id"], case["n_gpu"], case["batch"])
    if case["draft_id"]:
        return speculative_token_latency(
            case["variant"],
            case["model_id"],
            case["draft_id"],
            *setup,
            acceptance=case["acceptance"],
            max_draft_tokens=int(case["max_draft_tokens"]),
            **common,
        )
    passes = int(case["tokens_per_pass"])
    return token_latency(case["variant"], case["model_id"], *setup, tokens_per_pass=passes, **common)


# The reference has no program for the printed equations, and drafts in its last variant only.
COUNTS = {
    ("toy", False): 120,
    ("reference_2d", False): 120,
    ("reference_pipeline", False): 240,
    ("reference", False): 360,
    ("reference", True): 80,
}


def test_the_reference_s_figures_are_all_there():
    assert Counter((case["variant"], bool(case["draft_id"])) for case in CASES) == COUNTS
    assert {variant for variant, _ in COUNTS} == set(VARIANTS) - {"printed"}


@pytest.mark.parametrize(("variant", "drafting"), COUNTS)
def test_agrees_with_the_reference_at_every_point(variant, drafting):
    for case in (c for c in CASES if (c["variant"], bool(c["draft_id"])) == (variant, drafting)):
        ours, theirs = float(computed(case)), case["latency_s"]
        if theirs is None:
            assert math.isinf(ours), case
        else:
            assert ours == pytest.approx(theirs, rel=1e-9), case


def test_latency_scales_as_the_laws_say():
    def speed(**changes):
        chip = Accelerator.model_validate({**accelerator("erdil-H100").accelerator.model_dump(), **changes})
        best = closed_form("erdil-Llama_3_70B", chip)
        hops = 80 * 4 * 1e-6
        return 1 / best.tokens_per_s + 2 * hops

    assert speed(hbm_bytes_per_s=3.3e12) / speed(hbm_bytes_per_s=8 * 3.3e12) == pytest.approx(2)


def test_one_gpu_reads_below_the_critical_batch_and_computes_above():
    critical = critical_batch("erdil-H100", 1.0)
    assert critical == pytest.approx(1.0 * 2e15 * 0.7 / (2 * 3.3e12 * 0.75))
    low, at, high = single_gpu_latency("erdil-Llama_3_70B_8_bit", "erdil-H100", [1, critical, 2 * critical])
    assert low == pytest.approx(at)
    assert high == pytest.approx(2 * at)


def test_arrays_broadcast():
    latency = token_latency("reference", "erdil-Llama_3_8B", "erdil-H100", np.ones((3, 1)) * 8, [1, 2, 4, 8])
    assert latency.shape == (3, 4)
    assert np.all(np.diff(latency, axis=1) >= 0)


def test_a_setup_does_not_depend_on_those_beside_it():
    # With one GPU a node, an ulp of a depth or a scale-down is a node more; numpy's linspace, given a batch of 1 beside
    # the others, rounds them another way.
    def latency(n_gpu, batch):
        return token_latency("reference", "llama-3.2-1b", "gh200-96gb", n_gpu, batch, pipeline=True)

    assert latency([47, 8, 8], [4, 3, 1]).tolist() == [latency(47, 4), latency(8, 3), latency(8, 1)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reference", "erdil-Llama_3_7B", "erdil-H100", 8, 1), "no model 'erdil-Llama_3_7B'.*erdil-Llama_3_70B"),
        (("reference", "erdil-Llama_3_8B", "erdil-H10", 8, 1), "no accelerator 'erdil-H10'.*erdil-H100"),
        (("best", "erdil-Llama_3_8B", "erdil-H100", 8, 1), "no variant 'best'.*reference_2d"),
        (("reference", "erdil-Llama_3_8B", "erdil-H100", 0, 1), "GPU count.*got 0"),
        (("reference", "erdil-Llama_3_8B", "erdil-H100", 8, -3), "batch.*got -3"),
        (("reference", "erdil-Llama_3_8B", "erdil-H100", 8, math.nan), "batch.*got nan"),
        (("reference", "erdil-Llama_3_8B", "erdil-H100", 1e300, 1), "GPU count.*got 1e"),
    ],
)
def test_bad_input_is_one_sentence(arguments, words):
    with pytest.raises(ValueError, match=words) as caught:
        token_latency(*arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("acceptance", "longest"), [(-0.1, 5), (1.1, 5), (math.nan, 5), (0.5, 1), (0.5, 65)])
def test_bad_speculation_is_one_sentence(acceptance, longest):
    with pytest.raises(ValueError, match="got"):
        speculative_token_latency(
            "reference",
            "erdil-Llama_3_70B",
            "erdil-Llama_3_8B",
            "erdil-H100",
            8,
            1,
            acceptance=acceptance,
            max_draft_tokens=longest,
        )


@pytest.mark.parametrize(
    ("variant", "setup", "options", "milliseconds"),
    [
        # Below one GPU the 2-D variant cuts its matrices into that fraction of shards.
        ("reference_2d", ("erdil-Llama_3_8B", "erdil-H200", 0.9, 64), {}, 5.231239),
        ("reference_2d", ("erdil-Llama_3_8B", "erdil-H200", 0.5, 64), {}, 8.96003),
        # Below one sequence the sends of a fraction of a stage count against the rest.
        (
            "reference",
            ("erdil-Llama_3_405B", "erdil-A100", 511, 0.6804),
            {"context_tokens": 1, "pipeline": True, "attention_scaledown": False},
            23.2465,
        ),
        # The printed equations know no compressed cache.
        ("printed", ("erdil-DeepSeek_V3", "erdil-H20", 1024, 256), {"context_tokens": 10_000}, 15.478),
    ],
)
def test_corners_worked_from_the_formulas(variant, setup, options, milliseconds):
    assert float(token_latency(variant, *setup, **options)) * 1e3 == pytest.approx(milliseconds, rel=3e-5)


def test_an_unknown_traffic_formula_is_refused():
    with pytest.raises(ValueError, match="no traffic formula 'Early'; choose one of final, early"):
        token_latency("reference", "erdil-Llama_3_8B", "erdil-H100", 8, 1, traffic="Early")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("toy", 5, "erdil-H100", 8, 1), "A model is an id of the catalog or an Architecture; got int"),
        (("toy", "erdil-Llama_3_8B", None, 8, 1), "An accelerator is an id .* got NoneType"),
        (("toy", "erdil-Llama_3_8B", "erdil-H100", "eight", 1), "are numbers or arrays of numbers"),
        (("toy", "erdil-Llama_3_8B", "erdil-H100", [1, 2], [1, 2, 3]), "shapes broadcast"),
    ],
)
def test_things_that_are_no_numbers_are_refused_in_a_sentence(arguments, words):
    with pytest.raises(ValueError, match=words):
        token_latency(*arguments)
