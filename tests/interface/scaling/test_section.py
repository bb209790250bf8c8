"""A question of the page."""

from infecon_core.schema import NothingFits
from infecon_ui.plots.plot import Plot
from infecon_ui.scaling.palm import palm
from infecon_ui.scaling.section import Section
from infecon_ui.work.pool import WorkError


def _nothing() -> Plot:
    raise NothingFits("Nothing fits.")


def _busy() -> Plot:
    raise WorkError("The server is busy.")


def test_what_cannot_be_shown_has_no_slide() -> None:
    makers = Section({"palm": palm, "none": _nothing, "busy": _busy}).makers
    assert list(makers) == ["palm", "none", "busy"]
    assert makers["none"]() is None
    assert makers["busy"]() is None
    shown = makers["palm"]()
    assert shown is not None
    assert shown.name == "palm"
