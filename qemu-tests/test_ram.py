# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Where a guest's addresses lie in the files behind its memory, and what is told of its DIMMs, without a guest."""

import os

import pytest

from ram import MIB, Node, Ram, even_nodes
from smbios import Dimm, Mapped, structures

GIB = 1024 * MIB


@pytest.fixture
def ram(request):
    made = Ram(*request.param)
    yield made
    made.close()


@pytest.mark.parametrize("ram", [(512,)], indirect=True)
def test_small_memory_is_in_one_piece(ram):
    assert ram.where(0)[1] == 0
    assert ram.where(512 * MIB - 1)[1] == 512 * MIB - 1
    assert os.fstat(ram.where(0)[0]).st_size == 512 * MIB
    with pytest.raises(ValueError):
        ram.where(512 * MIB)


@pytest.mark.parametrize("ram", [(3072,)], indirect=True)
def test_what_does_not_fit_below_the_hole_lies_above_4_gib(ram):
    assert ram.where(2 * GIB - 1)[1] == 2 * GIB - 1
    assert ram.where(4 * GIB)[1] == 2 * GIB
    assert ram.where(5 * GIB - 1)[1] == 3 * GIB - 1
    for nowhere in (2 * GIB, 4 * GIB - 1, 5 * GIB):
        with pytest.raises(ValueError):
            ram.where(nowhere)


@pytest.mark.parametrize("ram", [(0, even_nodes(2, 6144))], indirect=True)
def test_nodes_follow_each_other_through_the_hole(ram):
    first, second = ram.descriptors
    assert ram.where(2 * GIB - 1) == (first, 2 * GIB - 1)
    assert ram.where(4 * GIB) == (first, 2 * GIB)
    assert ram.where(5 * GIB) == (second, 0)
    assert ram.where(8 * GIB - 1) == (second, 3 * GIB - 1)


@pytest.mark.parametrize("ram", [(0, (Node(64), Node(8, cells="x"), Node(8, cells="x")))], indirect=True)
def test_nodes_may_share_cells(ram):
    assert ram.where(64 * MIB + 5) == ram.where(72 * MIB + 5)
    assert ram.where(64 * MIB) != ram.where(0)


def test_cpus_are_spread_and_none_twice():
    ram = Ram(0, even_nodes(4, 512))
    words = ram.arguments(2)
    ram.close()
    assert [word.rpartition(",cpus=")[2] for word in words if ",cpus=" in word] == ["0-0", "1-1"]


def test_structures_have_the_lengths_of_the_specification():
    dimms = (Dimm("A", 65536, (Mapped(0, 64 * GIB),)), Dimm("B", 0))
    made = structures(dimms)
    assert [(s[0], s[1]) for s in made] == [(16, 0x17), (17, 0x28), (17, 0x28), (19, 0x1F), (20, 0x23)]
    assert all(s.endswith(b"\0\0") for s in made)


def test_large_sizes_and_addresses_go_to_the_extended_fields():
    high = 8 << 40
    made = structures((Dimm("A", 65536, (Mapped(0, 64 * GIB), Mapped(high, high + GIB))),))
    device, array_high, place_high = made[1], made[3], made[5]
    assert device[0x0C:0x0E] == b"\xff\x7f" and int.from_bytes(device[0x1C:0x20], "little") == 65536
    for structure, extended in ((array_high, 0x0F), (place_high, 0x13)):
        assert structure[4:12] == b"\xff" * 8
        assert int.from_bytes(structure[extended : extended + 8], "little") == high
        assert int.from_bytes(structure[extended + 8 : extended + 16], "little") == high + GIB - 1
