"""The command `claims`: what others published, beside what the engine makes of it."""

import argparse

from infecon_core.cli.printing import as_csv, as_json, format_of, lines, number, table, three_digits, wrapped
from infecon_core.validation.published_claims import MET, RecomputedClaim, claims_table, recomputed


def claims(args: argparse.Namespace) -> str:
    """Every published claim with ours, theirs and the ratio."""
    found = recomputed()
    kind = format_of(args)
    if kind == "table":
        return claims_text(found)
    records = [{str(name): value for name, value in row.items()} for row in claims_table(found).to_dict("records")]
    return as_csv(records) if kind == "csv" else as_json(records)


def claims_text(found: tuple[RecomputedClaim, ...]) -> str:
    """Recomputed claims as a table, with how many are met."""
    columns: dict[str, list[str]] = {
        "claim": [one.claim.id for one in found],
        "date": [one.claim.date for one in found],
        "unit": [str(one.claim.unit) for one in found],
        "theirs": [number(one.claim.value) for one in found],
        "ours": [three_digits(one.ours) for one in found],
        "ratio": [f"{one.ratio:.2f}" for one in found],
        "batch": [number(one.batch) for one in found],
    }
    met = sum(one.met for one in found)
    about = (
        f"{met} of {len(found)} published figures are met within {MET:.0%}; ratio is ours over theirs. "
        "--format csv gives layouts, assumptions, reasons and sources."
    )
    return lines(*table(columns, right={"theirs", "ours", "ratio", "batch"}), "", *wrapped(about))
