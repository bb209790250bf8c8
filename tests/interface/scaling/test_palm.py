"""PaLM, measured."""

from infecon_ui.charts.drawings import Lines
from infecon_ui.scaling.palm import palm


def test_the_claim_is_of_the_three_measurements() -> None:
    found = palm()
    assert found.claim == (
        "PaLM's measured time per token grows with the power 0.49 ± 0.05 of parameters, as the paper's square root "
        "says; PaLM 62B is 12% above the law; the serving engine's times are 32% too short"
    )
    assert "3 points, so that the error of the fit rests on 1 degree of freedom" in found.source
    assert isinstance(found.drawing, Lines)
    measured = next(line for line in found.drawing.lines if line.name == "Pope et al. 2022")
    assert list(measured.y) == [4.0, 13.0, 32.0]
    table = found.table()
    assert list(table["kind"]) == ["measured"] * 3 + ["serving engine"] * 2
    assert "arXiv:2211.05102" in found.source
