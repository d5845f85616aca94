# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Disks: every bus in good order and with faults, in the middle and at the very end, and what cannot be reached at all."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import media
from faults import unplug
from judge import AT_ONCE, Case, containing
from machine import DISK_DEVICES, Disk, Machine, Run, When
from result import Result

SURFACE = {"checks": "disk.inventory disk.surface"}
PER_MIB = media.MIB // media.SECTOR
LARGE_MIB = 2200 * 1024  # more than 2^32 blocks

# Who says why, on each bus, in the words of the drive that QEMU makes.
WORDS = {
    "nvme": "SCT 2 SC 81h",
    "nvme4k": "SCT 2 SC 81h",
    "sata": "ABRT",
    "ide": "ABRT",
    "scsi": "I/O process terminated",
    "scsi-gap": "I/O process terminated",
}


def last_block(mib: int, block_bytes: int = media.SECTOR) -> int:
    return mib * media.MIB // block_bytes - 1


def sparse(path: Path, mib: int) -> None:
    path.touch()
    os.truncate(path, mib * media.MIB)


def read_error(index: int, bus: str, lba: int) -> dict:
    """The finding about one bad block of disk `index`."""
    finding = {"code": "disk-read-error", "disk": f"disk{index}", "lba": lba, "lba_count": 1, "reproduced": "3 of 3"}
    if bus in WORDS:
        return finding | {"said_by": "drive", "cause": containing(WORDS[bus])}
    return finding | {"said_by": "firmware", "cause": containing("not known")}


def bad_disks(name: str, disks: tuple[Disk, ...], block_bytes: int = media.SECTOR, **more) -> Case:
    """Every bad sector of every disk is found. Disks are in the order of their controllers' addresses."""
    machine = {"board": more.pop("board", "q35"), "options": more.pop("options", SURFACE)}
    findings = [
        read_error(index, disk.bus, sector * media.SECTOR // block_bytes)
        for index, disk in enumerate(disks)
        for sector in disk.bad_sectors
    ]
    # This firmware calls unreadable SATA sectors a success.
    allowed = ("disk-firmware-lied",) if any(disk.bus == "sata" for disk in disks) else ()
    return Case(
        name, Machine(nics=(), disks=disks, **machine), verdict="FAIL", findings=tuple(findings), allowed=allowed, **more
    )


def ends_bad(bus: str, mib: int, make: Callable[[Path, int], None] | None = None) -> Disk:
    """Bad in the middle and in the very last block."""
    middle = mib * PER_MIB // 2 + 57
    return Disk(bus, mib=mib, bad_sectors=(middle, last_block(mib)), make=make)


def end_bad(bus: str, mib: int) -> Disk:
    return Disk(bus, mib=mib, bad_sectors=(last_block(mib),), make=sparse)


def fails_once(sector: int) -> str:
    """A driver whose first read of that sector fails, and no other."""
    rule = "file.inject-error.0"
    error = f"{rule}.event=none,{rule}.iotype=read,{rule}.errno=5,{rule}.sector={sector},{rule}.once=on"
    return f"driver=raw,file.driver=blkdebug,file.image.driver=file,file.image.filename={{file}},{error}"


def one_bad_range(run: Run, result: Result) -> Iterable[str]:
    """The xHCI driver fails every read after the first error: the bad sector lies in what is reported, and nothing else is
    called bad."""
    sector = run.machine.disks[0].bad_sectors[0]
    ranges = [(f["lba"], f["lba_count"]) for f in result.findings if f.get("disk") == "disk0"]
    if len(ranges) != 1 or not ranges[0][0] <= sector < ranges[0][0] + ranges[0][1]:
        yield f"bad ranges of disk0: {ranges}"
    if "The rest is not tested" not in (result.run_directory / "log.txt").read_text("ascii"):
        yield "the log does not say what was given up"


def stick_was_read(_: Run, result: Result) -> Iterable[str]:
    """Last in the list, so that the ids of the others stay; read, and none the worse for the log being written to it."""
    disks = [part["hardwareInfoId"] for part in result.hardware if part.get("partType") == "DISK"]
    covered = [content["part"] for step, content in result.extensions("coverage") if step == "disk.surface"]
    log = (result.run_directory / "log.txt").read_text("ascii")
    if disks != ["disk0", "disk1"] or not {"disk0", "disk1"} <= set(covered):
        yield f"disks {disks}, of which {covered} are covered"
    if "Tested as disk.boot-medium asks: usb disk" not in log:
        yield "the log does not say that the stick was tested"


# What this firmware has no driver for: the words that add it, what it is called, and what to do about it.
STRANGERS = (
    (("-device", "megasas"), "RAID controller Broadcom/LSI 1000:0060", "option ROM"),
    (("-device", "mptsas1068"), "SCSI controller Broadcom/LSI 1000:0054", "option ROM"),
    (("-device", "lsi53c895a"), "SCSI controller Broadcom/LSI 1000:0012", "option ROM"),
    (("-device", "pvscsi"), "SCSI controller VMware 15ad:07c0", "NVMe or SATA"),
    (
        ("-device", "sdhci-pci", "-drive", "if=none,id=card,driver=null-co,size=64M", "-device", "sd-card,drive=card"),
        "SD host controller QEMU 1b36:0007",
        "USB reader",
    ),
    (("-device", "usb-uas,bus=xhci.0"), "USB drive 46f4:0003 (UAS)", "UAS"),
    # Drives without a sector: what is left of some whose firmware has given up.
    (("-drive", "if=none,id=void,driver=null-co,size=0", "-device", "nvme,drive=void,serial=void"), "NVMe controller QEMU 1b36:0010", "replace it"),
    (
        (
            *("-drive", "if=none,id=dead,driver=null-co,size=0"),
            *("-device", "virtio-scsi-pci,id=deadbus", "-device", "scsi-hd,bus=deadbus.0,drive=dead"),
        ),
        "scsi drive QEMU QEMU HARDDISK",
        "reseat the drive",
    ),
)

DISKS = (
    bad_disks(
        "disk-errors",
        (
            ends_bad("nvme", 8),
            ends_bad("virtio", 8),
            ends_bad("scsi", 8),
            ends_bad("usb", 2),
            ends_bad("sata", 8),
        ),
    ),
    bad_disks("disk-errors-4k", (Disk("nvme4k", mib=8, bad_sectors=(8 * 1000, 8 * last_block(8, 4096))),), 4096),
    bad_disks("disk-errors-ide", (ends_bad("ide", 4),), board="pc"),
    bad_disks(
        "disk-errors-beyond-2-tib",
        (end_bad("nvme", LARGE_MIB), end_bad("scsi", LARGE_MIB), end_bad("sata", LARGE_MIB)),
        options={"checks": "disk.benchmark"},
    ),
    # The firmware's own search ends at the first number that is not taken.
    bad_disks("disk-error-scsi-after-gap", (Disk("scsi-gap", mib=4, bad_sectors=(last_block(4),)),)),
    Case(
        "disk-error-xhci",
        Machine(
            nics=(),
            disks=(Disk("usb-xhci", mib=4, bad_sectors=(4001,)), Disk("virtio", mib=4, driver=fails_once(5000))),
            options=SURFACE,
        ),
        verdict="FAIL",
        findings=(
            {"code": "disk-read-error", "disk": "disk0"},
            {"code": "disk-read-unsteady", "disk": "disk1", "lba": 4096, "lba_count": 2048, "reproduced": "0 of 2"},
        ),
        complete="no",
        inspect=one_bad_range,
    ),
    Case(
        "disk-vanishes",
        Machine(nics=(), disks=(Disk("scsi", mib=LARGE_MIB, make=sparse),), options=SURFACE),
        verdict="FAIL",
        findings=({"code": "disk-read-error", "disk": "disk0"},),
        complete="no",
        events=(*AT_ONCE, When("disk.surface", unplug("patient0"))),
    ),
    Case(
        "disk-unreachable",
        Machine(
            nics=(),
            disks=(Disk("nvme", mib=4),),
            options={"checks": "disk.inventory disk.surface", "disk.boot-medium": "yes", "disk.sample": "10"},
            extra=(
                *(word for words, _, _ in STRANGERS for word in words),
                *("-device", "ide-cd,bus=ide.3"),  # no medium in it
            ),
        ),
        verdict="WARN",
        findings=tuple(
            {"code": "disk-unreachable", "controller": name, "advice": containing(advice)} for _, name, advice in STRANGERS
        ),
        passed=("disk.surface",),
        inspect=stick_was_read,
    ),
    Case(
        "disks-clean",
        Machine(nics=(), disks=tuple(Disk(bus, mib=16) for bus in DISK_DEVICES if bus != "ide"), options={"checks": "disk.*"}),
        passed=("disk.inventory", "disk.benchmark"),
    ),
    # Firmware would repair these, that is, write to them, if their drivers were started the usual way.
    Case(
        "disk-damaged-gpt",
        Machine(
            nics=(),
            disks=tuple(Disk(bus, mib=16, make=media.damaged_gpt_disk) for bus in DISK_DEVICES if bus != "ide"),
            options=SURFACE,
        ),
    ),
)
