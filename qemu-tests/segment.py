# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The segment that most cases about the network have: its addresses, who is always there, and what a case says of it."""

from collections.abc import Callable, Iterable

from judge import Case
from machine import Machine, Nic, Run
from peer import Behaviour, DhcpServer, Host
from result import Result

SERVER_IP = "192.168.77.20"
GATEWAY_IP, GATEWAY_MAC = "192.168.77.1", "00:1b:17:00:01:01"
LEASE_IP, SERVICE_IP = "192.168.77.50", "192.168.77.9"
ROUTER_MAC, CAMERA_MAC, SWITCH_MAC = "f4:f2:6d:11:22:33", "00:40:8c:aa:bb:cc", "00:1b:54:01:02:03"


def gateway(**faults) -> Host:
    return Host(GATEWAY_IP, GATEWAY_MAC, **faults)


def dhcp() -> DhcpServer:
    return DhcpServer(GATEWAY_IP, GATEWAY_MAC, LEASE_IP)


def lan(*more: Callable[[], Behaviour]) -> tuple[Nic, ...]:
    """One card on a segment with a gateway that serves DHCP. `more` are functions that make further behaviours."""
    return (Nic(lan=lambda: [gateway(), dhcp()] + [make() for make in more]),)


def bare_lan(*behaviours: Callable[[], Behaviour]) -> tuple[Nic, ...]:
    return (Nic(lan=lambda: [make() for make in behaviours]),)


OWN_ADDRESS = {"net.ip": f"{SERVER_IP}/24", "net.gateway": GATEWAY_IP}
NETWORK = {"checks": "nic.* net.*"}
FAULTY_NETWORK = {"checks": "nic.* net.* -net.sweep -net.ipv6"}  # these two take their time, and have cases of their own
SPEAKS_FROM_LEASE = frozenset({LEASE_IP})
SPEAKS_FROM_OWN = frozenset({SERVER_IP, LEASE_IP})


def log_says(result: Result, text: str) -> Iterable[str]:
    return () if text in (result.log / "runs" / "0001" / "log.txt").read_text() else [f"the log does not say: {text}"]


def lease_returned(run: Run, _: Result) -> Iterable[str]:
    server = next(b for b in run.peers[0].behaviours if isinstance(b, DhcpServer))
    if server.granted == 0:
        yield "never took a lease"
    if server.released == 0:
        yield "never gave its lease back"


def network_case(name: str, nics: tuple[Nic, ...], code: str = "", verdict: str = "FAIL", **more) -> Case:
    fields = more.pop("fields", {})
    options = FAULTY_NETWORK | more.pop("options", {})
    findings = (({"code": code, **fields},) if code else ()) + more.pop("also", ())
    more.setdefault("speaks_from", SPEAKS_FROM_LEASE)
    return Case(name, Machine(disks=(), nics=nics, options=options), verdict, findings, **more)
