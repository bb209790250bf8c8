"""The dashboard with link previews: `streamlit run asgi.py`.

`streamlit run app.py` serves the same pages. Streamlit's first answer is one and the same page for every link, and the
title that a script sets arrives later, over a socket; programs that show a preview of a link read the first answer
only. This puts a middleware in front that fills its head. Tried with Streamlit 1.67: pages, sockets, health check and
deep links into a fresh server work as without it.
"""

import asyncio
import datetime as dt
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

# As in app.py, and before numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import streamlit as st
from starlette.middleware import Middleware

from infecon_ui.compare import linked
from infecon_ui.navigation import FRONTIER_PATHS
from infecon_ui.slide.content import Slide
from infecon_ui.slide.preview import LinkPreviews


def describe(query: Mapping[str, str], root: str) -> Slide:
    """What a link shows today."""
    return linked.slide_of(query, root, dt.date.today())


@asynccontextmanager
async def warmed(_app: st.App) -> AsyncIterator[None]:
    """Compute the first page's frontier before anybody asks for it."""
    await asyncio.to_thread(describe, {}, "/")
    yield


app = st.App(
    "app.py",
    lifespan=warmed,
    middleware=[
        Middleware(
            LinkPreviews,
            describe=describe,
            known=linked.known,
            pages=FRONTIER_PATHS,
            base=st.get_option("server.baseUrlPath"),
        )
    ],
)
