"""A bound on what one session stores: Streamlit bounds the size of a file, and keeps as many as are sent."""

from collections import OrderedDict

from infecon_ui.hosting.asgi import Application, Message, Receive, Scope, Send, below

# A page has one field for one file; whoever replaces it takes the last one away first.
MOST_FILES = 20
MOST_SESSIONS = 10_000  # that are counted; those that have sent nothing for longest are forgotten
_PATH = "_stcore/upload_file/"


class BoundedUploads:
    """Middleware that refuses a file where its session holds so many already.

    Args:
        app (ASGI application): What stores them.
        base (str): `server.baseUrlPath` of Streamlit.
        most (int): Files of one session. [1]
    """

    def __init__(self, app: Application, base: str = "", most: int = MOST_FILES) -> None:
        self._app, self._most = app, most
        self._path = below(base, _PATH)
        self._held: OrderedDict[str, set[str]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or scope["method"] not in ("PUT", "DELETE") or not path.startswith(self._path):
            await self._app(scope, receive, send)
            return
        session, _, file = path.removeprefix(self._path).partition("/")
        held = self._held.get(session, set())
        if scope["method"] == "PUT" and file not in held:
            if len(held) >= self._most:
                text = f"A session holds at most {self._most} files; reload the page to begin a new one."
                await send({"type": "http.response.start", "status": 429, "headers": [_PLAIN]})
                await send({"type": "http.response.body", "body": text.encode()})
                return
            # Counted before it is stored: several may be on their way at once.
            self._count(session, {*held, file})

        async def look(message: Message) -> None:
            if message["type"] == "http.response.start":
                stored = 200 <= message["status"] < 300
                if stored == (scope["method"] == "DELETE"):
                    self._count(session, self._held.get(session, set()) - {file})
            await send(message)

        await self._app(scope, receive, look)

    def _count(self, session: str, files: set[str]) -> None:
        if not files:
            self._held.pop(session, None)
            return
        self._held[session] = files
        self._held.move_to_end(session)
        while len(self._held) > MOST_SESSIONS:
            self._held.popitem(last=False)


_PLAIN = (b"content-type", b"text/plain; charset=utf-8")
