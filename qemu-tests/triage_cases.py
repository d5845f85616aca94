# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases about who is guilty, and about what changed since the run before."""

import subprocess
from collections.abc import Iterable

from judge import AT_ONCE, Case, containing
from machine import BUILD, Disk, Machine, Nic, Run
from memory_cases import TWO_DIMMS
from peer import Host
from result import Result
from segment import OWN_ADDRESS, ROUTER_MAC, SERVER_IP, gateway

BAD_LBA = 70007


def decoded(code: str, *serial: str) -> str:
    """What the program on Linux reads out of a failure code; empty if it refuses it or the serial number."""
    command = [BUILD / "kiriwake", "code", code, *serial]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout if answer.returncode == 0 else ""


def both_guilty(_: Run, result: Result) -> Iterable[str]:
    """The network and the SSD, in that order, each with a code that says so; and nobody else."""
    suspects = [(suspect["state"], suspect["part"]) for suspect in result.triage]
    if suspects[:2] != [("FAULTY", "net"), ("FAULTY", "disk0")] or "FAULTY" in dict(suspects[2:]):
        yield f"triage is {suspects}"
        return
    serial = next(part["serialNumber"] for part in result.hardware if part["hardwareInfoId"] == "disk0")
    latest = (result.log / "LATEST.TXT").read_text("ascii")
    for suspect, finding, numbers in zip(result.triage, ("net-duplicate-ip", "disk-read-error"), ((), (serial,)), strict=False):
        code = suspect.get("failure_code", "")
        if finding not in decoded(code, *numbers):
            yield f"{code} does not say {finding} on {numbers}"
        if code not in latest or code not in result.serial:
            yield f"{code} is not in LATEST.TXT or not on the screen"
    if decoded(result.triage[1]["failure_code"], serial + "x"):
        yield "the disk's code fits another serial number"


def module_missed(_: Run, result: Result) -> Iterable[str]:
    first = result.triage[0]
    if (first["state"], first["part"], first.get("code")) != ("SUSPECT", "mem", "machine-changed"):
        yield f"triage begins with {first}"
    log = (result.run_directory / "log.txt").read_text("ascii")
    if "Where run 0001 had nic0" not in log:
        yield "the log does not say that the card has another MAC address"


def server(modules: int, mac: str) -> Machine:
    return Machine(
        memory_mib=256 * modules,
        dimms=TWO_DIMMS[:modules],
        disks=(),
        nics=(Nic(mac=mac),),
        options={"checks": "mem.inventory"},
        extra=("-smbios", "type=1,serial=KW-0001"),
    )


TRIAGE = (
    Case(
        "triage-both-guilty",
        Machine(
            disks=(Disk("nvme", bad_sectors=(BAD_LBA,)),),
            nics=(Nic("e1000e", lan=lambda: [gateway(), Host(SERVER_IP, ROUTER_MAC)]),),
            options=OWN_ADDRESS | {"checks": "net.duplicate-ip net.gateway disk.surface"},
        ),
        verdict="FAIL",
        findings=({"code": "net-duplicate-ip", "ip": SERVER_IP}, {"code": "disk-read-error", "lba": BAD_LBA}),
        inspect=both_guilty,
    ),
    Case(
        "changed-since-last-run",
        server(1, "52:54:00:12:34:57"),
        verdict="WARN",
        findings=({"code": "machine-changed", "what": "gone", "run": "0001", "was": containing("DIMM_B1")},),
        earlier_boot=AT_ONCE,
        earlier_machine=server(2, "52:54:00:12:34:56"),
        inspect=module_missed,
    ),
)
