# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Ethernet frames as bytes: building them, and taking apart what the guest sent."""

import ipaddress
import socket
import struct
from dataclasses import dataclass

BROADCAST = "ff:ff:ff:ff:ff:ff"
NO_MAC, NO_IP = "00:00:00:00:00:00", "0.0.0.0"
ETH_IPV4, ETH_ARP, ETH_LOCAL = 0x0800, 0x0806, 0x88B6
ARP_REQUEST, ARP_REPLY = 1, 2
IP_ICMP, IP_TCP, IP_UDP = 1, 6, 17
TCP_SYN, TCP_RST, TCP_ACK = 2, 4, 16
ICMP_ECHO_REPLY, ICMP_ECHO = 0, 8
DHCP_DISCOVER, DHCP_OFFER, DHCP_REQUEST, DHCP_ACK, DHCP_RELEASE = 1, 2, 3, 5, 7


def mac_bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def mac_text(raw: bytes) -> str:
    return raw.hex(":")


def ip_bytes(text: str) -> bytes:
    return socket.inet_aton(text)


def ip_text(raw: bytes) -> str:
    return socket.inet_ntoa(raw)


def checksum(data: bytes) -> int:
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(target: str, source: str, kind: int, payload: bytes) -> bytes:
    frame = mac_bytes(target) + mac_bytes(source) + struct.pack("!H", kind) + payload
    return frame.ljust(60, b"\0")


def arp(target_mac: str, mac: str, op: int, sender_ip: str, about_mac: str, about_ip: str) -> bytes:
    """RFC 826: `mac` speaks for `sender_ip`, to or about the other."""
    body = struct.pack("!HHBBH", 1, ETH_IPV4, 6, 4, op)
    body += mac_bytes(mac) + ip_bytes(sender_ip) + mac_bytes(about_mac) + ip_bytes(about_ip)
    return ethernet(target_mac, mac, ETH_ARP, body)


def ipv4(source: str, target: str, protocol: int, payload: bytes) -> bytes:
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0)
    header += ip_bytes(source) + ip_bytes(target)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def udp(source_port: int, target_port: int, payload: bytes) -> bytes:
    return struct.pack("!HHHH", source_port, target_port, 8 + len(payload), 0) + payload


def tcp(source: str, target: str, source_port: int, target_port: int, seq: int, ack: int, flags: int) -> bytes:
    """A segment without data."""
    header = struct.pack("!HHIIBBHHH", source_port, target_port, seq, ack & 0xFFFFFFFF, 5 << 4, flags, 1024, 0, 0)
    pseudo = ip_bytes(source) + ip_bytes(target) + struct.pack("!BBH", 0, IP_TCP, len(header))
    return header[:16] + struct.pack("!H", checksum(pseudo + header)) + header[18:]


@dataclass(frozen=True)
class Frame:
    """A frame from the guest, taken apart as far as the behaviours need it. Absent parts are empty."""

    raw: bytes
    time_s: float = 0.0

    @property
    def target(self) -> str:
        return mac_text(self.raw[0:6])

    @property
    def source(self) -> str:
        return mac_text(self.raw[6:12])

    @property
    def kind(self) -> int:
        return struct.unpack_from("!H", self.raw, 12)[0]

    @property
    def is_arp(self) -> bool:
        return self.kind == ETH_ARP and len(self.raw) >= 42

    @property
    def arp_op(self) -> int:
        return struct.unpack_from("!H", self.raw, 20)[0]

    @property
    def arp_sender_ip(self) -> str:
        return ip_text(self.raw[28:32])

    @property
    def arp_sender_mac(self) -> str:
        return mac_text(self.raw[22:28])

    @property
    def arp_target_mac(self) -> str:
        return mac_text(self.raw[32:38])

    @property
    def arp_target_ip(self) -> str:
        return ip_text(self.raw[38:42])

    @property
    def ip_packet(self) -> bytes:
        if self.kind != ETH_IPV4 or len(self.raw) < 34:
            return b""
        packet = self.raw[14 : 14 + struct.unpack_from("!H", self.raw, 16)[0]]
        return packet if len(packet) >= 20 else b""

    @property
    def ip_source(self) -> str:
        return ip_text(self.ip_packet[12:16]) if self.ip_packet else ""

    @property
    def ip_target(self) -> str:
        return ip_text(self.ip_packet[16:20]) if self.ip_packet else ""

    @property
    def ip6_source(self) -> str:
        return str(ipaddress.IPv6Address(self.raw[22:38])) if self.kind == 0x86DD and len(self.raw) >= 54 else ""

    def ip_payload(self, protocol: int) -> bytes:
        packet = self.ip_packet
        return packet[(packet[0] & 15) * 4 :] if packet and packet[9] == protocol else b""

    @property
    def dhcp(self) -> "DhcpMessage | None":
        datagram = self.ip_payload(IP_UDP)
        if len(datagram) < 8 + 240 or datagram[0:4] not in (struct.pack("!HH", 68, 67), struct.pack("!HH", 67, 68)):
            return None
        return DhcpMessage(datagram[8:])


class DhcpMessage:
    """RFC 2131, as far as a server needs it."""

    def __init__(self, raw: bytes):
        self.xid = raw[4:8]
        self.client_ip = ip_text(raw[12:16])
        self.your_ip = ip_text(raw[16:20])
        self.hardware = raw[28:44]
        self.options: dict[int, bytes] = {}
        at = 240
        while at + 1 < len(raw) and raw[at] != 255:
            if raw[at] == 0:
                at += 1
                continue
            self.options[raw[at]] = raw[at + 2 : at + 2 + raw[at + 1]]
            at += 2 + raw[at + 1]

    @property
    def kind(self) -> int:
        return (self.options.get(53) or b"\0")[0]

    @property
    def server(self) -> str:
        return self._address(54)

    @property
    def requested(self) -> str:
        return self._address(50)

    def _address(self, option: int) -> str:
        value = self.options.get(option, b"")
        return ip_text(value) if len(value) == 4 else ""
