"""Latencies of single setups: the reference's 920 figures, and numbers worked by hand or printed."""

import math

import numpy as np
import pytest
from published_cases import rows

from infecon_core.catalog import accelerator
from infecon_core.paper import VARIANTS, critical_batch, single_gpu_latency, speculative_token_latency, token_latency
from infecon_core.paper.toy import closed_form
from infecon_core.spec import Accelerator

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


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v != "printed"])
@pytest.mark.parametrize("drafting", [False, True])
def test_agrees_with_the_reference_at_every_point(variant, drafting):
    cases = [c for c in CASES if c["variant"] == variant and bool(c["draft_id"]) == drafting]
    if drafting and variant != "reference":
        assert not cases
        return
    assert len(cases) >= 80
    for case in cases:
        ours, theirs = float(computed(case)), case["latency_s"]
        if theirs is None:
            assert math.isinf(ours), case
        else:
            assert ours == pytest.approx(theirs, rel=1e-9), case


def test_printed_equations_give_the_values_worked_from_the_print():
    latency = token_latency(
        "printed", "erdil-Llama_3_70B_8_bit", "erdil-H100", [8, 64], [32, 256], context_tokens=[0, 10_000]
    )
    assert latency * 1e3 == pytest.approx([7.983958277, 18.122494354], rel=1e-9)


def test_printed_equations_refuse_a_ring_of_tpus():
    with pytest.raises(ValueError, match="bandwidth inside a node"):
        token_latency("printed", "erdil-PaLM_8B", "erdil-TPU_v4", 8, 1)


def test_four_bit_weights_are_refused_where_no_rate_is_listed():
    for chip in ("erdil-A100", "erdil-V100", "erdil-TPU_v4", "erdil-Groq_LPU"):
        with pytest.raises(ValueError, match="4-bit arithmetic rate"):
            token_latency("reference", "erdil-Llama_3_70B_4_bit", chip, 64, 1)


@pytest.mark.parametrize(
    ("model", "tokens_per_s", "n_gpu"),
    [("Llama_3_8B", 966, 11), ("Llama_3_70B", 234, 26), ("GPT_3", 148, 42), ("PaLM_540B", 86, 79), ("GPT_4", 56, 173)],
)
def test_closed_form_is_table_1(model, tokens_per_s, n_gpu):
    best = closed_form(f"erdil-{model}", "erdil-H100")
    assert (round(best.tokens_per_s), round(best.n_gpu)) == (tokens_per_s, n_gpu)


def test_closed_form_is_the_optimum_of_the_toy_at_an_empty_batch():
    n = np.geomspace(1, 4096, 20_000)
    # The closed form leaves the 6 µs out and takes peak bandwidth: undo both.
    toy = token_latency("toy", "erdil-Llama_3_70B", "erdil-H100_ZL", n, 1e-6) - 80 * 4 * 6e-6
    best = closed_form("erdil-Llama_3_70B", "erdil-H100_ZL")
    assert 1 / toy.min() == pytest.approx(best.tokens_per_s, rel=1e-6)
    assert n[toy.argmin()] == pytest.approx(best.n_gpu, rel=1e-2)


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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reference", "erdil-Llama_3_7B", "erdil-H100", 8, 1), "no model 'erdil-Llama_3_7B'.*erdil-Llama_3_70B"),
        (("reference", "erdil-Llama_3_8B", "erdil-H10", 8, 1), "no accelerator 'erdil-H10'.*erdil-H100"),
        (("best", "erdil-Llama_3_8B", "erdil-H100", 8, 1), "no rung 'best'.*reference_2d"),
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
        # Below one GPU the 2-D rung cuts its matrices into that fraction of shards.
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
