# SPDX-License-Identifier: BSD-2-Clause-Patent
"""IPv6 on the scripted segment: routers that announce themselves, and a second owner of an address. RFC 4861."""

import ipaddress
import struct
from dataclasses import dataclass

from frames import Frame, checksum, ethernet, mac_bytes
from peer import Behaviour, Peer

ETH_IPV6, IP_ICMP6 = 0x86DD, 58
ROUTER_SOLICIT, ROUTER_ADVERT, NEIGHBOUR_SOLICIT, NEIGHBOUR_ADVERT = 133, 134, 135, 136
ALL_NODES, ALL_NODES_MAC = ipaddress.IPv6Address("ff02::1").packed, "33:33:00:00:00:01"


def link_local(mac: str) -> bytes:
    raw = mac_bytes(mac)
    return b"\xfe\x80" + bytes(6) + bytes([raw[0] ^ 2]) + raw[1:3] + b"\xff\xfe" + raw[3:]


def icmp6(mac: str, message: bytes) -> bytes:
    """A message to all nodes, its checksum filled in."""
    source = link_local(mac)
    pseudo = source + ALL_NODES + struct.pack("!II", len(message), IP_ICMP6)
    message = message[:2] + struct.pack("!H", checksum(pseudo + message)) + message[4:]
    header = struct.pack("!IHBB", 6 << 28, len(message), IP_ICMP6, 255) + source + ALL_NODES
    return ethernet(ALL_NODES_MAC, mac, ETH_IPV6, header + message)


def question(frame: Frame, kind: int) -> bytes:
    """The ICMPv6 message of that type in the frame; empty if it is another."""
    message = frame.raw[54:] if frame.kind == ETH_IPV6 and frame.raw[20] == IP_ICMP6 else b""
    return message if message[:1] == bytes([kind]) else b""


@dataclass
class Router6(Behaviour):
    """Answers a solicitation as the way out, with one prefix."""

    mac: str
    prefix: str

    def hear(self, peer: Peer, frame: Frame) -> None:
        if question(frame, ROUTER_SOLICIT):
            body = struct.pack("!BBHBBHII", ROUTER_ADVERT, 0, 0, 64, 0, 1800, 0, 0) + b"\1\1" + mac_bytes(self.mac)
            body += struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 7200, 3600, 0) + ipaddress.IPv6Address(self.prefix).packed
            peer.send(icmp6(self.mac, body))


@dataclass
class Owner6(Behaviour):
    """Defends whatever address somebody is about to take."""

    mac: str

    def hear(self, peer: Peer, frame: Frame) -> None:
        asked = question(frame, NEIGHBOUR_SOLICIT)
        if asked:
            peer.send(icmp6(self.mac, struct.pack("!BBHI", NEIGHBOUR_ADVERT, 0, 0, 1 << 29) + asked[8:24]))
