# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The least of a QMP client: one command at a time, events thrown away."""

import json
import socket
from pathlib import Path


class Qmp:
    def __init__(self, path: Path, timeout_s: float = 60):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        self._socket.connect(str(path))
        self._stream = self._socket.makefile("rb")
        self._read()  # the greeting
        self.command("qmp_capabilities")

    def _read(self) -> dict:
        line = self._stream.readline()
        if not line:
            raise ConnectionError("QEMU closed its monitor")
        return json.loads(line)

    def command(self, name: str, /, **arguments) -> object:
        """Raises OSError when QEMU is gone, RuntimeError when it refuses."""
        request = {"execute": name, "arguments": arguments}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = self._read()
            if "error" in answer:
                raise RuntimeError(f"{name}: {answer['error'].get('desc')}")
            if "return" in answer:
                return answer["return"]

    def close(self) -> None:
        self._stream.close()
        self._socket.close()
