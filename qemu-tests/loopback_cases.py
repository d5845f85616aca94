# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The cases about cards looped inside. Frames that were looped never reach the wire, and the card works with its driver afterwards."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from faults import pull_cable
from judge import MENU_IS_UP, Case
from machine import Machine, Nic, Run, When
from result import Result
from segment import GATEWAY_IP, SPEAKS_FROM_LEASE, lan, lease_returned, log_says

CHECKS = {"checks": "nic.* net.gateway nic.loopback"}
BMC = ("-device", "ipmi-bmc-sim,id=bmc", "-device", "isa-ipmi-kcs,bmc=bmc")
EVERY_FRAME = "192 of 192 frames through its"

Says = Callable[[Run, Result], Iterable[str]]


def stayed_inside(run: Run) -> Iterable[str]:
    if any(frame.source == frame.target for peer in run.peers for frame in peer.own_frames()):
        yield "a frame to the card itself came out of it"


def works_afterwards(*texts: str) -> Says:
    """The last thing the card does is to take the lease back, after the loopback. `texts` are in the log."""

    def inspect(run: Run, result: Result) -> Iterable[str]:
        yield from stayed_inside(run)
        for text in texts:
            yield from log_says(result, text)
        yield from lease_returned(run, result)

    return inspect


def loopback_case(name: str, model: str, says: tuple[str, ...], tested: bool = True, extra: tuple[str, ...] = (), **options: str) -> Case:
    wanted = {"passed": ("nic.loopback",)} if tested else {"skipped": ("nic.loopback",)}
    nics = tuple(replace(nic, model=model) for nic in lan())
    machine = Machine(disks=(), nics=nics, options=CHECKS | options, extra=extra)
    return Case(name, machine, speaks_from=SPEAKS_FROM_LEASE, inspect=works_afterwards(*says), **wanted)


def tested_case(name: str, model: str, extra: tuple[str, ...] = (), **options: str) -> Case:
    says = (EVERY_FRAME, f"{GATEWAY_IP} answered ARP on nic0 before and after it")
    return loopback_case(name, model, says, extra=extra, **options)


def bare_case(name: str, pulled: bool = False) -> Case:
    """A card that no firmware driver has: its chip is found on the PCI bus. It loops with its cable pulled, too."""

    def inspect(run: Run, result: Result) -> Iterable[str]:
        yield from stayed_inside(run)
        yield from log_says(result, EVERY_FRAME)

    def begin(run: Run) -> None:
        if pulled:
            pull_cable(run)
        run.press("q")

    return Case(
        name,
        Machine(disks=(), nics=(Nic("tulip", lan=list),), options={"checks": "nic.loopback"}),
        verdict="PASS",
        passed=("nic.loopback",),
        events=(When(MENU_IS_UP, begin),),
        inspect=inspect,
    )


def none_case() -> Case:
    """Cards that cannot loop: one whose driver has no loopback interface, one whose driver has one and advertises nothing."""

    def inspect(run: Run, result: Result) -> Iterable[str]:
        yield from stayed_inside(run)
        yield from log_says(result, "nic0 was not tested: no loopback of this card is known to this program")
        yield from log_says(result, "nic1 was not tested: its driver advertises no loopback inside the card")

    nics = (Nic(lan=list), Nic("vmxnet3", mac="52:54:00:12:34:57", lan=list))
    machine = Machine(disks=(), nics=nics, options={"checks": "nic.loopback"})
    return Case("loopback-none", machine, verdict="SKIP", skipped=("nic.loopback",), inspect=inspect)


LOOPBACK = (
    tested_case("loopback-e1000", "e1000"),
    tested_case("loopback-rtl8139", "rtl8139"),
    tested_case("loopback-pcnet", "pcnet"),
    bare_case("loopback-tulip"),
    bare_case("loopback-tulip-no-cable", pulled=True),
    none_case(),
    loopback_case("loopback-bmc", "e1000e", ("the only link of a machine with a BMC",), tested=False, extra=BMC),
    tested_case("loopback-bmc-forced", "e1000e", extra=BMC, **{"nic.loopback": "force"}),
)
