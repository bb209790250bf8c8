"""The closed form with numbers, and the bars beside it."""

import pytest

from infecon_core import Scenario
from infecon_core.analysis.scaling.closed_form import terms_of
from infecon_core.schema import FIVE_TIMES
from infecon_ui.charts.drawings import Bars
from infecon_ui.scaling.closed_form import equations, forms

SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm", weights="fp8")


def test_equations_have_the_numbers_of_the_scenario() -> None:
    numbers = " ".join(equations(terms_of(SCENARIO)))
    for part in (
        r"70.6\,\mathrm{GB}",
        r"3.35\,\mathrm{TB/s}",
        r"\cdot 80 \cdot 4 \cdot 1\,",
        "= 16.3",
        r"3.24\,\mathrm{ms}",
        r"309\,\mathrm{tokens/s}",
    ):
        assert part in numbers
    assert numbers.count("{") == numbers.count("}")


def test_bars_add_up_to_the_time_of_the_token() -> None:
    found = forms(SCENARIO, "Llama 3.1 70B")
    assert isinstance(found.drawing, Bars)
    table = found.table().set_index("form")
    for row in found.drawing.rows:
        ends = [span.end for span in row.spans]
        assert ends == sorted(ends)
        assert ends[-1] == pytest.approx(1e3 / table.loc[row.name, "tokens_per_s_user"], rel=1e-6)
        assert ends[-1] == pytest.approx(1e3 * table.loc[row.name, list(FIVE_TIMES)].sum(), rel=1e-6)
    own = table.iloc[-1]
    share = own["kernel_overhead_s"] * own["tokens_per_s_user"]
    assert found.claim == (
        "The paper's closed form gives Llama 3.1 70B 309 tokens/s on 16 GPUs; the serving engine "
        f"{own['tokens_per_s_user']:.0f} on {own['n_gpu']:.0f} GPUs, {share:.0%} of it kernel overhead"
    )


def test_of_a_mixture_it_says_that_all_weights_are_read() -> None:
    found = forms(Scenario.preset("deepseek-v3", "b200-hgx"), "DeepSeek V3")
    assert found.claim.startswith("The paper's closed form, which reads all experts, gives DeepSeek V3 ")


def test_what_finds_no_setup_has_no_bar_and_a_reason() -> None:
    found = forms(Scenario.preset("llama-3.1-405b", "h100-sxm", max_gpus=2), "Mine")
    assert found.claim.endswith("the serving engine finds no setup")
    assert "Serving engine: Llama 3.1 405B" in found.source
    assert isinstance(found.drawing, Bars)
    assert "Serving engine" not in {row.name for row in found.drawing.rows}
