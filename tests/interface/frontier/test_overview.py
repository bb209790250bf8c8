"""The strip of six figures."""

from infecon_ui.frontier import overview
from tests.support.shown import shown_with

LABELS = [
    "$ per M output", "$ per M input + output", "tokens/s per GPU", "first token", "users at once", "slowest part",
]  # fmt: skip


def test_six_figures_of_the_point_at_the_target() -> None:
    shown = shown_with(prompt=8000)
    found = list(overview.figures(shown))
    assert [figure.label for figure in found] == LABELS
    point = shown.point
    output, total, per_gpu, first, users, slowest = found
    assert output.value == f"${float(format(point['usd_per_million_tokens'], '.2g')):g}"
    assert total.value == f"${point['usd_per_million_tokens_blended']:.2f}"
    assert float(per_gpu.value.replace(",", "")) == float(f"{point['tokens_per_s_per_gpu']:.2g}")
    assert first.value == f"{point['ttft_s']:.2g} s"
    assert users.value == f"{point['batch']:,.0f}"
    assert slowest.value.startswith(f"{point['limit']} ")
    assert slowest.colour
    assert not any(figure.note for figure in found)


def test_a_first_token_from_gpus_of_its_own_is_a_lower_bound() -> None:
    labels = [figure.label for figure in overview.figures(shown_with(prompt=8000, disagg=True))]
    assert labels[3] == "first token ≥"


def test_what_an_engine_cannot_know_is_a_dash_with_the_reason() -> None:
    found = list(overview.figures(shown_with(model="llama-3.1-70b", gpu="h100-sxm", engine="published")))
    unknown = {figure.label: figure.note for figure in found if figure.value == "–"}
    assert unknown == dict.fromkeys(LABELS[1:4:2], "this engine computes no prompts")
