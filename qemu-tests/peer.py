# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Who is behind the cable: a scripted Ethernet segment for QEMU's dgram backend, one datagram per frame.

A Peer owns the socket and one thread; what lives on the segment is a list of behaviours, each with its own
addresses and faults. Every frame that the guest sent is kept, so that a test can also say what must never be sent.
"""

import random
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from frames import (
    BROADCAST,
    ETH_IPV4,
    ETH_LOCAL,
    ARP_REPLY,
    ARP_REQUEST,
    DHCP_ACK,
    DHCP_DISCOVER,
    DHCP_OFFER,
    DHCP_RELEASE,
    DHCP_REQUEST,
    ICMP_ECHO,
    ICMP_ECHO_REPLY,
    IP_ICMP,
    IP_TCP,
    IP_UDP,
    NO_IP,
    TCP_ACK,
    TCP_RST,
    TCP_SYN,
    DhcpMessage,
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

TICK_S, SEND_WAIT_S = 0.002, 0.02
BURST_MAX = 32  # frames at once: more, and a card with a short queue takes the storm for a breeze


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
    ignores_probes: bool = False  # answers no ARP request that bears no sender's address
    lost: float = 0.0  # share of the echo replies that get lost
    corrupt: float = 0.0  # share that comes back with one bit flipped, under a good checksum
    copies: int = 1  # of every answer
    longest: int = 0  # packets of more bytes never get here
    overtaken: bool = False  # the reply to every fourth request comes after the next one
    held: bytes = b""
    open_ports: tuple[int, ...] | None = ()  # of TCP; at the others the connection is refused, or nothing is said (None)
    chance: random.Random = field(default_factory=lambda: random.Random("host"))

    def hear(self, peer: "Peer", frame: Frame) -> None:
        if frame.is_arp and frame.arp_op == ARP_REQUEST and frame.arp_target_ip == self.ip and self._answers(frame):
            reply = arp(frame.source, self.mac, ARP_REPLY, self.ip, frame.source, frame.arp_sender_ip)
            peer.send(*[reply] * self.copies)
        echo = frame.ip_payload(IP_ICMP)
        fits = self.longest == 0 or len(frame.ip_packet) <= self.longest
        if frame.target == self.mac and frame.ip_target == self.ip and echo[:1] == bytes([ICMP_ECHO]) and fits:
            if self.chance.random() >= self.lost:
                self._reply(peer, self._echo_reply(frame, echo), struct.unpack("!H", echo[6:8])[0])

        knock = frame.ip_payload(IP_TCP)
        listens = self.open_ports is not None and frame.target == self.mac and frame.ip_target == self.ip
        if listens and len(knock) >= 20 and knock[13] == TCP_SYN:
            peer.send(self._tcp_answer(frame, knock))

    def _answers(self, request: Frame) -> bool:
        return not self.silent_arp and not (self.ignores_probes and request.arp_sender_ip == NO_IP)

    def _reply(self, peer: "Peer", reply: bytes, number: int) -> None:
        if self.overtaken and number % 4 == 1 and not self.held:
            self.held = reply
            return
        peer.send(*[reply] * self.copies)
        if self.held:
            peer.send(self.held)
            self.held = b""

    def _tcp_answer(self, frame: Frame, knock: bytes) -> bytes:
        own_port, port, seq = struct.unpack("!HHI", knock[:8])
        flags = TCP_SYN | TCP_ACK if port in self.open_ports else TCP_RST | TCP_ACK
        segment = tcp(self.ip, frame.ip_source, port, own_port, 7000, seq + 1, flags)
        return ethernet(frame.source, self.mac, ETH_IPV4, ipv4(self.ip, frame.ip_source, IP_TCP, segment))

    def _echo_reply(self, frame: Frame, echo: bytes) -> bytes:
        body = bytearray(echo)
        body[0:4] = bytes([ICMP_ECHO_REPLY, 0, 0, 0])
        if self.chance.random() < self.corrupt and len(body) > 8:
            body[8 + self.chance.randrange(len(body) - 8)] ^= 0x10
        body[2:4] = struct.pack("!H", checksum(bytes(body)))
        return ethernet(frame.source, self.mac, ETH_IPV4, ipv4(self.ip, frame.ip_source, IP_ICMP, bytes(body)))


@dataclass
class Resolver(Host):
    """A DNS server that has nothing but this result code to say. RFC 1035 section 4.1.1."""

    rcode: int = 0

    def hear(self, peer: "Peer", frame: Frame) -> None:
        super().hear(peer, frame)
        question = frame.ip_payload(IP_UDP)
        if frame.ip_target == self.ip and len(question) >= 20 and question[2:4] == struct.pack("!H", 53):
            body = question[8:10] + bytes([question[10] | 0x80, 0x80 | self.rcode]) + question[12:]
            answer = udp(53, struct.unpack("!H", question[:2])[0], body)
            peer.send(ethernet(frame.source, self.mac, ETH_IPV4, ipv4(self.ip, frame.ip_source, IP_UDP, answer)))


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
class ProxyArp(Behaviour):
    """A router that answers for every address there may be."""

    mac: str

    def hear(self, peer: "Peer", frame: Frame) -> None:
        if frame.is_arp and frame.arp_op == ARP_REQUEST:
            peer.send(arp(frame.source, self.mac, ARP_REPLY, frame.arp_target_ip, frame.source, frame.arp_sender_ip))


@dataclass
class Periodic(Behaviour):
    """Sends its frames again and again without being asked."""

    frames: list[bytes]
    every_s: float = 1.0
    at_once: int = 0  # frames: after these it is the turn of the next; 0: all of them
    next_s: float = 0.0

    def tick(self, peer: "Peer", now_s: float) -> None:
        if now_s >= self.next_s:
            self.next_s = now_s + self.every_s
            count = self.at_once or len(self.frames)
            peer.send(*self.frames[:count])
            self.frames = self.frames[count:] + self.frames[:count]


def announcer(ip: str, mac: str) -> Periodic:
    """Claims an address by gratuitous ARP and never answers a question."""
    return Periodic([arp(BROADCAST, mac, ARP_REQUEST, ip, "00:00:00:00:00:00", ip)])


def prober(ip: str, mac: str) -> Periodic:
    """Another station that is about to take the address: RFC 5227 probes."""
    return Periodic([arp(BROADCAST, mac, ARP_REQUEST, "0.0.0.0", "00:00:00:00:00:00", ip)])


def asker(ip: str, mac: str, own_ip: str, every_s: float = 0.3) -> Periodic:
    """Somebody who misses the address."""
    return Periodic([arp(BROADCAST, mac, ARP_REQUEST, own_ip, "00:00:00:00:00:00", ip)], every_s)


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
        peer.send(*[ethernet(BROADCAST, self.mac, ETH_LOCAL, b"storm")] * min(due, BURST_MAX))
        self.sent += due


class Reflector(Behaviour):
    """A looped cable: everything comes back."""

    def hear(self, peer: "Peer", frame: Frame) -> None:
        peer.send(frame.raw)


@dataclass
class Crossover(Behaviour):
    """A cable to the segments of the machine's other cards. With faults if wanted, of unicast frames only."""

    lost: float = 0.0
    corrupt: float = 0.0  # share of which one bit gets flipped, as by a switch that computes the checksum anew
    chance: random.Random = field(default_factory=lambda: random.Random("cable"))

    def hear(self, peer: "Peer", frame: Frame) -> None:
        raw = bytearray(frame.raw)
        if frame.target != BROADCAST:
            if self.chance.random() < self.lost:
                return
            if self.chance.random() < self.corrupt:
                raw[14 + self.chance.randrange(len(raw) - 14)] ^= 0x10
        for other in peer.segments:
            if other is not peer:
                other.send(bytes(raw))


@dataclass
class DhcpServer(Behaviour):
    """Offers one address, grants it to whoever asks this server for it."""

    ip: str
    mac: str
    offer: str
    pool: str = ""  # what it offers to clients that are not the guest's card, if something else
    router: str = ""
    mask: str = "255.255.255.0"
    granted: int = 0
    released: int = 0

    def hear(self, peer: "Peer", frame: Frame) -> None:
        message = frame.dhcp
        if message is None:
            return
        if message.kind == DHCP_DISCOVER:
            known = message.hardware[:6] == mac_bytes(peer.guest_mac)
            peer.send(self._answer(message, DHCP_OFFER, self.offer if known or not self.pool else self.pool))
        elif message.kind == DHCP_REQUEST and message.server in ("", self.ip):
            self.granted += 1
            peer.send(self._answer(message, DHCP_ACK, self.offer))
        elif message.kind == DHCP_RELEASE and message.server == self.ip:
            self.released += 1

    def _answer(self, message: DhcpMessage, kind: int, address: str) -> bytes:
        lease = struct.pack("!I", 3600)
        options = {53: bytes([kind]), 54: ip_bytes(self.ip), 51: lease, 1: ip_bytes(self.mask)}
        options[3] = ip_bytes(self.router or self.ip)
        body = bytes([2, 1, 6, 0]) + message.xid + struct.pack("!HH", 0, 0x8000) + bytes(4)
        body += ip_bytes(address) + ip_bytes(self.ip) + bytes(4) + message.hardware + bytes(192)
        body += b"\x63\x82\x53\x63" + b"".join(bytes([k, len(v)]) + v for k, v in options.items()) + b"\xff"
        packet = ipv4(self.ip, "255.255.255.255", IP_UDP, udp(67, 68, body.ljust(300, b"\0")))
        return ethernet(BROADCAST, self.mac, ETH_IPV4, packet)


# ---- the segment ----


class Peer:
    def __init__(self, ours: Path, theirs: Path, guest_mac: str, behaviours: list[Behaviour], segments: "Sequence[Peer]" = ()):
        self.guest_mac = guest_mac
        self.behaviours = behaviours
        self.segments = segments  # of the machine's other cards, and this one
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
        self._socket.settimeout(SEND_WAIT_S)
        next_tick_s = 0.0
        while not self._ending.is_set():
            now_s = time.monotonic()
            if now_s >= next_tick_s:
                next_tick_s = now_s + TICK_S
                for behaviour in self.behaviours:
                    behaviour.tick(self, now_s)
            if not select.select([self._socket], [], [], TICK_S)[0]:
                continue
            raw = self._socket.recv(65536)
            if len(raw) >= 14:
                frame = Frame(raw, now_s)
                self.heard.append(frame)
                for behaviour in self.behaviours:
                    behaviour.hear(self, frame)

    # ---- what the guest did ----

    def own_frames(self) -> Iterator[Frame]:
        return (frame for frame in self.heard if frame.source == self.guest_mac)
