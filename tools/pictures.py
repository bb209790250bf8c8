"""`make pictures`: the pictures of the README, taken from the app as it is."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize

from tools.live_app import ROOT, SETTLED, browsing, find_chromium, serving

FOLDER = ROOT / "docs"
SCREEN: ViewportSize = {"width": 1440, "height": 900}
# Pictures are smaller than the screen, and have no more colours than they need: every clone carries them.
WIDTH = 1200  # [px]
COLOURS = 256
LARGEST = 150_000  # [B]
SCENARIO = "model=deepseek-v3&gpu=b200-hgx&prompt=8000"
COMPARED = "model=deepseek-v3&gpu=h100-sxm,h200-sxm,b200-hgx,gb200-nvl72,mi355x&prompt=8000&basis=rent_3y"
_SWEPT = "sweep_prompt=1000..32000*2&sweep_gpu=h100-sxm,h200-sxm,b200-hgx,gb200-nvl72,mi355x"
CHART = ".js-plotly-plot .main-svg"
MAP = ".infecon-map td"
# What each picture shows, and what must be there before it is taken.
PAGES = {
    "frontier": (f"/?{SCENARIO}", CHART),
    "comparison": (f"/?{COMPARED}", CHART),
    "planner": ("/planner?model=llama-3.3-70b&gpu=b200-hgx&prompt=1000", "h1"),
    "design": (f"/design?{SCENARIO}&design_question=What+matters+most", CHART),
    "sweep": (f"/sweep?{SCENARIO}&sweep_x=prompt&sweep_y=gpu&sweep_as=map&{_SWEPT}", "h1"),
    "speculation": ("/speculation?model=llama-3.3-70b&gpu=h100-sxm&spec=draft&draft=llama-3.2-1b", CHART),
    "scaling": (f"/scaling?{SCENARIO}", CHART),
    "landscape": ("/landscape", MAP),
    "measured": ("/measured", CHART),
    "paper": ("/paper", "[data-testid=stTable]"),
    "method": (f"/method?{SCENARIO}", "h1"),
    "data": (f"/data?{SCENARIO}&data_show=Roofline", CHART),
}
SLIDE = f"/?{COMPARED}&view=slide"
# The slide shows its link, which shall be the one that `make run` serves.
PORT = 8501
ADDRESS = f"http://localhost:{PORT}"
# What stands in place of a page that cannot show anything, or is not done.
_NOT_DONE = "[data-testid=stException], [data-testid=stSpinner], [data-testid=stSkeleton]"


def take(page: Page, address: str, shown: str) -> None:
    """Open a link and wait until it is drawn."""
    page.goto(address)
    page.wait_for_selector(SETTLED)
    page.wait_for_selector(shown)
    page.wait_for_function(f"() => !document.querySelector({_NOT_DONE!r})")
    page.wait_for_selector(SETTLED)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.wait_for_timeout(1000)  # for the last of Streamlit's transitions


def small(picture: bytes) -> bytes:
    """A picture as the README has it: no wider than `WIDTH`, in few colours.

    Raises:
        ValueError: Where it is larger than `LARGEST` all the same.
    """
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    if out.tell() > LARGEST:
        raise ValueError(f"A picture has {out.tell():,} bytes; the repository takes {LARGEST:,}.")
    return out.getvalue()


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
            (folder / f"{name}.png").write_bytes(small(page.screenshot()))
        take(page, ADDRESS + SLIDE, ".st-key-slide_png")
        with page.expect_download() as download:
            page.locator(".st-key-slide_png button").click()
        (folder / "slide.png").write_bytes(small(Path(download.value.path()).read_bytes()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
