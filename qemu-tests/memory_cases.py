# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases about memory: machines of every shape in good order, and one for each fault of memory.

How much is tested is kept small, so that a case is about one thing; what the guest does not use of a large memory costs
nothing, for the files behind it are sparse.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import media
from faults import Action, fill, flip_once, hold, mirror, spoil_once, stick_bits
from judge import MENU_IS_UP, Case, Expected, from_the_menu_on, hexadecimal, word_at
from machine import Machine, Run, When
from ram import MIB, Node, even_nodes
from result import Result
from smbios import Dimm, Mapped

STUCK_ADDRESS, STUCK_BIT = 0x6543213, 5
HIGH_ADDRESS = 0x100000000 + 0x1234565
SOME_MEMORY = {"checks": "mem.*", "mem.range": "0x4000000-0x14000000"}
LITTLE_RANGE = {"mem.range": "0x6000000-0x6800000"}
LITTLE_MEMORY = {"checks": "mem.*"} | LITTLE_RANGE
HIGH_MEMORY = {"checks": "mem.*", "mem.range": "4G-0x110000000"}
CELLS = {"checks": "mem.march-c", "mem.range": "0x4000000-0x8000000"}
ADDRESSES = {"checks": "mem.address"}
BOTH_TESTS = {"checks": "mem.address mem.march-c"}
BOTH_PASSED = ("mem.address", "mem.march-c")

RAM_ONLY = Machine(disks=(), nics=(), options=LITTLE_MEMORY)


def near(size: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and abs(value - size) < size // 8


def stuck(address: int) -> Expected:
    xor = 1 << (address % 8 * 8 + STUCK_BIT)
    return {"code": "mem-bit-error", "address": word_at(address), "xor": hexadecimal(xor), "class": "stuck"}


Inspection = Callable[[Run, Result], Iterable[str]]


def measured(result: Result, check: str, name: str) -> list[int]:
    return [m["value"] for m in result.measurements if (m["in_check"], m["name"]) == (check, name)]


def mismatches(check: str, least: int, most: int) -> Inspection:
    """How many wrong words the program counted, whether it lists them or not."""

    def inspect(_: Run, result: Result) -> Iterable[str]:
        counts = measured(result, check, "mismatches")
        if len(counts) != 1 or not least <= counts[0] <= most:
            yield f"{check} counted {counts} mismatches, want {least} to {most}"

    return inspect


def covered(checks: tuple[str, ...], cpus: int, least_mib: int, most_mib: int) -> Inspection:
    """What the checks say about how much was tested, and by how many CPUs."""

    def inspect(_: Run, result: Result) -> Iterable[str]:
        for check in checks:
            tested = measured(result, check, "tested_bytes")
            if len(tested) != 1 or not least_mib * MIB <= tested[0] <= most_mib * MIB:
                yield f"{check} tested {tested} bytes, want {least_mib} to {most_mib} MiB"
            if f"with {cpus} CPU" not in result.checks.get(check, {}).get("why", ""):
                yield f"{check} does not say that {cpus} CPUs worked"

    return inspect


# ---- machines in good order ----


def clean(name: str, options: dict[str, str], mib: int | tuple[int, int], passed=BOTH_PASSED, **machine) -> Case:
    """`mib`: how much is tested, exactly where nothing of the firmware lies in the range."""
    least, most = mib if isinstance(mib, tuple) else (mib, mib)
    described = replace(RAM_ONLY, options=options, **machine)
    used = 1 if options.get("mem.mp") == "single" or options.get("mem.cpus") == "one" else described.cpus
    return Case(name, described, passed=passed, inspect=covered(passed, used, least, most))


SHAPES = (
    clean("one-cpu", BOTH_TESTS | LITTLE_RANGE, 8, cpus=1),
    clean("four-cpus", SOME_MEMORY, 256, cpus=4),
    clean("eight-cpus", BOTH_TESTS | LITTLE_RANGE, 8, cpus=8),
    clean("all-of-256-mib", BOTH_TESTS, (128, 224), memory_mib=256),
    clean("all-of-1-gib", ADDRESSES, (896, 992), passed=("mem.address",), memory_mib=1024),
    clean("ram-above-4g", HIGH_MEMORY, 256, memory_mib=3072),
    # The end of what lies below the hole under 4 GiB, where the firmware has its share, and the start of what lies above.
    clean("ram-around-the-hole", BOTH_TESTS | {"mem.range": "0x78000000-0x104000000"}, (80, 160), memory_mib=3072),
    clean("eight-gigabytes", {"checks": "mem.*", "mem.range": "0x1f0000000-0x1f2000000"}, 32, memory_mib=8192),
    clean("two-nodes", BOTH_TESTS | {"mem.range": "0x8000000-0x18000000"}, 256, cpus=4, nodes=even_nodes(2, 512)),
    clean(
        "two-nodes-above-4g",
        BOTH_TESTS | {"mem.range": "0x78000000-0x104000000"},
        (80, 160),
        cpus=4,
        nodes=even_nodes(2, 4096),
    ),
    clean("nodes-without-cpus", BOTH_TESTS | {"mem.range": "0x6000000-0x12000000"}, 192, nodes=even_nodes(4, 512)),
    clean("mp-blocking", LITTLE_MEMORY | {"mem.mp": "blocking"}, 8),
    clean("mp-single", LITTLE_MEMORY | {"mem.mp": "single"}, 8),
    clean("cpus-one", LITTLE_MEMORY | {"mem.cpus": "one"}, 8),
    clean("cpus-in-turn", LITTLE_MEMORY | {"mem.cpus": "round-robin"}, 8),
    # The firmware does not even list it as memory. Nothing better can be had here.
    clean("nvdimm-untouched", BOTH_TESTS, (128, 224), memory_mib=256, nvdimm_mib=64),
)


# ---- DIMMs ----

TWO_DIMMS = (
    Dimm("DIMM_A1", 256, (Mapped(0, 256 * MIB),), serial="A1A1A1A1"),
    Dimm("DIMM_B1", 256, (Mapped(256 * MIB, 512 * MIB),), serial="B1B1B1B1"),
    Dimm("DIMM_C1", 0, maker="NO DIMM", serial="NO DIMM", part="NO DIMM"),
)
INTERLEAVED = tuple(
    Dimm(slot, 256, (Mapped(0, 512 * MIB, position, 1),), serial=slot[-2:] * 4)
    for position, slot in ((1, "DIMM_A1"), (2, "DIMM_B1"))
)
AROUND_THE_HOLE = (
    Dimm("DIMM_A1", 2048, (Mapped(0, 2048 * MIB),), serial="A1A1A1A1"),
    Dimm("DIMM_B1", 2048, (Mapped(4096 * MIB, 6144 * MIB),), serial="B1B1B1B1"),
)
ON_SECOND_DIMM = 0x12345673
SECOND_DIMM = {"checks": "mem.march-c", "mem.range": "0x10000000-0x14000000"}


def stuck_bit(
    name: str, options: dict[str, str], address: int = STUCK_ADDRESS, value: int = 1, where: Expected | None = None, **machine
) -> Case:
    """`where`: fields about the place, beside the address."""
    return Case(
        name,
        replace(RAM_ONLY, options=options, **machine),
        verdict="FAIL",
        findings=(stuck(address) | (where or {}),),
        events=from_the_menu_on(stick_bits(address, STUCK_BIT, value)),
    )




def lists_dimms(_: Run, result: Result) -> Iterable[str]:
    """The machine's description has the DIMMs that are there, and no more."""
    listed = sorted((h.get("serialNumber"), h["location"]) for h in result.hardware if h["partType"] == "DIMM")
    there = sorted((dimm.serial, f"{dimm.slot} ({dimm.bank})") for dimm in TWO_DIMMS if dimm.mib)
    if listed != there:
        yield f"the DIMMs are {listed}, want {there}"


SMBIOS_3 = ("-machine", "smbios-entry-point-type=64")

DIMMS = (
    Case("dimms", replace(RAM_ONLY, dimms=TWO_DIMMS), passed=BOTH_PASSED, inspect=lists_dimms),
    Case("dimms-smbios-3", replace(RAM_ONLY, dimms=TWO_DIMMS, extra=SMBIOS_3), passed=BOTH_PASSED, inspect=lists_dimms),
    stuck_bit("dimms-stuck-bit", SECOND_DIMM, ON_SECOND_DIMM, where={"dimm": "DIMM_B1 (NODE 1)"}, dimms=TWO_DIMMS),
    stuck_bit(
        "dimms-stuck-bit-above-4g",
        {"checks": "mem.march-c", "mem.range": "4G-0x104000000"},
        HIGH_ADDRESS,
        where={"dimm": "DIMM_B1 (NODE 1)"},
        memory_mib=4096,
        dimms=AROUND_THE_HOLE,
    ),
    # Which of the two it is, nobody can tell.
    stuck_bit(
        "dimms-interleaved-stuck-bit",
        CELLS,
        where={"dimm": "DIMM_A1 (NODE 1), DIMM_B1 (NODE 1)"},
        dimms=INTERLEAVED,
    ),
    Case(
        "dimm-unmapped",
        replace(RAM_ONLY, dimms=(*TWO_DIMMS, Dimm("DIMM_D1", 2048, serial="D1D1D1D1"))),
        verdict="FAIL",
        findings=({"code": "mem-dimm-missing", "missing_bytes": near(2048 * MIB)},),
        passed=BOTH_PASSED,
        says=("DIMM_D1",),
    ),
    Case(
        "dimm-without-size",
        replace(RAM_ONLY, dimms=(*TWO_DIMMS, Dimm("DIMM_D1", 0, serial="4F2A11C7"))),
        verdict="WARN",
        findings=({"code": "mem-dimm-missing", "slot": "DIMM_D1", "serial": "4F2A11C7"},),
        passed=BOTH_PASSED,
    ),
)


# ---- faults ----

FLOOD_ADDRESS, FLOOD_WORDS = 0x5000000, 100_000
ROW_BYTES = 8192
LANE_ADDRESSES, LANE_STRIDE = 64, 0x20008
ODD_MIB = 8  # large enough for millions of mismatches
ALIASED = (Node(128), Node(ODD_MIB, cells="shared"), Node(ODD_MIB, cells="shared"), Node(384 - 2 * ODD_MIB))
ALIASED_RANGE = {"mem.range": "0x8000000-0x9000000"}
DEAD = (Node(128), Node(1, read_only=True), Node(383))
DEAD_RANGE = {"mem.range": "0x8000000-0x8800000"}
ODD_WORDS = ODD_MIB * MIB // 8


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def cells(name: str, strike: Action, inspect: Inspection, *findings: Expected) -> Case:
    """Something happens to the cells, which nobody writes to before mem.march-c."""
    return Case(
        name,
        replace(RAM_ONLY, options=CELLS),
        verdict="FAIL",
        findings=tuple({"code": "mem-bit-error"} | finding for finding in findings),
        events=from_the_menu_on(strike),
        inspect=inspect,
    )


def flooded(run: Run, result: Result) -> Iterable[str]:
    """All are counted, few are listed, and badram.txt has what was overwritten and nothing else."""
    yield from mismatches("mem.march-c", FLOOD_WORDS, FLOOD_WORDS)(run, result)
    if len(result.findings) > 20:
        yield f"{len(result.findings)} findings"
    badram = result.run_directory / "badram.txt"
    if not badram.is_file():
        yield "no badram.txt"
        return
    lines = [line for line in badram.read_text("ascii").splitlines() if line.startswith("# 0x")]
    accused = [int(line.split()[1], 16) for line in lines]
    if not accused or min(accused) != FLOOD_ADDRESS or max(accused) >= FLOOD_ADDRESS + FLOOD_WORDS * 8:
        yield f"badram.txt accuses {lines}"


def one_line_apart(_: Run, result: Result) -> Iterable[str]:
    """Every alias that is listed pairs two addresses that differ in the line that is not decoded."""
    pairs = [(int(f["address"], 16), int(f["other_address"], 16)) for f in result.findings if "other_address" in f]
    yield from (f"{a:#x} and {b:#x} are no alias" for a, b in pairs if a ^ b != ODD_MIB * MIB)
    yield from mismatches("mem.address", ODD_WORDS, 4 * ODD_WORDS)(_, result)


FAULTS = (
    stuck_bit("ram-stuck-bit", SOME_MEMORY),
    stuck_bit("ram-stuck-bit-above-4g", HIGH_MEMORY, HIGH_ADDRESS, value=0, memory_mib=3072),
    stuck_bit("ram-stuck-bit-eight-cpus", CELLS, 0x7F00003, cpus=8),
    stuck_bit(
        "ram-stuck-bit-node-1",
        {"checks": "mem.march-c", "mem.range": "0xc000000-0x14000000"},
        ON_SECOND_DIMM,
        where={"node": 1},
        cpus=4,
        nodes=even_nodes(2, 512),
    ),
    cells(
        "ram-flip-once",
        flip_once(STUCK_ADDRESS, STUCK_BIT),
        mismatches("mem.march-c", 1, 1),
        stuck(STUCK_ADDRESS) | {"class": "weak"},
    ),
    cells(
        "ram-flood",
        spoil_once(FLOOD_ADDRESS, noise(FLOOD_WORDS * 8)),
        flooded,
        {"class": "lost-write"},
        {"signature": "region", "count": FLOOD_WORDS, "addresses_at_least": FLOOD_WORDS},
    ),
    cells(
        "ram-row",
        hold(0x5002000, noise(ROW_BYTES)),
        mismatches("mem.march-c", 2 * ROW_BYTES // 8, 12 * ROW_BYTES // 8),
        {"signature": "row", "address": "0x5002000", "last_address": "0x5003ff8"},
    ),
    cells(
        "ram-bit-lane",
        stick_bits(0x5000003, STUCK_BIT, count=LANE_ADDRESSES, stride=LANE_STRIDE),
        mismatches("mem.march-c", 2 * LANE_ADDRESSES, 12 * LANE_ADDRESSES),
        {"class": "stuck"},
        {"signature": "lane", "lane": f"bit {24 + STUCK_BIT}"},
    ),
    Case(
        "ram-alias",
        replace(RAM_ONLY, nodes=ALIASED, options=ADDRESSES | ALIASED_RANGE),
        verdict="FAIL",
        findings=(
            {"code": "mem-address-alias", "class": "address-alias"},
            {"code": "mem-address-alias", "signature": "address-line"},
        ),
        inspect=one_line_apart,
    ),
    # Tested without own addresses, the same cells look as if writes to them were lost.
    Case(
        "ram-alias-cells",
        replace(RAM_ONLY, nodes=ALIASED, options=CELLS | ALIASED_RANGE),
        verdict="FAIL",
        findings=(
            {"code": "mem-bit-error", "class": "address-alias"},
            {"code": "mem-address-alias", "signature": "address-line"},
        ),
    ),
    Case(
        "ram-alias-page",
        replace(RAM_ONLY, options=ADDRESSES | {"mem.range": "0x4000000-0x8000000"}),
        verdict="FAIL",
        findings=({"code": "mem-address-alias", "address": "0x6001000", "other_address": "0x5001000"},),
        allowed=("mem-bit-error",),
        events=from_the_menu_on(mirror(0x5001000, 0x6001000, 4096)),
    ),
    Case(
        "ram-dead-mib",
        replace(RAM_ONLY, nodes=DEAD, options=CELLS | DEAD_RANGE),
        verdict="FAIL",
        findings=(
            {"code": "mem-bit-error", "class": "stuck"},
            {"code": "mem-bit-error", "signature": "region", "address": "0x8000000", "last_address": "0x80ffff8"},
        ),
        events=from_the_menu_on(fill(0x8000000, noise(MIB))),
        inspect=mismatches("mem.march-c", 4 * MIB // 8, 12 * MIB // 8),
    ),
)


# ---- bad input, and another firmware ----


def bad_value(key: str, value: str) -> Expected:
    return {"code": "option-bad-value", "key": key, "value": value}


def options_for_uboot(image: Path) -> None:
    """By file, as this firmware brings tables of its own instead of QEMU's."""
    media.put_file(image, "KIRIWAKELOG", "/kiriwake.cfg", "checks = mem.address mem.march-c\non_finish = qemu-exit\n")


ODD = (
    Case(
        "option-bad-memory",
        replace(RAM_ONLY, memory_mib=256, options=BOTH_TESTS | {"mem.range": "0x40000000-0x50000000"} | {"mem.cpus": "0"}),
        verdict="WARN",
        findings=(bad_value("mem.range", "0x40000000-0x50000000"), bad_value("mem.cpus", "0")),
        passed=("mem.march-c",),
        inspect=covered(BOTH_PASSED, 2, 128, 224),
    ),
    Case(
        "option-bad-pattern",
        replace(RAM_ONLY, options=LITTLE_MEMORY | {"mem.patterns": "nonsense"}),
        verdict="WARN",
        findings=(bad_value("mem.patterns", "nonsense"),),
        inspect=covered(BOTH_PASSED, 2, 8, 8),
    ),
    # No MP services: the one CPU that starts does it all.
    Case(
        "boot-uboot",
        replace(RAM_ONLY, firmware="uboot", medium="sata", cpus=4, memory_mib=256),
        prepare=options_for_uboot,
        events=(When(MENU_IS_UP, lambda run: run.type_serial("q")),),
        passed=BOTH_PASSED,
        inspect=covered(BOTH_PASSED, 1, 128, 224),
    ),
)

MEMORY = SHAPES + DIMMS + FAULTS + ODD
