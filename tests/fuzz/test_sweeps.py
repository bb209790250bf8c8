"""Specifications of sweeps from anybody: counted and checked without computing, or refused in one sentence."""

from itertools import islice
from pathlib import Path

import pytest
from hypothesis import example, given

from infecon_core.sweep.jobs import Jobs
from infecon_core.sweep.specification import Specification, read
from infecon_core.sweep.values import MOST_FRONTIERS
from tests.support.fuzzing import assert_sentence, fuzzed, limits
from tests.support.hostile.sweeps import specifications


@fuzzed(0.06)
@given(text=specifications())
@example(text='{"\\r\\n": null}')
@example(text='{"grid": {"\\u000e": {}}}')
def test_any_specification_is_read_or_refused(text: str, part: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = Path(tmp_path_factory.getbasetemp()) / "specification.json"
    file.write_bytes(text.encode())
    with limits():
        try:
            found = read(file)
            jobs = Jobs(found)
            some = [job for chunk in islice(jobs.chunks(), 3) for job in islice(jobs.jobs(chunk), 3)]
        except ValueError as why:
            assert_sentence(str(why).replace(str(file), "FILE"))
            return
    assert 1 <= len(jobs) <= MOST_FRONTIERS
    assert some
    assert Specification.model_validate(found.normal()) == found
