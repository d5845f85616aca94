# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Switches as the far end of the cable: what they say of themselves, and how they sort traffic into VLANs."""

import struct
import time
from dataclasses import dataclass, field

from frames import BROADCAST, ETH_LOCAL, Frame, ethernet, ip_bytes, mac_bytes
from peer import Behaviour, Peer, Periodic

LLDP_MAC, CDP_MAC, BPDU_MAC = "01:80:c2:00:00:0e", "01:00:0c:cc:cc:cc", "01:80:c2:00:00:00"
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


def spanning_tree(mac: str, changing: bool) -> Periodic:
    """IEEE 802.1D, 9.3.1: a root bridge, every two seconds; its topology may be changing."""
    bridge = b"\x80\x00" + mac_bytes(mac)
    times = struct.pack("!HHHH", 0, 20 << 8, 2 << 8, 15 << 8)
    body = bytes.fromhex("424203") + bytes([0, 0, 0, 0, changing]) + bridge + bytes(4) + bridge + b"\x80\x01" + times
    return Periodic([ethernet(BPDU_MAC, mac, len(body), body)], every_s=2.0)


def tagged_chatter(mac: str, vlan: int) -> Periodic:
    """Somebody in a VLAN that this port carries with its tag."""
    plain = ethernet(BROADCAST, mac, ETH_LOCAL, b"chatter")
    return Periodic([plain[:12] + struct.pack("!HH", ETH_VLAN, vlan) + plain[12:]], every_s=0.2)


@dataclass
class Late(Behaviour):
    """Another behaviour that sleeps until woken, or for a while from the guest's first frame on."""

    sleeper: Behaviour
    awake: bool = False
    after_s: float | None = None
    wakes_s: float | None = None

    def hear(self, peer: Peer, frame: Frame) -> None:
        if self.after_s is not None:
            self.wakes_s = self.wakes_s or frame.time_s + self.after_s
            self.awake = frame.time_s >= self.wakes_s
        if self.awake:
            self.sleeper.hear(peer, frame)

    def tick(self, peer: Peer, now_s: float) -> None:
        if self.awake:
            self.sleeper.tick(peer, now_s)


@dataclass
class Distant(Behaviour):
    """Stations behind a port that passes nothing on for a while, and then on a way that takes its time."""

    stations: list[Behaviour]
    blocked_s: float = 0.0  # from the guest's first frame on
    delay_s: float = 0.0  # each way there and back together
    opens_s: float | None = None
    on_way: list[tuple[float, bytes]] = field(default_factory=list)
    guest_mac: str = ""

    def hear(self, peer: Peer, frame: Frame) -> None:
        self.guest_mac = peer.guest_mac
        if self.opens_s is None:
            self.opens_s = frame.time_s + self.blocked_s
        if frame.time_s >= self.opens_s:
            for station in self.stations:
                station.hear(self, frame)

    def tick(self, peer: Peer, now_s: float) -> None:
        if self.opens_s is None or now_s < self.opens_s:
            return
        for station in self.stations:
            station.tick(self, now_s)
        while self.on_way and self.on_way[0][0] <= now_s:
            peer.send(self.on_way.pop(0)[1])

    def send(self, *frames: bytes) -> None:
        """For the stations this is their peer."""
        due_s = time.monotonic() + self.delay_s
        self.on_way += [(due_s, frame) for frame in frames]
