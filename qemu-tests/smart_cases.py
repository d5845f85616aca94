# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases about what disks say of themselves: critical warnings of NVMe drives, SMART of SATA drives, and disks that say nothing."""

from collections.abc import Iterable

from judge import Case
from machine import Disk, Machine, Run
from result import Result

SMART = {"checks": "disk.smart disk.changes"}

# Bits of critical_warning that this QEMU takes, and what the program has to call them.
FAILURES = {0x04: "reliability", 0x08: "read-only", 0x10: "backup"}
WARNINGS = {0x01: "spare", 0x02: "temperature"}


def nvme(number: int, warning: int) -> tuple[str, ...]:
    """A drive of zeros that warns of itself."""
    node = f"driver=null-co,node-name=warn{number},size=16777216,read-zeroes=on"
    return ("-blockdev", node, "-device", f"nvme,drive=warn{number},serial=WARN{warning:02X},smart_critical_warning={warning}")


def all_warnings() -> Case:
    bits = sorted(FAILURES | WARNINGS)
    extra = tuple(word for number, bit in enumerate(bits) for word in nvme(number, bit))
    findings = tuple(
        {"code": code, "serial": f"WARN{bit:02X}", "count": bit, "status": "critical-warning"}
        for code, texts in (("disk-smart-failing", FAILURES), ("disk-smart-warning", WARNINGS))
        for bit in texts
    )
    return Case(
        "smart-nvme-warnings",
        Machine(disks=(Disk("virtio", mib=16),), nics=(), options=SMART, extra=extra),
        verdict="FAIL",
        findings=findings,
        inspect=virtio_said_nothing,
    )


def virtio_said_nothing(run: Run, result: Result) -> Iterable[str]:
    if "health not reachable" not in (result.run_directory / "log.txt").read_text():
        yield "the log does not say that the virtio disk's health is not reachable"


def measured(run: Run, result: Result) -> Iterable[str]:
    names = {m["name"] for m in result.measurements if m["in_check"] == "disk.smart"}
    for name in (
        "nvme_smart_health_information_log.critical_warning",
        "nvme_smart_health_information_log.media_errors",
        "ata_smart_attributes.table.5.raw.value",
        "temperature.current",
        "power_on_time.hours",
        "smart_status.passed",
    ):
        if name not in names:
            yield f"{name} was not measured; there are {sorted(names)}"


SMARTS = (
    all_warnings(),
    Case(
        "smart-clean",
        Machine(disks=(Disk("nvme", mib=16), Disk("sata", mib=16)), nics=(), options=SMART | {"disk.self-test": "short"}),
        passed=("disk.smart", "disk.changes"),
        inspect=measured,
    ),
)
