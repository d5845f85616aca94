# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Disk images from outside: partition tables, files on FAT volumes, copies that stay sparse."""

import contextlib
import os
import random
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512
MIB = 1 << 20

# mtools must not refuse volumes whose geometry it finds odd, and must read times as UTC.
MTOOLS = dict(os.environ, MTOOLS_SKIP_CHECK="1", TZ="UTC")


@dataclass(frozen=True)
class Partition:
    number: int
    first_sector: int
    sectors: int
    label: str  # the FAT volume label, empty if it is no FAT volume

    @property
    def offset(self) -> int:
        return self.first_sector * SECTOR


def copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--sparse=always", str(source), str(target)], check=True)


def partitions(image: Path) -> list[Partition]:
    """The used entries of the primary GPT; none if there is no GPT."""
    with image.open("rb") as file:
        file.seek(SECTOR)
        header = file.read(92)
        if header[:8] != b"EFI PART":
            return []
        table_lba, count, size = struct.unpack_from("<QII", header, 72)
        file.seek(table_lba * SECTOR)
        table = file.read(count * size)
        found = []
        for index in range(count):
            entry = table[index * size : (index + 1) * size]
            if any(entry[:16]):
                first, last = struct.unpack_from("<QQ", entry, 32)
                found.append(Partition(index + 1, first, last - first + 1, _fat_label(file, first)))
        return found


def _fat_label(file, first_sector: int) -> str:
    file.seek(first_sector * SECTOR)
    sector = file.read(SECTOR)
    for type_at, label_at in ((82, 71), (54, 43)):  # FAT32, FAT12/16
        if sector[type_at : type_at + 3] == b"FAT":
            return sector[label_at : label_at + 11].decode("ascii", "replace").strip()
    return ""


def volume(image: Path, label: str) -> Partition | None:
    """The FAT volume with that label, as the boot media have them."""
    return next((p for p in partitions(image) if p.label == label), None)


def _mtools(tool: str, image: Path, label: str, *args: str) -> None:
    where = volume(image, label)
    if where is None:
        raise LookupError(f"{image} has no volume {label}")
    command = [tool, "-i", f"{image}@@{where.offset}", *args]
    subprocess.run(command, check=True, env=MTOOLS, capture_output=True)


def put_file(image: Path, label: str, path: str, text: str, encoding: str = "ascii") -> None:
    """Writes one file onto a FAT volume of the image, replacing it."""
    source = image.with_suffix(".put")
    source.write_text(text, encoding, newline="")
    _mtools("mcopy", image, label, "-o", str(source), f"::{path}")
    source.unlink()


def make_directory(image: Path, label: str, path: str) -> None:
    """With those above it that are not there yet."""
    at = ""
    for name in path.strip("/").split("/"):
        at += f"/{name}"
        with contextlib.suppress(subprocess.CalledProcessError):  # it is there
            _mtools("mmd", image, label, "-D", "s", f"::{at}")


def remove_file(image: Path, label: str, path: str) -> None:
    _mtools("mdel", image, label, f"::{path}")


def extract(image: Path, label: str, target: Path) -> bool:
    """Copies everything on the volume into target/. False if the image has no such volume."""
    if volume(image, label) is None:
        return False
    target.mkdir(parents=True, exist_ok=True)
    _mtools("mcopy", image, label, "-s", "-n", "-m", "::/", str(target))
    return True


def delete_partition(image: Path, label: str) -> None:
    where = volume(image, label)
    if where is None:
        raise LookupError(f"{image} has no volume {label}")
    subprocess.run(["sgdisk", "-d", str(where.number), str(image)], check=True, capture_output=True)


def grow(image: Path, mib: int) -> None:
    """As if the image had been written to a larger stick: the backup GPT is not at the end any more."""
    os.truncate(image, image.stat().st_size + mib * MIB)


def random_disk(path: Path, mib: int, seed: str) -> None:
    """No two sectors are alike, so stale data cannot pass for what was asked for."""
    source = random.Random(seed)
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(source.randbytes(MIB))


def damaged_gpt_disk(path: Path, mib: int) -> None:
    """A patient whose primary GPT is broken and whose backup is good: what eager firmware repairs by itself."""
    with path.open("wb") as file:
        file.truncate(mib * MIB)
    subprocess.run(["sgdisk", "-n", "1:2048:+8M", str(path)], check=True, capture_output=True)
    with path.open("r+b") as file:
        file.seek(SECTOR)
        file.write(b"\xde\xad" * (SECTOR // 2))
