"""Tokens of a round by hand."""

import pytest

from infecon_core.physics.speculation import accepted_length, expected_tokens


def test_expected_tokens_are_a_geometric_sum():
    assert expected_tokens(0.8, 1) == pytest.approx(1.8)
    assert expected_tokens(0.8, 3) == pytest.approx(1 + 0.8 + 0.64 + 0.512)
    assert expected_tokens(1.0, 4) == 5
    assert expected_tokens(0.0, 4) == expected_tokens(0.3, 0) == 1


def test_a_measured_curve_counts_before_the_acceptance():
    assert [accepted_length(0.8, (1.5, 1.9), length) for length in (1, 2)] == [1.5, 1.9]
    assert accepted_length(0.8, (), 2) == pytest.approx(2.44)
    assert accepted_length(None, (), 2) == 1
