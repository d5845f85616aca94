#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Packs the IEEE's lists of MAC address blocks into the table that nicprobe/vendor.c searches.

Usage: pack_vendors.py DIRECTORY TABLE

DIRECTORY is that of Debian's ieee-data package; TABLE is written. Its layout stands in nicprobe/vendor.h. The same lists
give the same bytes.
"""

import csv
import struct
import sys
import unicodedata
from pathlib import Path

# Files, bits of a prefix, and the bytes it takes in the table.
LISTS = [(("oui.csv",), 24, 3), (("mam.csv",), 28, 4), (("oui36.csv", "iab.csv"), 36, 5)]
NAME_MAX = 40  # with what the lookup may add it still fits a line


def clean(name: str) -> str:
    """ASCII, single blanks, bounded."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())[:NAME_MAX].rstrip()


def blocks(directory: Path, files: tuple[str, ...], bits: int) -> dict[int, str]:
    """Prefix to name. Of two holders of one block the first in the alphabet: the lists have no order."""
    found: dict[int, str] = {}
    for file in files:
        with (directory / file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                digits, name = row["Assignment"].strip(), clean(row["Organization Name"])
                if len(digits) * 4 != bits or not name:
                    continue
                prefix = int(digits, 16)
                found[prefix] = min(name, found.get(prefix, name))
    return found


def pack(directory: Path) -> bytes:
    lists = [blocks(directory, files, bits) for files, bits, _ in LISTS]
    names = sorted({name for found in lists for name in found.values()})
    offsets, text = {}, bytearray()
    for name in names:
        offsets[name] = len(text)
        text += name.encode() + b"\0"
    table = bytearray(b"MACV") + struct.pack("<4I", *(len(found) for found in lists), len(text))
    for found, (_, bits, width) in zip(lists, LISTS, strict=True):
        for prefix in sorted(found):
            table += (prefix << (width * 8 - bits)).to_bytes(width, "big")
            table += offsets[found[prefix]].to_bytes(3, "little")
    return bytes(table + text)


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(pack(Path(sys.argv[1])))
