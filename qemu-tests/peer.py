# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Who is behind the cable: a scripted Ethernet segment for QEMU's dgram backend, one datagram per frame.

A Peer owns the socket and one thread; what lives on the segment is a list of behaviours, each with its own
addresses and faults. Every frame that the guest sent is kept, so that a test can also say what must never be sent.
"""

import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

BROADCAST = "ff:ff:ff:ff:ff:ff"
ETH_IPV4, ETH_ARP, ETH_LOCAL = 0x0800, 0x0806, 0x88B6
ARP_REQUEST, ARP_REPLY = 1, 2
IP_ICMP, IP_UDP = 1, 17
ICMP_ECHO_REPLY, ICMP_ECHO = 0, 8
DHCP_DISCOVER, DHCP_OFFER, DHCP_REQUEST, DHCP_ACK, DHCP_RELEASE = 1, 2, 3, 5, 7
TICK_S = 0.02


# ---- bytes ----


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
    def arp_target_ip(self) -> str:
        return ip_text(self.raw[38:42])

    @property
    def ip_packet(self) -> bytes:
        if self.kind != ETH_IPV4 or len(self.raw) < 34:
            return b""
        return self.raw[14 : 14 + struct.unpack_from("!H", self.raw, 16)[0]]

    @property
    def ip_source(self) -> str:
        return ip_text(self.ip_packet[12:16]) if self.ip_packet else ""

    @property
    def ip_target(self) -> str:
        return ip_text(self.ip_packet[16:20]) if self.ip_packet else ""

    def ip_payload(self, protocol: int) -> bytes:
        packet = self.ip_packet
        return packet[(packet[0] & 15) * 4 :] if packet and packet[9] == protocol else b""

    @property
    def dhcp(self) -> "DhcpMessage | None":
        datagram = self.ip_payload(IP_UDP)
        if len(datagram) < 8 + 240 or datagram[0:4] != struct.pack("!HH", 68, 67):
            return None
        return DhcpMessage(datagram[8:])


class DhcpMessage:
    """RFC 2131, as far as a server needs it."""

    def __init__(self, raw: bytes):
        self.xid = raw[4:8]
        self.client_ip = ip_text(raw[12:16])
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
        return self.options.get(53, b"\0")[0]

    @property
    def server(self) -> str:
        return ip_text(self.options[54]) if len(self.options.get(54, b"")) == 4 else ""


# ---- behaviours ----


class Behaviour:
    """Something on the segment. Both calls come from the peer's thread."""

    def hear(self, peer: "Peer", frame: Frame) -> None:
        """A frame from the guest, whoever it is for."""

    def tick(self, peer: "Peer", now_s: float) -> None:
        """Every TICK_S or so."""


@dataclass
class Host(Behaviour):
    """Owns one address: answers ARP for it, and echo requests. With faults if wanted."""

    ip: str
    mac: str
    silent_arp: bool = False
    lost: float = 0.0  # share of the echo replies that get lost
    corrupt: float = 0.0  # share that comes back with one bit flipped, under a good checksum
    copies: int = 1  # of every answer
    chance: random.Random = field(default_factory=lambda: random.Random("host"))

    def hear(self, peer: "Peer", frame: Frame) -> None:
        if frame.is_arp and frame.arp_op == ARP_REQUEST and frame.arp_target_ip == self.ip and not self.silent_arp:
            reply = arp(frame.source, self.mac, ARP_REPLY, self.ip, frame.source, frame.arp_sender_ip)
            peer.send(*[reply] * self.copies)
        echo = frame.ip_payload(IP_ICMP)
        if frame.target == self.mac and frame.ip_target == self.ip and echo[:1] == bytes([ICMP_ECHO]):
            if self.chance.random() >= self.lost:
                peer.send(*[self._echo_reply(frame, echo)] * self.copies)

    def _echo_reply(self, frame: Frame, echo: bytes) -> bytes:
        body = bytearray(echo)
        body[0:4] = bytes([ICMP_ECHO_REPLY, 0, 0, 0])
        if self.chance.random() < self.corrupt and len(body) > 8:
            body[8 + self.chance.randrange(len(body) - 8)] ^= 0x10
        body[2:4] = struct.pack("!H", checksum(bytes(body)))
        return ethernet(frame.source, self.mac, ETH_IPV4, ipv4(self.ip, frame.ip_source, IP_ICMP, bytes(body)))


@dataclass
class Owners(Behaviour):
    """Several stations that hold one address and answer in turn, as a switch and chance would have it."""

    ip: str
    macs: tuple[str, ...]
    asked: int = 0

    def hear(self, peer: "Peer", frame: Frame) -> None:
        if frame.is_arp and frame.arp_op == ARP_REQUEST and frame.arp_target_ip == self.ip:
            mac = self.macs[self.asked % len(self.macs)]
            self.asked += 1
            peer.send(arp(frame.source, mac, ARP_REPLY, self.ip, frame.source, frame.arp_sender_ip))


@dataclass
class Periodic(Behaviour):
    """Sends its frames again and again without being asked."""

    frames: list[bytes]
    every_s: float = 1.0
    next_s: float = 0.0

    def tick(self, peer: "Peer", now_s: float) -> None:
        if now_s >= self.next_s:
            self.next_s = now_s + self.every_s
            peer.send(*self.frames)


def announcer(ip: str, mac: str) -> Periodic:
    """Claims an address by gratuitous ARP and never answers a question."""
    return Periodic([arp(BROADCAST, mac, ARP_REQUEST, ip, "00:00:00:00:00:00", ip)])


def prober(ip: str, mac: str) -> Periodic:
    """Another station that is about to take the address: RFC 5227 probes."""
    return Periodic([arp(BROADCAST, mac, ARP_REQUEST, "0.0.0.0", "00:00:00:00:00:00", ip)])


def same_mac(mac: str) -> Periodic:
    """Somebody else with the guest's own MAC address."""
    return Periodic([ethernet(BROADCAST, mac, ETH_LOCAL, b"not yours")], every_s=0.5)


@dataclass
class Storm(Behaviour):
    """Broadcasts at a rate that no healthy segment has."""

    mac: str
    per_second: int = 3000
    begun_s: float | None = None
    sent: int = 0

    def tick(self, peer: "Peer", now_s: float) -> None:
        self.begun_s = self.begun_s or now_s
        due = int((now_s - self.begun_s) * self.per_second) - self.sent
        peer.send(*[ethernet(BROADCAST, self.mac, ETH_LOCAL, b"storm")] * min(due, 256))
        self.sent += due


class Reflector(Behaviour):
    """A looped cable: everything comes back."""

    def hear(self, peer: "Peer", frame: Frame) -> None:
        peer.send(frame.raw)


@dataclass
class DhcpServer(Behaviour):
    """Offers one address, grants it to whoever asks this server for it."""

    ip: str
    mac: str
    offer: str
    router: str = ""
    mask: str = "255.255.255.0"
    granted: int = 0
    released: int = 0

    def hear(self, peer: "Peer", frame: Frame) -> None:
        message = frame.dhcp
        if message is None:
            return
        if message.kind == DHCP_DISCOVER:
            peer.send(self._answer(message, DHCP_OFFER))
        elif message.kind == DHCP_REQUEST and message.server in ("", self.ip):
            self.granted += 1
            peer.send(self._answer(message, DHCP_ACK))
        elif message.kind == DHCP_RELEASE and message.server == self.ip:
            self.released += 1

    def _answer(self, message: DhcpMessage, kind: int) -> bytes:
        lease = struct.pack("!I", 3600)
        options = {53: bytes([kind]), 54: ip_bytes(self.ip), 51: lease, 1: ip_bytes(self.mask)}
        options[3] = ip_bytes(self.router or self.ip)
        body = bytes([2, 1, 6, 0]) + message.xid + struct.pack("!HH", 0, 0x8000) + bytes(4)
        body += ip_bytes(self.offer) + ip_bytes(self.ip) + bytes(4) + message.hardware + bytes(192)
        body += b"\x63\x82\x53\x63" + b"".join(bytes([k, len(v)]) + v for k, v in options.items()) + b"\xff"
        packet = ipv4(self.ip, "255.255.255.255", IP_UDP, udp(67, 68, body.ljust(300, b"\0")))
        return ethernet(BROADCAST, self.mac, ETH_IPV4, packet)


# ---- the segment ----


class Peer:
    def __init__(self, ours: Path, theirs: Path, guest_mac: str, behaviours: list[Behaviour]):
        self.guest_mac = guest_mac
        self.behaviours = behaviours
        self.heard: list[Frame] = []
        self._theirs = str(theirs)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(ours))
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()

    def send(self, *frames: bytes) -> None:
        """Waits a little while the guest is slow, then drops, as a switch does."""
        for frame in frames:
            try:
                self._socket.sendto(frame, self._theirs)
            except OSError:
                return  # full for too long, or the machine is off

    def _work(self) -> None:
        self._socket.settimeout(TICK_S)
        next_tick_s = 0.0
        while not self._ending.is_set():
            now_s = time.monotonic()
            if now_s >= next_tick_s:
                next_tick_s = now_s + TICK_S
                for behaviour in self.behaviours:
                    behaviour.tick(self, now_s)
            try:
                raw = self._socket.recv(65536)
            except TimeoutError:
                continue
            if len(raw) >= 14:
                frame = Frame(raw, now_s)
                self.heard.append(frame)
                for behaviour in self.behaviours:
                    behaviour.hear(self, frame)

    # ---- what the guest did ----

    def own_frames(self) -> Iterator[Frame]:
        return (frame for frame in self.heard if frame.source == self.guest_mac)

    def spoken_from(self) -> set[str]:
        """Every IPv4 address that the guest used as its own: as ARP sender or as source of a packet."""
        spoken = set()
        for frame in self.own_frames():
            spoken.add(frame.arp_sender_ip if frame.is_arp else frame.ip_source)
        return spoken - {"", "0.0.0.0"}
