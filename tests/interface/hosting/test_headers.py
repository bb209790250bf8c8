"""What browsers are told they may do."""

import asyncio
from pathlib import Path
from typing import Any

from infecon_ui.hosting.headers import SecurityHeaders, policies


def test_scripts_of_the_first_page_are_allowed_by_their_hashes_and_no_others(tmp_path: Path) -> None:
    index = tmp_path / "index.html"
    index.write_text("<script>\n1\n</script><script src='x.js'></script>", encoding="utf-8")
    rule = policies(index)["content-security-policy"]
    # printf '\\n1\\n' | openssl dgst -sha256 -binary | base64
    assert "'sha256-PBL+VNcqg2ezLpeQ7yj8J15XmnKAnnIb2qth9B/WTJ4='" in rule
    assert rule.count("'sha256-") == 1
    scripts = next(part for part in rule.split("; ") if part.startswith("script-src"))
    assert "'unsafe-inline'" not in scripts
    assert "'unsafe-eval'" not in scripts


def test_who_may_frame_the_pages_is_told() -> None:
    index = Path(__file__)
    assert policies(index)["content-security-policy"].endswith("frame-ancestors 'self'")
    assert policies(index, "https://example.com")["content-security-policy"].endswith(
        "frame-ancestors https://example.com"
    )


def test_every_answer_has_them_once() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": [(b"X-Content-Type-Options", b"other")]})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = policies(Path(__file__))
    asyncio.run(SecurityHeaders(app, headers)({"type": "http"}, None, send))  # type: ignore[arg-type]
    (start,) = sent
    assert {name.decode(): value.decode() for name, value in start["headers"]} == headers
    assert len(start["headers"]) == len(headers)
