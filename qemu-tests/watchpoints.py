# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Stops the guest whenever it has written to some of its memory, by QEMU's gdb server (GDB manual, appendix E).

The guest does not notice: it stands still, clocks and all, from the end of the instruction that wrote until we let it go.
What is done to its memory meanwhile is done before anybody can read it, however busy the host is.
"""

import re
import socket
from pathlib import Path

WROTE = re.compile(rb"T05.*watch:([0-9a-f]+);")


class Watchpoints:
    """Connecting stops the guest, and so does every hit."""

    def __init__(self, path: Path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._stream = self._socket.makefile("rb")
        self._packet()  # that the guest stands still

    def watch(self, address: int, size: int) -> None:
        self._send(b"Z2,%x,%x" % (address, size))
        if (answer := self._packet()) != b"OK":
            raise RuntimeError(f"no watchpoint at {address:#x}: {answer}")

    def next_hit(self) -> int | None:
        """Lets the guest go until it writes. The address that was given to watch(); None when the guest is gone."""
        try:
            self._send(b"c")
            while packet := self._packet():
                if hit := WROTE.match(packet):
                    return int(hit[1], 16)
        except OSError:
            pass  # gone in the middle of it
        return None

    def leave(self) -> None:
        """Takes the watchpoints away and lets the guest go."""
        self._send(b"D")
        self._stream.close()
        self._socket.close()

    def _send(self, packet: bytes) -> None:
        # In one piece with the acknowledgement of what came before: a byte that reaches a running guest stops it.
        self._socket.sendall(b"+$%s#%02x" % (packet, sum(packet) & 0xFF))

    def _packet(self) -> bytes:
        """Empty at the end."""
        content = b""
        while byte := self._stream.read(1):
            if byte == b"$":
                content = b""
            elif byte == b"#":
                self._stream.read(2)  # the sum; nothing is lost on a socket
                return content
            else:
                content += byte
        return b""
