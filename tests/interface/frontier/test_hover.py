"""What a marker carries, and the text that reads it."""

import math
import re

import numpy as np
import pytest

from infecon_ui.charts.palette import LIMITS
from infecon_ui.frontier import hover

# Two points: whole with everything known, and with fractions, without prompts and workspace.
ROWS = {
    "n_gpu": [8.0, 7.5],
    "tp": [4.0, 2.5],
    "pp": [2.0, 1.0],
    "ep": [1.0, 1.0],
    "dp_attn": [1.0, 3.0],
    "batch": [96.0, 1.5],
    "scheme": ["1-D", "2-D"],
    "draft_tokens": [4, 0],
    "arithmetic_s": [1e-3, 0.0],
    "memory_s": [5e-3, 1e-3],
    "network_bandwidth_s": [0.5e-3, 0.0],
    "network_latency_s": [2.5e-3, 1e-3],
    "kernel_overhead_s": [1e-3, 0.0],
    "tpot_s": [10e-3, 2e-3],
    "ttft_s": [0.25, math.nan],
    "weight_bytes_per_gpu": [9e9, 4e9],
    "kv_bytes_per_gpu": [30e9, 1e9],
    "workspace_bytes_per_gpu": [7e9, math.nan],
    "hbm_bytes_per_gpu": [80e9, 80e9],
    "mfu": [0.3, 0.1],
    "mbu": [0.6, 0.2],
}
COLUMNS = {name: np.array(values) for name, values in ROWS.items()}
FIRST, SECOND = ({name: values[[i]] for name, values in COLUMNS.items()} for i in (0, 1))


def test_a_marker_carries_its_row() -> None:
    whole, fractions = hover.carried(COLUMNS, np.array([0, 1]))
    expected = {
        **{"row": 0, "n_gpu": 8, "tp": 4, "pp": 2, "ep": 1, "dp_attn": 1, "batch": 96, "dimensions": 1},
        **{"draft_tokens": 4, "weight_gb": 9, "kv_gb": 30, "workspace_gb": 7, "hbm_gb": 80, "mfu": 0.3, "mbu": 0.6},
        **{"tpot_ms": 10, "ttft_ms": 250, "share of arithmetic": 0.1, "share of memory": 0.5},
        **{"share of network bandwidth": 0.05, "share of network latency": 0.25, "share of kernel overhead": 0.1},
    }
    assert dict(zip(hover.FIELDS, whole, strict=True)) == pytest.approx(expected)
    found = dict(zip(hover.FIELDS, fractions, strict=True))
    assert (found["row"], found["dimensions"], found["share of memory"]) == (1, 2, 0.5)
    assert math.isnan(found["ttft_ms"])
    assert math.isnan(found["workspace_gb"])


def test_what_no_point_has_is_not_shown() -> None:
    assert hover.known(FIRST) == {"draft_tokens", "ttft_ms", "workspace_gb"}
    assert hover.known(SECOND) == frozenset()
    assert hover.known(COLUMNS) == hover.known(FIRST)


def test_a_frontier_is_whole_if_every_point_is() -> None:
    assert hover.whole(FIRST)
    assert not hover.whole(SECOND)
    assert not hover.whole(COLUMNS)
    for name in ("n_gpu", "tp", "pp", "ep", "dp_attn", "batch"):
        assert not hover.whole({**FIRST, name: np.array([1.5])})


@pytest.mark.parametrize("limit", LIMITS)
def test_the_text_reads_what_a_marker_carries(limit: str) -> None:
    positions: set[int] = set()
    for shown, whole in ((hover.known(FIRST), True), (hover.known(SECOND), False)):
        template = hover.template(limit, shown, whole=whole, cents=True)
        positions |= {int(i) for i in re.findall(r"customdata\[(\d+)\]", template)}
        assert f"limited by {limit} (%{{customdata[{hover.FIELDS.index(f'share of {limit}')}]:.0%}})" in template
        for word in ("TTFT", "Draft", "workspace"):
            assert (word in template) == whole
    # The row alone is for clicks.
    assert positions == set(range(1, len(hover.FIELDS)))


def test_the_whole_text_of_one_limit() -> None:
    at = {name: f"customdata[{i}]" for i, name in enumerate(hover.FIELDS)}
    lines = hover.template("memory", frozenset(), whole=True, cents=False).split("<br>")
    assert lines[0] == "<b>%{x:,.3~r} tok/s per user · $%{y:,.3~r} per million</b>"
    assert lines[1] == f"GPUs %{{{at['n_gpu']}:,d}} · batch %{{{at['batch']}:,d}}"
    assert lines[2] == " · ".join(
        f"{label} %{{{at[name]}:,d}}" for label, name in (("TP", "tp"), ("PP", "pp"), ("EP", "ep"), ("DP", "dp_attn"))
    )
    assert lines[-2:] == [
        f"Weights %{{{at['weight_gb']}:.3~r}} + KV cache %{{{at['kv_gb']}:.3~r}} of %{{{at['hbm_gb']}:.3~r}} GB a GPU",
        f"MFU %{{{at['mfu']}:.2~p}} · MBU %{{{at['mbu']}:.2~p}}<extra></extra>",
    ]
    fractions = hover.template("memory", frozenset(), whole=False, cents=True).split("<br>")
    assert fractions[0].startswith("<b>%{x:,.3~r} tok/s per user · $%{y:,.2f} per million")
    assert fractions[2].endswith(f"DP %{{{at['dp_attn']}:,.3~r}} · %{{{at['dimensions']}:d}}-D")
