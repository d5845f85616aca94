# SPDX-License-Identifier: BSD-2-Clause-Patent
"""A disk that is slow or bad where we say so: a file served to QEMU over NBD.

Spec: the NBD protocol's fixed newstyle handshake, simple replies; what QEMU does not need is refused. Every read is
answered when its own time is over, whatever else is asked for meanwhile. Writes are refused and counted.
"""

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from pathlib import Path

OPTION_MAGIC, REPLY_MAGIC = 0x49484156454F5054, 0x3E889045565A9
REQUEST_MAGIC, ANSWER_MAGIC = 0x25609513, 0x67446698
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
OPTION_ABORT, OPTION_GO = 2, 7
REPLY_ACK, REPLY_INFO, REPLY_UNSUPPORTED = 1, 3, 0x80000001
HAS_FLAGS, SEND_FLUSH = 1, 4
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
OK, EPERM, EIO, EINVAL = 0, 1, 5, 22


@dataclass(frozen=True)
class Region:
    """Bytes [first, end) of a disk: what a read that touches them suffers, once per read."""

    first: int
    end: int
    delay_s: float = 0
    fails: bool = False


class NbdDisk(threading.Thread):
    """Serves one file on a Unix socket, to one client after the other, until stop()."""

    def __init__(self, file: Path, path: Path, regions: tuple[Region, ...]):
        super().__init__(daemon=True)
        self.reads = self.writes = 0
        self._content = file.read_bytes()
        self._regions = regions
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(1)
        self._client: socket.socket | None = None
        self._answering = threading.Lock()

    def run(self) -> None:
        while True:
            try:
                self._client, _ = self._listener.accept()
                with self._client:
                    if self._agree():
                        self._serve()
            except (ConnectionError, EOFError):
                continue
            except OSError:
                return  # stopped

    def stop(self) -> None:
        for end in (self._listener, self._client):
            if end is not None and end.fileno() >= 0:
                end.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.join()

    def _receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._client.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def _agree(self) -> bool:
        """The handshake, up to the end of the options."""
        self._client.sendall(b"NBDMAGIC" + struct.pack(">QH", OPTION_MAGIC, FIXED_NEWSTYLE | NO_ZEROES))
        self._receive(4)
        while True:
            _, option, size = struct.unpack(">QII", self._receive(16))
            self._receive(size)
            if option == OPTION_GO:
                export = struct.pack(">HQH", 0, len(self._content), HAS_FLAGS | SEND_FLUSH)
                self._reply(option, REPLY_INFO, export)
                self._reply(option, REPLY_ACK)
                return True
            if option == OPTION_ABORT:
                self._reply(option, REPLY_ACK)
                return False
            self._reply(option, REPLY_UNSUPPORTED)

    def _reply(self, option: int, kind: int, data: bytes = b"") -> None:
        self._client.sendall(struct.pack(">QIII", REPLY_MAGIC, option, kind, len(data)) + data)

    def _serve(self) -> None:
        while True:
            _, _, kind, handle, offset, size = struct.unpack(">IHHQQI", self._receive(28))
            if kind == DISCONNECT:
                return
            if kind == READ:
                delay_s = sum(region.delay_s for region in self._touched(offset, size))
                threading.Timer(delay_s, self._read, (handle, offset, size)).start()
            elif kind == WRITE:
                self._receive(size)
                self.writes += 1
                self._answer(handle, EPERM)
            else:
                self._answer(handle, OK if kind == FLUSH else EINVAL)

    def _answer(self, handle: int, error: int, data: bytes = b"") -> None:
        with self._answering:
            self._client.sendall(struct.pack(">IIQ", ANSWER_MAGIC, error, handle) + data)

    def _touched(self, offset: int, size: int) -> list[Region]:
        return [r for r in self._regions if r.first < offset + size and offset < r.end]

    def _read(self, handle: int, offset: int, size: int) -> None:
        self.reads += 1
        with contextlib.suppress(OSError):  # nobody listens any more
            if any(region.fails for region in self._touched(offset, size)):
                self._answer(handle, EIO)
            else:
                self._answer(handle, OK, self._content[offset : offset + size])
