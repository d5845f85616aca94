# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases about what disks say of themselves: critical warnings of NVMe drives, SMART of SATA drives, and disks that say nothing."""

from collections.abc import Callable, Iterable
from pathlib import Path

import media
from judge import Case
from machine import Disk, Machine, Run
from result import Result

SMART = {"checks": "disk.smart disk.changes"}
MODEL = "QEMU NVMe Ctrl"

# Bits of critical_warning that this QEMU takes, and what the program has to call them.
FAILURES = {0x04: "reliability", 0x08: "read-only", 0x10: "backup"}
WARNINGS = {0x01: "spare", 0x02: "temperature"}


def nvme(number: int, warning: int) -> tuple[str, ...]:
    """A drive of zeros that warns of itself."""
    node = f"driver=null-co,node-name=warn{number},size=16777216,read-zeroes=on"
    return ("-blockdev", node, "-device", f"nvme,drive=warn{number},serial=WARN{warning:02X},smart_critical_warning={warning}")


def mix(z: int) -> int:
    """rng_mix() of core/rng.h."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        z = (z ^ z >> shift) * factor & 0xFFFFFFFFFFFFFFFF
    return z


def remembered(serial: str, speed: int) -> Callable[[Path], None]:
    """What the stick has on record of a drive: once its slowest zone read so many bytes per second."""
    total = 0
    for text in (MODEL, serial):
        for letter in text.encode():
            total = mix(total ^ letter)
        total = mix(total ^ 0x100)
    lines = ("kiriwake-disk 1", f"model={MODEL}", f"serial={serial}", f"bytes_per_second={speed}", "")

    def prepare(image: Path) -> None:
        media.make_directory(image, "KIRIWAKELOG", "/baseline")
        path = f"/baseline/disk-{serial}-{total & 0xFFFFFFFF:08x}.txt"
        media.put_file(image, "KIRIWAKELOG", path, "\n".join(lines))

    return prepare


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
        Machine(
            disks=(Disk("virtio", mib=16),),
            nics=(),
            options={"checks": "disk.smart disk.benchmark disk.changes", "disk.time": "2s"},
            extra=extra,
        ),
        verdict="FAIL",
        findings=(*findings, {"code": "disk-changed", "serial": "WARN01", "status": "the speed of its slowest zone"}),
        prepare=remembered("WARN01", 10**15),
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
