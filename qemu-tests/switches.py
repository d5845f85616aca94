# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Switches as the far end of the cable: what they say of themselves, and how they sort traffic into VLANs."""

import struct
from dataclasses import dataclass

from frames import BROADCAST, ETH_LOCAL, Frame, ethernet, ip_bytes, mac_bytes
from peer import Behaviour, Peer, Periodic

LLDP_MAC, CDP_MAC = "01:80:c2:00:00:0e", "01:00:0c:cc:cc:cc"
ETH_LLDP, ETH_VLAN = 0x88CC, 0x8100


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack("!H", kind << 9 | len(value)) + value


def lldp(mac: str, name: str, port: str, vlan: int, address: str, mau: int) -> bytes:
    """IEEE 802.1AB, with the VLAN of untagged frames (802.1) and the MAU type of the port (802.3)."""
    body = tlv(1, b"\4" + mac_bytes(mac)) + tlv(2, b"\5" + port.encode()) + tlv(3, struct.pack("!H", 120))
    body += tlv(5, name.encode()) + tlv(8, b"\5\1" + ip_bytes(address) + b"\2" + bytes(4) + b"\0")
    body += tlv(127, bytes.fromhex("0080c201") + struct.pack("!H", vlan))
    body += tlv(127, bytes.fromhex("00120f01") + b"\3" + struct.pack("!HH", 0x6C01, mau)) + tlv(0, b"")
    return ethernet(LLDP_MAC, mac, ETH_LLDP, body)


def cdp(mac: str, name: str, port: str, vlan: int, full_duplex: bool) -> bytes:
    values = {1: name.encode(), 3: port.encode(), 10: struct.pack("!H", vlan), 11: bytes([full_duplex])}
    body = bytes.fromhex("aaaa0300000c2000") + bytes([2, 180, 0, 0])
    body += b"".join(struct.pack("!HH", kind, 4 + len(value)) + value for kind, value in values.items())
    return ethernet(CDP_MAC, mac, len(body), body)


@dataclass
class LldpSwitch(Behaviour):
    """Speaks twice a minute, and at once to a neighbour it did not know."""

    frame: bytes
    greeted: bool = False

    def hear(self, peer: Peer, frame: Frame) -> None:
        if frame.kind == ETH_LLDP and not self.greeted:
            self.greeted = True
            peer.send(self.frame)


def cdp_switch(mac: str, name: str, port: str, vlan: int, full_duplex: bool) -> Periodic:
    return Periodic([cdp(mac, name, port, vlan, full_duplex)])


def tagged_chatter(mac: str, vlan: int) -> Periodic:
    """Somebody in a VLAN that this port carries with its tag."""
    plain = ethernet(BROADCAST, mac, ETH_LOCAL, b"chatter")
    return Periodic([plain[:12] + struct.pack("!HH", ETH_VLAN, vlan) + plain[12:]], every_s=0.2)


@dataclass
class Late(Behaviour):
    """Another behaviour that sleeps until woken."""

    sleeper: Behaviour
    awake: bool = False

    def hear(self, peer: Peer, frame: Frame) -> None:
        if self.awake:
            self.sleeper.hear(peer, frame)

    def tick(self, peer: Peer, now_s: float) -> None:
        if self.awake:
            self.sleeper.tick(peer, now_s)
