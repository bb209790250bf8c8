"""The page Method: its sections, at usual scenarios, at targets out of reach, and where nothing runs."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app import charts, open_app, texts

SECTIONS = ("What moves it", "Equations", "Constants", "Assumptions", "Glossary")


def _open(**query: str) -> AppTest:
    app = open_app(query, timeout_s=60)  # the first page takes the scenario of a link
    app.query_params.update(query)
    app.switch_page("pages/method.py").run()
    assert not app.exception
    return app


def test_the_first_screen_says_what_moves_the_price_most() -> None:
    app = _open()
    title = app.title[0].value.replace("\\", "")
    assert re.fullmatch(
        r"Llama 3\.1 70B on H100 SXM at 50 tokens/s per user costs \$[\d.]+ per million output tokens; .+", title
    )
    (chart,) = charts(app)
    names = chart["layout"]["yaxis"]["ticktext"]
    assert 1 < len(names) <= 9
    # The largest is on top, and the title speaks of it.
    first = names[0].replace("<br>", " ")
    assert first.casefold() in title.casefold()
    values = {name: abs(x) for trace in chart["data"] for name, x in zip(trace["y"], trace["x"], strict=True)}
    assert values[0] == max(values.values())


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    "query",
    [
        pytest.param({}, id="usual"),
        pytest.param({"engine": "published"}, id="published", marks=pytest.mark.slow),
        pytest.param({"at": "5000"}, id="out of reach", marks=pytest.mark.slow),
    ],
)
def test_every_section_stands_for_every_engine(section: str, query: dict[str, str]) -> None:
    app = _open(method_section=section, **query)
    assert len(app.title) == 1
    assert app.title[0].value
    assert not app.error
    if query.get("at") and section != "Glossary":
        assert "5,000 tokens/s per user is out of reach" in texts(app)


def test_nothing_that_runs_is_one_sentence() -> None:
    for section in ("What moves it", "Equations"):
        app = _open(method_section=section, model="llama-3.1-405b", max="1")
        assert [title.value for title in app.title] == ["Method"]
        assert "lacks" in app.info[0].value
        assert not charts(app)


def test_equations_carry_the_numbers_of_the_point() -> None:
    app = _open(method_section="Equations", method_subject="Price, energy, utilisation")
    found = texts(app)
    assert "pricing.usd_per_million_tokens" in found
    price = next(block.value for block in app.markdown if "pricing.usd_per_million_tokens" in block.value)
    shown = re.search(r"= ([\d.]+)\\,\\mathrm\{USD\}\$", price)
    assert shown is not None
    assert f"${float(shown[1]):.2f}" in app.title[0].value.replace("\\", "")
    assert "not part of this step" in found


def test_a_search_goes_over_all_subjects_and_finds_nothing_politely() -> None:
    found = texts(_open(method_section="Equations", method_subject="Speculation", method_find="all-reduce one-shot"))
    assert "physics.collectives.all_reduce" in found
    assert "physics.speculation" not in found
    app = _open(method_section="Equations", method_find="$x <b>zebra")
    assert "No equation mentions" in app.info[0].value
    assert "<b>" not in app.info[0].value


def test_constants_and_assumptions_tell_their_evidence() -> None:
    app = _open(method_section="Constants")
    constants, stated = (frame.value for frame in app.dataframe)
    assert "Weight read efficiency" in set(constants["Constant"])
    assert set(constants["Kind"]) <= {"measured", "estimate", ""}
    row = constants.set_index("Constant").loc["Weight read efficiency"]
    assert (row["Value"], row["Date"]) == ("0.786", "2026-11-21")
    assert re.match(r"\+[\d.]+%", row["10% less"])
    assert "NCCL, LL: latency once" in set(stated["Number"])
    found = texts(_open(method_section="Assumptions"))
    assert "Reading and computing add up." in found
    assert "Not modelled. Without it a token would be cheaper." in found
    assert re.search(r"[Ww]ith all communication overlapped: \$[\d.]+, −\d+%", found)


def test_the_glossary_is_searched() -> None:
    app = _open(method_section="Glossary", method_term="time to first token")
    found = texts(app)
    assert "TTFT." in found
    assert "EAGLE." not in found
    assert "No term mentions" in _open(method_section="Glossary", method_term="zebra").info[0].value


def test_what_a_link_says_that_is_not_there_is_told() -> None:
    app = _open(method_section="Nonsense", method_subject="Nothing")
    assert len(charts(app)) == 1
    assert "method" in " ".join(warning.value for warning in app.warning)


def test_charts_have_slides() -> None:
    for query, words in (({}, "costs"), ({"method_section": "Equations", "chart": "operators"}, "takes")):
        app = _open(**{"chart": "moved", **query})
        app.button(key=f"slide_of_{query.get('chart', 'moved')}").click().run()
        assert not app.exception
        assert words in app.text_input(key="slide_headline").value
