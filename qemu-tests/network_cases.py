# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases about what is behind the cable: segments in good order, and one for each fault of a network."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import cycle

from hostile import malformed
from judge import AT_ONCE, Case, containing, including
from machine import Machine, Nic, Run, When
from memory_cases import SOME_MEMORY, measured
from neighbours6 import Owner6, Router6
from peer import (
    Behaviour,
    DhcpServer,
    Host,
    Owners,
    ProxyArp,
    Resolver,
    announcer,
    asker,
    prober,
    same_mac,
)
from result import Result
from segment import (
    CAMERA_MAC,
    FAULTY_NETWORK,
    GATEWAY_IP,
    GATEWAY_MAC,
    LEASE_IP,
    NETWORK,
    OWN_ADDRESS,
    ROUTER_MAC,
    SERVER_IP,
    SERVICE_IP,
    SPEAKS_FROM_LEASE,
    SPEAKS_FROM_OWN,
    SWITCH_MAC,
    bare_lan,
    dhcp,
    gateway,
    lan,
    log_says,
    network_case,
)
from switches import Distant, Late, LldpSwitch, lldp, spanning_tree

VRRP_MAC, CARP_MAC = "00:00:5e:00:01:05", "00:00:5e:00:01:06"
HSRP_MAC, HSRP2_MAC, GLBP_MAC = "00:00:0c:07:ac:01", "00:00:0c:9f:f0:01", "00:07:b4:00:01:02"


def changing_lan(*macs: str) -> tuple[Nic, ...]:
    """A segment whose gateway has another MAC address at every boot, in turn: cases that share it all begin with the first."""
    boots = cycle(macs)

    def make() -> list[Behaviour]:
        mac = next(boots)
        return [Host(GATEWAY_IP, mac), DhcpServer(GATEWAY_IP, mac, LEASE_IP)]

    return (Nic(lan=make),)


def wake_late(run: Run) -> None:
    for behaviour in run.peers[0].behaviours:
        if isinstance(behaviour, Late):
            behaviour.awake = True


def duplicate(name: str, make: Callable[[], Behaviour], macs: tuple[str, ...]) -> Case:
    fields = {"ip": SERVER_IP, "macs": including(*macs)}
    return network_case(name, lan(make), "net-duplicate-ip", fields=fields, options=OWN_ADDRESS)


def lost_share(result: Result, wanted: dict[str, tuple[float, float]]) -> Iterable[str]:
    """Whether as many echoes got lost as the segment loses, give or take four standard deviations. In percent."""
    for name, (least, most) in wanted.items():
        lost = measured(result, "net.ping", f"{name}.loss")
        if len(lost) != 1 or not least <= lost[0] <= most:
            yield f"{name} lost {lost} %, want {least} to {most}"


def slow_echoes(result: Result) -> Iterable[str]:
    shortest = measured(result, "net.ping", "gateway.rtt_min")
    if len(shortest) != 1 or shortest[0] < 300:
        yield f"the shortest echo took {shortest} ms, want 300 or more"


CLEAN = (
    Case("clean-own-address", Machine(disks=(), nics=lan(), options=NETWORK | OWN_ADDRESS), speaks_from=SPEAKS_FROM_OWN),
    Case("clean-user-net", Machine(disks=(), nics=(Nic(),), options=NETWORK), speaks_from=frozenset({"10.0.2.15"})),
    *(
        Case(
            f"clean-{model}",
            Machine(disks=(), nics=(replace(lan()[0], model=model),), options=FAULTY_NETWORK),
            speaks_from=SPEAKS_FROM_LEASE,
        )
        for model in ("e1000e", "rtl8139")
    ),
)

FAULTS = (
    duplicate("duplicate-ip-one-owner", lambda: Host(SERVER_IP, ROUTER_MAC), (ROUTER_MAC,)),
    # Found as soon as it is asked for in the name of a lease.
    duplicate("duplicate-ip-ignores-probes", lambda: Host(SERVER_IP, ROUTER_MAC, ignores_probes=True), (ROUTER_MAC,)),
    duplicate("duplicate-ip-announced-only", lambda: announcer(SERVER_IP, ROUTER_MAC), (ROUTER_MAC,)),
    duplicate("duplicate-ip-prober", lambda: prober(SERVER_IP, ROUTER_MAC), (ROUTER_MAC,)),
    network_case("duplicate-frames", bare_lan(lambda: gateway(copies=2), dhcp), verdict="PASS"),
    network_case(
        "packet-loss",
        lan(lambda: Host(SERVICE_IP, CAMERA_MAC, lost=0.2), lambda: asker(SERVICE_IP, ROUTER_MAC, "192.168.77.8")),
        "net-packet-loss",
        fields={"ip": SERVICE_IP},
        options={"checks": "net.ping", "net.peer": SERVICE_IP, "net.ping.count": "200", "net.ping.pace": "10ms"},
        inspect=lambda _, result: lost_share(result, {"gateway": (0, 0), "peer": (9, 33)}),
    ),
    network_case(
        "packet-corrupt",
        bare_lan(lambda: gateway(corrupt=0.3), dhcp, lambda: Host(SERVICE_IP, CAMERA_MAC, lost=1.0)),
        "net-packet-corrupt",
        allowed=("net-packet-loss",),
        options={"net.peer": SERVICE_IP},
        inspect=lambda _, result: lost_share(result, {"peer": (100, 100)}),
    ),
    network_case(
        "mtu-hole",
        lan(lambda: Host(SERVICE_IP, CAMERA_MAC, longest=1400)),
        "net-mtu-hole",
        fields={"ip": SERVICE_IP, "mtu_passed": 1400},
        options={"checks": "net.ping", "net.peer": SERVICE_IP},
    ),
    network_case(
        "ping-overtaken",
        bare_lan(lambda: gateway(overtaken=True), dhcp),
        verdict="PASS",
        options={"checks": "net.ping", "net.ping.count": "24", "net.ping.pace": "30ms"},
        inspect=lambda _, result: log_says(result, f"echo replies from {GATEWAY_IP} came after the reply to a later request"),
    ),
    network_case("gateway-silent", bare_lan(lambda: gateway(silent_arp=True), dhcp), "net-gateway-silent"),
    # Two servers with one identifier, and the address that the first offers is taken.
    network_case(
        "rogue-dhcp",
        lan(
            lambda: Host(LEASE_IP, CAMERA_MAC),
            lambda: DhcpServer(GATEWAY_IP, ROUTER_MAC, "192.168.77.51", router="192.168.77.2"),
            lambda: Host("192.168.77.2", ROUTER_MAC),
        ),
        "net-duplicate-ip",
        fields={"ip": LEASE_IP, "mac": CAMERA_MAC},
        also=({"code": "net-rogue-dhcp", "macs": including(GATEWAY_MAC, ROUTER_MAC)},),
        speaks_from=frozenset({"192.168.77.51"}),
    ),
    # And the server would give the next client an address that somebody has.
    network_case(
        "gateway-two-macs-duplicate-mac",
        bare_lan(
            gateway,
            lambda: DhcpServer(GATEWAY_IP, GATEWAY_MAC, LEASE_IP, pool="192.168.77.60"),
            lambda: Host(GATEWAY_IP, ROUTER_MAC),
            lambda: Host("192.168.77.60", CAMERA_MAC),
            lambda: same_mac(Nic().mac),
        ),
        "net-duplicate-ip",
        fields={"ip": GATEWAY_IP, "macs": including(GATEWAY_MAC, ROUTER_MAC)},
        also=(
            {"code": "net-duplicate-mac"},
            {"code": "net-dhcp-taken", "ip": "192.168.77.60", "mac": CAMERA_MAC, "server": GATEWAY_IP},
        ),
    ),
    # A failover group holds net.ip; others answer for addresses together with the router that has them just now.
    network_case(
        "virtual-routers",
        lan(
            lambda: Host(GATEWAY_IP, VRRP_MAC),
            lambda: Host(SERVER_IP, CARP_MAC),
            *(
                partial(make, ip, mac)
                for ip, mac in ((SERVICE_IP, HSRP_MAC), ("192.168.77.10", HSRP2_MAC), ("192.168.77.11", GLBP_MAC))
                for make in (lambda ip, mac: Owners(ip, (mac, ROUTER_MAC)), lambda ip, _: asker(ip, CAMERA_MAC, "192.168.77.8"))
            ),
        ),
        verdict="PASS",
        options=OWN_ADDRESS,
        passed=("net.duplicate-ip", "net.gateway"),
        inspect=lambda _, result: log_says(result, f"{SERVER_IP} is answered for by {CARP_MAC}, a virtual router address"),
    ),
    # Spanning tree speaks from the start; everything else has to wait until the port forwards, and is slow then.
    network_case(
        "switch-port-blocked",
        bare_lan(
            lambda: spanning_tree(SWITCH_MAC, changing=True),
            lambda: Distant([gateway(), dhcp()], blocked_s=30, delay_s=0.3),
        ),
        verdict="PASS",
        passed=("net.dhcp", "net.duplicate-ip", "net.gateway", "net.ping"),
        inspect=lambda _, result: [*log_says(result, "topology changing"), *slow_echoes(result)],
    ),
    network_case(
        "malformed-frames",
        lan(lambda: malformed(CAMERA_MAC, Nic().mac)),
        verdict="PASS",
        passed=("net.listen", "net.dhcp", "net.duplicate-ip", "net.gateway", "net.ping", "net.ipv6"),
        options=NETWORK,
        inspect=lambda _, result: log_says(result, "malformed frames on nic0"),
    ),
    network_case("no-dhcp", bare_lan(gateway), "net-no-dhcp", verdict="WARN", speaks_from=frozenset()),
    network_case(
        "sweep-two-owners",
        lan(lambda: Owners(SERVICE_IP, (ROUTER_MAC, CAMERA_MAC))),
        "net-duplicate-ip",
        fields={"ip": SERVICE_IP, "macs": including(ROUTER_MAC, CAMERA_MAC), "in_check": "net.sweep"},
        passed=("net.duplicate-ip", "net.gateway"),
        options=NETWORK,
    ),
    network_case(
        "sweep-proxy-arp",
        lan(lambda: ProxyArp(ROUTER_MAC), lambda: Host(SERVICE_IP, CAMERA_MAC)),
        verdict="PASS",
        options={"checks": "net.sweep"},
        inspect=lambda _, result: log_says(result, f"{ROUTER_MAC} answers for most of the 253 addresses asked for: proxy ARP"),
        speaks_from=frozenset(),
    ),
    network_case(
        "service-open",
        lan(lambda: Host(SERVICE_IP, CAMERA_MAC, open_ports=(2049,))),
        verdict="PASS",
        options={"checks": "net.services", "net.tcp": f"{SERVICE_IP}:2049"},
        passed=("net.services",),
    ),
    network_case(
        "services-refused-silent-failing",
        lan(
            lambda: Host(SERVICE_IP, CAMERA_MAC, open_ports=(22,)),
            lambda: Host("192.168.77.10", ROUTER_MAC, open_ports=None),
            lambda: Resolver("192.168.77.11", SWITCH_MAC, rcode=2),
        ),
        "net-service-unreachable",
        verdict="WARN",
        fields={"ip": SERVICE_IP, "port": 2049, "result": "refused"},
        also=(
            {"code": "net-service-unreachable", "ip": "192.168.77.10", "port": 22, "result": "no answer"},
            {"code": "net-service-unreachable", "ip": "192.168.77.11", "port": 53, "result": "SERVFAIL"},
        ),
        options={
            "checks": "net.services",
            "net.tcp": f"{SERVICE_IP}:22 {SERVICE_IP}:2049 192.168.77.10:22",
            "net.dns": "192.168.77.11",
        },
    ),
    network_case(
        "stranger-with-web-page",
        lan(lambda: Host(SERVER_IP, ROUTER_MAC, open_ports=(80,))),
        "net-duplicate-ip",
        fields={"ip": SERVER_IP, "mac": ROUTER_MAC, "vendor": containing("TP-LINK")},
        options=OWN_ADDRESS | {"checks": "nic.* net.duplicate-ip"},
        inspect=lambda _, result: log_says(result, "TCP 22 refused, TCP 80 open, TCP 443 refused; time to live 64"),
    ),
    network_case(
        "ipv6-second-owner-two-routers",
        lan(
            lambda: Owner6(ROUTER_MAC),
            lambda: Router6(GATEWAY_MAC, "2001:db8:1::"),
            lambda: Router6(ROUTER_MAC, "2001:db8:2::"),
        ),
        "net-duplicate-ip",
        fields={"ip": "fe80::5054:ff:fe12:3456", "mac": ROUTER_MAC, "in_check": "net.ipv6"},
        also=({"code": "net-rogue-ra", "nic": "nic0", "macs": including(GATEWAY_MAC, ROUTER_MAC)},),
        options={"checks": "nic.* net.ipv6 net.gateway"},
    ),
    network_case(
        "ipv6-one-router",
        lan(lambda: Router6(GATEWAY_MAC, "2001:db8:1::")),
        verdict="PASS",
        options={"checks": "nic.* net.ipv6 net.gateway"},
        passed=("net.ipv6",),
        inspect=lambda _, result: log_says(result, "as the way out for 1800 s; prefixes 2001:db8:1::/64"),
    ),
    network_case(
        "expected-gateway-other",
        lan(lambda: Router6(GATEWAY_MAC, "2001:db8:1::")),
        "net-unexpected",
        verdict="WARN",
        fields={"what": "gateway_mac", "expected": ROUTER_MAC, "actual": GATEWAY_MAC},
        also=({"code": "net-unexpected", "what": "ipv6_routers", "expected": CAMERA_MAC, "actual": GATEWAY_MAC},),
        options={
            "checks": "net.ipv6 net.expected",
            "net.expect_gateway_mac": ROUTER_MAC,
            "net.expect_dhcp": GATEWAY_IP,
            "net.expect_ipv6_router": CAMERA_MAC,
        },
    ),
    network_case(
        "expected-port",
        lan(lambda: LldpSwitch(lldp(SWITCH_MAC, "sw-rack7", "Gi1/0/22", 20, "192.168.77.2", mau=30))),
        verdict="PASS",
        options={"checks": "nic.* net.expected", "net.expect_switch": "sw-rack7*/22", "net.expect_vlan": "20"},
        passed=("net.expected",),
        inspect=lambda _, result: log_says(result, "is connected to sw-rack7 port Gi1/0/22 (VLAN 20), by its LLDP"),
    ),
    network_case(
        "changed-gateway",
        changing_lan(GATEWAY_MAC, ROUTER_MAC),
        "net-changed",
        verdict="WARN",
        fields={"what": "gateway_mac", "old": GATEWAY_MAC, "new": ROUTER_MAC},
        options={"checks": "net.gateway net.baseline"},
        earlier_boot=AT_ONCE,
    ),
    network_case(
        "unchanged",
        changing_lan(GATEWAY_MAC, GATEWAY_MAC),
        verdict="PASS",
        options={"checks": "net.gateway net.baseline"},
        earlier_boot=AT_ONCE,
        passed=("net.baseline",),
    ),
    network_case(
        "duplicate-ip-late",
        lan(lambda: Late(announcer(SERVER_IP, ROUTER_MAC)), lambda: asker(SERVER_IP, CAMERA_MAC, SERVICE_IP)),
        "net-duplicate-ip",
        fields={"ip": SERVER_IP, "macs": including(ROUTER_MAC), "in_check": "net.listen"},
        options=SOME_MEMORY | OWN_ADDRESS | {"checks": "nic.* net.duplicate-ip mem.march-c"},
        passed=("net.duplicate-ip", "mem.march-c"),
        events=(*AT_ONCE, When("mem.march-c", wake_late)),
        speaks_from=SPEAKS_FROM_OWN,
    ),
)
