# SPDX-License-Identifier: BSD-2-Clause-Patent
"""SMBIOS structures about memory (DMTF DSP0134, 7.17 to 7.21), to be given to QEMU as files.

QEMU builds types 16, 17 and 19 itself, one DIMM for each 16 GiB and no type 20. A file of a type replaces all that
QEMU would make of that type, so a machine with DIMMs of its own brings all four.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

ARRAY, ARRAY_MAPPED = 0x1000, 0x1300  # handles, those that QEMU takes
DEVICE, DEVICE_MAPPED = 0x1100, 0x1400
DDR4, DIMM_FORM, SYNCHRONOUS = 0x1A, 0x09, 0x0080
SIZE_IN_EXTENDED = 0x7FFF
ADDRESS_IN_EXTENDED = 0xFFFFFFFF


@dataclass(frozen=True)
class Mapped:
    """Where a DIMM appears: [low, high), together with others if it is interleaved."""

    low: int
    high: int
    position: int = 0  # among the interleaved, from 1; 0: alone
    depth: int = 0


@dataclass(frozen=True)
class Dimm:
    slot: str
    mib: int  # 0: an empty slot
    mapped: tuple[Mapped, ...] = ()
    bank: str = "NODE 1"
    maker: str = "Kawaraban"
    serial: str = "00000000"
    part: str = "KW-DDR4"


def structure(kind: int, handle: int, body: bytes, strings: tuple[str, ...] = ()) -> bytes:
    texts = b"".join(text.encode("latin-1") + b"\0" for text in strings) or b"\0"
    return struct.pack("<BBH", kind, 4 + len(body), handle) + body + texts + b"\0"


def _array(dimms: tuple[Dimm, ...]) -> bytes:
    total_kib = sum(dimm.mib for dimm in dimms) * 1024
    system_board, system_memory, multi_bit_ecc, no_error = 3, 3, 6, 0xFFFE
    body = struct.pack("<BBBIHHQ", system_board, system_memory, multi_bit_ecc, total_kib, no_error, len(dimms), 0)
    return structure(16, ARRAY, body)


def _device(index: int, dimm: Dimm) -> bytes:
    size, extended = (dimm.mib, 0) if dimm.mib < SIZE_IN_EXTENDED else (SIZE_IN_EXTENDED, dimm.mib)
    width = (72, 64) if dimm.mib else (0, 0)
    body = struct.pack("<HHHHHBB", ARRAY, 0xFFFE, *width, size, DIMM_FORM, 0)
    body += struct.pack("<BBBHH", 1, 2, DDR4, SYNCHRONOUS, 3200)
    body += struct.pack("<BBBBBIH", 3, 4, 0, 5, 1, extended, 3200)
    body += struct.pack("<HHH", 1200, 1200, 1200)
    return structure(17, DEVICE + index, body, (dimm.slot, dimm.bank, dimm.maker, dimm.serial, dimm.part))


def _range(low: int, high: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last address as both kinds of fields have them: in KiB, and in bytes where that is too narrow."""
    last = high - 1
    if last >> 10 < ADDRESS_IN_EXTENDED:
        return (low >> 10, last >> 10), (0, 0)
    return (ADDRESS_IN_EXTENDED, ADDRESS_IN_EXTENDED), (low, last)


def _array_mapped(index: int, low: int, high: int, width: int) -> bytes:
    narrow, wide = _range(low, high)
    return structure(19, ARRAY_MAPPED + index, struct.pack("<IIHBQQ", *narrow, ARRAY, width, *wide))


def _device_mapped(index: int, device: int, array_mapped: int, mapped: Mapped) -> bytes:
    narrow, wide = _range(mapped.low, mapped.high)
    body = struct.pack("<IIHHBBBQQ", *narrow, device, array_mapped, 0xFF, mapped.position, mapped.depth, *wide)
    return structure(20, DEVICE_MAPPED + index, body)


def structures(dimms: tuple[Dimm, ...]) -> list[bytes]:
    """Types 16, 17, 19 and 20 of these DIMMs, in that order."""
    ranges = sorted({(mapped.low, mapped.high) for dimm in dimms for mapped in dimm.mapped})
    made = [_array(dimms), *(_device(index, dimm) for index, dimm in enumerate(dimms))]
    for index, (low, high) in enumerate(ranges):
        sharing = sum((m.low, m.high) == (low, high) for dimm in dimms for m in dimm.mapped)
        made.append(_array_mapped(index, low, high, sharing))
    places = [(device, mapped) for device, dimm in enumerate(dimms) for mapped in dimm.mapped]
    for index, (device, mapped) in enumerate(places):
        array_mapped = ARRAY_MAPPED + ranges.index((mapped.low, mapped.high))
        made.append(_device_mapped(index, DEVICE + device, array_mapped, mapped))
    return made


def arguments(dimms: tuple[Dimm, ...], directory: Path) -> list[str]:
    """Writes the files, one for each structure as QEMU wants them, and gives the words of its command line."""
    words = []
    for index, content in enumerate(structures(dimms)):
        file = directory / f"smbios{index}.bin"
        file.write_bytes(content)
        words += ["-smbios", f"file={file}"]
    return words
