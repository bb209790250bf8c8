"""A warm start: the pages are run once before anybody asks, so that no visitor waits for what is computed once.

The visits run inside the process, without a connection: imports, Streamlit's caches and the list of pages are as after
a real one.
"""

import asyncio
import logging
import os
from collections.abc import Iterable

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.session_manager import SessionClient

# Further pages that are run at the start, names apart by spaces: the first visitor of each waits for seconds else.
PAGES = "INFECON_WARM_PAGES"
_PATIENCE_S = 120.0

_log = logging.getLogger(__name__)


def pages() -> list[str]:
    """The pages besides the first that the environment names."""
    return os.environ.get(PAGES, "").split()


class _Client(SessionClient):
    """Takes what a page says and looks for its end."""

    def __init__(self) -> None:
        self.finished = asyncio.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        """Take one message; in the event loop's thread."""
        if msg.HasField("script_finished") and msg.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.finished.set()


async def visit(pages: Iterable[str]) -> None:
    """Run pages one after the other in one visit; what fails is written into the log, and visitors find it again.

    Args:
        pages (iterable of str): Names in addresses; empty for the first page.
    """
    runtime, client = Runtime.instance(), _Client()
    session = runtime.connect_session(client, {})
    try:
        for page in pages:
            client.finished.clear()
            message = BackMsg()
            message.rerun_script.page_name = page
            runtime.handle_backmsg(session, message)
            await asyncio.wait_for(client.finished.wait(), _PATIENCE_S)
    except TimeoutError:
        _log.warning("A page was not computed within %g s at the start.", _PATIENCE_S)
    finally:
        runtime.close_session(session)
