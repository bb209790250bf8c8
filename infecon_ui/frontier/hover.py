"""What the markers of a frontier carry, and the text that a mouse over one of them shows."""

from functools import cache

import numpy as np
import numpy.typing as npt

from infecon_core.schema.frontier import COLUMNS
from infecon_ui.charts.palette import LIMITS, TIME_COLUMNS, TIMES
from infecon_ui.frontier.points import Columns
from infecon_ui.frontier.words import DEGREES

# What a marker carries, in the order of its customdata; the text reads it by these positions.
FIELDS = (
    *("row", "n_gpu", *DEGREES, "batch", "dimensions", "draft_tokens"),
    *(f"share of {limit}" for limit in LIMITS),
    *("weight_gb", "kv_gb", "workspace_gb", "hbm_gb", "mfu", "mbu", "tpot_ms", "ttft_ms"),
)
_MEMORY = ("weight", "kv", "workspace", "hbm")


def carried(columns: Columns, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """The fields of some rows.

    Args:
        columns (mapping): Columns of a frontier.
        rows (array of int): Which of its rows.

    Returns:
        array (rows, fields): NaN where the engine does not know.
    """
    fields = [
        rows,
        *(columns[name][rows] for name in ("n_gpu", *DEGREES, "batch")),
        np.where(columns["scheme"][rows] == "2-D", 2, 1),
        columns["draft_tokens"][rows],
        *(columns[name][rows] / columns["tpot_s"][rows] for name in TIME_COLUMNS),
        *(columns[f"{name}_bytes_per_gpu"][rows] / 1e9 for name in _MEMORY),
        columns["mfu"][rows],
        columns["mbu"][rows],
        *(columns[name][rows] * 1e3 for name in ("tpot_s", "ttft_s")),
    ]
    return np.column_stack(fields)


def known(columns: Columns) -> frozenset[str]:
    """Which of the optional fields some points of a frontier have."""
    has = {
        "draft_tokens": columns["draft_tokens"].any(),
        "ttft_ms": np.isfinite(columns["ttft_s"]).any(),
        "workspace_gb": np.isfinite(columns["workspace_bytes_per_gpu"]).any(),
    }
    return frozenset(name for name, there in has.items() if there)


def whole(columns: Columns) -> bool:
    """Whether all GPUs, degrees of parallelism and batches of a frontier are whole numbers."""
    return all((columns[name] % 1 == 0).all() for name in ("n_gpu", *DEGREES, "batch"))


@cache
def template(limit: str, shown: frozenset[str], *, whole: bool, cents: bool) -> str:
    """The text of the markers that one limit colours, as a plotly template over `FIELDS`.

    Args:
        limit (str): What limits these points.
        shown (frozenset of str): Optional fields to show.
        whole (bool): Whether layouts and batches are whole numbers.
        cents (bool): Whether two decimals of a dollar tell the prices apart.
    """
    at = {name: f"%{{customdata[{i}]" for i, name in enumerate(FIELDS)}
    price = "$%{y:,.2f}" if cents else "$%{y:,.3~r}"
    count = ":,d}" if whole else ":,.3~r}"
    degrees = [f"{COLUMNS[name].label} {at[name]}{count}" for name in DEGREES]
    degrees += [] if whole else [f"{at['dimensions']}:d}}-D"]
    held = [f"Weights {at['weight_gb']}:.3~r}}", f"KV cache {at['kv_gb']}:.3~r}}"]
    held += [f"workspace {at['workspace_gb']}:.3~r}}"] if "workspace_gb" in shown else []
    lines = [
        f"<b>%{{x:,.3~r}} tok/s per user · {price} per million</b>",
        f"GPUs {at['n_gpu']}{count} · batch {at['batch']}{count}",
        " · ".join(degrees),
        *([f"Draft of {at['draft_tokens']}:d}} tokens"] if "draft_tokens" in shown else []),
        f"TPOT {at['tpot_ms']}:.3~r}} ms, limited by {limit} ({at[f'share of {limit}']}:.0%}})",
        *([f"TTFT {at['ttft_ms']}:,.3~r}} ms without a queue"] if "ttft_ms" in shown else []),
        *(
            f"<span style='color:{time.colour}'>■</span> {time.label} {at[f'share of {time.limit}']}:.0%}}"
            for time in TIMES
        ),
        f"{' + '.join(held)} of {at['hbm_gb']}:.3~r}} GB a GPU",
        f"MFU {at['mfu']}:.2~p}} · MBU {at['mbu']}:.2~p}}",
    ]
    return "<br>".join(lines) + "<extra></extra>"
