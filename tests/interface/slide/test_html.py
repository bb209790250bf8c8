"""A chart as a page of its own."""

import json
import re
from dataclasses import replace

import pytest

from infecon_core import Scenario
from infecon_ui.slide.html import chart_html
from tests.support.slides import LINK, SOURCE, SUBTITLE, slide


@pytest.fixture(scope="module")
def page() -> str:
    """A chart of two points as a page."""
    figure = {"data": [{"type": "scatter", "x": [1.0, 2.0], "y": [3.0, 4.0]}], "layout": {}}
    return chart_html(figure, replace(slide("b200-hgx"), headline="One < two & more", link=LINK))


def test_the_html_is_one_page_that_works_offline(page: str) -> None:
    assert page.count("<html") == page.count("</html>") == 1
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", page)
    assert "Plotly.newPlot" in page


def test_the_html_says_what_it_shows(page: str) -> None:
    assert "<title>One &lt; two &amp; more</title>" in page
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert f"<h1>{'One &lt; two &amp; more'}</h1>" in page
    for words in (SUBTITLE, SOURCE, "21 Nov 2026", f'href="{LINK.replace("&", "&amp;")}"'):
        assert words in page


def test_the_html_carries_its_scenarios(page: str) -> None:
    found = re.search(r'<script type="application/json" id="scenarios">(.*?)</script>', page)
    assert found is not None
    assert [Scenario.model_validate(one) for one in json.loads(found[1])] == [slide("b200-hgx").scenarios[0]]
