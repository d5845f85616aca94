# SPDX-License-Identifier: BSD-2-Clause-Patent
"""make sample: the case that inspired the project, booted once for the documents.

Two devices hold the server's address and its SSD has an unreadable sector. Leaves docs/screenshot.png and
docs/sample-report.txt.
"""

import shutil
import sys

from judge import AT_ONCE
from machine import BUILD, ROOT, Disk, Machine, Nic, Run
from peer import Host
from segment import OWN_ADDRESS, ROUTER_MAC, SERVER_IP, gateway

MACHINE = Machine(
    disks=(Disk("nvme", bad_sectors=(70007,)),),
    nics=(Nic("e1000e", lan=lambda: [gateway(), Host(SERVER_IP, ROUTER_MAC)]),),
    options=OWN_ADDRESS | {"on_finish": "shutdown"},
)


def main() -> int:
    run = Run(BUILD / "qemu" / "sample", MACHINE)
    result = run.boot(180, list(AT_ONCE))
    if result.verdict != "FAIL":
        print(f"expected FAIL, got {result.verdict}: see {run.directory}/serial.log")
        return 1
    shutil.copyfile(run.directory / "screen.png", ROOT / "docs" / "screenshot.png")
    (ROOT / "docs" / "sample-report.txt").write_bytes((result.log / "LATEST.TXT").read_bytes().replace(b"\r\n", b"\n"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
