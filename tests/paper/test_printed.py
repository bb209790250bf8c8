"""The printed equations."""

import pytest

from infecon_core.paper import token_latency


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
