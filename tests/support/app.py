"""The app, or a script that shows a part of it, opened with Streamlit's test harness."""

import json
import re
from collections.abc import Mapping
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.support.repository import ROOT

Query = Mapping[str, str | list[str]]
TIMEOUT_S = 30.0


def open_app(query: Query | None = None, page: str | None = None, timeout_s: float = TIMEOUT_S) -> AppTest:
    """The whole app at a link, on its first page or on another one."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=timeout_s)
    if page is not None:
        app.run()
    app.query_params.update(query or {})
    if page is not None:
        app.switch_page(page)
    return app.run()


def open_script(text: str, query: Query) -> AppTest:
    """A script at a link; it must run without an exception."""
    app = AppTest.from_string(text, default_timeout=TIMEOUT_S)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def html_of(app: AppTest) -> str:
    """Everything that stands on a page as HTML."""
    return "\n".join(element.proto.body for element in app.get("html"))


def headline(app: AppTest) -> str:
    """The heading of the first level that stands on a page as HTML."""
    found = re.search(r"<h1>(.+?)</h1>", html_of(app))
    assert found is not None
    return found[1]


def texts(app: AppTest) -> str:
    """All running text and captions, without Markdown's escapes."""
    return "\n".join(
        element.value for element in (*app.title, *app.header, *app.markdown, *app.subheader, *app.caption)
    ).replace("\\", "")


def charts(app: AppTest) -> list[dict[str, Any]]:
    """Plotly's records of all charts, in the order of the page."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
