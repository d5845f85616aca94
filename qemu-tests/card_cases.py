# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Scenarios on every card: firmware drivers differ in what they let through, hold back and report.

What a card sees of a fault is put together in a few boots, of faults that leave each other alone; these run on every card,
always. Of the other scenarios each runs on one card, unless KIRIWAKE_MATRIX is set: then on all of them.
"""

import os
from collections.abc import Iterable
from dataclasses import replace

from faults import bounce_link
from judge import AT_ONCE, Case, containing, including
from machine import Nic, Run, When
from neighbours6 import Router6
from network_cases import FAULTS
from peer import DhcpServer, Host, Owners, Reflector, Storm
from result import Result
from segment import (
    CAMERA_MAC,
    FAULTY_NETWORK,
    GATEWAY_MAC,
    LEASE_IP,
    OWN_ADDRESS,
    ROUTER_MAC,
    SERVER_IP,
    SWITCH_MAC,
    bare_lan,
    dhcp,
    gateway,
    lan,
    network_case,
)
from switches import cdp_switch, tagged_chatter

CARDS = {
    "virtio": Nic.model,
    "e1000": "e1000",  # holds back what it receives for a second after each reset
    "e1000e": "e1000e",
    "rtl8139": "rtl8139",
    "vmxnet3": "vmxnet3",
}
LOSES_TAGS = {"vmxnet3"}

# Of the scenarios that run on one card, those that run on another than the firmware's own.
HOME = {
    "duplicate-ip-one-owner": "vmxnet3",
    "duplicate-ip-announced-only": "e1000",
    "duplicate-ip-prober": "rtl8139",
    "duplicate-frames": "e1000",
    "packet-loss": "e1000e",
    "packet-corrupt": "rtl8139",
    "mtu-hole": "vmxnet3",
    "ping-overtaken": "e1000e",
    "rogue-dhcp": "e1000e",
    "gateway-two-macs-duplicate-mac": "rtl8139",
    "virtual-routers": "vmxnet3",
    "malformed-frames": "e1000e",
    "service-open": "e1000",
    "ipv6-second-owner-two-routers": "vmxnet3",
    "expected-port": "e1000e",
}

OWNERS = {"code": "net-duplicate-ip", "ip": SERVER_IP, "macs": including(ROUTER_MAC, CAMERA_MAC)}
FIRST_VERDICT_S = 15  # ten on a machine with time to itself; the emulator's may be taken by others


def named_soon(_: Run, result: Result) -> Iterable[str]:
    if result.first_verdict_s is None or result.first_verdict_s > FIRST_VERDICT_S:
        yield f"the second owner was named {result.first_verdict_s} s after link, want {FIRST_VERDICT_S} at most"


def many_faults(card: str) -> Case:
    return network_case(
        f"many-faults-{card}",
        bare_lan(
            lambda: gateway(lost=0.3),
            dhcp,
            lambda: Owners(SERVER_IP, (ROUTER_MAC, CAMERA_MAC)),
            lambda: DhcpServer("192.168.77.2", ROUTER_MAC, "192.168.77.51"),
            lambda: Host("192.168.77.2", ROUTER_MAC),
            lambda: cdp_switch(SWITCH_MAC, "core1", "Fa0/3", 20, full_duplex=False),
            lambda: Router6(GATEWAY_MAC, "2001:db8:1::"),
            lambda: Router6(ROUTER_MAC, "2001:db8:2::"),
        ),
        "net-packet-loss",
        also=(
            OWNERS,
            {"code": "net-rogue-dhcp", "macs": including(GATEWAY_MAC, ROUTER_MAC)},
            {"code": "net-rogue-ra", "macs": including(GATEWAY_MAC, ROUTER_MAC)},
            {"code": "net-duplex-mismatch", "nic": "nic0", "duplex": "half", "switch_port": containing("core1 port Fa0/3")},
        ),
        options=OWN_ADDRESS | {"checks": "nic.* net.* -net.sweep", "net.ping.count": "40"},
        speaks_from=frozenset({LEASE_IP, "192.168.77.51"}),
        inspect=named_soon,
    )


def storm_and_flap(card: str) -> Case:
    """The second owner is found all the same."""
    return network_case(
        f"storm-and-flap-{card}",
        lan(lambda: Storm(CAMERA_MAC, per_second=10000), lambda: Host(SERVER_IP, ROUTER_MAC)),
        "net-duplicate-ip",
        fields={"ip": SERVER_IP, "mac": ROUTER_MAC},
        also=({"code": "nic-link-flap", "nic": "nic0"}, {"code": "net-storm", "nic": "nic0", "mac": CAMERA_MAC}),
        options=OWN_ADDRESS | {"checks": "nic.* net.listen net.dhcp net.duplicate-ip"},
        events=(*AT_ONCE, When("net.dhcp", bounce_link)),
    )


def loop_and_trunk(card: str) -> Case:
    """Nothing but tagged frames arrives, and what we send."""
    tagged = () if card in LOSES_TAGS else ({"code": "net-vlan-mismatch", "nic": "nic0", "vlans": "20"},)
    return network_case(
        f"loop-and-trunk-{card}",
        bare_lan(Reflector, lambda: tagged_chatter(CAMERA_MAC, 20)),
        "net-loop",
        also=tagged,
        options=FAULTY_NETWORK | {"checks": "nic.* net.listen"},
        speaks_from=frozenset(),
    )


def on(case: Case, card: str) -> Case:
    nics = tuple(replace(nic, model=CARDS[card]) for nic in case.machine.nics)
    return replace(case, machine=replace(case.machine, nics=nics))


def spread(case: Case) -> Iterable[Case]:
    """The scenario on its own card; with KIRIWAKE_MATRIX also on all the others."""
    home = HOME.get(case.name, "virtio")
    yield on(case, home)
    if os.environ.get("KIRIWAKE_MATRIX"):
        yield from (replace(on(case, card), name=f"{case.name}-on-{card}") for card in CARDS if card != home)


STORM_CARDS = CARDS if os.environ.get("KIRIWAKE_MATRIX") else ("virtio", "e1000e")

CARD_CASES = (
    *(on(make(card), card) for make in (many_faults, loop_and_trunk) for card in CARDS),
    *(on(storm_and_flap(card), card) for card in STORM_CARDS),
    *(spread_case for case in FAULTS for spread_case in spread(case)),
)
