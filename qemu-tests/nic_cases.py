# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases about the cards themselves: without driver, without link, and two on one cable."""

from dataclasses import replace

from faults import bounce_link, pull_cable, slow_down
from judge import AT_ONCE, Case
from machine import Nic, When
from memory_cases import SOME_MEMORY
from peer import Crossover
from segment import lan, log_says, network_case

SECOND_MAC = "52:54:00:12:34:57"
PAIR = {"checks": "nic.*"}


def pair(model: str = Nic.model, **fault: float) -> tuple[Nic, ...]:
    """Two cards on one cable; on a hub as long as that has no fault."""
    cards = (Nic(model), Nic(model, mac=SECOND_MAC))
    if not fault:
        return tuple(replace(card, hub=0) for card in cards)
    return tuple(replace(card, lan=lambda: [Crossover(**fault)]) for card in cards)


def pair_case(name: str, nics: tuple[Nic, ...], code: str = "", **more) -> Case:
    more.setdefault("verdict", "FAIL" if code else "PASS")
    more.setdefault("passed", () if code else ("nic.pair",))
    return network_case(name, nics, code, options=PAIR, speaks_from=frozenset(), **more)


NICS = (
    network_case(
        "link-slow",
        tuple(replace(nic, model="e1000e") for nic in lan()),
        "nic-slow-link",
        verdict="WARN",
        fields={"nic": "nic0", "speed_mbps": 100, "max_speed_mbps": 1000, "duplex": "half"},
        options={"checks": "nic.link net.listen", "passes": "2"},
        events=(*AT_ONCE, When("net.listen", slow_down)),
        speaks_from=frozenset(),
    ),
    network_case(
        "link-lost-late",
        lan(),
        "nic-link-flap",
        verdict="WARN",
        fields={"nic": "nic0"},
        options=SOME_MEMORY | {"checks": "nic.* net.listen mem.march-c"},
        events=(*AT_ONCE, When("mem.march-c", pull_cable)),
    ),
    network_case(
        "link-lost-in-ping",
        lan(),
        "nic-link-flap",
        verdict="WARN",
        fields={"nic": "nic0"},
        options=SOME_MEMORY | {"checks": "nic.link net.gateway net.ping mem.march-c", "net.ping.count": "100"},
        events=(*AT_ONCE, When("net.ping", bounce_link)),
    ),
    pair_case("pair-virtio", pair()),
    pair_case("pair-e1000e", pair("e1000e")),
    pair_case("pair-rtl8139", pair("rtl8139")),
    pair_case("pair-vmxnet3", pair("vmxnet3")),
    pair_case("pair-apart", (Nic(lan=list), Nic(mac=SECOND_MAC, lan=list)), passed=("nic.link",), skipped=("nic.pair",)),
    pair_case("pair-loss", pair(lost=0.2), "net-packet-loss", fields={"nic": "nic0", "to_nic": "nic1"}),
    pair_case("pair-corrupt", pair(corrupt=0.2), "net-packet-corrupt", fields={"nic": "nic0", "to_nic": "nic1"}),
    # No driver of this firmware knows either of them; the log says what to do about it.
    network_case(
        "nic-without-driver",
        (Nic("tulip"), Nic("i82559er", mac=SECOND_MAC)),
        "nic-no-driver",
        verdict="WARN",
        fields={"nic": "nic0", "pci": "1011:0019"},
        also=({"code": "nic-no-driver", "nic": "nic1", "pci": "8086:1209"},),
        inspect=lambda _, result: log_says(result, "do: Enable the UEFI network stack"),
    ),
)
