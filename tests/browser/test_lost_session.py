"""Visitors whose server goes away: a replica killed, a server started anew. Nothing that they chose is lost."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from infecon_core import catalog
from tests.support.browser import WIDE
from tests.support.measured import HEAD, ROW
from tools.live_app import PRICES, ROOT, SETTLED, handle, serving, settle, take, wait_for_other_prices
from tools.replicas import find_nginx, free_port, replicas

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ALONE = "/frontier?model=gemma-3-27b&gpu=h200-sxm&price=3.9&pp=false"
CONNECTED = "[data-testid=stApp][data-test-connection-state=CONNECTED]"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A visitor without a past."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce", accept_downloads=True)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def query_of(page: Page) -> dict[str, str]:
    """What stands in the address."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def cookies_of(page: Page) -> dict[str, str]:
    """Values of the cookies by name."""
    return {str(one["name"]): str(one["value"]) for one in page.context.cookies()}


def move_prompt(page: Page) -> None:
    """Drag the slider of the prompt to the right and wait for the chart to follow."""
    before = page.evaluate(PRICES)
    x, y = take(page, "prompt_slider")
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    wait_for_other_prices(page, before)
    page.wait_for_selector(SETTLED)


def price(page: Page) -> None:
    field = page.locator(".st-key-price input")
    field.fill("4.75")
    field.press("Enter")


def prompt(page: Page) -> None:
    x, y = take(page, "prompt_slider")
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()


def target(page: Page) -> None:
    handle(page, "target_slider").scroll_into_view_if_needed()
    x, y = take(page, "target_slider")
    page.mouse.move(x + 80, y, steps=4)
    page.mouse.up()


def engine(page: Page) -> None:
    page.get_by_text("Published", exact=True).first.click()


def pin(page: Page) -> None:
    page.locator(".st-key-compare_pin button").first.click()


def unfold_engine(page: Page) -> None:
    page.get_by_text("Engine and constants").click()
    expect(page.get_by_text("Published", exact=True).first).to_be_visible()


def unfold_compare(page: Page) -> None:
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".st-key-compare_pin button").first).to_be_visible()


def nothing(_page: Page) -> None:
    return


@pytest.mark.parametrize(
    ("before", "change", "key"),
    [
        (nothing, price, "price"),
        (nothing, prompt, "prompt"),
        (nothing, target, "at"),
        (unfold_engine, engine, "engine"),
        (unfold_compare, pin, "b.gpu"),
    ],
)
def test_a_change_right_after_a_restart_holds(
    page: Page, before: Callable[[Page], None], change: Callable[[Page], None], key: str
) -> None:
    port = free_port()
    with serving(ROOT / "app.py", port) as first:
        page.goto(first.address + ALONE)
        settle(page)
        before(page)
        page.wait_for_selector(SETTLED)
        known = query_of(page)
        os.kill(first.pid, signal.SIGKILL)
        page.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
    with serving(ROOT / "app.py", port) as second:
        page.wait_for_selector(CONNECTED)
        change(page)
        page.wait_for_url(re.compile(rf"[?&]{re.escape(key)}=(?!3\.9&)"))
        page.wait_for_selector(SETTLED)
        page.wait_for_timeout(1000)  # a value that is taken back is taken back by the next run
        page.wait_for_selector(SETTLED)
        now = query_of(page)
        assert now.get(key) not in (None, known.get(key))
        assert {name: text for name, text in now.items() if name not in (key, "ranges")} == {
            name: text for name, text in known.items() if name not in (key, "ranges")
        }
        assert "Traceback" not in second.log.read_text(encoding="utf-8")


def test_an_upload_that_a_restart_has_lost_is_told(page: Page) -> None:
    port = free_port()
    gone = page.get_by_text("The server was started anew and no longer has your file; upload it again.")
    with serving(ROOT / "app.py", port) as first:
        page.goto(first.address + "/measured")
        page.wait_for_selector(SETTLED)
        file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": (HEAD + ROW).encode()}
        page.locator(".st-key-own_upload input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]
        expect(page.get_by_text("On 1 of your points the engine is off by")).to_be_visible(timeout=60_000)
        expect(gone).not_to_be_visible()
        os.kill(first.pid, signal.SIGKILL)
        page.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
    with serving(ROOT / "app.py", port) as second:
        page.wait_for_selector(CONNECTED)
        expect(gone).to_be_visible(timeout=60_000)
        page.locator(".st-key-own_upload input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]
        expect(page.get_by_text("On 1 of your points the engine is off by")).to_be_visible(timeout=60_000)
        expect(gone).not_to_be_visible()
        assert "Traceback" not in second.log.read_text(encoding="utf-8")


def test_a_session_that_has_expired_begins_again_with_all_that_was_chosen(page: Page) -> None:
    lines: list[tuple[WebSocketRoute, WebSocketRoute]] = []
    broken = False

    def lead(line: WebSocketRoute) -> None:
        if broken:
            line.close()
        else:
            lines.append((line, line.connect_to_server()))

    page.route_web_socket(re.compile("_stcore/stream"), lead)
    with serving(ROOT / "app.py", environment={"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1"}) as server:
        page.goto(server.address + ALONE)
        settle(page)
        broken = True
        for ends in lines:
            for end in ends:
                end.close()
        page.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
        page.wait_for_timeout(5000)
        broken = False
        page.wait_for_selector(CONNECTED)
        move_prompt(page)
        query = query_of(page)
        assert query["price"] == "3.9"
        assert int(query["prompt"]) > 1000


@pytest.mark.skipif(find_nginx() is None, reason="no nginx is on PATH; apt-get install nginx gives one")
def test_visitors_of_a_killed_replica_go_on_with_the_other(browser: Browser) -> None:
    with replicas() as hosted:
        contexts = [browser.new_context(viewport=WIDE, reduced_motion="reduce") for _ in range(2)]
        pages = [context.new_page() for context in contexts]
        for one in pages:
            one.set_default_timeout(60_000)
            one.goto(hosted.address + ALONE)
            settle(one)
            move_prompt(one)
        known = [query_of(one) for one in pages]
        homes = [hosted.serving(cookies_of(one)) for one in pages]
        victim = homes[0]
        hosted.kill(victim)
        for one, home, query in zip(pages, homes, known, strict=True):
            if home == victim:
                one.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
            one.wait_for_selector(CONNECTED)
            # It asks for a run by itself: what it shows belongs to the server that it has now.
            one.wait_for_selector(SETTLED)
            settle(one)
            assert query_of(one) == query
            assert hosted.serving(cookies_of(one)) == 1 - victim
            move_prompt(one)
            now = query_of(one)
            assert int(now["prompt"]) > int(query["prompt"])
            assert now["price"] == query["price"] == "3.9"
            chip = catalog.accelerator("h200-sxm").accelerator.name
            expect(one.locator(".st-key-gpu input")).to_have_value(re.compile(chip))
        for context in contexts:
            context.close()


def test_the_headers_stop_what_is_not_ours_and_nothing_of_ours(browser: Browser) -> None:
    with serving(ROOT / "asgi.py") as server:
        for theme in ("light", "dark"):
            context = browser.new_context(viewport=WIDE, color_scheme=theme, accept_downloads=True)  # type: ignore[arg-type]
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            context.add_init_script(
                "window.broken = []; addEventListener('securitypolicyviolation',"
                " event => window.broken.push(event.violatedDirective + ' ' + event.blockedURI));"
            )
            page = context.new_page()
            page.set_default_timeout(60_000)
            for path in ("/?price=3.5", "/?gpu=h100-sxm,b200-hgx", "/?view=slide", "/measured"):
                page.goto(server.address + path)
                page.wait_for_selector(SETTLED)
                page.wait_for_timeout(1500)
                page.wait_for_selector(SETTLED)
                if path == "/?price=3.5":
                    copy = page.get_by_role("button", name="Copy link").first
                    copy.click()
                    expect(page.get_by_role("button", name="Copied").first).to_be_visible()
                if path == "/?view=slide":
                    for kind in ("png", "svg", "csv", "html"):
                        with page.expect_download():
                            page.locator(f".st-key-slide_{kind} button").click()
                assert page.evaluate("window.broken") == [], path
            # The rules are in force.
            page.evaluate("document.head.append(Object.assign(document.createElement('script'), {text: '1'}))")
            page.wait_for_function("window.broken.length")
            context.close()
