"""What every case of fuzzing finds loaded already: the first one would pay for all others."""

import pytest

from infecon_core import Scenario, frontier
from infecon_ui.measured import refit, upload
from infecon_ui.measured.upload import template
from infecon_ui.state import links


@pytest.fixture(scope="session", autouse=True)
def loaded() -> None:
    """Load the catalog, the measurements and the engines."""
    frontier(Scenario.preset("llama-3.1-70b", "h100-sxm"))
    frontier(Scenario.preset("llama-3.1-70b", "h100-sxm", engine="published"))
    links.decode({"model": "deepseek-v3"})
    upload.correction(template().encode())
    refit.refit(template().encode())
