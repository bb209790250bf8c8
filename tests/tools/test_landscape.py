"""The shipped data set of the page Landscape: that it is what the engine computes now, whole, and small."""

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from infecon_core import catalog, frontier
from infecon_core.choices import Choices
from infecon_core.sweep.jobs import Jobs
from infecon_core.sweep.specification import read
from infecon_ui.landscape import dataset
from infecon_ui.landscape.curves import NONE, curves
from tests.support import landscapes
from tools import landscape

STALE = "The shipped data set is stale: `make landscape` computes it anew."


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    """All rows of the shipped data set."""
    frame: pd.DataFrame = pq.read_table(landscape.FOLDER / landscape.POINTS).to_pandas()
    return frame


def test_a_handful_of_its_frontiers_are_what_the_engine_computes_now(shipped: pd.DataFrame) -> None:
    jobs = sorted(shipped["job"].unique())
    for job in jobs[17 :: len(jobs) // 8]:
        rows = shipped[shipped["job"] == job].sort_values("tokens_per_s_user", ascending=False)
        choices = Choices.parse(rows["scenario"].iloc[0])[0]
        expected = frontier(choices.scenario())
        assert len(rows) == len(expected), STALE
        for name in ("tokens_per_s_user", "tokens_per_s_per_gpu", *dataset.DETAILS):
            told = pytest.approx(expected[name].to_numpy(float), rel=1e-12, nan_ok=True)
            assert rows[name].to_numpy(float) == told, f"{name} of {choices.text()}. {STALE}"


def test_it_is_of_the_present_data_and_specification() -> None:
    told = json.loads((landscape.FOLDER / landscape.TOLD).read_text(encoding="utf-8"))
    assert told["data_version"] == catalog.data_version(), STALE
    specification = read(landscape.FOLDER / landscape.SPECIFICATION)
    assert told["specification"] == specification.normal(), STALE
    assert told["frontiers"] == len(Jobs(specification))
    assert dt.date.fromisoformat(told["date"])


def test_every_scenario_is_there_once_and_it_is_small(shipped: pd.DataFrame) -> None:
    assert (landscape.FOLDER / landscape.POINTS).stat().st_size <= landscape.MOST_BYTES
    jobs = Jobs(read(landscape.FOLDER / landscape.SPECIFICATION))
    assert sorted(shipped["job"].unique()) == list(range(len(jobs)))
    reached = shipped[shipped["reason"].isna()]
    assert not reached.duplicated(["job", "tokens_per_s_user"]).any()


def test_the_page_reads_it(shipped: pd.DataFrame) -> None:
    data = dataset.read(dataset.SHIPPED)
    assert data.shipped
    assert 20 <= len(data.models) <= 30
    assert 15 <= len(data.accelerators) <= 20
    assert len(data.lengths) == 4
    assert data.points == int(shipped["reason"].isna().sum())
    for length in data.lengths:
        for weights in data.dimensions["weights"]:
            assert (curves(data, length, (("weights", weights),)).job != NONE).all()


def test_a_small_sweep_is_joined_into_one_file_that_says_the_same(tmp_path: Path) -> None:
    one = tmp_path / "one"
    one.mkdir()
    (one / landscape.SPECIFICATION).write_text(
        "[fixed]\nmax = 8\n[grid]\nmodel = ['deepseek-v3', 'llama-3.1-8b']\ngpu = ['h100-sxm', 'b200-hgx']\n",
        encoding="utf-8",
    )
    assert landscape.main(one, dt.date(2026, 2, 3)) == 0
    joined = pq.read_table(one / landscape.POINTS).to_pandas()
    grid = {"model": ["deepseek-v3", "llama-3.1-8b"], "gpu": ["h100-sxm", "b200-hgx"]}
    apart = landscapes.rows(landscapes.swept(tmp_path / "apart", grid=grid, fixed={"max": 8}))
    columns = [name for name in apart if name in joined and apart[name].dtype.kind in "fi"]
    assert len(columns) > 20
    assert joined["model"].tolist() == apart.sort_values("job", kind="stable")["model"].tolist()
    pd.testing.assert_frame_equal(
        joined[columns], apart.sort_values("job", kind="stable", ignore_index=True)[columns], check_exact=True
    )
    data = dataset.read(one)
    assert (data.date, data.frontiers) == ("2026-02-03", 3)


def test_a_data_set_that_is_too_large_is_refused_and_nothing_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / landscape.SPECIFICATION).write_text("[grid]\nmodel = ['llama-3.1-8b']\n", encoding="utf-8")
    monkeypatch.setattr(landscape, "MOST_BYTES", 1000)
    assert landscape.main(tmp_path) == 1
    assert "sweep less" in capsys.readouterr().err
    assert not (tmp_path / landscape.POINTS).exists()
