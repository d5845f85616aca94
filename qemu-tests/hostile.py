# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Frames as no honest station sends them: every kind that the guest reads, cut short, too long, or contradicting itself."""

import struct

from frames import (
    ARP_REPLY,
    BROADCAST,
    ETH_ARP,
    ETH_IPV4,
    IP_ICMP,
    IP_TCP,
    IP_UDP,
    arp,
    checksum,
    ethernet,
    ip_bytes,
    ipv4,
    mac_bytes,
    udp,
)
from neighbours6 import ETH_IPV6, NEIGHBOUR_ADVERT, ROUTER_ADVERT, icmp6
from peer import Periodic
from switches import BPDU_MAC, CDP_MAC, ETH_LLDP, ETH_VLAN, LLDP_MAC, tlv

FULL = 1514


def cut(frame: bytes, size: int) -> bytes:
    """Not padded: cards and backends hand on what they get."""
    return frame[:size]


def lying_ipv4(protocol: int, body: bytes, length: int = 0, first: int = 0x45) -> bytes:
    """A packet whose header gives another length, version or header length than it has, under a right checksum."""
    packet = bytearray(ipv4("192.168.77.99", "255.255.255.255", protocol, body))
    packet[0] = first
    packet[2:4] = struct.pack("!H", length or len(packet))
    packet[10:12] = bytes(2)
    packet[10:12] = struct.pack("!H", checksum(bytes(packet[: max((first & 15) * 4, 20)])))
    return bytes(packet)


def lying_dhcp(options: bytes) -> bytes:
    body = bytes([2, 1, 6, 0]) + bytes(12) + ip_bytes("192.168.77.98") + bytes(8) + bytes(16 + 192)
    return ipv4("192.168.77.99", "255.255.255.255", IP_UDP, udp(67, 68, body + b"\x63\x82\x53\x63" + options))


def malformed(mac: str, guest: str) -> Periodic:
    """One of each kind, again and again, at every stage of a run. `mac` sends them; some are for `guest` alone."""
    claim = arp(guest, mac, ARP_REPLY, "192.168.77.99", guest, "0.0.0.0")
    packets = (
        lying_ipv4(IP_ICMP, bytes(8), length=1400),
        lying_ipv4(IP_ICMP, bytes(8), length=8),
        lying_ipv4(IP_ICMP, bytes(8), first=0x4F),
        lying_ipv4(IP_ICMP, bytes(8), first=0x41),
        lying_ipv4(IP_ICMP, bytes(8), first=0x65),
        lying_ipv4(IP_ICMP, bytes(3)),
        lying_ipv4(IP_TCP, bytes(12) + b"\xf0\x12" + bytes(6)),
        lying_ipv4(IP_TCP, bytes(5)),
        lying_ipv4(IP_UDP, struct.pack("!HHHH", 67, 68, 900, 0) + bytes(20)),
        lying_ipv4(IP_UDP, struct.pack("!HHHH", 53, 50000, 4, 0)),
        lying_dhcp(bytes([53, 1, 2, 1, 200])),  # an option that runs over the end
        lying_dhcp(bytes([53, 0])),
        lying_dhcp(b""),
        ipv4("192.168.77.99", "192.168.77.50", IP_UDP, udp(53, 50000, bytes(4) + b"\0\1\xff\xff" + bytes(4) + b"\xc0\x0c" * 9)),
        ipv4("192.168.77.99", "192.168.77.50", IP_ICMP, b"\3\4" + bytes(6) + b"\x4f" * 4),  # an error about half a header
    )
    frames = [
        cut(claim, 14),
        cut(claim, 20),
        cut(claim, 41),
        claim[:18] + bytes([16, 16]) + claim[20:],  # addresses of other lengths than there is room for
        claim[:14] + b"\0\7" + claim[16:],
        arp(BROADCAST, BROADCAST, ARP_REPLY, "192.168.77.20", guest, "0.0.0.0"),
        arp(BROADCAST, mac, ARP_REPLY, "255.255.255.255", guest, "0.0.0.0"),
        cut(ethernet(guest, mac, ETH_IPV4, packets[0]), 14 + 19),
        *(ethernet(BROADCAST, mac, ETH_IPV4, packet) for packet in packets),
        ethernet(LLDP_MAC, mac, ETH_LLDP, tlv(1, b"\4" + mac_bytes(mac)) + struct.pack("!H", 2 << 9 | 400) + b"short"),
        ethernet(LLDP_MAC, mac, ETH_LLDP, tlv(1, b"") + tlv(2, b"") + tlv(3, b"") + tlv(127, b"\0") + tlv(0, b"")),
        ethernet(LLDP_MAC, mac, ETH_LLDP, b"\xff" * 1500),
        ethernet(CDP_MAC, mac, 22, bytes.fromhex("aaaa0300000c2000") + bytes([2, 180, 0, 0, 0, 1, 0, 0, 0, 1, 255, 255, 65, 65])),
        ethernet(CDP_MAC, mac, 1400, bytes.fromhex("aaaa0300000c2000")),
        ethernet(BPDU_MAC, mac, 7, bytes.fromhex("424203") + bytes(4)),
        ethernet(BPDU_MAC, mac, 38, bytes.fromhex("424203") + b"\xff" * 35),
        cut(ethernet(BROADCAST, mac, ETH_VLAN, b"\0"), 15),
        ethernet(BROADCAST, mac, ETH_VLAN, b"\0\5\x81\0\0\6\x81\0"),
        cut(ethernet(guest, mac, ETH_IPV6, b"\x60" + bytes(38)), 14 + 39),
        ethernet(guest, mac, ETH_IPV6, b"\x60" + bytes(3) + b"\xff\xff" + bytes(34)),
        icmp6(mac, struct.pack("!BBHBBHII", ROUTER_ADVERT, 0, 0, 64, 0, 1800, 0, 0) + bytes([3, 0]) + bytes(30)),
        icmp6(mac, struct.pack("!BBHBBHII", ROUTER_ADVERT, 0, 0, 64, 0, 1800, 0, 0) + bytes([3, 200]) + bytes(6)),
        icmp6(mac, struct.pack("!BBH", NEIGHBOUR_ADVERT, 0, 0)),
        ethernet(guest, mac, ETH_ARP, b"").ljust(FULL, b"\xff"),
        ethernet(guest, mac, 0xFFFF, b"").ljust(FULL, b"\0"),
        mac_bytes(guest) + mac_bytes(mac) + b"\x08\x00",
    ]
    return Periodic(frames, every_s=0.04, at_once=8)  # more, and a card with a short queue loses others' frames with them
