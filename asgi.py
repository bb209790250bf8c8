"""The dashboard as it is hosted: `streamlit run asgi.py`.

`streamlit run app.py` serves the same pages. This puts around them what a public server needs: files compressed once,
headers that say what a browser may do, previews of links (Streamlit's first answer is one and the same page for every
link, and programs that show a preview read no other), pages computed before anybody asks, and a graceful stop. Tried
with Streamlit 1.67: pages, sockets, health check and deep links into a fresh server work as without it.
"""

import asyncio
import datetime as dt
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

# As in app.py, and before numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from streamlit.file_util import get_static_dir

from infecon_ui import interpreter
from infecon_ui.compare import linked
from infecon_ui.hosting import ending, files, headers, uploads, warm
from infecon_ui.navigation import FRONTIER_PATHS
from infecon_ui.slide.content import Slide
from infecon_ui.slide.preview import LinkPreviews

STATIC = Path(get_static_dir())
# What every page draws with: the browser fetches it while the server still computes, and not after the first chart.
CHARTS = [f"static/{path.relative_to(STATIC / 'static').as_posix()}" for path in STATIC.glob("static/js/PlotlyChart.*")]
BASE = st.get_option("server.baseUrlPath")
END = ending.Ending(ending.patience_s())


def describe(query: Mapping[str, str], root: str) -> Slide:
    """What a link shows today."""
    return linked.slide_of(query, root, dt.date.today())


@asynccontextmanager
async def warmed(_app: st.App) -> AsyncIterator[None]:
    """Run the pages before anybody asks for them."""
    await asyncio.to_thread(describe, {}, "/")
    await warm.visit(["", *warm.pages()])
    # What the pages left behind stays for ever.
    interpreter.set_apart()
    END.watch()
    yield


app = st.App(
    "app.py",
    lifespan=warmed,
    middleware=[
        Middleware(
            headers.SecurityHeaders,
            headers=headers.policies(STATIC / "index.html", os.environ.get(headers.FRAMES, "'self'")),
        ),
        Middleware(ending.HealthWhileEnding, ending=END, base=BASE),
        Middleware(uploads.BoundedUploads, base=BASE),
        Middleware(files.CompressedFiles, folder=STATIC / "static", base=BASE),
        # Pages are filled for every link anew; what Streamlit has compressed itself passes as it is.
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
        Middleware(
            LinkPreviews,
            describe=describe,
            known=linked.known,
            pages=FRONTIER_PATHS,
            base=BASE,
            modules=CHARTS,
        ),
    ],
)
