# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases in which the switch is read by SNMP: it says where the second owner sits, and nothing says the community."""

import os
from collections.abc import Iterable

from memory_cases import SOME_MEMORY
from machine import Nic, Run
from peer import Behaviour, DhcpServer, Host
from result import Result
from segment import GATEWAY_IP, GATEWAY_MAC, LEASE_IP, OWN_ADDRESS, ROUTER_MAC, SERVER_IP, SWITCH_MAC, log_says, network_case
from snmp_agent import SnmpAgent, switch_objects
from switches import Late, LldpSwitch, lldp

SWITCH_IP, COMMUNITY = "192.168.77.2", "s3cret-community"
PORTS = {Nic().mac: ("Gi1/0/22", 20), ROUTER_MAC: ("Gi1/0/7", 300)}


LATE_S = 40  # after the guest's first frame: no check of the network runs any more


def managed_switch(owner_after_s: float = 0) -> list[Behaviour]:
    return [
        Host(GATEWAY_IP, GATEWAY_MAC),
        DhcpServer(GATEWAY_IP, GATEWAY_MAC, LEASE_IP),
        Late(Host(SERVER_IP, ROUTER_MAC), after_s=owner_after_s),
        Host(SWITCH_IP, SWITCH_MAC),
        LldpSwitch(lldp(SWITCH_MAC, "sw-rack7", "Gi1/0/22", 20, SWITCH_IP, mau=30)),
        SnmpAgent(SWITCH_IP, SWITCH_MAC, COMMUNITY.encode(), switch_objects("sw-rack7", PORTS)),
    ]


def secret_kept(run: Run, result: Result) -> Iterable[str]:
    yield from log_says(result, "nic0 is behind Gi1/0/22 on sw-rack7, up, 1000 Mb/s")
    texts = {path.name: path.read_text(errors="replace") for path in result.run_directory.iterdir()}
    texts |= {"the serial line": result.serial, "LATEST.TXT": (result.log / "LATEST.TXT").read_text()}
    yield from (f"{name} shows the community" for name, text in texts.items() if COMMUNITY in text)
    if not any(isinstance(b, SnmpAgent) and b.asked for b in run.peers[0].behaviours):
        yield "the switch was never asked"


PLACED = {"code": "net-duplicate-ip", "ip": SERVER_IP, "mac": ROUTER_MAC, "switch_port": "Gi1/0/7 on sw-rack7"}
ASKING = OWN_ADDRESS | {"net.snmp.community": COMMUNITY}

LATE = (
    network_case(
        "duplicate-ip-late-switch-port",
        (Nic(lan=lambda: managed_switch(owner_after_s=LATE_S)),),
        "net-duplicate-ip",
        fields={"ip": SERVER_IP, "mac": ROUTER_MAC},  # by the listener, or by a later pass of the check
        also=(PLACED | {"follow_up": 1},),
        options=ASKING | SOME_MEMORY | {"checks": "net.duplicate-ip mem.march-c", "passes": "6"},
        passed=("mem.march-c",),
        timeout_s=300,
    ),
)

SNMP = (
    network_case(
        "duplicate-ip-switch-port",
        (Nic(lan=managed_switch),),
        "net-duplicate-ip",
        fields={"ip": SERVER_IP, "mac": ROUTER_MAC},
        also=(PLACED | {"follow_up": 1},),
        options=ASKING | {"checks": "nic.* net.duplicate-ip net.switch-port"},
        passed=("net.switch-port",),
        inspect=secret_kept,
    ),
    *(LATE if os.environ.get("KIRIWAKE_MATRIX") else ()),
)
