"""Comparisons as tables."""

import io

import pandas as pd
import pytest

from infecon_core import Scenario, frontier
from infecon_core.analysis.compare import Entrant, Target, entrant, ranked, standings
from infecon_core.analysis.comparison_tables import at_target, scenario_columns, tidy
from infecon_core.schema.frontier import FRONTIER_COLUMNS
from infecon_core.validation.uncertainty import ranges_along, spread
from tests.support.comparisons import BASE, OTHER, OUTPUT

GAP = Entrant("gap", None, None, "It has no price.")
ENTRANTS = [GAP, entrant("one", BASE), entrant("other", OTHER)]


def test_one_row_for_every_point_and_one_for_a_gap() -> None:
    found = tidy(ENTRANTS, {"one": "gpu=b200-hgx"})
    sizes = {"gap": 1, "one": len(frontier(BASE)), "other": len(frontier(OTHER))}
    assert found.groupby("compared").size().to_dict() == sizes
    assert list(found.columns[-len(FRONTIER_COLUMNS) :]) == [column.name for column in FRONTIER_COLUMNS]
    assert found.loc[0, "problem"] == "It has no price."
    assert set(found.loc[found["compared"] == "one", "choices"]) == {"gpu=b200-hgx"}
    own = found[found["compared"] == "other"].reset_index(drop=True)
    whole = frontier(OTHER).reset_index(drop=True)
    # Counts are no integers in a column that has gaps.
    pd.testing.assert_frame_equal(own[list(whole.columns)], whole, check_dtype=False)
    assert "choices" not in tidy(ENTRANTS)
    ranges = ranges_along(whole, spread(OTHER))
    pd.testing.assert_frame_equal(own[list(ranges.columns)], ranges)


def test_the_table_survives_csv() -> None:
    found = tidy(ENTRANTS)
    back = pd.read_csv(io.StringIO(found.to_csv(index=False)))
    assert list(back.columns) == list(found.columns)
    assert back["usd_per_million_tokens"].tolist() == pytest.approx(
        found["usd_per_million_tokens"].tolist(), nan_ok=True
    )


def test_every_column_that_defines_or_differs() -> None:
    first, second = scenario_columns([BASE, OTHER])
    for name in ("weights", "kv", "prompt_tokens", "output_tokens", "max_gpus", "price_basis", "engine", "speculation"):
        assert first[name] == second[name]
    assert (first["model"], first["accelerator"]) == ("DeepSeek V3", "B200")
    assert second["accelerator"] == "GB200 NVL72"
    assert first["price_usd_per_gpu_hour"] == BASE.accelerator.price_usd_per_gpu_hour
    # Numbers of the accelerators where they differ, and no numbers of the model, which is the same.
    assert (first["scale_up_domain"], second["scale_up_domain"]) == (8, 72)
    assert "kernel_launch_s" not in first
    assert "vocab_size" not in first


def test_a_number_that_was_changed_by_hand_is_there() -> None:
    first, second = scenario_columns([BASE, BASE.changed(hbm_bytes=100e9)])
    assert (first["hbm_bytes"], second["hbm_bytes"]) == (BASE.accelerator.hbm_bytes, 100e9)


def test_drafts_and_engines_are_named() -> None:
    drafted = BASE.changed(speculation={"kind": "self_draft"})
    assert [row["speculation"] for row in scenario_columns([BASE, drafted, None])[:2]] == ["none", "self_draft"]
    measured = Entrant("measured", BASE, frontier(BASE), measured=True)
    assert set(tidy([ENTRANTS[1], measured])["engine"]) == {"serving", "measured"}


def test_the_table_at_the_target() -> None:
    slow = entrant("slow", Scenario.preset("deepseek-v3", "h100-sxm", prompt_tokens=100_000))
    found = ranked(standings([*ENTRANTS, slow], OUTPUT, Target(50.0)))
    table = at_target(found)
    assert table["compared"].tolist() == [one.name for one in found]
    assert table["value"].tolist() == pytest.approx([one.value for one in found], nan_ok=True)
    assert table["ratio"].iloc[0] == 1
    assert table["ratio"].iloc[1] == pytest.approx(found[1].value / found[0].value)
    assert table["n_gpu"].iloc[0] == found[0].point["n_gpu"]  # type: ignore[index]
    assert (table["note"] != "").tolist() == [not one.reached for one in found]
