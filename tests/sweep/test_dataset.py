"""The rows of a data set: a frontier's points with the whole scenario, and scenarios without one with the reason."""

import io
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from infecon_core import NothingFits, Scenario, __version__, catalog, frontier
from infecon_core.choices import Choices
from infecon_core.schema.frontier import COLUMNS, FRONTIER_COLUMNS
from infecon_core.sweep.compute import answers, computed
from infecon_core.sweep.dataset import COMPRESSION, DataSet
from infecon_core.sweep.specification import Specification
from tests.support.sweeps import SMALL, all_jobs, jobs_of

SPECULATING = {
    "fixed": {"model": "llama-3.1-70b", "gpu": "h200-sxm", "max": 4, "price": 2.5, "acceptance": 0.6},
    "grid": {"spec": ["off", "draft", "self"], "a_hbm": [80, 141]},
}


def _frame(data: DataSet) -> pd.DataFrame:
    return data.table(answers(all_jobs(data.jobs))).to_pandas()


def _alone(scenario: Scenario) -> pd.DataFrame | str:
    """The frontier, or why there is none."""
    try:
        return frontier(scenario)
    except NothingFits as error:
        return str(error)


def test_rows_are_the_frontiers_and_the_reasons() -> None:
    data = DataSet(jobs_of(**SMALL))
    table = _frame(data)
    jobs = all_jobs(data.jobs)
    assert set(table["job"]) == set(range(len(jobs)))
    refused = 0
    for job in jobs:
        rows = table[table["job"] == job.number]
        alone = _alone(job.choices.scenario())
        if isinstance(alone, str):
            refused += 1
            assert list(rows["reason"]) == [alone]
            assert rows[list(COLUMNS)].isna().all(axis=None)
            continue
        assert rows["reason"].isna().all()
        for column in FRONTIER_COLUMNS:
            if column.unit:
                found = rows[column.name].to_numpy(float)
                np.testing.assert_allclose(found, alone[column.name].to_numpy(float), rtol=1e-12, atol=0)
            else:
                assert list(rows[column.name]) == list(alone[column.name])
    assert 0 < refused < len(jobs)


@pytest.mark.parametrize("plain", [SMALL, SPECULATING])
def test_a_row_holds_its_scenario_whole(plain: dict[str, object]) -> None:
    data = DataSet(jobs_of(**plain))
    table = _frame(data).groupby("job").first()
    for job in all_jobs(data.jobs):
        row = table.loc[job.number]
        scenario = job.choices.scenario()
        again, faults = Choices.parse(row["scenario"])
        assert not faults
        assert again.scenario() == scenario
        # The columns say the same by the keywords of `Scenario.preset`.
        assert row["prompt_tokens"] == scenario.prompt_tokens
        assert row["weights"] == scenario.precision.weights
        assert row["price_usd_per_gpu_hour"] == scenario.accelerator.price_usd_per_gpu_hour
        assert row["price_basis"] == scenario.price_basis
        assert row["max_gpus"] == scenario.max_gpus
        assert row["min_tokens_per_s_user"] == scenario.serving.min_tokens_per_s_user
        if scenario.speculation is None:
            assert row["speculation"] == "off"
            assert np.isnan(row["max_draft_tokens"])
        else:
            assert row["acceptance"] == scenario.speculation.acceptance
            assert row["max_draft_tokens"] == scenario.speculation.max_draft_tokens
        if "hbm_bytes" in table:
            assert row["hbm_bytes"] == scenario.accelerator.hbm_bytes


def test_columns_alone_give_the_scenario_back() -> None:
    data = DataSet(jobs_of(**SMALL))
    table = _frame(data).groupby("job").first()
    for job in all_jobs(data.jobs):
        row = table.loc[job.number]
        names = [name for name in data.scenario_columns if name not in ("price_usd_per_gpu_hour", "speculation")]
        changes = {
            name: value
            for name in names
            if (value := row[name]) is not None and value == value  # noqa: PLR0124 - NaN
        }
        again = Scenario.preset(job.choices.model_id, job.choices.accelerator_id, **changes)
        assert again == job.choices.scenario()


def test_only_the_columns_that_are_asked_for_are_kept() -> None:
    data = DataSet(jobs_of(**SMALL, columns=["usd_per_million_tokens", "tokens_per_s_user"]))
    # In the order of the frontier, whatever the order of the specification.
    assert data.schema.names[-2:] == ["tokens_per_s_user", "usd_per_million_tokens"]
    assert not set(data.schema.names) & (set(COLUMNS) - {"tokens_per_s_user", "usd_per_million_tokens"})


def test_a_file_says_what_its_columns_are_and_what_made_it() -> None:
    data = DataSet(jobs_of(**SMALL))
    file = pq.ParquetFile(io.BytesIO(computed(data, next(data.jobs.chunks())).payload))
    schema = file.schema_arrow
    for name, unit in (("tpot_s", b"s"), ("hbm_bytes_per_gpu", b"B"), ("prompt_tokens", b"tokens"), ("limit", b"")):
        assert schema.field(name).metadata[b"unit"] == unit
        assert schema.field(name).metadata[b"description"]
    assert schema.field("prompt_tokens").metadata[b"key"] == b"prompt"
    head = schema.metadata
    assert head[b"infecon.version"].decode() == __version__
    assert head[b"infecon.data_version"].decode() == catalog.data_version()
    assert Specification.model_validate(json.loads(head[b"infecon.specification"])) == data.jobs.specification
    assert file.metadata.row_group(0).column(0).compression == COMPRESSION.upper()


def test_all_files_of_a_data_set_have_one_schema() -> None:
    data = DataSet(jobs_of(**SMALL))
    schemas = [pq.read_schema(io.BytesIO(computed(data, chunk).payload)) for chunk in data.jobs.chunks()]
    assert len(schemas) == 4
    assert all(schema.equals(schemas[0], check_metadata=True) for schema in schemas)


def test_names_of_columns_are_never_taken_twice() -> None:
    data = DataSet(jobs_of(fixed={"model": "gemma-3-27b", "m_num_layers": 10, "m_num_layers_2": 52}))
    assert len(set(data.schema.names)) == len(data.schema.names)
    assert "architecture.layer_groups.1.num_layers" in data.schema.names
