"""Measured acceptance curves."""

from infecon_core.validation import acceptance


def test_acceptance_curves_are_lengths_of_rounds() -> None:
    curves = acceptance.curves()
    assert len(curves) == 14
    for curve in curves.values():
        for drafts, length in enumerate(curve.accepted_lengths, start=1):
            assert 1 < length <= drafts + 1
    assert curves["qwen3.5-397b-mtp-thinking"].accepted_lengths[:2] == (1.93, 2.73)
