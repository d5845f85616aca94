# SPDX-License-Identifier: BSD-2-Clause-Patent
"""A switch that can be read by SNMP v2c: GET, GETNEXT and GETBULK over a small table of objects. RFC 3416, ITU-T X.690."""

import struct
from dataclasses import dataclass, field

from frames import ETH_IPV4, IP_UDP, Frame, ethernet, ipv4, udp
from peer import Behaviour, Peer

INTEGER, OCTETS, NULL, OID, SEQUENCE, COUNTER, GAUGE = 0x02, 0x04, 0x05, 0x06, 0x30, 0x41, 0x42
NO_INSTANCE, END = 0x81, 0x82
GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5
PORT = 161

Name = tuple[int, ...]
Value = tuple[int, int | bytes]  # tag and content
MIB_2: Name = (1, 3, 6, 1, 2, 1)


def element(tag: int, body: bytes) -> bytes:
    size = bytes([len(body)]) if len(body) < 0x80 else b"\x82" + struct.pack("!H", len(body))
    return bytes([tag]) + size + body


def integer(tag: int, number: int) -> bytes:
    return element(tag, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def take(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag and body of the first element, and what follows it."""
    size, at = data[1], 2
    if size & 0x80:
        at += size & 0x7F
        size = int.from_bytes(data[2:at], "big")
    return data[0], data[at : at + size], data[at + size :]


def encode(name: Name) -> bytes:
    body = bytes([name[0] * 40 + name[1]])
    for arc in name[2:]:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.insert(0, arc & 0x7F | 0x80)
        body += bytes(groups)
    return element(OID, body)


def decode(body: bytes) -> Name:
    arcs, arc = [body[0] // 40, body[0] % 40], 0
    for byte in body[1:]:
        arc = arc << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(arc)
            arc = 0
    return tuple(arcs)


def mac_arcs(mac: str) -> Name:
    return tuple(int(pair, 16) for pair in mac.split(":"))


@dataclass
class SnmpAgent(Behaviour):
    """Answers at an address that a Host of the segment holds, whoever knows the community."""

    ip: str
    mac: str
    community: bytes
    objects: dict[Name, Value] = field(default_factory=dict)
    asked: int = 0

    def hear(self, peer: Peer, frame: Frame) -> None:
        datagram = frame.ip_payload(IP_UDP)
        if frame.target != self.mac or frame.ip_target != self.ip or len(datagram) < 8:
            return
        source, target = struct.unpack("!HH", datagram[:4])
        answer = self._answer(datagram[8:]) if target == PORT else b""
        if answer:
            self.asked += 1
            packet = ipv4(self.ip, frame.ip_source, IP_UDP, udp(PORT, source, answer))
            peer.send(ethernet(frame.source, self.mac, ETH_IPV4, packet))

    def _answer(self, message: bytes) -> bytes:
        _, version, rest = take(take(message)[1])
        _, community, rest = take(rest)
        kind, pdu, _ = take(rest)
        if version != b"\1" or community != self.community:
            return b""
        _, number, rest = take(pdu)
        _, _, rest = take(rest)
        _, repetitions, rest = take(rest)
        bindings, rows = take(rest)[1], b""
        while bindings:
            _, binding, bindings = take(bindings)
            rows += self._rows(kind, decode(take(binding)[1]), int.from_bytes(repetitions, "big"))
        body = element(INTEGER, number) + integer(INTEGER, 0) + integer(INTEGER, 0) + element(SEQUENCE, rows)
        return element(SEQUENCE, integer(INTEGER, 1) + element(OCTETS, self.community) + element(RESPONSE, body))

    def _rows(self, kind: int, name: Name, repetitions: int) -> bytes:
        if kind == GET:
            return self._row(name, NO_INSTANCE)
        rows = b""
        for _ in range(repetitions if kind == GET_BULK else 1):
            behind = min((other for other in self.objects if other > name), default=None)
            rows += self._row(behind or name, END if behind is None else NULL)
            if behind is None:
                break
            name = behind
        return rows

    def _row(self, name: Name, missing: int) -> bytes:
        tag, value = self.objects.get(name, (missing, b"")) if missing != END else (END, b"")
        content = integer(tag, value) if isinstance(value, int) else element(tag, value)
        return element(SEQUENCE, encode(name) + content)


def switch_objects(name: str, ports: dict[str, tuple[str, int]]) -> dict[Name, Value]:
    """What a switch with filtering databases per VLAN says: `ports` has MAC addresses, each with a port's name and its VLAN."""
    objects: dict[Name, Value] = {(*MIB_2, 1, 5, 0): (OCTETS, name.encode())}
    for number, (mac, (port, vlan)) in enumerate(ports.items(), start=1):
        interface = 10000 + number
        objects |= {
            (*MIB_2, 17, 7, 1, 2, 2, 1, 2, vlan, *mac_arcs(mac)): (INTEGER, number),
            (*MIB_2, 17, 1, 4, 1, 2, number): (INTEGER, interface),
            (*MIB_2, 31, 1, 1, 1, 1, interface): (OCTETS, port.encode()),
            (*MIB_2, 31, 1, 1, 1, 15, interface): (GAUGE, 1000),
            (*MIB_2, 2, 2, 1, 8, interface): (INTEGER, 1),
            (*MIB_2, 2, 2, 1, 14, interface): (COUNTER, 0),
        }
    return objects
