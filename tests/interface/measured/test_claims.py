"""What others published, as a chart, a table and a sentence that is true whatever the engine says."""

import io

import numpy as np
import pandas as pd
import pytest

from infecon_core.catalog.published_claims import published_claims
from infecon_core.validation.published_claims import RecomputedClaim, recomputed
from infecon_ui.measured import claims
from infecon_ui.measured.claims_figure import claims_figure
from tests.support.figures import assert_valid

CLAIMS = list(published_claims().values())


def _found(*ratios: float) -> list[RecomputedClaim]:
    return [
        RecomputedClaim(claim, ratio * claim.value, np.nan, np.nan, "8 GPUs")
        for claim, ratio in zip(CLAIMS, ratios, strict=False)
    ]


@pytest.mark.parametrize(
    ("ratios", "said"),
    [
        ((1.0, 0.9, 1.2), "3 of 3 figures that others published on their servers come out within 25%. The middle one"),
        (
            (0.5, 1.0, 1.5, 2.0),
            "1 of 4 figures that others published on their servers come out within 25%; of the others 1 lower, 2 h",
        ),
        ((0.5, 0.6, 2.0, 1.0), "; of the others 2 lower, 1 higher. The middle one is ×0.80 of theirs."),
        ((1.3, 1.0, np.nan), "; of the others 1 higher, 1 without an answer. The middle one is ×1.15 of theirs."),
    ],
)
def test_the_statement_counts(ratios: tuple[float, ...], said: str) -> None:
    assert said in claims.statement(_found(*ratios))


def test_claims_that_are_far_off_share_a_sentence_with_their_reason() -> None:
    found = _found(*(1.0 if claim.quantity == "prompts" else 1.5 for claim in CLAIMS))
    said = claims.differences(found)
    far = [claim for claim in CLAIMS if claim.quantity != "prompts"]
    assert len(said) == len({claim.reason for claim in far}) < len(far)
    assert all(sum(f"**{claim.label}** (×1.50)" in text for text in said) == 1 for claim in far)
    assert claims.differences(_found(1.0, 1.0)) == []


def test_every_claim_is_a_row_with_its_value() -> None:
    figure = claims_figure(_found(0.5, 1.1, 1.6))
    assert_valid(figure)
    (trace,) = figure["data"]
    assert trace["y"] == [claim.label for claim in CLAIMS[:3]]
    assert trace["text"] == ["×0.50", "×1.10", "×1.60"]
    assert trace["marker"]["symbol"] == ["circle-open", "circle", "circle-open"]
    # Values stand on the free side of their marks, inside of the axis.
    assert trace["textposition"] == ["middle left", "middle right", "middle right"]
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < np.log10(0.5)
    assert high > np.log10(1.6)
    band = figure["layout"]["shapes"][0]
    assert (band["x0"], band["x1"]) == (0.75, 1.25)


def test_a_claim_that_does_not_run_leaves_the_axis_finite() -> None:
    figure = claims_figure(_found(0.5, np.nan))
    assert np.isfinite(figure["layout"]["xaxis"]["range"]).all()
    assert figure["data"][0]["text"] == ["×0.50", ""]


def test_the_file_holds_every_claim() -> None:
    rows = pd.read_csv(io.StringIO(claims.csv()))
    assert rows["id"].tolist() == [one.claim.id for one in recomputed()]
    assert rows["within_25"].sum() == sum(one.met for one in recomputed())
