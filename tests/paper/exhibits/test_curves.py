"""The figures that the paper draws without a number on them."""

from infecon_core import catalog
from infecon_core.paper.exhibits.curves import drawn_figures
from tests.support.published_cases import rows


def test_there_are_six_figures_of_curves_that_can_be_told_apart() -> None:
    drawn = drawn_figures()
    assert len(drawn.sets) == 6
    for one in drawn.sets:
        assert 2 <= len({line.label for line in one.curves}) == len({line.setup for line in one.curves}) <= 6


def test_labels_say_the_width_that_is_computed() -> None:
    widths = {"16-bit": "bf16", "8-bit": "fp8", "4-bit": "fp4"}
    for line in (line for one in drawn_figures().sets for line in one.curves):
        for label, weights in widths.items():
            if label in line.label.split(", ") or line.label == label:
                assert catalog.model(line.setup.model).precision.weights == weights, line.label


def test_the_reference_implementation_draws_the_same_curves() -> None:
    known = {
        (row["model_id"], row["accelerator_id"], row["context_tokens"], row["draft_id"])
        for row in rows("frontiers.csv")
        if row["variant"] == "reference"
    }
    for line in (line for one in drawn_figures().sets for line in one.curves):
        setup = line.setup
        assert (setup.model, setup.accelerator, setup.context_tokens, setup.draft) in known, line.label
