"""What others published: every file says all that a reader needs to check it."""

from infecon_core import catalog
from infecon_core.catalog.published_claims import DecodeClaim, FleetClaim, FrontierClaim, published_claims


def test_every_claim_is_of_the_catalog_and_has_its_source() -> None:
    claims = published_claims()
    assert len(claims) == 19
    for claim in claims.values():
        assert catalog.model(claim.model_id)
        assert catalog.accelerator(claim.accelerator_id)
        assert claim.kind == "published"
        assert claim.publisher in claim.source or claim.publisher == "Mooncake and SGLang"
        assert claim.reason.endswith(".")
        assert all(text.endswith(".") for text in claim.assumptions)


def test_claims_come_in_the_order_of_their_months() -> None:
    dates = [claim.date for claim in published_claims().values()]
    assert dates == sorted(dates)


def test_labels_tell_claims_apart() -> None:
    assert len({claim.label for claim in published_claims().values()}) == 19


def test_a_batch_that_is_not_stated_is_told() -> None:
    for claim in published_claims().values():
        if isinstance(claim, DecodeClaim):
            assert (claim.batch is None) == any("batch is not stated" in text for text in claim.assumptions)


def test_draft_lengths_are_measured_as_far_as_they_are_taken() -> None:
    for claim in published_claims().values():
        if isinstance(claim, DecodeClaim | FrontierClaim):
            assert len(claim.accepted_lengths) == claim.draft_tokens


def test_a_fleet_rests_on_claims() -> None:
    claims = published_claims()
    fleets = [claim for claim in claims.values() if isinstance(claim, FleetClaim)]
    assert fleets
    for fleet in fleets:
        assert (claims[fleet.decode_claim].quantity, claims[fleet.prompt_claim].quantity) == ("decode", "prompts")
