"""How many accelerators links join, and what leaves a scale-up domain."""

import numpy as np

from infecon_core.physics import interconnect
from tests.support.round_numbers import CHIP


def changed(**numbers):
    return CHIP.model_copy(update=numbers)


def test_the_link_of_a_chip_is_its_fastest():
    assert interconnect.link_bytes_per_s(CHIP) == 400e9
    assert interconnect.link_bytes_per_s(changed(scale_up_bytes_per_s=None)) == 50e9
    assert interconnect.link_bytes_per_s(changed(scale_up_bytes_per_s=None, scale_out_bytes_per_s=None)) == 0


def test_domains_and_what_links_join():
    torus, closed = changed(topology="torus", scale_out_bytes_per_s=None), changed(scale_out_bytes_per_s=None)
    assert [interconnect.domain_gpus(chip) for chip in (CHIP, torus, closed)] == [8, np.inf, 8]
    assert [interconnect.linked_gpus(chip) for chip in (CHIP, torus, closed)] == [np.inf, np.inf, 8]
    assert interconnect.domains(CHIP, np.array([1.0, 8, 9, 64])).tolist() == [1, 1, 2, 8]
    assert interconnect.domains(torus, np.array([1.0, 4096])).tolist() == [1, 1]


def test_the_share_of_others_outside():
    assert interconnect.leaving_share(CHIP, np.array([1.0, 2, 8, 9, 15])).tolist() == [0, 0, 0, 1 / 8, 1 / 2]
    alone = changed(scale_up_domain=1)
    assert interconnect.leaving_share(alone, np.array([1.0, 2, 3])).tolist() == [0, 1, 1]


def test_experts_leave_a_domain_where_copies_of_attention_do():
    copies, gpus = np.array([1.0, 2, 2, 9]), np.array([16.0, 8, 16, 9])
    assert interconnect.experts_leave_domain(CHIP, copies, gpus).tolist() == [False, False, True, True]
    assert not interconnect.experts_leave_domain(changed(topology="torus"), copies, gpus).any()


def test_seconds_per_byte():
    assert interconnect.seconds_per_byte(4e9) == 0.25e-9
    assert interconnect.seconds_per_byte(None) == interconnect.seconds_per_byte(0.0) == np.inf
