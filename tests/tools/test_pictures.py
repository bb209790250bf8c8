"""Pictures of the README: every page has one, and none makes the repository large."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from tests.support.repository import ROOT
from tools.pictures import FOLDER, LARGEST, PAGES, WIDTH, small


def _png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def test_a_picture_is_made_small() -> None:
    pixels = np.full((900, 1440, 3), 250, dtype=np.uint8)
    pixels[100:200, 100:900] = (0, 89, 163)
    made = small(_png(pixels))
    image = Image.open(io.BytesIO(made))
    assert image.size == (WIDTH, 750)
    assert image.mode == "P"
    assert len(made) < 10_000
    assert image.convert("RGB").getpixel((400, 125)) == (0, 89, 163)


def test_one_that_is_too_large_is_refused() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (750, 1200, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match=f"the repository takes {LARGEST:,}"):
        small(_png(noise))


def test_every_page_has_a_picture_that_the_readme_shows() -> None:
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert pages <= set(PAGES)
    shown = set(re.findall(r"\(docs/([a-z]+)\.png\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    there = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert shown == set(there) == {*PAGES, "slide"}
    assert max(there.values()) <= LARGEST
