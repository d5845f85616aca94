# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Faults put into a running machine from outside: actions for machine.When.

Faults that are there from the start are part of the machine (Disk.bad_sector, ram.Node) or of its network (peer.py).
Those of memory last as long as the machine runs, or wait for the moment to strike, in a thread of their own.
"""

import ctypes
import mmap
import threading
import time
from collections.abc import Callable

from machine import Run

LINK_OUT_S = 1.5
E1000E = 0x10D3  # PCI device id
DEVICE_CONTROL, FORCED_100_HALF = 0x0, 1 << 12 | 1 << 11 | 1 << 8 | 1 << 6  # duplex forced, speed forced to 100 Mb/s, link
WORD_BYTES = 8

Action = Callable[[Run], None]


def window(run: Run, address: int, size: int) -> ctypes.Array:
    """The guest's memory from a physical address on, as bytes that we share with it."""
    descriptor, offset = run.ram.where(address)
    skipped = offset % mmap.PAGESIZE
    return (ctypes.c_uint8 * size).from_buffer(mmap.mmap(descriptor, skipped + size, offset=offset - skipped), skipped)


def after_writes(areas: dict[int, int], strike: Callable[[int], None], run: Run, times: int | None = None) -> None:
    """From now on strike(address of the area) whenever the guest has written to one of the areas (address: bytes),
    before it can read that back; after so many `times` no more.
    """
    watchpoints = run.watchpoints()
    for address, size in areas.items():
        watchpoints.watch(address, size)

    def work() -> None:
        left = times
        while left != 0 and (area := watchpoints.next_hit()) is not None:
            strike(area)
            left = left and left - 1
        if left == 0:
            watchpoints.leave()

    threading.Thread(target=work, daemon=True).start()


def stick_bits(address: int, bit: int, value: int = 1, count: int = 1, stride: int = 1) -> Action:
    """Bit `bit` of the byte at the physical address, and of `count` bytes `stride` bytes apart, reads as `value`
    whatever is written.
    """

    def action(run: Run) -> None:
        cells = {place: window(run, place, 1) for place in range(address, address + count * stride, stride)}

        def strike(place: int) -> None:
            cells[place][0] = cells[place][0] | 1 << bit if value else cells[place][0] & ~(1 << bit)

        after_writes(dict.fromkeys(cells, 1), strike, run)

    return action


def hold(address: int, content: bytes) -> Action:
    """Dead cells: they read as `content` whatever is written."""

    def action(run: Run) -> None:
        cells = window(run, address, len(content))
        after_writes({address: len(content)}, lambda _: ctypes.memmove(cells, content, len(content)), run)

    return action


def once_written(address: int, size: int, strike: Callable[[ctypes.Array], None]) -> Action:
    """strike(cells), once, as soon as the last word of the area has been written.

    That is the moment when what is struck will be read next before it is written.
    """

    def action(run: Run) -> None:
        cells = window(run, address, size)
        after_writes({address + size - WORD_BYTES: WORD_BYTES}, lambda _: strike(cells), run, times=1)

    return action


def flip_once(address: int, bit: int) -> Action:
    """One bit of the byte at the physical address is lost once; the cell is good."""

    def strike(cells: ctypes.Array) -> None:
        cells[address % WORD_BYTES] ^= 1 << bit

    return once_written(address - address % WORD_BYTES, WORD_BYTES, strike)


def spoil_once(address: int, content: bytes) -> Action:
    """`content` instead of what was written, once; the cells are good."""
    return once_written(address, len(content), lambda cells: ctypes.memmove(cells, content, len(content)))


def fill(address: int, content: bytes) -> Action:
    """What memory holds when the machine comes to it."""
    return lambda run: ctypes.memmove(window(run, address, len(content)), content, len(content))


def mirror(one: int, other: int, size: int) -> Action:
    """The same cells answer at both addresses."""

    def action(run: Run) -> None:
        cells = {address: window(run, address, size) for address in (one, other)}

        def strike(written: int) -> None:
            ctypes.memmove(cells[one + other - written], cells[written], size)

        after_writes({one: size, other: size}, strike, run)

    return action


def press(*keys: str) -> Action:
    """Keys on the machine's own keyboard."""
    return lambda run: run.press(*keys)


def type_serial(text: str) -> Action:
    """Keys at the other end of the serial line."""
    return lambda run: run.type_serial(text)


def cut_power(run: Run) -> None:
    run.cut_power()


def pull_cable(run: Run) -> None:
    run.monitor("set_link", name="net0", up=False)


def unplug(device: str) -> Action:
    """The device is pulled out, whatever it is doing."""
    return lambda run: run.monitor("device_del", id=device)


def bounce_link(run: Run) -> None:
    """The cable is out for a moment."""
    run.monitor("set_link", name="net0", up=False)
    time.sleep(LINK_OUT_S)
    run.monitor("set_link", name="net0", up=True)


def slow_down(run: Run) -> None:
    """An e1000e forced to 100 Mb/s, half duplex, through its own I/O window (Intel 82574L datasheet, 10.2.2.1, 5.6.7)."""
    devices = [device for bus in run.monitor("query-pci") for device in bus["devices"]]
    card = next(device for device in devices if device["id"]["device"] == E1000E)
    window = next(region["address"] for region in card["regions"] if region["type"] == "io")
    for port, value in ((window, DEVICE_CONTROL), (window + 4, FORCED_100_HALF)):
        run.write_port(port, value)


def machine_check(cpu: int, bank: int, status: int, address: int, misc: int, mcg_status: int = 0) -> Action:
    """An error in a machine-check bank of one CPU; an uncorrected one interrupts that CPU."""
    words = f"mce {cpu} {bank} {status:#x} {mcg_status:#x} {address:#x} {misc:#x}"

    def inject(run: Run) -> None:
        answer = run.monitor("human-monitor-command", **{"command-line": words})
        if answer:
            raise RuntimeError(f"{words}: {answer}")

    return inject
