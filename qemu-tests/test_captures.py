# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The judge of captures: a good one has no problem, and each thing that may not be done makes its own."""

import struct
from pathlib import Path

import pytest

from captures import ETH_LLDP, NO_IP, NO_MAC, PCAP_HEADER, PCAP_MAGIC, PCAP_RECORD, Rules, judge, read
from frames import (
    ARP_REPLY,
    ARP_REQUEST,
    BROADCAST,
    DHCP_ACK,
    DHCP_DISCOVER,
    DHCP_OFFER,
    DHCP_RELEASE,
    DHCP_REQUEST,
    ETH_ARP,
    ETH_IPV4,
    IP_ICMP,
    IP_TCP,
    IP_UDP,
    TCP_ACK,
    TCP_SYN,
    Frame,
    arp,
    checksum,
    ethernet,
    ip_bytes,
    ipv4,
    mac_bytes,
    tcp,
    udp,
)
from neighbours6 import NEIGHBOUR_ADVERT, NEIGHBOUR_SOLICIT, icmp6, link_local

OURS, SERVER, OTHER, LEASE, GATEWAY = "52:54:00:12:34:56", "00:1b:17:00:01:01", "00:40:8c:aa:bb:cc", "10.0.0.50", "10.0.0.1"
RULES = Rules(OURS, frozenset({OURS}), frozenset({LEASE}))
OWN6 = link_local(OURS)

Event = tuple[float, str, bytes]  # when, "say" or "hear", what


def question(sender_ip: str, target_ip: str, mac: str = OURS, about: str = NO_MAC) -> bytes:
    return arp(BROADCAST, mac, ARP_REQUEST, sender_ip, about, target_ip)


def dhcp(kind: int, client: str = NO_IP, target: str = "255.255.255.255", **options: str) -> bytes:
    """A message of the client's or, with `yours`, of the server's."""
    yours = options.pop("yours", None)
    body = bytes([2 if yours else 1, 1, 6, 0]) + bytes(8) + ip_bytes(client) + ip_bytes(yours or NO_IP) + bytes(8)
    body += mac_bytes(OURS).ljust(16, b"\0") + bytes(192) + b"\x63\x82\x53\x63" + bytes([53, 1, kind])
    for name, option in (("server", 54), ("requested", 50)):
        body += bytes([option, 4]) + ip_bytes(options[name]) if name in options else b""
    source = GATEWAY if yours else client
    ports = (67, 68) if yours else (68, 67)
    packet = with_checksum(ipv4(source, target, IP_UDP, udp(*ports, body + b"\xff")), 6)
    mac = BROADCAST if target == "255.255.255.255" else SERVER
    return ethernet(mac, SERVER if yours else OURS, ETH_IPV4, packet)


def with_checksum(packet: bytes, at: int) -> bytes:
    """The packet with the UDP checksum filled in, which a server may leave out and the guest may not."""
    body = packet[20:]
    pseudo = packet[12:20] + struct.pack("!BBH", 0, packet[9], len(body))
    return packet[: 20 + at] + struct.pack("!H", checksum(pseudo + body)) + packet[22 + at :]


def echo(source: str = LEASE, mac: str = OURS) -> bytes:
    body = struct.pack("!BBHHH", 8, 0, 0, 1, 1) + bytes(24)
    return ethernet(SERVER, mac, ETH_IPV4, ipv4(source, GATEWAY, IP_ICMP, body[:2] + struct.pack("!H", checksum(body)) + body[4:]))


def solicit(source: bytes, target: bytes, hops: int = 255) -> bytes:
    frame = bytearray(icmp6(OURS, struct.pack("!BBHI", NEIGHBOUR_SOLICIT, 0, 0, 0) + target))
    frame[21] = hops
    frame[22:38] = source
    frame[56:58] = bytes(2)
    message = bytes(frame[54:])
    frame[56:58] = struct.pack("!H", checksum(bytes(frame[22:54]) + struct.pack("!II", len(message), 58) + message))
    return bytes(frame)


def patched(frame: bytes, at: int, value: bytes) -> bytes:
    return frame[:at] + value + frame[at + len(value) :]


PROBE = question(NO_IP, LEASE)
RELEASE = (9.0, "say", dhcp(DHCP_RELEASE, LEASE, GATEWAY, server=GATEWAY))
PROBES: tuple[Event, ...] = ((3.0, "say", PROBE), (4.0, "say", PROBE), (5.1, "say", PROBE))
LEASING: tuple[Event, ...] = (
    (1.0, "say", dhcp(DHCP_DISCOVER)),
    (1.1, "hear", question(NO_IP, LEASE, SERVER)),  # the server looks whether the address is free
    (2.0, "hear", dhcp(DHCP_OFFER, yours=LEASE, server=GATEWAY)),
    *PROBES,
    (7.2, "say", dhcp(DHCP_REQUEST, server=GATEWAY, requested=LEASE)),
    (7.3, "hear", dhcp(DHCP_ACK, yours=LEASE, server=GATEWAY)),
)
GOOD: tuple[Event, ...] = (
    (0.0, "say", ethernet("01:80:c2:00:00:0e", OURS, ETH_LLDP, b"us")),
    *LEASING,
    (7.4, "say", question(LEASE, GATEWAY)),
    (7.5, "hear", question(GATEWAY, LEASE, SERVER)),
    (7.6, "say", arp(SERVER, OURS, ARP_REPLY, LEASE, SERVER, GATEWAY)),
    (7.7, "say", echo()),
    (7.8, "say", solicit(bytes(16), OWN6)),
    (8.9, "say", ethernet(SERVER, OURS, ETH_IPV4, ipv4(LEASE, GATEWAY, IP_TCP, tcp(LEASE, GATEWAY, 5000, 80, 1, 0, TCP_SYN)))),
    RELEASE,
)


def problems(events: tuple[Event, ...], rules: Rules = RULES) -> list[str]:
    sent, heard = ([Frame(raw, when) for when, who, raw in events if who == name] for name in ("say", "hear"))
    return judge(sent, heard, rules)


def without(frame: bytes) -> tuple[Event, ...]:
    return tuple(event for event in GOOD if event[2] != frame)


def test_good():
    assert problems(GOOD) == []
    assert problems(()) == []


SHORT_PROBES = ((3.0, "say", PROBE), (3.3, "say", PROBE), (3.6, "say", PROBE))
BAD = {
    "other source MAC": ((*GOOD, (1.0, "say", patched(PROBE, 6, mac_bytes(OTHER)))), f"{OTHER} is not the card's address"),
    "short": ((*GOOD, (1.0, "say", PROBE[:42])), "a frame of 42 bytes"),
    "long": ((*GOOD, (1.0, "say", ethernet(BROADCAST, OURS, ETH_LLDP, bytes(1501)))), "a frame of 1515 bytes"),
    "other type": ((*GOOD, (1.0, "say", ethernet(BROADCAST, OURS, 0x9000, b""))), "a frame of type 0x9000"),
    "probe to one": ((*GOOD, (1.0, "say", patched(PROBE, 0, mac_bytes(OTHER)))), "a probe that is not"),
    "probe as reply": ((*GOOD, (1.0, "say", patched(PROBE, 20, b"\0\2"))), "a probe that is not"),
    "probe with target": ((*GOOD, (1.0, "say", patched(PROBE, 32, mac_bytes(OTHER)))), "a probe that is not"),
    "ARP for another MAC": ((*GOOD, (7.9, "say", patched(question(LEASE, GATEWAY), 22, mac_bytes(OTHER)))), f"ARP for {OTHER}"),
    "announced": ((*GOOD, (7.9, "say", question(LEASE, LEASE))), f"announced {LEASE}"),
    "foreign address": ((*GOOD, (7.9, "say", echo("10.0.0.77"))), "spoke from 10.0.0.77"),
    "not probed": (tuple(e for e in GOOD if e[2] != PROBE), "not found free"),
    "probed in haste": ((*tuple(e for e in GOOD if e[2] != PROBE), *SHORT_PROBES), "not found free"),
    "no wait after the probes": ((*PROBES, (5.5, "say", question(LEASE, GATEWAY))), "before it was found free"),
    "in conflict": ((*PROBES, (5.3, "hear", question(LEASE, GATEWAY, OTHER)), (8.0, "say", echo())), "while another has it"),
    "answered in conflict": (
        (*GOOD[:-1], (7.65, "hear", question(NO_IP, LEASE, OTHER)), (9.8, "say", arp(OTHER, OURS, ARP_REPLY, LEASE, OTHER, NO_IP))),
        "while another has it",
    ),
    "lease in conflict": ((*LEASING, (5.2, "hear", question(LEASE, LEASE, OTHER))), "not found free"),
    "lease never offered": (without(dhcp(DHCP_OFFER, yours=LEASE, server=GATEWAY)), "never offered"),
    "lease kept": (GOOD[:-1], f"never gave {LEASE} back"),
    "lease used afterwards": ((*GOOD, (9.5, "say", echo())), "after it was given back"),
    "lease of others given back": ((*PROBES, RELEASE), "which it never had"),
    "DHCP for another": ((*GOOD, (1.0, "say", patched(dhcp(DHCP_DISCOVER), 70, mac_bytes(OTHER)))), f"DHCP for {OTHER}"),
    "nameless packet": ((*GOOD, (8.0, "say", echo(NO_IP))), "no DHCP broadcast"),
    "IPv4 header": ((*GOOD, (8.0, "say", patched(echo(), 22, b"\x3f"))), "IPv4 header with a wrong checksum"),
    "IPv4 length": ((*GOOD, (8.0, "say", patched(echo(), 16, b"\x05\x00"))), "wrong length"),
    "ICMP checksum": ((*GOOD, (8.0, "say", patched(echo(), 50, b"\xff"))), "an ICMP message"),
    "UDP checksum": ((*GOOD, (1.0, "say", patched(dhcp(DHCP_DISCOVER), 90, b"\xff"))), "a datagram to port 67"),
    "TCP answer": (
        (
            *GOOD,
            (8.0, "say", ethernet(SERVER, OURS, ETH_IPV4, ipv4(LEASE, GATEWAY, IP_TCP, tcp(LEASE, GATEWAY, 1, 2, 3, 4, TCP_ACK)))),
        ),
        "flags 0x10",
    ),
    "IPv6 hop limit": ((*GOOD, (8.0, "say", solicit(bytes(16), OWN6, hops=64))), "hop limit 64"),
    "IPv6 of another": ((*GOOD, (8.0, "say", solicit(bytes(16), link_local(OTHER)))), "which is not ours"),
    "IPv6 address of another": ((*GOOD, (8.0, "say", solicit(link_local(OTHER), OWN6))), "spoke from fe80::"),
    "IPv6 advertised": (
        (*GOOD, (8.0, "say", icmp6(OURS, struct.pack("!BBHI", NEIGHBOUR_ADVERT, 0, 0, 0) + OWN6))),
        "type 136",
    ),
    "IPv6 in conflict": (
        (
            *GOOD,
            (7.85, "hear", icmp6(OTHER, struct.pack("!BBHI", NEIGHBOUR_ADVERT, 0, 0, 0) + OWN6)),
            (8.0, "say", solicit(OWN6, OWN6)),
        ),
        "spoke from fe80::",
    ),
    "IPv6 checksum": ((*GOOD, (8.0, "say", patched(solicit(bytes(16), OWN6), 56, b"\0\0"))), "ICMPv6 message with a wrong"),
}


@pytest.mark.parametrize(("events", "problem"), BAD.values(), ids=BAD.keys())
def test_bad(events, problem):
    assert any(problem in found for found in problems(events)), problems(events)


@pytest.mark.parametrize(("dhcp_option", "kind"), [("off", 1), ("probe", 3)])
def test_dhcp_as_told(dhcp_option, kind):
    found = problems(GOOD, Rules(OURS, frozenset({OURS}), None, dhcp_option))
    assert any(f"type {kind} with net.dhcp={dhcp_option}" in problem for problem in found)


def test_scanner_is_no_rival():
    """A switch that looks after its hosts probes for all of them, and wants none."""
    rounds = [(7.45, "hear", question(NO_IP, ip, OTHER)) for ip in (LEASE, GATEWAY)]
    assert problems((*GOOD, *rounds)) == []


def test_read(tmp_path: Path):
    file = tmp_path / "a.pcap"
    header = PCAP_HEADER.pack(PCAP_MAGIC, 2, 4, 0, 0, 65536, 1)
    whole = PCAP_RECORD.pack(3, 500_000, len(PROBE), len(PROBE)) + PROBE
    file.write_bytes(header + whole + whole[:-1])
    (frame,) = read(file)
    assert (frame.raw, frame.time_s, frame.kind) == (PROBE, 3.5, ETH_ARP)
    file.write_bytes(b"no capture at all, though long enough")
    with pytest.raises(ValueError, match="no capture"):
        list(read(file))
