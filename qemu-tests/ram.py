# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The machine's memory: files that QEMU maps, so that bits can be changed behind the guest's back.

The files are sparse and exist only as long as the machine runs.
"""

import os
from dataclasses import dataclass

MIB = 1 << 20
FOUR_GIB = 4096 * MIB
LOW_MAX = 2816 * MIB  # a q35 with this much or more...
LOW_THEN = 2048 * MIB  # ...has only so much below the hole under 4 GiB, the rest above it


@dataclass(frozen=True)
class Node:
    """A NUMA node. Nodes follow each other in the guest's memory as they do in the list."""

    mib: int
    cells: str = ""  # nodes with the same name share their cells, as when an address line is not decoded
    read_only: bool = False  # what the guest writes is lost; faults.py can still write


def even_nodes(count: int, mib: int) -> tuple[Node, ...]:
    return (Node(mib // count),) * count


class Ram:
    """The files behind the memory of one machine. One piece without NUMA tables if `nodes` is empty."""

    def __init__(self, mib: int, nodes: tuple[Node, ...] = ()):
        self._numa = bool(nodes)
        self._nodes = nodes or (Node(mib),)
        self.bytes = sum(node.mib for node in self._nodes) * MIB
        shared: dict[str, int] = {}
        self.descriptors: list[int] = []  # one for each node
        for index, node in enumerate(self._nodes):
            name = node.cells or f"node{index}"
            if name not in shared:
                shared[name] = os.memfd_create(f"kiriwake-{name}")
                os.ftruncate(shared[name], node.mib * MIB)
            self.descriptors.append(shared[name])

    def arguments(self, cpus: int, more: str = "") -> list[str]:
        """The words of QEMU's command line; `more` is added to -m. CPUs are spread over the nodes as evenly as they go."""
        arguments = ["-m", f"{self.bytes // MIB}M{more}"]
        count = len(self._nodes)
        for index, (node, descriptor) in enumerate(zip(self._nodes, self.descriptors, strict=True)):
            file = f"mem-path=/proc/self/fd/{descriptor},share=on,readonly={'on' if node.read_only else 'off'}"
            arguments += ["-object", f"memory-backend-file,id=ram{index},size={node.mib}M,{file}"]
            if self._numa:
                first, end = cpus * index // count, cpus * (index + 1) // count
                own = f",cpus={first}-{end - 1}" if first < end else ""
                arguments += ["-numa", f"node,nodeid={index},memdev=ram{index}{own}"]
        return arguments if self._numa else [*arguments, "-machine", "memory-backend=ram0"]

    def where(self, address: int) -> tuple[int, int]:
        """The descriptor and the offset in its file of the byte at a guest physical address."""
        low = LOW_THEN if self.bytes >= LOW_MAX else self.bytes
        offset = address if address < low else address - FOUR_GIB + low
        if not (address < low or address >= FOUR_GIB) or offset >= self.bytes:
            raise ValueError(f"no RAM at {address:#x}")
        for node, descriptor in zip(self._nodes, self.descriptors, strict=True):
            if offset < node.mib * MIB:
                return descriptor, offset
            offset -= node.mib * MIB
        raise AssertionError("the nodes are as large as they are together")

    def close(self) -> None:
        for descriptor in set(self.descriptors):
            os.close(descriptor)
