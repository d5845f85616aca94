# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases in which the switch is read by SNMP: it says where the second owner sits, and nothing says the community."""

from collections.abc import Iterable

from machine import Nic, Run
from peer import Behaviour, DhcpServer, Host
from result import Result
from segment import GATEWAY_IP, GATEWAY_MAC, LEASE_IP, OWN_ADDRESS, ROUTER_MAC, SERVER_IP, SWITCH_MAC, log_says, network_case
from snmp_agent import SnmpAgent, switch_objects
from switches import LldpSwitch, lldp

SWITCH_IP, COMMUNITY = "192.168.77.2", "s3cret-community"
PORTS = {Nic().mac: ("Gi1/0/22", 20), ROUTER_MAC: ("Gi1/0/7", 300)}


def managed_switch() -> list[Behaviour]:
    return [
        Host(GATEWAY_IP, GATEWAY_MAC),
        DhcpServer(GATEWAY_IP, GATEWAY_MAC, LEASE_IP),
        Host(SERVER_IP, ROUTER_MAC),
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


SNMP = (
    network_case(
        "duplicate-ip-switch-port",
        (Nic(lan=managed_switch),),
        "net-duplicate-ip",
        fields={"ip": SERVER_IP, "mac": ROUTER_MAC, "switch_port": "Gi1/0/7 on sw-rack7"},
        options=OWN_ADDRESS | {"checks": "nic.* net.duplicate-ip net.switch-port", "net.snmp.community": COMMUNITY},
        passed=("net.switch-port",),
        inspect=secret_kept,
    ),
)
