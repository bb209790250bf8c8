"""What strangers write, at every place where it reaches a page or a file that people take with them.

Such words come in by links (keys and values that are not understood, the headline of a slide), by the name and the
cells of an uploaded file, by names in a scenario of one's own, and by names of models and accelerators of one's own,
which hold no sign that anything takes for more than a letter. All else on a page is a number, or from the catalog.
"""

import datetime as dt
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pandas as pd
import pytest
from pydantic import ValidationError

from infecon_core import Scenario, catalog, frontier
from infecon_core.schema import sentence
from infecon_ui.compare import linked
from infecon_ui.data import given
from infecon_ui.frontier.exports import command_line, frontier_csv, python_snippet, scenario_json
from infecon_ui.measured.hover import hover_texts
from infecon_ui.measured.upload import upload_report
from infecon_ui.slide.content import Slide
from infecon_ui.slide.html import chart_html
from infecon_ui.slide.png import png
from infecon_ui.slide.preview import head
from infecon_ui.slide.svg import svg
from infecon_ui.state import links
from infecon_ui.state.title import title
from infecon_ui.state.view import LONGEST_CLAIM, View
from infecon_ui.text.markdown import escaped, foreign
from tests.support.app import open_app
from tests.support.hostile.own import packed
from tests.support.measured import HEAD, ROW
from tests.support.own_entries import CONFIG_TEXT, SHAPE

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</title></style></script><b>",
    "[a](javascript:alert(1))",
    "![a](http://x.example/y.png)",
    "http://x.example/y www.x.example a@x.example",
    "`a` **b** _c_ # d :red[e] :material/home: $f$ $$g$$",
    "]]><!-- &lt; &amp;",
    "{0} %s {{7*7}}",
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1")
SCENARIO = Scenario.preset("llama-3.1-70b", "h100-sxm")


class _Tags(HTMLParser):
    """Elements and scripts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[str] = []
        self.links: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]


def _named(words: str) -> Scenario:
    """A scenario with a model of one's own; its name has to begin with a letter."""
    return SCENARIO.changed(architecture=SCENARIO.architecture.model_copy(update={"name": ("A " + words)[:80]}))


def _slide(words: str) -> Slide:
    plain = linked.slide_of({}, "http://localhost/", dt.date(2026, 1, 2))
    return replace(plain, headline=words, subtitle=words, source=words, scenarios=(_named(words),))


@pytest.mark.parametrize("words", HOSTILE)
def test_head_of_a_page_holds_the_headline_as_text(words: str) -> None:
    before, after = _Tags(head(_slide("plain"), "http://p/x.png")), _Tags(head(_slide(words), "http://p/x.png"))
    assert after.names == before.names
    assert after.attributes == before.attributes


@pytest.mark.parametrize("words", HOSTILE)
def test_page_of_a_chart_holds_words_as_text(words: str) -> None:
    figure = {"data": [], "layout": {"title": {"text": "a"}}}
    before, after = (_Tags(chart_html(figure, _slide(text))) for text in ("plain", words))
    assert after.names == before.names
    assert after.attributes == before.attributes
    assert after.links == before.links


@pytest.mark.parametrize("words", HOSTILE)
def test_picture_of_a_slide_holds_words_as_text(words: str) -> None:
    before, after = svg(_slide("plain")), svg(_slide(words))
    names = [{node.tag for node in ElementTree.fromstring(text).iter()} for text in (before, after)]
    assert names[0] == names[1]
    root = ElementTree.fromstring(after)
    assert root.findtext("{http://www.w3.org/2000/svg}title") == words
    told = json.loads(root.findtext("{http://www.w3.org/2000/svg}metadata") or "")
    assert told["headline"] == words
    plain = ElementTree.fromstring(before)
    assert {name for node in root.iter() for name in node.attrib} == {n for node in plain.iter() for n in node.attrib}
    assert [node.get("href") for node in root.iter()] == [node.get("href") for node in plain.iter()]
    assert png(after).startswith(b"\x89PNG")


@pytest.mark.parametrize("letter", ["\0", "\x08", "\x1b", "\x7f", "\u202e", "\ud800", "\ufffe", "\uffff", "\n"])
def test_a_headline_is_one_line_of_printable_text(letter: str) -> None:
    """Half of these no XML may hold: the slide of such a link could not be drawn."""
    found, faults = View.parse({"claim": f"Half{letter}price"})
    assert found.claim == ""
    assert faults[0].right == f"claim has at most {LONGEST_CLAIM} characters, all of them printable"
    assert View.parse({"claim": "Half price, “so” 🙂"})[0].claim == "Half price, “so” 🙂"


@pytest.mark.parametrize("words", HOSTILE)
def test_shell_and_python_read_a_name_as_data(words: str) -> None:
    scenario = _named(words + "\"\"\" '''\\JSON")
    shell, python = command_line(scenario), python_snippet(scenario)
    assert shell.count("\nJSON\n") == 1
    held = python[python.index('r"""') + 4 : python.rindex('"""')]
    assert '"""' not in held.replace('\\"', "")
    assert Scenario.model_validate_json(held) == scenario
    assert Scenario.model_validate_json(scenario_json(scenario)) == scenario


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_file_begins_as_a_formula(formula: str) -> None:
    data = SCENARIO.model_dump(mode="json")
    for record in ("architecture", "accelerator"):
        with pytest.raises(ValidationError) as refused:
            Scenario.model_validate({**data, record: {**data[record], "name": formula}})
        told = sentence(refused.value)
        assert "a name begins with a letter or a digit" in told or "one line of printable characters" in told
        assert "\n" not in told
    link = links.address("http://localhost/", links.encode(links.decode({"claim": formula}).comparison, View()))
    text = frontier_csv(frontier(SCENARIO), SCENARIO, link, dt.date(2026, 1, 2))
    cells = pd.read_csv(io.StringIO(text), dtype=str).to_numpy().ravel()
    words = [
        cell for cell in map(str, cells) if not cell.replace("e-", "").replace("-", "", 1).replace(".", "").isdigit()
    ]
    assert not [cell for cell in words if cell[:1] in "=+-@\t\r"]


@pytest.mark.parametrize("words", ["a\nb", "a\x1b[31mb", "a\u202eb", "a\0"])
def test_a_name_cannot_steer_a_terminal(words: str) -> None:
    data = SCENARIO.model_dump(mode="json")
    with pytest.raises(ValidationError) as refused:
        Scenario.model_validate({**data, "architecture": {**data["architecture"], "name": words}})
    assert sentence(refused.value).isprintable()
    with pytest.raises(ValidationError) as refused:
        Scenario.model_validate({**data, words: 1})
    assert sentence(refused.value).isprintable()


@pytest.mark.parametrize("words", [*HOSTILE, "x" * 10_000])
def test_hover_of_a_point_holds_cells_as_text(words: str) -> None:
    quoted = '"' + words.replace('"', '""') + '"'
    head_line = HEAD.replace("tpot_ms", "tpot_ms,serving_software,date,source_id")
    row = ROW.replace("14.2", f"14.2,{quoted},{quoted},{quoted}")
    points = upload_report((head_line + row).encode()).points
    (text,) = hover_texts(points)
    assert set(_Tags(text).names) <= {"b", "br"}
    assert len(text) < 2000


@pytest.mark.parametrize("words", HOSTILE)
def test_title_of_a_tab_is_text(words: str) -> None:
    # Streamlit hands it to document.title, which takes text.
    assert title(words) == f"{words} · infecon"


def test_markdown_of_foreign_words_is_one_paragraph_without_a_mark() -> None:
    for words in HOSTILE:
        marked = foreign(words)
        assert "http:" not in marked.replace("\\", "")
        assert "www." not in marked.replace("\\", "")
        for mark in "<>[]`*_$:#|":
            assert marked.count(mark) == marked.count(f"\\{mark}")
    assert escaped("a\n\n# b\r\n- c") == r"a \# b - c"
    assert escaped("- a") == r"\- a"
    assert escaped("12. a") == r"12\. a"
    assert escaped("12.5 tokens") == "12.5 tokens"
    assert escaped("===") == r"\==="


@pytest.mark.parametrize(
    "words", [*HOSTILE, "\n\n![a](http://x.example/y.png)", "\r\n\r\n# a", "\x85# a", "\u2028- a", "``` a", "`\n\n# a"]
)
def test_what_a_link_says_wrong_stands_between_backticks(words: str) -> None:
    app = open_app({"prompt": words, "modell": words})
    assert not app.exception
    told = app.warning[0].value
    assert "\n" not in told
    assert "\r" not in told
    spans = told.split("`")
    assert len(spans) % 2 == 1  # every span ends
    assert not [mark for mark in ("<script", "![", "](", "http:") if mark in "".join(spans[::2])]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_name_of_one_s_own_comes_into_a_page_by_no_link_and_no_file(words: str) -> None:
    record = {"architecture": {**SHAPE.model_dump(mode="json"), "name": words}}
    app = open_app({"model": packed("m", json.dumps(record).encode())})
    assert not app.exception
    assert "cannot be read" in app.warning[0].value
    # What it quotes of them is text.
    assert not re.search(r"(?<!\\)[<\[*$]", re.sub(r"`[^`]*`", "", app.warning[0].value))
    shown = catalog.model(given.read(CONFIG_TEXT, words).entry_id).architecture.name
    assert escaped(shown).replace("\\_", "_") == shown
    assert foreign(shown).replace("\\_", "_") == shown
