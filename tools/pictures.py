"""`make pictures`: the pictures of the README, taken from the app as it is."""

import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tools.live_app import ROOT, SETTLED, browsing, find_chromium, serving

FOLDER = ROOT / "docs"
SCREEN: ViewportSize = {"width": 1440, "height": 900}
SCENARIO = "model=deepseek-v3&gpu=b200-hgx&prompt=8000"
COMPARED = "model=deepseek-v3&gpu=h100-sxm,h200-sxm,b200-hgx,gb200-nvl72,mi355x&prompt=8000&basis=rent_3y"
# What each picture shows, and what must be there before it is taken.
PAGES = {
    "frontier": (f"/?{SCENARIO}", ".js-plotly-plot .main-svg"),
    "comparison": (f"/?{COMPARED}", ".js-plotly-plot .main-svg"),
}
SLIDE = f"/?{COMPARED}&view=slide"
# The slide shows its link, which shall be the one that `make run` serves.
PORT = 8501
ADDRESS = f"http://localhost:{PORT}"


def take(page: Page, address: str, shown: str) -> None:
    """Open a link and wait until it is drawn."""
    page.goto(address)
    page.wait_for_selector(SETTLED)
    page.wait_for_selector(shown)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.wait_for_timeout(1000)  # for the last of Streamlit's transitions


def main(folder: Path = FOLDER) -> int:
    """Take all pictures.

    Args:
        folder (Path): Where they go.

    Returns:
        int: Exit status: 0, or 1 where there is no browser.
    """
    chromium = find_chromium()
    if chromium is None:
        print("There is no chromium here; `make browser` says how to get one.", file=sys.stderr)
        return 1
    with serving(port=PORT), browsing(chromium) as browser:
        page = browser.new_page(viewport=SCREEN)
        for name, (link, shown) in PAGES.items():
            take(page, ADDRESS + link, shown)
            page.screenshot(path=folder / f"{name}.png")
        take(page, ADDRESS + SLIDE, ".st-key-slide_png")
        with page.expect_download() as download:
            page.locator(".st-key-slide_png button").click()
        download.value.save_as(folder / "slide.png")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
