# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The machine's serial line: QEMU's end is a pair of pipes.

QEMU writes single bytes and drops what the reader is late for. A socket's buffer is full of some hundred of them; a
pipe's takes a whole run's.
"""

import fcntl
import os
from pathlib import Path

PIPE_BYTES = 1 << 20
CHUNK_BYTES = 1 << 16


class SerialLine:
    def __init__(self, path: Path):
        """Makes the pipes, `path`.in and `path`.out; `path` is what QEMU's chardev takes."""
        to_guest, from_guest = f"{path}.in", f"{path}.out"
        os.mkfifo(to_guest)
        os.mkfifo(from_guest)
        self._from_guest = os.open(from_guest, os.O_RDONLY | os.O_NONBLOCK)
        self._to_guest = os.open(to_guest, os.O_RDWR)
        self._held = os.open(from_guest, os.O_WRONLY)  # or the pipe would be at its end before QEMU has come
        fcntl.fcntl(self._held, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def connected(self) -> None:
        """QEMU has opened its end: the line ends when it closes it."""
        os.close(self._held)
        self._held = -1

    def fileno(self) -> int:
        """For select()."""
        return self._from_guest

    def read(self) -> str:
        """What has come; nothing: QEMU has closed the line. Only when there is something to read."""
        return os.read(self._from_guest, CHUNK_BYTES).decode("ascii", "replace")

    def type(self, text: str) -> None:
        os.write(self._to_guest, text.encode())

    def close(self) -> None:
        for descriptor in (self._from_guest, self._to_guest, self._held):
            if descriptor >= 0:
                os.close(descriptor)
