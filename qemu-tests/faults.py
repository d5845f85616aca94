# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Faults put into a running machine from outside: actions for machine.When.

Faults that are there from the start are part of the machine (Disk.bad_sector, ram.Node) or of its network (peer.py).
Those of memory last as long as the machine runs, or wait for the moment to strike, in a thread of their own.
"""

import contextlib
import ctypes
import mmap
import multiprocessing
import os
import threading
import time
from collections.abc import Callable

from machine import Run

POLL_EVERY_S = 0.0002
FORCE_EVERY_S = 0.00002  # sooner than the guest reads what it wrote, when it looks closely
LOOK_EVERY_S = 0.1
LINK_OUT_S = 1.5
E1000E = 0x10D3  # PCI device id
DEVICE_CONTROL, FORCED_100_HALF = 0x0, 1 << 12 | 1 << 11 | 1 << 8 | 1 << 6  # duplex forced, speed forced to 100 Mb/s, link
PR_SET_TIMERSLACK = 29
SEQ_CST = 5  # GCC's __ATOMIC_SEQ_CST
WORD_BYTES = 8
FORK = multiprocessing.get_context("fork")  # the guest's memory is a descriptor of this process

Action = Callable[[Run], None]


def window(run: Run, address: int, size: int) -> ctypes.Array:
    """The guest's memory from a physical address on, as bytes that we share with it."""
    descriptor, offset = run.ram.where(address)
    skipped = offset % mmap.PAGESIZE
    return (ctypes.c_uint8 * size).from_buffer(mmap.mmap(descriptor, skipped + size, offset=offset - skipped), skipped)


def in_thread(work: Callable[[Run], None]) -> Action:
    return lambda run: threading.Thread(target=work, args=(run,), daemon=True).start()


def force(address: int, size: int, once: Callable[[ctypes.Array], None]) -> Action:
    """From now on once(cells) again and again, on `size` bytes from the address on. Takes half a CPU at most."""

    def keep_forcing(run: Run) -> None:
        cells = window(run, address, size)
        ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1)  # or Linux adds its 50 microseconds to every sleep
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))  # a busy machine would make a stuck cell a weak one
        while True:
            started = time.monotonic()
            once(cells)
            time.sleep(max(FORCE_EVERY_S, time.monotonic() - started))

    def work(run: Run) -> None:
        # A process of its own: it waits for no other thread's turn at Python's lock.
        forcing = FORK.Process(target=keep_forcing, args=(run,), daemon=True)
        forcing.start()
        while run.running:
            time.sleep(LOOK_EVERY_S)
        forcing.kill()
        forcing.join()

    return in_thread(work)


def stick_bits(address: int, bit: int, value: int = 1, count: int = 1, stride: int = 1) -> Action:
    """Bit `bit` of the byte at the physical address, and of `count` bytes `stride` bytes apart, reads as `value`
    whatever is written.

    Each is forced by one locked instruction, or it could undo what the guest writes to its neighbours at that moment.
    """
    atomic = ctypes.CDLL("libatomic.so.1")
    change = atomic.__atomic_fetch_or_1 if value else atomic.__atomic_fetch_and_1
    mask = 1 << bit if value else 0xFF & ~(1 << bit)

    def once(cells: ctypes.Array) -> None:
        for index in range(count):
            change(ctypes.byref(cells, index * stride), mask, SEQ_CST)

    return force(address, (count - 1) * stride + 1, once)


def hold(address: int, content: bytes) -> Action:
    """Dead cells: they read as `content` whatever is written."""
    return force(address, len(content), lambda cells: ctypes.memmove(cells, content, len(content)))


def when_rewritten(address: int, size: int, strike: Callable[[ctypes.Array], None], times: int = 1) -> Action:
    """strike(cells), once, as soon as the last word of the area has got new content so many times.

    That is the moment when what is struck will be read next before it is written.
    """

    def work(run: Run) -> None:
        cells, last_word = window(run, address, size), slice(size - WORD_BYTES, size)
        for _ in range(times):
            before = cells[last_word]
            while run.running and cells[last_word] == before:
                time.sleep(POLL_EVERY_S)
        strike(cells)

    return in_thread(work)


def flip_once(address: int, bit: int) -> Action:
    """One bit of the byte at the physical address is lost once; the cell is good."""
    atomic = ctypes.CDLL("libatomic.so.1")
    word, byte = address - address % WORD_BYTES, address % WORD_BYTES
    return when_rewritten(
        word, WORD_BYTES, lambda cells: atomic.__atomic_fetch_xor_1(ctypes.byref(cells, byte), 1 << bit, SEQ_CST)
    )


def spoil_once(address: int, content: bytes) -> Action:
    """`content` instead of what was written, once; the cells are good."""
    return when_rewritten(address, len(content), lambda cells: ctypes.memmove(cells, content, len(content)))


def mirror(source: int, target: int, size: int) -> Action:
    """The cells at `target` hold what those at `source` do."""

    def work(run: Run) -> None:
        cells, shadow = window(run, source, size), window(run, target, size)
        while run.running:
            ctypes.memmove(shadow, cells, size)
            time.sleep(POLL_EVERY_S)

    return in_thread(work)


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
        run.monitor("human-monitor-command", **{"command-line": f"o/w {port:#x} {value:#x}"})


def machine_check(cpu: int, bank: int, status: int, address: int, misc: int, mcg_status: int = 0) -> Action:
    """An error in a machine-check bank of one CPU; an uncorrected one interrupts that CPU."""
    words = f"mce {cpu} {bank} {status:#x} {mcg_status:#x} {address:#x} {misc:#x}"

    def inject(run: Run) -> None:
        answer = run.monitor("human-monitor-command", **{"command-line": words})
        if answer:
            raise RuntimeError(f"{words}: {answer}")

    return inject
