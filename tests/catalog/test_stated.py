"""Numbers that no control changes: all of them, each with its evidence."""

from infecon_core.catalog.collectives import collective_libraries
from infecon_core.catalog.stated import stated


def test_every_number_of_the_files_is_told_once() -> None:
    found = {one.name: one for one in stated()}
    assert len(found) == len(stated())
    n_collectives = sum(len(library.provenance) for library in collective_libraries().values())
    # Two levels of boards for each of two kinds of software, three levels of engines.
    assert len(found) == n_collectives + 4 + 3
    assert all(one.provenance.source and one.provenance.date for one in found.values())


def test_values_are_those_of_the_files() -> None:
    found = {one.name: (one.value, one.unit, one.provenance.kind) for one in stated()}
    assert found["NCCL, LL: latency of a further rank"] == (6e-7, "s", "published")
    assert found["Board power while waiting, cuda"] == (0.32, "1", "measured")
    assert found["Best over one engine"] == (1.05, "1", "measured")
    assert found["Published over measured, median error"] == (0.41, "1", "measured")
