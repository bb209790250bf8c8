"""Every constant of every accelerator has evidence, also where its file leaves the number out."""

import pytest

from infecon_core import Scenario
from infecon_core.analysis.assumptions import DEFAULT_VALUE, constants
from tests.support.catalog import REAL_ACCELERATORS


@pytest.mark.parametrize("accelerator", REAL_ACCELERATORS)
@pytest.mark.parametrize("engine", ["serving", "published"])
def test_every_constant_says_where_it_comes_from(accelerator: str, engine: str) -> None:
    found = constants(Scenario.preset("llama-3.1-8b", accelerator, engine=engine))
    assert found
    assert all(constant.provenance.source for constant in found)


def test_a_number_that_no_file_states_is_the_default() -> None:
    evidence = {c.name: c.provenance for c in constants(Scenario.preset("llama-3.1-8b", "b200-hgx"))}
    assert evidence["allreduce_latency_s_per_rank"] == DEFAULT_VALUE
    assert evidence["allreduce_latency_s"] != DEFAULT_VALUE
