"""The whole app at links of anybody: a page without an exception."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.app import open_app
from tests.support.fuzzing import fuzzed, limits
from tests.support.hostile.links import queries

PAGES = (None, "pages/frontier.py", "pages/measured.py", "pages/paper.py", "pages/landscape.py")


@fuzzed(0.002, few=8)
@given(query=queries(), page=st.sampled_from(PAGES))
def test_any_link_opens_a_page(query: dict[str, str], page: str | None, part: int) -> None:
    with limits(30):  # a page that was never seen, its caches empty
        app = open_app(query, page, timeout_s=100)
    assert not app.exception
