"""`python -m tools.first_token_waits`: simulate the cases, and write how far the formulas are off.

What it writes is data/calibration/waits.toml, with the day on which it is run. A test holds the file to the cases.
"""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from infecon_core.analysis.planner.checked import all_simulated
from infecon_core.catalog.waits import FILE

_HEAD = """# What the formulas of analysis.planner.waits say over what simulations event by event gave, less 1:
# the median of its size, the farthest too short and too long. `python -m tools.first_token_waits` writes it.

"""


def main() -> None:
    """Write the file, and print each case."""
    first, last = [], []
    for case, found in all_simulated():
        first.append(found.first_token_error)
        last.append(found.formula_end_to_end_s / found.end_to_end_s - 1)
        print(f"{case.model_id:16} {case.accelerator_id:10} {case.lengths:26} {case.percentile}th percentile: ", end="")
        print(
            f"first token {found.first_token_s:.3f} s {first[-1]:+.1%}, last {found.end_to_end_s:.2f} s {last[-1]:+.1%}"
        )
    text = (
        f'cases = {len(first)}\nunit = "1"\nkind = "estimate"\n'
        f'source = "simulation, analysis.planner.checked"\ndate = "{dt.date.today().isoformat()}"\n'
        f"{_table('first_token', first)}{_table('last_token', last)}"
    )
    FILE.write_text(_HEAD + text, encoding="utf-8")


def _table(name: str, errors: Sequence[float]) -> str:
    values = {"median": np.median(np.abs(errors)), "least": min(errors), "most": max(errors)}
    return f"\n[{name}]\n" + "".join(f"{key} = {value:.4f}\n" for key, value in values.items())


if __name__ == "__main__":
    main()
