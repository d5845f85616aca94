# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Faults put into a running machine from outside: actions for machine.When.

Faults that are there from the start are part of the machine (Disk.bad_sector) or of its network (peer.py).
"""

import ctypes
import mmap
import random
import threading
import time
from collections.abc import Callable

from machine import Run
from media import MIB

FORCE_EVERY_S = 0.0002
FLOOD_EVERY_S = 0.1
SEQ_CST = 5  # GCC's __ATOMIC_SEQ_CST


def file_offset(memory_mib: int, address: int) -> int:
    """Where a physical address lies in QEMU's memory: from 2816 MiB on, a q35 has 2 GiB of it below the PCI hole."""
    below = 2048 * MIB if memory_mib >= 2816 else memory_mib * MIB
    return address if address < 4096 * MIB else address - 4096 * MIB + below


def stick_bit(address: int, bit: int, value: int = 1) -> Callable[[Run], None]:
    """From now on bit `bit` of the byte at the physical address reads as `value`, whatever is written.

    The bit is forced by one locked instruction, or it could undo what the guest writes to its neighbours at that moment.
    """

    def start(run: Run) -> None:
        offset = file_offset(run.machine.memory_mib, address)
        threading.Thread(target=_hold, args=(run, offset, bit, value), daemon=True).start()

    return start


def _hold(run: Run, offset: int, bit: int, value: int) -> None:
    atomic = ctypes.CDLL("libatomic.so.1")
    with mmap.mmap(run.memory_fd, 0) as memory:
        byte = ctypes.c_uint8.from_buffer(memory, offset)
        pointer = ctypes.byref(byte)
        while run.running:
            if value:
                atomic.__atomic_fetch_or_1(pointer, 1 << bit, SEQ_CST)
            else:
                atomic.__atomic_fetch_and_1(pointer, 0xFF & ~(1 << bit), SEQ_CST)
            time.sleep(FORCE_EVERY_S)
        del byte, pointer  # the map cannot be closed while they point into it


def flood(address: int, words: int) -> Callable[[Run], None]:
    """From now on, so many words from a physical address are overwritten with nonsense several times a second."""

    def start(run: Run) -> None:
        offset = file_offset(run.machine.memory_mib, address)
        threading.Thread(target=_flood, args=(run, offset, words), daemon=True).start()

    return start


def _flood(run: Run, offset: int, words: int) -> None:
    with mmap.mmap(run.memory_fd, 0) as memory:
        while run.running:
            memory[offset : offset + 8 * words] = random.randbytes(8 * words)
            time.sleep(FLOOD_EVERY_S)


def press(*keys: str) -> Callable[[Run], None]:
    """Keys on the machine's own keyboard."""
    return lambda run: run.press(*keys)


def type_serial(text: str) -> Callable[[Run], None]:
    """Keys at the other end of the serial line."""
    return lambda run: run.type_serial(text)


def cut_power(run: Run) -> None:
    run.cut_power()


def pull_cable(run: Run) -> None:
    run.monitor("set_link", name="net0", up=False)


def machine_check(cpu: int, bank: int, status: int, address: int, misc: int, mcg_status: int = 0) -> Callable[[Run], None]:
    """An error in a machine-check bank of one CPU; an uncorrected one interrupts that CPU."""
    words = f"mce {cpu} {bank} {status:#x} {mcg_status:#x} {address:#x} {misc:#x}"

    def inject(run: Run) -> None:
        answer = run.monitor("human-monitor-command", **{"command-line": words})
        if answer:
            raise RuntimeError(f"{words}: {answer}")

    return inject
