# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The scripted network itself, without a guest: what it answers, and what it keeps."""

import socket
import struct
import time

import pytest

from frames import (
    ARP_REPLY,
    ARP_REQUEST,
    BROADCAST,
    DHCP_DISCOVER,
    DHCP_OFFER,
    ETH_IPV4,
    IP_ICMP,
    IP_UDP,
    DhcpMessage,
    Frame,
    arp,
    checksum,
    ethernet,
    ip_bytes,
    ipv4,
    mac_bytes,
    mac_text,
    udp,
)
from peer import DhcpServer, Host, Owners, Peer, Reflector

GUEST, HOST, OTHER = "52:54:00:12:34:56", "00:1b:17:00:01:01", "00:40:8c:aa:bb:cc"
QUESTION = arp(BROADCAST, GUEST, ARP_REQUEST, "0.0.0.0", "00:00:00:00:00:00", "10.0.0.1")


@pytest.fixture
def plug(tmp_path):
    """Makes a segment with the given behaviours; gives a function: frames out, answers in."""
    peers = []

    def make(*behaviours):
        guest = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        guest.bind(str(tmp_path / "guest"))
        guest.settimeout(0.2)
        peer = Peer(tmp_path / "peer", tmp_path / "guest", GUEST, list(behaviours))
        peer.start()
        peers.append(peer)

        def exchange(*frames: bytes) -> list[Frame]:
            for frame in frames:
                guest.sendto(frame, str(tmp_path / "peer"))
            answers = []
            try:
                while True:
                    answers.append(Frame(guest.recv(65536), time.monotonic()))
            except TimeoutError:
                return answers

        return peer, exchange

    yield make
    for peer in peers:
        peer.stop()


def echo(sequence: int) -> bytes:
    body = struct.pack("!BBHHH", 8, 0, 0, 7, sequence) + bytes(range(56))
    body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    return ethernet(HOST, GUEST, ETH_IPV4, ipv4("10.0.0.9", "10.0.0.1", IP_ICMP, body))


def test_host_answers_arp_and_echo(plug):
    peer, exchange = plug(Host("10.0.0.1", HOST))
    reply, pong = exchange(QUESTION, echo(1))
    assert (reply.arp_op, reply.arp_sender_ip, mac_text(reply.raw[22:28])) == (ARP_REPLY, "10.0.0.1", HOST)
    assert checksum(pong.ip_packet[:20]) == 0 and checksum(pong.ip_payload(IP_ICMP)) == 0
    assert pong.ip_payload(IP_ICMP)[8:] == bytes(range(56))
    assert [frame.source for frame in peer.own_frames()] == [GUEST, GUEST]


def test_loss_and_corruption(plug):
    _, exchange = plug(Host("10.0.0.1", HOST, lost=0.5))
    assert 5 <= sum(len(exchange(*[echo(n) for n in range(i, i + 8)])) for i in range(0, 24, 8)) <= 19
    damaged = Host("10.0.0.1", HOST, corrupt=1.0)._echo_reply(Frame(echo(1)), Frame(echo(1)).ip_payload(IP_ICMP))
    payload = Frame(damaged).ip_payload(IP_ICMP)
    assert checksum(payload) == 0 and payload[8:] != bytes(range(56))


def test_owners_take_turns(plug):
    _, exchange = plug(Owners("10.0.0.1", (HOST, OTHER)))
    assert [f.source for f in exchange(QUESTION, QUESTION, QUESTION)] == [HOST, OTHER, HOST]


def test_reflector(plug):
    _, exchange = plug(Reflector())
    assert [f.raw for f in exchange(QUESTION)] == [QUESTION]


def test_dhcp_offer(plug):
    _, exchange = plug(DhcpServer("10.0.0.1", HOST, "10.0.0.50"))
    body = bytes([1, 1, 6, 0]) + b"\1\2\3\4" + bytes(20) + mac_bytes(GUEST).ljust(16, b"\0") + bytes(192)
    body += b"\x63\x82\x53\x63" + bytes([53, 1, DHCP_DISCOVER, 255])
    datagram = ipv4("0.0.0.0", "255.255.255.255", IP_UDP, udp(68, 67, body))
    (offer,) = exchange(ethernet(BROADCAST, GUEST, ETH_IPV4, datagram))
    raw = offer.ip_payload(IP_UDP)[8:]
    message = DhcpMessage(raw)
    assert (message.kind, message.xid, message.server) == (DHCP_OFFER, b"\1\2\3\4", "10.0.0.1")
    assert raw[16:20] == ip_bytes("10.0.0.50")
