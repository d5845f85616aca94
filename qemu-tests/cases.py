# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases. For each check one machine in good order, and one for each fault that can be put in from outside."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import media
from card_cases import CARD_CASES
from disk_cases import DISKS
from disk_speed_cases import DISK_SPEEDS
from faults import cut_power, machine_check, press, stick_bits, type_serial
from judge import AT_ONCE, MENU_IS_UP, Case, containing, from_the_menu_on, hexadecimal, word_at
from loopback_cases import LOOPBACK
from machine import Machine, Run, When
from memory_cases import (
    LITTLE_MEMORY,
    LITTLE_RANGE,
    MEMORY,
    RAM_ONLY,
    SOME_MEMORY,
    STUCK_ADDRESS,
    STUCK_BIT,
    stuck,
    stuck_bit,
)
from network_cases import CLEAN as CLEAN_NETWORKS
from nic_cases import NICS
from result import Result, file_problems
from segment import SPEAKS_FROM_LEASE, lan, lease_returned
from smart_cases import SMARTS
from snmp_cases import SNMP
from triage_cases import TRIAGE

# Strings as no maker should write them: control and escape characters, quotes, markup, bytes above ASCII, and long.
HOSTILE_SMBIOS = (
    "-smbios",
    "type=1,manufacturer=A\"\\\x07\x1b[2J,product=<script>\u00e9" + "x" * 90 + ',serial={"a":1}',
    "-smbios",
    'type=17,loc_pfx=DI"MM\x01,bank=<b>\u00e9,manufacturer=' + "M" * 200 + ',serial=0x"\\,part=P&Q\t',
)


def prefix_readable(run: Run, result: Result) -> Iterable[str]:
    """What the power cut left of the run before is well-formed as far as it goes."""
    return file_problems(result.log / "runs" / "0001" / "results.jsonl", complete=False)


CLEAN = (
    Case(
        "clean",
        Machine(nics=lan()),
        passed=("mem.address", "mem.march-c", "disk.benchmark", "net.gateway", "net.ping", "net.dhcp"),
        speaks_from=SPEAKS_FROM_LEASE,
        events=(),  # the menu's own five seconds count
        inspect=lease_returned,
        within_s=120,  # half a minute on a machine with time to itself
    ),
    Case("no-nic", Machine(nics=(), options=LITTLE_RANGE), skipped=("net.ping", "net.duplicate-ip")),
    Case(
        "hostile-smbios",
        replace(RAM_ONLY, extra=HOSTILE_SMBIOS),
        inspect=lambda _, result: () if "<script>" in result.serial else ["the machine's name is not shown"],
    ),
    Case("no-screen", replace(RAM_ONLY, extra=("-vga", "none")), events=()),
)

PLANTED_AT = 0x6000000 + 0x123458  # where LITTLE_RANGE begins, and an offset into it


def planted(kind: str, details: str, check: str = "mem.march-c", **fields: object) -> Case:
    """A fault of mem.inject: found where it is, and not blamed on a DIMM."""
    found = {"code": "mem-bit-error", "address": word_at(PLANTED_AT), "injected": 1} | fields
    return Case(
        f"inject-{kind}",
        replace(
            RAM_ONLY,
            options=LITTLE_RANGE
            | {"checks": check, "mem.fade.time": "1s", "mem.inject": f"{kind}@{PLANTED_AT - 0x6000000:#x}{details}"},
        ),
        verdict="FAIL",
        findings=(found,),
        says=("Planted by mem.inject", "Replace nothing"),
    )


INJECTED = (
    Case(
        "selftest",
        Machine(disks=(), nics=(), options={"profile": "selftest"}),
        passed=("mem.selftest",),
        says=("87 of 87 planted faults were caught",),
    ),
    planted("stuck", ":5:1", xor=hexadecimal(1 << 5)),
    planted("transition", ":63:down", xor=hexadecimal(1 << 63)),
    planted("coupling", ":7:invert:0x200000:9:up", xor=hexadecimal(1 << 7)),
    planted(
        "alias",
        ":0x163458",
        check="mem.address",
        code="mem-address-alias",
        other_address=word_at(PLANTED_AT ^ 0x40000),
    ),
    planted("fade", ":40:0", check="mem.bit-fade", xor=hexadecimal(1 << 40)),
)

# Those of the longer profiles but mem.bit-fade, which rests for four minutes; in the order in which they run.
LONG_TESTS = (
    "mem.bus-stress",
    "mem.block-move",
    "mem.modulo",
    "mem.march-raw",
    "mem.random-inversions",
    "mem.moving-inversions",
    "mem.walking",
)

LONG = (
    *(stuck_bit(f"ram-stuck-bit-{kernel}", SOME_MEMORY | {"mem.kernel": kernel}) for kernel in ("scalar", "sse2", "avx2")),
    Case(
        "ram-long-tests",
        replace(RAM_ONLY, cpus=2, options=LITTLE_RANGE | {"checks": " ".join((*LONG_TESTS, "mem.row-hammer"))}),
        passed=LONG_TESTS,
        skipped=("mem.row-hammer",),  # an emulator has no rows: nothing may be claimed
        says=("no row conflict could be timed",),
        timeout_s=300,
    ),
    Case(
        "ram-long-tests-stuck-bit",
        replace(RAM_ONLY, cpus=2, options=LITTLE_RANGE | {"checks": " ".join(LONG_TESTS)}),
        verdict="FAIL",
        findings=tuple(stuck(STUCK_ADDRESS) | {"in_check": check} for check in LONG_TESTS),
        events=from_the_menu_on(stick_bits(STUCK_ADDRESS, STUCK_BIT)),
        timeout_s=300,
    ),
)

# Statuses: valid, switched on, MISC and ADDR valid, a memory read on a channel; then also uncorrected and recoverable; then
# also fatal, for the CPU's state is lost. MISC: a physical address, known to the page. MCG_STATUS: in progress, can return.
CORRECTED, RECOVERABLE, FATAL = 0x9C00000000000092, 0xBD80000000000092, 0xBF80000000000092
BAD_PAGE, PHYSICAL_PAGE, IN_PROGRESS = 0x6543000, 0x8C, 0x5


def machine_check_case(name: str, status: int, cpu: int = 0, bank: int = 9, when: str = "mem.march-c", **more) -> Case:
    code, verdict = ("mem-corrected-error", "WARN") if status == CORRECTED else ("mem-uncorrected-error", "FAIL")
    finding = {"code": code, "bank": bank, "cpu": cpu, "count": 1, "channel": 2, "status": hexadecimal(status)}
    finding |= {"address": hexadecimal(BAD_PAGE), "in_check": more.pop("in_check", when)}
    mcg_status = 0 if status == CORRECTED else IN_PROGRESS
    fault = machine_check(cpu, bank, status, BAD_PAGE, PHYSICAL_PAGE, mcg_status)
    machine = replace(RAM_ONLY, options=SOME_MEMORY, extra=more.pop("extra", ()))
    more.setdefault("events", (*AT_ONCE, When(when, fault)))
    return Case(name, machine, verdict, (finding, *more.pop("also", ())), **more)


def in_the_menu(run: Run) -> None:
    machine_check(0, 9, CORRECTED, BAD_PAGE, PHYSICAL_PAGE)(run)
    run.press("q")


MACHINE_CHECKS = (
    machine_check_case("machine-check-corrected", CORRECTED, passed=("mem.address", "mem.random", "hw.machine-check")),
    machine_check_case("machine-check-other-cpu", CORRECTED, cpu=1, bank=3),
    machine_check_case("machine-check-before", CORRECTED, in_check="hw.machine-check", events=(When(MENU_IS_UP, in_the_menu),)),
    machine_check_case("machine-check-uncorrected", RECOVERABLE, passed=("mem.random",)),
    machine_check_case("machine-check-uncorrected-other-cpu", RECOVERABLE, cpu=1),
    # The CPU cannot go on: a reset, which the banks survive. The next start, by itself, tells of both.
    machine_check_case(
        "machine-check-fatal",
        FATAL,
        in_check="hw.machine-check",
        also=({"code": "run-interrupted", "check": "mem.march-c"},),
        extra=("-action", "reboot=reset"),
    ),
)


def without_log(image: Path) -> None:
    media.delete_partition(image, "KIRIWAKELOG")


def options_everywhere(image: Path) -> None:
    media.put_file(image, "KIRIWAKE", "/kiriwake.cfg", "log.keep = 11\nwatchdog = 101\npasses = 2\n")
    media.put_file(image, "KIRIWAKELOG", "/kiriwake.cfg", "watchdog = 102\r\npasses = 3\r\nprofile = disk\r\n", "utf-16")


NO_LOG = {"verdict": "WARN", "has_log": False, "says": ("log-unavailable",)}

MEDIA = (
    Case("log-partition-removed", RAM_ONLY, prepare=without_log, **NO_LOG),
    Case("boot-from-cd", replace(RAM_ONLY, medium="cdrom", image="kiriwake.iso"), **NO_LOG),
    Case("boot-from-cd-log-on-stick", replace(RAM_ONLY, medium="cdrom", image="kiriwake.iso", log_stick=True)),
    Case("log-on-other-stick", replace(RAM_ONLY, log_stick=True), prepare=without_log),
    Case("boot-iso-from-stick", replace(RAM_ONLY, image="kiriwake.iso")),
    Case("boot-from-larger-stick", RAM_ONLY, prepare=lambda image: media.grow(image, 512)),
    Case("boot-from-virtio-disk", replace(RAM_ONLY, medium="disk")),
    Case("boot-from-sata-disk", replace(RAM_ONLY, medium="sata")),
    Case(
        "power-cut-before",
        replace(RAM_ONLY, options=SOME_MEMORY),
        verdict="WARN",
        findings=({"code": "run-interrupted", "check": "mem.march-c"},),
        earlier_boot=(*AT_ONCE, When("mem.march-c", cut_power)),
        inspect=prefix_readable,
    ),
)

OPTIONS = (
    Case(
        "option-unknown",
        replace(RAM_ONLY, options=LITTLE_MEMORY | {"net.pi": "1.2.3.4"}),
        verdict="WARN",
        findings=({"code": "option-unknown", "key": "net.pi", "source": containing("SMBIOS")},),
    ),
    Case(
        "option-bad-value",
        RAM_ONLY,
        verdict="WARN",
        prepare=lambda image: media.put_file(image, "KIRIWAKELOG", "/kiriwake.cfg", "# mine\r\nbudget = soon\r\n" + "# long\r\n" * 10000),
        findings=(
            {"code": "option-bad-value", "key": "budget", "value": "soon", "line": 2},
            {"code": "option-bad-value", "key": "", "line": (65536 - 24) // 8 + 3},
        ),
    ),
    Case(
        "option-precedence",
        Machine(disks=(), nics=(), options={"passes": "1", "profile": "network", "checks": "mem.march-c"} | LITTLE_RANGE),
        prepare=options_everywhere,
        events=(When(MENU_IS_UP, press("m")),),
        parameters={"log.keep": "11", "watchdog": "102s", "passes": "1", "profile": "memory"},
        passed=("mem.march-c",),
    ),
    Case(
        "menu-over-serial",
        Machine(disks=(), nics=(), options=LITTLE_RANGE | {"checks": "mem.march-c"}),
        events=(When(MENU_IS_UP, type_serial("m")),),
        parameters={"profile": "memory"},
        passed=("mem.march-c",),
    ),
)

CONTROL = (
    Case(
        "escape",
        replace(RAM_ONLY, options=SOME_MEMORY),
        skipped=("mem.march-c",),
        complete="no",
        events=(*AT_ONCE, When("mem.march-c", press("esc"))),
    ),
)

NETWORKING = CLEAN_NETWORKS + CARD_CASES + SNMP + NICS + LOOPBACK
DISK_ROOM = DISKS + DISK_SPEEDS + SMARTS
CASES = CLEAN + INJECTED + MEMORY + LONG + MACHINE_CHECKS + NETWORKING + DISK_ROOM + MEDIA + OPTIONS + CONTROL + TRIAGE
