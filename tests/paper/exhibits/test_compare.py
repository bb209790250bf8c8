"""What the paper prints against what the library computes, number by number."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from infecon_core import at_speed, preferred
from infecon_core.paper.exhibits import compare as tables
from infecon_core.paper.exhibits.claims import A100, H100, V100, full_model, within_price
from infecon_core.paper.exhibits.values import Setup, exhibits

# Seconds on one core; the others share frontiers of speculation and take longer.
QUICK = ("table-1", "table-4", "table-6", "figure-1", "figure-2")


ALL = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in exhibits()]


# Everything that does not come out as printed: nothing may join this list unnoticed, and nothing may leave it.
DIFFERING = {
    ("table-3", "DeepSeek-V3, 8-bit", "batch"),
    ("claims", "Instance of a GPU generation over the one before: A100 over V100", "ratio"),
    ("claims", "Faster by speculation, in the text beside Table 5", "gain"),
    ("claims", "Exponent of speed in the preferred point, in two captions", "exponent"),
}


Curves = Callable[[Setup], pd.DataFrame]


@pytest.fixture(scope="module")
def curves() -> Curves:
    known: dict[Setup, pd.DataFrame] = {}

    def remembered(setup: Setup) -> pd.DataFrame:
        if setup not in known:
            known[setup] = tables.curve(setup)
        return known[setup]

    return remembered


@pytest.mark.parametrize("name", ALL)
def test_printed_values_come_out_at_the_printed_precision(name: str, curves: Curves) -> None:
    frame = tables.table(name, curves)
    counted = frame[frame["counted"]]
    assert len(counted)
    differing = set()
    for _, number in counted.iterrows():
        decimals = int(number["decimals"])
        if number["at_most"]:
            agrees = number["ours"] <= number["printed"]
        elif pd.notna(number["high"]):
            agrees = number["printed"] <= round(number["ours"], decimals) <= number["high"]
        else:
            agrees = round(number["ours"], decimals) == number["printed"]
        assert agrees == number["agrees"], number["row"]
        if not agrees:
            differing.add((name, number["row"], number["quantity"]))
    assert differing == {entry for entry in DIFFERING if entry[0] == name}


@pytest.mark.parametrize("name", ALL)
def test_whatever_differs_has_a_reason(name: str, curves: Curves) -> None:
    frame = tables.table(name, curves)
    assert (frame.loc[~frame["agrees"], "reason"].str.len() > 20).all()
    assert (frame.loc[frame["agrees"], "reason"] == "").all()


@pytest.mark.slow
def test_table_5_as_the_paper_made_it(curves: Curves) -> None:
    frame = tables.table("table-5", curves)
    made = frame[frame["counted"]].pivot(index="row", columns="quantity", values="ours")
    expected = {
        "Llama 3 70B": (69.09, 0.520, 7.84, 127.3),
        "Llama 3 70B, speculative": (95.28, 0.506, 6.00, 72.5),
        "Llama 3.1 405B": (35.16, 6.54, 31.4, 79.7),
        "Llama 3.1 405B, speculative": (71.26, 7.33, 23.1, 25.8),
    }
    columns = ["tokens_per_s_user", "usd_per_million_tokens", "n_gpu", "batch"]
    np.testing.assert_allclose(made.loc[list(expected), columns], list(expected.values()), rtol=2.5e-3)


@pytest.mark.slow
def test_final_form_contradicts_table_5_and_agrees_with_table_6(curves: Curves) -> None:
    frame = tables.table("table-5", curves)
    final = frame[(frame["row"] == "Llama 3 70B") & (frame["alternative"] == "final form")].set_index("quantity")[
        "ours"
    ]
    table_6 = tables.table("table-6", curves)
    wide = table_6[table_6["row"] == "16-bit"].set_index("quantity")["ours"]
    pd.testing.assert_series_equal(final, wide)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "drafted", "traffic", "attention_scaledown", "speed", "price"),
    [
        ("Llama_3_70B", False, "early", True, 83, 0.89),
        ("Llama_3_70B", False, "final", False, 77, 0.59),
        ("Llama_3_70B", True, "final", False, 101, 0.49),
        ("Llama_3_405B", False, "final", False, 35, 5.08),
    ],
)
def test_reasons_beside_table_5_quote_what_comes_out(
    model: str, drafted: bool, traffic: str, attention_scaledown: bool, speed: int, price: float, curves: Curves
) -> None:
    changes = {"traffic": traffic, "attention_scaledown": attention_scaledown}
    setup = full_model(model).model_copy(update=changes | ({"draft": "erdil-Llama_3_8B"} if drafted else {}))
    point = preferred(curves(setup))
    assert round(point["tokens_per_s_user"]) == speed
    assert round(point["usd_per_million_tokens"], 2) == price


@pytest.mark.slow
def test_reason_beside_the_last_row_of_table_5(curves: Curves) -> None:
    frame = curves(full_model("Llama_3_405B").model_copy(update={"draft": "erdil-Llama_3_8B"}))
    there, best = at_speed(frame, 71), preferred(frame)
    assert there is not None
    worth = [point["tokens_per_s_user"] ** 3 / point["usd_per_million_tokens"] for point in (there, best)]
    assert round(there["usd_per_million_tokens"], 2) == 5.67
    assert round(1 - worth[0] / worth[1], 2) == 0.07


def test_reasons_beside_the_claims_quote_what_comes_out(curves: Curves) -> None:
    on = {chip: preferred(curves(full_model("Llama_3_70B_8_bit", chip))) for chip in (V100, A100, H100)}
    price = {chip: point["usd_per_million_tokens"] for chip, point in on.items()}
    assert round(1 - price[A100] / price[V100], 2) == 0.04
    assert round(1 - price[H100] / price[A100], 2) == 0.24
    nearby = within_price(curves(full_model("Llama_3_70B_8_bit", V100)), 0.95 * price[V100])
    assert (round(on[V100]["n_gpu"]), round(nearby["n_gpu"]), round(on[A100]["n_gpu"])) == (16, 42, 13)
    width = [preferred(curves(full_model(f"Llama_3_70B{bits}"))) for bits in ("", "_8_bit", "_4_bit")]
    cheaper = [1 - b["usd_per_million_tokens"] / a["usd_per_million_tokens"] for a, b in pairwise(width)]
    assert [round(part, 2) for part in cheaper] == [0.47, 0.37]
    steeper = preferred(curves(full_model("Llama_3_70B_8_bit")), 4)
    assert round(steeper["tokens_per_s_user"]) == 110
    assert round(steeper["usd_per_million_tokens"], 2) == 0.53


def test_unknown_exhibit_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="There is no exhibit 'table-7'; choose one of"):
        tables.table("table-7")
