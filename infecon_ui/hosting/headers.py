"""What a browser may do with the pages: from where it loads, who may frame them, what it tells others."""

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from infecon_ui.hosting.asgi import Application, Message, Receive, Scope, Send

# Where the dashboard may stand in a frame: a list as in CSP, "'self'" or "https://huggingface.co" for example.
FRAMES = "INFECON_FRAME_ANCESTORS"


def policies(index: Path, frames: str = "'self'") -> Mapping[str, str]:
    """Headers of every answer.

    Args:
        index (Path): Streamlit's first page; the scripts in it are allowed by their hashes.
        frames (str): Where the dashboard may stand in a frame.

    Source: W3C, Content Security Policy Level 3.
    """
    scripts = re.findall(r"<script>(.*?)</script>", index.read_text(encoding="utf-8"), re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    rules = {
        "default-src": "'self'",
        # Buttons that copy are modules that Streamlit's client loads from memory (blob:); WebAssembly reads tables.
        "script-src": " ".join(["'self'", "blob:", "'wasm-unsafe-eval'", *(f"'sha256-{text}'" for text in hashes)]),
        # Streamlit's client and Plotly write styles into the page and into elements.
        "style-src": "'self' 'unsafe-inline' blob:",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": frames,
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in rules.items()),
        "x-content-type-options": "nosniff",
        # A link holds what somebody computes: other sites learn from where he comes, and not what he looked at.
        "referrer-policy": "strict-origin-when-cross-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
    }


class SecurityHeaders:
    """Middleware that puts headers onto every answer.

    Args:
        app (ASGI application): What answers.
        headers (mapping): Names in small letters, and values.
    """

    def __init__(self, app: Application, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._names = {name for name, _ in self._headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name, value) for name, value in message.get("headers", []) if name.lower() not in self._names]
                message = {**message, "headers": [*own, *self._headers]}
            await send(message)

        await self._app(scope, receive, told)
