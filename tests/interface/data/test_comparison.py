"""What a comparison of two entries says: true for any pair, the same one twice, and two that share little."""

from itertools import product

import pytest

from infecon_core.analysis.entries import compared
from infecon_core.catalog import Kind
from infecon_ui.data import comparison, tables
from tests.support.own_entries import CHIP_ID, MODEL_ID

PAIRS: dict[Kind, tuple[str, ...]] = {
    "models": ("llama-3.1-70b", "gpt-oss-120b", "deepseek-v3", "nemotron-h-56b", "erdil-GPT_4", MODEL_ID),
    "accelerators": ("h100-sxm", "b200-hgx", "groq-lpu-v1", "tpu-v5e", "erdil-V100", CHIP_ID),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_the_sentence_is_that_of_the_farthest_ratio(kind: Kind) -> None:
    for one, other in product(PAIRS[kind], repeat=2):
        names = (tables.name_of(kind, one), tables.name_of(kind, other))
        rows = compared(tables.numbers_of(kind, one), tables.numbers_of(kind, other))
        drawn = comparison.drawn_of(kind, rows)
        said = comparison.claim(names, drawn, same=one == other)
        if one == other:
            assert said == f"{names[0]} is the same twice: choose another one to compare it with"
            continue
        farthest = max(max(row.ratio, 1 / row.ratio) for row in drawn)
        if farthest > 1:
            assert f"has {farthest:.3g} times the " in said
        plot = comparison.ratios(names, rows, drawn, said)
        assert len(plot.drawing.rows) == len(drawn)
        assert len(plot.table()) == len(rows)


def test_a_ratio_is_told_from_the_larger_side() -> None:
    numbers = [tables.numbers_of("accelerators", one) for one in ("b200-hgx", "h100-sxm")]
    drawn = comparison.drawn_of("accelerators", compared(numbers[0], numbers[1]))
    assert comparison.claim(("B200", "H100 SXM"), drawn, same=False) == (
        "B200 has 2.39 times the HBM bandwidth of H100 SXM"
    )


def test_two_without_a_number_in_common_say_so() -> None:
    assert comparison.claim(("A", "B"), (), same=False) == (
        "B and A have no number in common that a ratio could be made of"
    )
