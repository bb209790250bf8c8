"""That the slides of comparisons that people ask for in one click can be read."""

import datetime as dt
from functools import cache
from itertools import combinations

import pytest

from infecon_core.choices import Choices
from infecon_ui.charts.measures import MEASURES
from infecon_ui.compare import linked
from infecon_ui.compare.presets import made, presets
from infecon_ui.slide.drawing import GRID, RULE, SOFT_INK, Box, Disc, Stroke, Text, texts_of
from infecon_ui.slide.layout import HEIGHT, LEAST_SIZE, WIDTH, Layout, layout
from infecon_ui.state import links
from infecon_ui.state.view import View

BASES = {
    gpu: Choices().with_values(model="deepseek-v3", gpu=gpu, prompt=8000) for gpu in ("h100-sxm", "b200-hgx", "mi355x")
}
DAY = dt.date(2026, 11, 21)
LINKS = {
    **{
        f"{gpu}, {preset.name}, {y}": links.encode(made(base, preset), View(y=y))
        for gpu, base in BASES.items()
        for preset in presets(base)
        for y in (MEASURES if gpu == "b200-hgx" else ("output",))
    },
    "AMD generations, three years": {
        "model": "deepseek-v3", "prompt": "8000", "gpu": "mi300x,mi325x,mi355x", "basis": "rent_3y"
    },
    "Models with long names": {
        "gpu": "b200-hgx",
        "model": "deepseek-v3,llama-3.1-405b,erdil-Llama_3_gpt4_size_16x,qwen3-235b-a22b,gpt-oss-120b,kimi-k2",
    },
    "One scenario": {"model": "deepseek-v3", "prompt": "8000"},
}  # fmt: skip


@cache
def _layout(name: str) -> Layout:
    return layout(linked.slide_of(LINKS[name], "https://infecon.example.org/", DAY))


@pytest.fixture(params=LINKS, scope="module")
def laid_out(request: pytest.FixtureRequest) -> Layout:
    """Every slide in turn."""
    return _layout(request.param)


def test_texts_have_a_place_of_their_own(laid_out: Layout) -> None:
    texts = texts_of(laid_out.parts)
    page = Box(24, 12, WIDTH - 24, HEIGHT - 12)
    assert [(a.words, b.words) for a, b in combinations(texts, 2) if a.box.meets(b.box)] == []
    assert [text.words for text in texts if not page.holds(text.box)] == []
    assert min(text.size for text in texts) >= LEAST_SIZE


def test_names_of_curves_stay_out_of_the_bars(laid_out: Layout) -> None:
    beside = laid_out.bars
    # What belongs to the bars begins at their left edge or ends at their right one.
    strangers = [
        text.words for text in texts_of(laid_out.parts) if text.box.meets(beside) and text.box.left < beside.left
    ]
    assert strangers == []


def test_no_text_covers_a_point_or_a_curve(laid_out: Layout) -> None:
    texts = texts_of(laid_out.parts)
    for part in laid_out.parts:
        if isinstance(part, Disc):
            assert [text.words for text in texts if text.box.meets(part.box)] == []
        if isinstance(part, Stroke) and part.width == 5:
            for start, end in zip(part.points, part.points[1:], strict=False):
                assert [text.words for text in texts if _on(start, end, text)] == []


def test_no_line_to_a_name_crosses_another_name(laid_out: Layout) -> None:
    for part in laid_out.parts:
        if (
            isinstance(part, Stroke)
            and part.width == 1.5
            and len(part.points) == 2
            and part.colour not in (GRID, RULE, SOFT_INK)
        ):
            start, end = part.points
            assert [text.words for text in texts_of(laid_out.parts) if _on(start, end, text)] == []


def _on(start: tuple[float, float], end: tuple[float, float], text: Text) -> bool:
    steps = [n / 32 for n in range(33)]
    spots = [(start[0] + (end[0] - start[0]) * n, start[1] + (end[1] - start[1]) * n) for n in steps]
    return any(text.box.meets(Box(x - 0.1, y - 0.1, x + 0.1, y + 0.1)) for x, y in spots)
