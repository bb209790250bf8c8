"""Change the physics, the serving engine, prices and Pareto in thousands of ways; say what the fast tests notice.

What is changed and which tests run stands in `pyproject.toml`; survivors are explained in `tests/mutants.md`. Arguments
go to `mutmut run`, as in `python tools/mutants.py --max-children 1 "infecon_core.physics*"`.
"""

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path("mutants")
LEAST_SHARE = 0.9
# A mutant that never ends is noticed too.
NOTICED = ("killed", "timeout")
MUTMUT = Path(sys.executable).with_name("mutmut")


def output(*words: str) -> str:
    """What mutmut prints for a command."""
    return subprocess.run([MUTMUT, *words], check=True, capture_output=True, text=True).stdout


def changed_lines(name: str) -> str:
    """What one mutant changes: lines without and with it."""
    diff = output("show", name).splitlines()
    return "\n".join(line for line in diff if line[:1] in "+-" and not line.startswith(("+++", "---")))


def main() -> int:
    """Run all mutants from nothing, print survivors and the score; 1 where the score is too low."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    subprocess.run([MUTMUT, "run", *sys.argv[1:]], check=True)
    found = [line.strip().split(": ") for line in output("results", "--all", "true").splitlines() if ": " in line]
    run = [(name, verdict) for name, verdict in found if verdict != "not checked"]
    survivors = [name for name, verdict in run if verdict not in NOTICED]
    for name in survivors:
        print(f"\n{name}\n{changed_lines(name)}")
    share = 1 - len(survivors) / len(run)
    print(f"\n{len(run):,} mutants, {len(survivors):,} survivors: the fast tests notice {share:.1%}.")
    return int(share < LEAST_SHARE)


if __name__ == "__main__":
    sys.exit(main())
