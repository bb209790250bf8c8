"""Every page is found at the address that its file is named like."""

import re

from infecon_ui.navigation import FRONTIER_PATHS
from tests.support.repository import ROOT


def test_addresses_are_named_like_files() -> None:
    text = (ROOT / "infecon_ui" / "navigation.py").read_text(encoding="utf-8")
    pages = re.findall(r'st\.Page\("pages/(\w+)\.py",[^)]*url_path="([\w-]+)"([^)]*)\)', text)
    files = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert {file for file, _, _ in pages} == files
    # The first page has an address of its own besides, and one that links had before.
    assert {address for _, address, rest in pages if "default" not in rest} == files | {"start"}
    assert set(FRONTIER_PATHS) - {""} == {
        address for file, address, rest in pages if file == "frontier" and "default" not in rest
    }
