"""The command `sweep`."""

import argparse
import signal
import sys
from pathlib import Path

from infecon_core.cli.printing import lines, number
from infecon_core.schema.words import counted
from infecon_core.sweep.progress import duration
from infecon_core.sweep.run import Swept
from infecon_core.sweep.run import sweep as swept_by
from infecon_core.sweep.specification import read


def sweep(args: argparse.Namespace) -> str:
    """Compute a data set, and say in a line or two what came of it; exit status 130 or 143 where it was stopped.

    Exit status 1 where scenarios were lost with their worker process, which the same command tries again.
    """
    specification = read(Path(args.specification))
    found = swept_by(specification, Path(args.folder), workers=args.workers, scheduler=args.scheduler)
    if found.signal:
        name = signal.Signals(found.signal).name
        print(
            f"infecon: stopped by {name} after {found.before + found.now:,} of {counted(found.frontiers, 'frontier')}; "
            "the same command goes on from there.",
            file=sys.stderr,
        )
        raise SystemExit(128 + found.signal)
    text = summary(found, args.folder)
    if found.lost:
        print(text, end="")
        print(
            f"infecon: {counted(found.lost, 'scenario')} ended with their process; the same command tries again.",
            file=sys.stderr,
        )
        raise SystemExit(1)
    return text


def summary(found: Swept, folder: str) -> str:
    """What a finished sweep did, in words."""
    before = f" ({found.before:,} were there before)" if found.before else ""
    failed = f"{counted(found.failures, 'scenario')} without a frontier"
    if not found.now:
        return lines(f"{counted(found.frontiers, 'frontier')} in {folder}, all of them there before; {failed}.")
    rate = found.now / max(found.seconds, 1e-9)
    return lines(
        f"{counted(found.frontiers, 'frontier')} in {folder}{before}; {failed}.",
        f"Computed now: {counted(found.now, 'frontier')} in {duration(found.seconds)}, {number(rate)}/s; "
        f"{counted(found.points, 'point')}, {found.size_bytes / 1e6:,.1f} MB.",
    )
