# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases about how fast disks are and where they hurt: drives of known speed, and drives that fail in known places.

QEMU itself is the oracle: null-co answers after a fixed time, throttle groups let so much through and no more, and disks
behind nbd.py take their time where they were told to. A busy host answers late: the least latency is the sharp figure,
the median a blunt one, and of what is above it only the lower bound holds; rates have a sharp upper bound alone.
"""

import json
import random
import shutil
import statistics
import subprocess
from collections.abc import Iterable
from pathlib import Path

import media
from judge import Case
from machine import Disk, Machine, Run
from media import MIB, SECTOR
from nbd import Region
from result import Result

MEASURED = {"checks": "disk.inventory disk.benchmark disk.surface"}
LATENCY_NS = 20_000_000
BYTES_PER_S = 40_000_000
IOPS = 100
DEPTH = 8
PERCENTILES = ["50.000000", "90.000000", "95.000000", "99.000000", "99.500000", "99.900000", "99.950000", "99.990000"]

NULL_DISK = Disk(mib=1, driver=f"driver=null-co,size=16777216,latency-ns={LATENCY_NS},read-zeroes=on")


def throttled(group: str, mib: int) -> Disk:
    return Disk("virtio", mib=mib, driver=f"driver=throttle,throttle-group={group},file.driver=file,file.filename={{file}}")


THROTTLES = (
    *("-object", f"throttle-group,id=bytes,x-bps-total={BYTES_PER_S}"),
    *("-object", f"throttle-group,id=requests,x-iops-total={IOPS}"),
)


def measures(result: Result, disk: str) -> dict[str, float]:
    return {m["name"]: m["value"] for m in result.measurements if m.get("hardwareInfoId") == disk}


def within(name: str, got: float | None, want: float, percent: float, above: float | None = None) -> Iterable[str]:
    """Nothing if `got` is no more than so many percent off, `above` of them upwards."""
    off = (got - want) / want * 100 if got is not None else None
    if off is None or not -percent <= off <= (percent if above is None else above):
        yield f"{name} is {got}, want {want} within {percent} %"


def curve(result: Result, disk: str, name: str) -> list[float]:
    """The figures of a series, without their places."""
    all_series = (content for _, content in result.extensions("series"))
    return next((s["y"] for s in all_series if (s["part"], s["name"]) == (disk, name)), [0])


def speeds(_: Run, result: Result) -> Iterable[str]:
    null, by_bytes, by_requests = (measures(result, f"disk{index}") for index in range(3))
    for percentile in PERCENTILES:
        name = f"randread-4k.clat_ns.percentile.{percentile}"
        late = 100 if percentile == PERCENTILES[0] else float("inf")
        yield from within(name, null.get(name), LATENCY_NS, 1, late)
    for name in ("randread-4k.clat_ns.min", "randread-64k.clat_ns.min"):
        yield from within(name, null.get(name), LATENCY_NS, 1, 10)
    # The first tenth of a second is free, and who was late may catch up: hence the median of the zones.
    yield from within("seq-read", statistics.median(curve(result, "disk1", "seq-read")), BYTES_PER_S / 1e6, 40, 20)
    yield from within("iops", by_requests.get("randread-4k.iops"), IOPS, 30, 10)
    for index, figures in enumerate((null, by_bytes, by_requests)):
        if not 0 < figures.get("overhead-4k.p50", 0) < 5_000_000:
            yield f"disk{index}: overhead per 4 KiB is {figures.get('overhead-4k.p50')}"
        surface = curve(result, f"disk{index}", "surface")
        if len(surface) != (16, 64, 16)[index]:
            yield f"disk{index}: the map over the disk has {len(surface)} cells"


# ---- what is wrong, and where ----

SICK_MIB = 48
SLOW_FIRST, SLOW_END = 21 * MIB + 5 * 4096, 21 * MIB + 9 * 4096
BAD_BLOCK = 9001  # of 4096 bytes
DIED_AT = 7 * MIB // 4096
TIMED_OUT = MIB // 4096  # blocks
BAD_SECTORS = sorted(random.Random("ten bad sectors").sample(range(64 * MIB // SECTOR - 1), 9)) + [64 * MIB // SECTOR - 1]

TEN_BAD = Disk("nvme", bad_sectors=tuple(BAD_SECTORS))
SICK = Disk(
    "nvme4k",
    mib=SICK_MIB,
    regions=(
        Region(0, SICK_MIB * MIB, delay_s=0.001),
        Region(SLOW_FIRST, SLOW_END, delay_s=0.25),
        Region(BAD_BLOCK * 4096, BAD_BLOCK * 4096 + 1, fails=True),
    ),
)


def earlier_run(image: Path) -> None:
    """The log of a run, on another machine, that died while it scanned the drive with the serial number PATIENT1, behind a
    read that timed out."""
    drive = {"hardwareInfoId": "disk7", "name": "a drive", "partType": "DISK", "serialNumber": "PATIENT1"}
    start = {"dutInfo": {"dutInfoId": "x", "name": "another machine", "hardwareInfos": [drive]}}
    content = {"what": "surface, front to back", "done": 7, "total": 48, "unit": "MiB", "part": "disk7", "lba": DIED_AT}
    timeout = {"code": "disk-timeout", "disk": "disk7", "lba": DIED_AT, "lba_count": TIMED_OUT}
    step = "disk.surface"
    lines = [
        {"testRunArtifact": {"testRunStart": start}},
        {"testStepArtifact": {"testStepId": step, "testStepStart": {"name": step}}},
        {"testStepArtifact": {"testStepId": step, "extension": {"name": "progress", "content": content}}},
        {"testStepArtifact": {"testStepId": step, "extension": {"name": "finding", "content": timeout}}},
    ]
    media.make_directory(image, "KIRIWAKELOG", "/runs/0001")
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    media.put_file(image, "KIRIWAKELOG", "/runs/0001/results.jsonl", text)


def read_mapfile(file: Path, size: int) -> dict[str, list[tuple[int, int]]]:
    """Ranges of bytes by status, as GNU ddrescue's manual has it: no gap, no overlap."""
    lines = [line.split() for line in file.read_text("ascii").splitlines() if not line.startswith("#")]
    found: dict[str, list[tuple[int, int]]] = {}
    at = 0
    for position, length, status in lines[1:]:
        if int(position, 16) != at or status not in "?*/-+":
            raise ValueError(f"{file}: {position} {length} {status} behind {at:#x}")
        at += int(length, 16)
        found.setdefault(status, []).append((int(position, 16), at))
    if at != size or lines[0][1] not in "?*/-F+":
        raise ValueError(f"{file}: ends at {at:#x}, status line {lines[0]}")
    if shutil.which("ddrescuelog"):
        subprocess.run(["ddrescuelog", "-t", str(file)], check=True, capture_output=True)
    return found


def places(_: Run, result: Result) -> Iterable[str]:
    found = sorted(f["lba"] for f in result.findings if f.get("code") == "disk-read-error" and f.get("disk") == "disk0")
    if found != BAD_SECTORS:
        yield f"bad sectors {found}, want {BAD_SECTORS}"
    ten = read_mapfile(result.run_directory / "disk0.map", 64 * MIB)
    sick = read_mapfile(result.run_directory / "disk1.map", SICK_MIB * MIB)
    if ten.get("-") != [(sector * SECTOR, (sector + 1) * SECTOR) for sector in BAD_SECTORS] or set(ten) != {"+", "-"}:
        yield f"disk0.map has {ten}"
    if sick.get("-") != [(BAD_BLOCK * 4096, (BAD_BLOCK + 1) * 4096)] or sick.get("?") != [(0, (DIED_AT + TIMED_OUT) * 4096)]:
        yield f"disk1.map has {sick}"
    if not {"disk0.map", "disk1.map"} <= set(result.files):
        yield f"the record has only the files {result.files}"
    # Each read of the sick disk takes a millisecond, and any number of them at once.
    alone, queued = (measures(result, "disk1").get(f"randread-4k{name}.iops", 0) for name in ("", f"-qd{DEPTH}"))
    if not alone * 1.3 < queued < DEPTH * 1100:
        yield f"{queued} reads per second with {DEPTH} in flight, {alone} one at a time"


def near_slow(lba: object) -> bool:
    return isinstance(lba, int) and lba * 4096 <= SLOW_FIRST < (lba + 256) * 4096


DISK_SPEEDS = (
    Case(
        "disk-speed",
        Machine(
            nics=(),
            disks=(NULL_DISK, throttled("bytes", 64), throttled("requests", 16)),
            options=MEASURED,
            extra=THROTTLES,
        ),
        passed=("disk.benchmark", "disk.surface"),
        inspect=speeds,
    ),
    Case(
        "disk-places",
        Machine(
            nics=(),
            disks=(TEN_BAD, SICK),
            options=MEASURED | {"disk.resume": "yes", "disk.queue-depth": str(DEPTH), "budget": "60s"},
        ),
        verdict="FAIL",
        findings=(
            {"code": "disk-read-error", "disk": "disk0", "lba": BAD_SECTORS[-1]},
            {"code": "disk-read-error", "disk": "disk1", "lba": BAD_BLOCK},
            {"code": "disk-slow-region", "disk": "disk1", "lba": near_slow},
        ),
        prepare=earlier_run,
        inspect=places,
    ),
)
