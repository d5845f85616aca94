# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What the guest put on the wire, judged from QEMU's own captures: nobody took part who could be mistaken.

A card has two files, as QEMU's filter-dump writes them: what the guest sent and what reached it. They are read as one
story, in which an address may be spoken from only after it was probed for as RFC 5227 says, and never once somebody else
has claimed it; and every frame of the guest has to be well-formed down to its checksums.
"""

import ipaddress
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

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
    ICMP_ECHO,
    IP_ICMP,
    IP_TCP,
    IP_UDP,
    NO_IP,
    NO_MAC,
    TCP_ACK,
    TCP_RST,
    TCP_SYN,
    Frame,
    checksum,
    ip_bytes,
    mac_text,
)
from neighbours6 import ETH_IPV6, IP_ICMP6, NEIGHBOUR_ADVERT, NEIGHBOUR_SOLICIT, ROUTER_SOLICIT, link_local

ETH_NONCE, ETH_LLDP = 0x88B5, 0x88CC
FRAME_MIN, FRAME_MAX = 60, 1514  # bytes, without checksum
PORTS_SPOKEN_TO = {53, 67, 161}  # UDP: DNS, DHCP, SNMP
# RFC 5227 section 1.1, less what a busy host lets a frame wait before it looks at the time; the unit tests are sharp.
PROBES, PROBE_SPACING_S, PROBE_WAIT_S = 3, 0.7, 1.7
NOTICED_WITHIN_S = 2.0  # what reached the card may wait there for a while
PROBLEMS_MAX = 8  # of one card; the rest will be more of the same

PCAP_MAGIC, PCAP_HEADER, PCAP_RECORD = 0xA1B2C3D4, struct.Struct("<IHHiIII"), struct.Struct("<IIII")


def read(file: Path) -> Iterator[Frame]:
    """The frames of a capture. The last one may be torn, as QEMU was killed."""
    raw = file.read_bytes()
    if len(raw) < PCAP_HEADER.size or PCAP_HEADER.unpack_from(raw)[0] != PCAP_MAGIC:
        raise ValueError(f"{file} is no capture")
    at = PCAP_HEADER.size
    while at + PCAP_RECORD.size <= len(raw):
        seconds, micros, length, _ = PCAP_RECORD.unpack_from(raw, at)
        at += PCAP_RECORD.size + length
        if at <= len(raw):
            yield Frame(raw[at - length : at], seconds + micros / 1e6)


@dataclass(frozen=True)
class Rules:
    """What the guest may do on one card."""

    mac: str
    own_macs: frozenset[str]  # of all its cards
    speaks_from: frozenset[str] | None = None  # None: whatever it has proved free
    dhcp: str = "lease"  # net.dhcp


@dataclass
class Story:
    """What has happened on a card's wire so far."""

    rules: Rules
    servers: frozenset[str]  # MACs that offer leases: their probes are no claims
    scanners: frozenset[str]  # MACs that probe for several addresses, and want none
    probes: dict[str, list[float]] = field(default_factory=dict)  # by address
    claimed: dict[str, float] = field(default_factory=dict)  # by a stranger, since when; IPv6 as well
    proved: set[str] = field(default_factory=set)
    offers: set[tuple[str, str]] = field(default_factory=set)  # server, address
    asked: set[tuple[str, str]] = field(default_factory=set)
    granted: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)

    # ---- what reached the guest ----

    def hear(self, frame: Frame) -> None:
        if frame.source in self.rules.own_macs:
            return
        if frame.is_arp and (address := self._claim(frame)):
            self.claimed.setdefault(address, frame.time_s)
        message = frame.dhcp
        if message and message.kind == DHCP_OFFER:
            self.offers.add((message.server, message.your_ip))
        elif message and message.kind == DHCP_ACK and (message.server, message.your_ip) in self.asked:
            self.granted.add(message.your_ip)
        kind, target = neighbour_message(frame)
        if kind == NEIGHBOUR_ADVERT or (kind == NEIGHBOUR_SOLICIT and frame.ip6_source == "::"):
            self.claimed.setdefault(target, frame.time_s)

    def _claim(self, frame: Frame) -> str:
        """The address that an ARP packet claims, or is about to; empty: none."""
        if frame.arp_sender_ip != NO_IP:
            return frame.arp_sender_ip
        harmless = frame.source in self.servers | self.scanners or frame.arp_target_mac == self.rules.mac
        return "" if harmless or frame.target != BROADCAST else frame.arp_target_ip

    # ---- what the guest said ----

    def say(self, frame: Frame) -> Iterable[str]:
        if frame.source != self.rules.mac:
            yield f"{frame.source} is not the card's address"
        if not FRAME_MIN <= len(frame.raw) <= FRAME_MAX:
            yield f"a frame of {len(frame.raw)} bytes"
        judges = {ETH_ARP: self._say_arp, ETH_IPV4: self._say_ipv4, ETH_IPV6: self._say_ipv6}
        if frame.kind in judges:
            yield from judges[frame.kind](frame)
        elif frame.kind not in (ETH_NONCE, ETH_LLDP):
            yield f"a frame of type {frame.kind:#06x}"

    def _say_arp(self, frame: Frame) -> Iterable[str]:
        if frame.arp_sender_mac != self.rules.mac:
            yield f"ARP for {frame.arp_sender_mac}"
        if frame.arp_sender_ip == NO_IP:
            if (frame.arp_op, frame.target, frame.arp_target_mac) != (ARP_REQUEST, BROADCAST, NO_MAC):
                yield "a probe that is not as RFC 5227 wants it"
            self.probes.setdefault(frame.arp_target_ip, []).append(frame.time_s)
            return
        if frame.arp_op not in (ARP_REQUEST, ARP_REPLY):
            yield f"ARP operation {frame.arp_op}"
        if frame.arp_sender_ip == frame.arp_target_ip:
            yield f"announced {frame.arp_sender_ip}"
        yield from self._speak(frame.arp_sender_ip, frame.time_s)

    def _speak(self, address: str, now_s: float) -> Iterable[str]:
        """Whether the address may be spoken from."""
        if self.rules.speaks_from is not None and address not in self.rules.speaks_from:
            yield f"spoke from {address}"
        if address in self.released:
            yield f"spoke from {address} after it was given back"
        if now_s - self.claimed.get(address, now_s) > NOTICED_WITHIN_S:
            yield f"spoke from {address} while another has it"
        if address not in self.proved and not self._is_proved(address, now_s):
            yield f"spoke from {address} before it was found free"
        self.proved.add(address)

    def _is_proved(self, address: str, now_s: float) -> bool:
        """Whether enough probes went out, far enough apart, and there was time for an answer."""
        times = self.probes.get(address, [])
        series = zip(*(times[i:] for i in range(PROBES)), strict=False)
        return any(
            all(later - sooner >= PROBE_SPACING_S for sooner, later in zip(probes, probes[1:], strict=False))
            and now_s - probes[-1] >= PROBE_WAIT_S
            for probes in series
        )

    def _say_ipv4(self, frame: Frame) -> Iterable[str]:
        yield from ipv4_problems(frame)
        message = frame.dhcp
        if message:
            yield from self._say_dhcp(frame)
        if frame.ip_source == NO_IP:
            if not message or (frame.ip_target, frame.target) != ("255.255.255.255", BROADCAST):
                yield "a packet without an address that is no DHCP broadcast"
        else:
            yield from self._speak(frame.ip_source, frame.time_s)
        if message and message.kind == DHCP_RELEASE:
            self.released.add(message.client_ip)

    def _say_dhcp(self, frame: Frame) -> Iterable[str]:
        message = frame.dhcp
        allowed = {"off": (), "probe": (DHCP_DISCOVER,)}.get(self.rules.dhcp, (DHCP_DISCOVER, DHCP_REQUEST, DHCP_RELEASE))
        if message.kind not in allowed:
            yield f"a DHCP message of type {message.kind} with net.dhcp={self.rules.dhcp}"
        made_up = message.kind == DHCP_DISCOVER and message.hardware[0] & 3 == 2  # a local address: nobody's
        if mac_text(message.hardware[:6]) != self.rules.mac and not made_up:
            yield f"DHCP for {mac_text(message.hardware[:6])}"
        if message.kind == DHCP_REQUEST:
            if (message.server, message.requested) not in self.offers:
                yield f"asked {message.server} for {message.requested}, which it never offered"
            if message.requested in self.claimed or not self._is_proved(message.requested, frame.time_s):
                yield f"asked for {message.requested}, which was not found free"
            self.asked.add((message.server, message.requested))
            self.released.discard(message.requested)
        if message.kind == DHCP_RELEASE and message.client_ip not in self.granted:
            yield f"gave back {message.client_ip}, which it never had"

    def _say_ipv6(self, frame: Frame) -> Iterable[str]:
        own = str(ipaddress.IPv6Address(link_local(self.rules.mac)))
        kind, target = neighbour_message(frame)
        if frame.raw[20] != IP_ICMP6 or frame.raw[21] != 255 or kind not in (NEIGHBOUR_SOLICIT, ROUTER_SOLICIT):
            yield f"an IPv6 packet of protocol {frame.raw[20]}, type {kind}, hop limit {frame.raw[21]}"
            return
        message = frame.raw[54 : 54 + struct.unpack_from("!H", frame.raw, 18)[0]]
        if checksum(frame.raw[22:54] + struct.pack("!II", len(message), IP_ICMP6) + message) != 0:
            yield "an ICMPv6 message with a wrong checksum"
        if frame.ip6_source == "::":
            if kind == NEIGHBOUR_SOLICIT and target != own:
                yield f"looked for a second owner of {target}, which is not ours"
            self.probes.setdefault(target, []).append(frame.time_s)
        elif frame.ip6_source != own or own in self.claimed or not self.probes.get(own):
            yield f"spoke from {frame.ip6_source}"

    # ---- the end ----

    def end(self) -> Iterable[str]:
        # Of a lease whose acknowledgement got lost on the way the guest knows nothing.
        for address in sorted((self.granted & self.proved) - self.released - self.claimed.keys()):
            yield f"never gave {address} back"


def neighbour_message(frame: Frame) -> tuple[int, str]:
    """Type and target of a neighbour discovery message; (0, "") if it is none."""
    if frame.kind != ETH_IPV6 or len(frame.raw) < 62 or frame.raw[20] != IP_ICMP6:
        return 0, ""
    target = frame.raw[62:78]
    return frame.raw[54], str(ipaddress.IPv6Address(target)) if len(target) == 16 else ""


def ipv4_problems(frame: Frame) -> Iterable[str]:
    """What is malformed in a packet of the guest's, or of a kind that it has no business to send."""
    packet = frame.ip_packet
    if len(packet) < 20 or packet[0] != 0x45 or len(packet) != struct.unpack_from("!H", packet, 2)[0]:
        yield "an IPv4 packet with a wrong length"
        return
    if checksum(packet[:20]) != 0:
        yield "an IPv4 header with a wrong checksum"
    body, protocol = packet[20:], packet[9]
    pseudo = ip_bytes(frame.ip_source) + ip_bytes(frame.ip_target) + struct.pack("!BBH", 0, protocol, len(body))
    if protocol == IP_ICMP:
        if checksum(body) != 0 or body[0] != ICMP_ECHO:
            yield f"an ICMP message of type {body[0]}, or with a wrong checksum"
    elif protocol == IP_UDP:
        if checksum(pseudo + body) != 0 or struct.unpack_from("!H", body, 2)[0] not in PORTS_SPOKEN_TO:
            yield f"a datagram to port {struct.unpack_from('!H', body, 2)[0]}, or with a wrong checksum"
    elif protocol == IP_TCP:
        if checksum(pseudo + body) != 0 or len(body) != (body[12] >> 4) * 4:
            yield "a TCP segment with data or a wrong checksum"
        if body[13] not in (TCP_SYN, TCP_RST, TCP_RST | TCP_ACK):
            yield f"a TCP segment with flags {body[13]:#04x}"
    else:
        yield f"a packet of protocol {protocol}"


def judge(sent: Iterable[Frame], heard: Iterable[Frame], rules: Rules) -> list[str]:
    """What the guest did wrong on one card, in words."""
    sent, heard = list(sent), list(heard)
    probed: dict[str, set[str]] = {}
    for frame in heard:
        if frame.is_arp and frame.arp_sender_ip == NO_IP:
            probed.setdefault(frame.source, set()).add(frame.arp_target_ip)
    servers = frozenset(frame.source for frame in heard if frame.dhcp and frame.dhcp.kind == DHCP_OFFER)
    scanners = frozenset(mac for mac, addresses in probed.items() if len(addresses) > 1)
    story = Story(rules, servers, scanners)
    problems: list[str] = []
    events = [(frame.time_s, False, frame) for frame in heard] + [(frame.time_s, True, frame) for frame in sent]
    events.sort(key=lambda event: event[:2])
    for now_s, by_guest, frame in events:
        if by_guest:
            problems += [f"{problem}, {now_s - events[0][0]:.3f} s after the first frame" for problem in story.say(frame)]
        else:
            story.hear(frame)
    problems += story.end()
    return problems[:PROBLEMS_MAX]
