"""A specification as the text of a file, read back."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from infecon_core.sweep.specification import Specification, read
from infecon_core.sweep.toml import toml
from tests.support.sweeps import SMALL


@pytest.mark.parametrize(
    "plain",
    [
        SMALL,
        {"grid": {"prompt": "1000..8000*2", "w": ["fp8"]}},
        {"name": 'A "quoted" \\ name, ü', "fixed": {"disagg": True, "ttft": 0.5, "ttft2": 1e-9}, "columns": ["tpot_s"]},
        {"list": [{"w": "fp4", "at": 50}, {"w": "fp8"}], "grid": {"overlap": ["none", 0.5]}},
    ],
)
def test_what_is_written_is_read_as_the_same(plain: dict[str, Any], tmp_path: Path) -> None:
    specification = Specification.model_validate(plain)
    path = tmp_path / "sweep.toml"
    path.write_text(toml(specification, "First line\nSecond line"), encoding="utf-8")
    assert read(path) == specification
    assert path.read_text(encoding="utf-8").startswith("# First line\n# Second line\n")


def test_a_number_that_is_not_there_is_written_as_its_word() -> None:
    written = toml(Specification(grid={"ttft": (None, 0.5)}))
    assert tomllib.loads(written) == {"grid": {"ttft": ["none", 0.5]}}


def test_a_range_in_one_line_is_the_range_in_a_table() -> None:
    table = {"from": 1000, "to": 8000, "factor": 2}
    line = Specification.model_validate({"grid": {"prompt": "1000..8000*2"}})
    assert line == Specification.model_validate({"grid": {"prompt": table}})
